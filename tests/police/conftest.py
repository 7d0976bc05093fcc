"""People whom the registry does not know, staff, and a queue that waits to be told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.pages.conftest import visit, work  # noqa: F401  the same fixtures

from .cast import Staff


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: LazySettings) -> Path:
    """Files of a test stay with the test."""
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def staff() -> Staff:
    return Staff.make()


@pytest.fixture
def done(work: Callable[[], None]) -> Callable[[], None]:  # noqa: F811
    """Do all open jobs, as a worker would."""
    return work
