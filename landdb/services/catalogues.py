"""The translations, compiled when they changed: the repository keeps only their sources."""

from collections.abc import Mapping

from landdb.services import ServiceError, folders
from landdb.services.foreground import manage


def ensure(env: Mapping[str, str]) -> bool:
    """Compile the message catalogues that are newer than what was made of them."""
    sources = folders.ROOT.glob("*/locale/*/LC_MESSAGES/*.po")
    stale = [
        source
        for source in sources
        if not (made := source.with_suffix(".mo")).exists() or made.stat().st_mtime < source.stat().st_mtime
    ]
    if not stale:
        return False
    done = manage(env, "compile_catalogues", "--verbosity", "0", output="stderr")
    if done.code:
        raise ServiceError("The translations could not be compiled; the reason is above.")
    return True
