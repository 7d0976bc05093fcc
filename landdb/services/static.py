"""The site's stylesheets, scripts and pictures, gathered into `var/static` when they changed."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from landdb.services import ServiceError, folders
from landdb.services.foreground import manage

SKIPPED = {".git", "var", "tests", "docs", "node_modules", "__pycache__"}


def ensure(var: Path, env: Mapping[str, str]) -> bool:
    """Gather the files unless they are as they were; whether it was needed."""
    stamp, target = var / "static.stamp", folders.make(var) / "static"
    wanted = _digest()
    if target.is_dir() and stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return False
    done = manage(env, "collectstatic", "--noinput", "--verbosity", "0", output="stderr")
    if done.code:
        raise ServiceError("The site's stylesheets could not be gathered; the reason is above.")
    stamp.write_text(wanted, encoding="ascii")
    return True


def _digest() -> str:
    """Changes with every file of ours, and with the packages that bring files of theirs."""
    digest = hashlib.sha256((folders.ROOT / "requirements.txt").read_bytes())
    for path in sorted(_files()):
        seen = path.stat()
        digest.update(f"{path}:{seen.st_size}:{seen.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    yield folders.ROOT / "landdb" / "settings.py"
    for here, inner, names in os.walk(folders.ROOT):
        inner[:] = [name for name in inner if name not in SKIPPED]
        if "static" in Path(here).relative_to(folders.ROOT).parts:
            yield from (Path(here, name) for name in names)
