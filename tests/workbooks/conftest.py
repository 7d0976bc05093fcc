"""Files of a test stay in its own folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from landdb.jobs import engine, tasks
from landdb.models import Job

from .ground import Ground, make_ground


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def ground(db) -> Ground:
    return make_ground()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Do all open jobs here and now, as a worker would."""
    monkeypatch.setattr(tasks.work, "delay", lambda *_args: None)

    def run() -> None:
        while job := Job.objects.open().order_by("id").first():
            while engine.step(job.pk):
                pass

    return run
