"""A data folder of its own for every test, and none of the services this process may be given."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from landdb.services.session import stop_everything


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "PG_BINDIR", "LANDDB_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANDDB_TESTING", "1")


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="landdb-test-"))
    folder.chmod(0o755)
    yield folder
    stop_everything(folder)
    shutil.rmtree(folder)
