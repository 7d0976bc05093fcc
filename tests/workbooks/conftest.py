"""Files of a test stay in its own folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from .ground import Ground, make_ground


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def ground(db) -> Ground:
    return make_ground()
