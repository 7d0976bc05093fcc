"""As whom PostgreSQL runs: it refuses to be root, and must own its data and reach its programs."""

# ruff: noqa: S603 - running programs is what this file is for; none of their names come from outside

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from landdb.services import ServiceError
from landdb.services.processes import as_owner

# Root inside, nobody from the program's own view; the files stay root's.
IN_DISGUISE = ("unshare", "-U", "--map-user=65534", "--map-group=65534")


@dataclass(frozen=True)
class Owner:
    """Who owns the data and runs the server."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[int, int]:
        return self.uid, self.gid


def choose(data: Path, programs: Path) -> Owner:
    """The owner of existing data; for new data whoever can do it."""
    me = Owner(os.geteuid(), os.getegid())
    found = data.stat() if data.exists() else None
    if me.uid != 0:
        if found and found.st_uid != me.uid:
            raise ServiceError(
                f"The data in {data} belongs to {_name(found.st_uid)}: work as that user, or set "
                "LANDDB_VAR to a folder of your own."
            )
        return me
    if found and found.st_uid != 0:
        candidates = [Owner(found.st_uid, found.st_gid)]
    elif found:
        candidates = [Owner(0, 0, IN_DISGUISE)]
    else:
        candidates = [*_ordinary_users(), Owner(0, 0, IN_DISGUISE)]
    for owner in candidates:
        if _can(owner, data.parent, programs):
            return owner
    raise ServiceError(
        "PostgreSQL does not run as root, and no other user may enter "
        f"{data.parent} and {programs}: run this as an ordinary user, set LANDDB_VAR and "
        "LANDDB_VENV to folders that others may enter, or name a running database in DATABASE_URL."
    )


def _ordinary_users() -> list[Owner]:
    owners = []
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        owners.append(Owner(entry.pw_uid, entry.pw_gid))
    return owners


def _can(owner: Owner, folder: Path, programs: Path) -> bool:
    """Whether this user gets into the folder and can run the server from it: by trying."""
    if owner.prefix and shutil.which(owner.prefix[0]) is None:
        return False
    script = 'cd "$1" && exec "$2" --version'
    done = subprocess.run(
        [*owner.prefix, "sh", "-c", script, "sh", str(folder), str(programs / "postgres")],
        cwd="/",
        capture_output=True,
        check=False,
        **as_owner(owner.ids),
    )
    return done.returncode == 0


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
