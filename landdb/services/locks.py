"""Two `./run` on one folder share its services.

Each holds a shared lock on `users.lock` as long as it needs them; who leaves last stops them. What
changes services holds `services.lock` meanwhile, so that nobody comes in while the last one leaves.
The kernel lets go of both locks when their holder dies, however it dies.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from landdb.services import ServiceError
from landdb.services.folders import make


def _open(path: Path) -> IO[str]:
    make(path.parent)
    try:
        return path.open("a", encoding="ascii")
    except OSError as error:
        raise ServiceError(f"{path} cannot be opened: {error.strerror}.") from None


@contextmanager
def changing(var: Path) -> Iterator[None]:
    """Alone in starting or stopping services."""
    with _open(var / "services.lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class User:
    """One who needs the services. Join and leave while `changing`."""

    def __init__(self, var: Path) -> None:
        self._file = _open(var / "users.lock")

    def join(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def alone(self) -> bool:
        """Whether nobody else needs the services."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # The kernel may have let go of the shared lock on the way.
            fcntl.flock(self._file, fcntl.LOCK_SH)
            return False
        return True

    def leave(self) -> None:
        self._file.close()
