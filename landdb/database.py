"""From a DATABASE_URL to Django's settings; libpq itself reads the URL."""

from __future__ import annotations

from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from landdb.env import EnvError


def settings_from(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for a PostgreSQL URL (socket folders as `?host=/folder`)."""
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise EnvError(f"DATABASE_URL is {url!r}: not a PostgreSQL address ({error}).") from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "landdb"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": {**parts, "application_name": "landdb"},
    }


def is_away(error: Exception) -> bool:
    """Whether this error of the database says that the server cannot be reached, is stopping or starting."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "57P"))
