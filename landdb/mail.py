"""The mail server, from one address: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote, urlsplit


class Server(NamedTuple):
    """Where mail is handed in. `smtp` without a user is a relay of the own house, and is not encrypted."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    is_tls: bool = False
    starts_tls: bool = False


def read(url: str | None) -> Server:
    """The server of an address that was checked already; none is a server without a host."""
    if not url:
        return Server()
    parts = urlsplit(url)
    is_tls, user = parts.scheme == "smtps", unquote(parts.username or "")
    port = parts.port or (465 if is_tls else 587 if user else 25)
    starts_tls = bool(user) and not is_tls
    return Server(parts.hostname or "", port, user, unquote(parts.password or ""), is_tls, starts_tls)
