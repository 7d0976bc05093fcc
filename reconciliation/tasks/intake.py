"""Taking a kept registry extract in, in the background."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from citizens.importer import import_residents
from landdb.jobs import JobKind, register
from landdb.models import Job

from ..actions import extracts


@register
class ImportResidents(JobKind):
    """Takes a kept extract in and notes whom of the land users it touches.

    Arguments: `path` below the kept files, `name`, `extracted_on`, `purpose`, `whole`. A file of no use ends
    the job with the sentence that says why.
    """

    name: ClassVar[str] = "import_residents"
    title = _("Nhập trích xuất dân cư")
    phases = (("import", _("Đọc và ghi")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return ["extract"]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        extracted_on = job.arguments.get("extracted_on")
        outcome = import_residents(
            Path(settings.FILES_DIR) / Path(job.arguments["path"]).name,
            name=job.arguments.get("name"),
            by=job.started_by,
            extracted_on=date.fromisoformat(extracted_on) if extracted_on else None,
            purpose=job.arguments.get("purpose", ""),
            whole=bool(job.arguments.get("whole")),
        )
        touched = extracts.note_touched(outcome.file.extract)
        counts = ("rows", "applied", "unchanged", "rejected", "ignored")
        told = {name: getattr(outcome.file, name) for name in counts}
        return told | {"warnings": outcome.warnings, "touched": touched}

    def finish(self, job: Job) -> dict[str, Any]:
        """The counts of the file."""
        return dict(job.chunks.get(phase="import").counts)
