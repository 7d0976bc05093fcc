from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from citizens.models import RegistryExtract, Resident
from landdb.intake import keeping
from landdb.jobs import start
from landdb.jobs.engine import step
from landdb.models import Job, ReceivedFile

from .conftest import Write, resident

pytestmark = pytest.mark.usefixtures("communes")


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


def run(path: Path) -> Job:
    kept, _digest, _size = keeping.keep([path.read_bytes()], ".csv")
    job = start(
        "import_residents", path=kept.name, name="dân cư.csv", extracted_on="2026-11-01", purpose="đối chiếu"
    )
    while step(job.pk):
        pass
    job.refresh_from_db()
    return job


def test_a_kept_extract_is_taken_in_by_a_job(write_csv: Write) -> None:
    job = run(write_csv([resident(1), resident(2, full_name="")]))
    assert (job.state, job.result["applied"], job.result["rejected"]) == ("done", 1, 1)
    file = ReceivedFile.objects.get()
    assert (file.name, file.rows, file.applied, file.rejected) == ("dân cư.csv", 2, 1, 1)
    assert file.path == f"{file.sha256}.csv"
    assert RegistryExtract.objects.get().file == file
    assert Resident.objects.count() == 1


def test_a_refused_extract_ends_the_job_at_once_with_the_reason(write_csv: Write) -> None:
    job = run(write_csv([{"a": "1"}]))
    assert job.state == "failed"
    assert job.error.startswith("Tệp thiếu cột bắt buộc: resident_id, full_name")
    assert job.chunks.get().attempts == 1
    assert not ReceivedFile.objects.exists()
