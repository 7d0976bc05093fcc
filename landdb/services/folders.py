"""Where things lie in LANDDB_VAR, and who may look at them."""

import hashlib
import os
import secrets
import stat
from pathlib import Path

from landdb.services import ServiceError

ROOT = Path(__file__).resolve().parents[2]
SOCKET_LIMIT = 107  # bytes; the kernel's sockaddr_un holds 108 with the closing zero
LOG_LIMIT = 20_000_000  # bytes; a longer log is put aside when its program starts


def make(folder: Path, mode: int = 0o755) -> Path:
    """The folder, made if it is missing."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise ServiceError(
            f"The folder {folder} cannot be made: {error.strerror}. LANDDB_VAR names another."
        ) from None
    return folder


def log(var: Path, name: str) -> Path:
    """The log file of a program. A long one is put aside first, as `name.log.1`."""
    path = make(var / "log") / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path


def last_lines(path: Path, count: int = 8, *, since: int = 0) -> str:
    """The end of a log, from byte `since` on, for an error message."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(since, path.stat().st_size - 20_000))
        lines = file.read().decode("utf-8", "replace").splitlines()
    return "\n".join(f"  {line}" for line in lines[-count:])


def secret_key(var: Path) -> str:
    """The site's secret key: the one in LANDDB_SECRET_KEY, or made once and kept."""
    if given := os.environ.get("LANDDB_SECRET_KEY", "").strip():
        return given
    path = make(var) / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
    if key := path.read_text(encoding="ascii").strip():
        return key
    raise ServiceError(f"The file {path} is empty; delete it and a new key will be made.")


def socket_folder(var: Path, name: str, longest: str, owner: tuple[int, int]) -> Path:
    """A folder of mode 0700 for a socket, in `var` if a path to a file `longest` fits there."""
    folder = var / "run" / name
    if len(os.fsencode(folder / longest)) <= SOCKET_LIMIT:
        make(folder.parent)
    else:
        # The same short name for the same `var`, so that everybody finds it again.
        digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:16]
        folder = Path("/tmp", f"landdb-{digest}-{name}")  # noqa: S108 - `private` sees to it
    return private(folder, owner)


def private(folder: Path, owner: tuple[int, int]) -> Path:
    """The folder, seen to belong to `owner` (user, group) alone."""
    me = os.geteuid()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        seen = folder.lstat()  # not stat: in /tmp somebody may have put a link there
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid not in (me, owner[0]):
            raise ServiceError(
                f"{folder} is not ours (its owner is user {seen.st_uid}); delete it or set "
                "LANDDB_VAR to another folder."
            )
        if seen.st_mode & 0o077:
            folder.chmod(0o700)
        if seen.st_uid != owner[0]:
            os.chown(folder, *owner)
    except OSError as error:
        raise ServiceError(f"The folder {folder} cannot be made: {error.strerror}.") from None
    return folder
