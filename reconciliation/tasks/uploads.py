"""Reading, applying and taking back a commune's workbook in the background."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register
from landdb.jobs.within import teller
from landdb.models import Job

from ..actions import annotated, uploads
from ..models import CorrectionBatch

State = CorrectionBatch.State


class OfBatch(JobKind):
    """Work on one workbook, in one transaction; how far it is is told beside it. Argument: `batch`."""

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return [str(job.arguments["batch"])]

    def batch(self, key: str, state: CorrectionBatch.State) -> CorrectionBatch | None:
        return CorrectionBatch.objects.filter(pk=key, state=state).first()

    def give_back(self, job: Job, before: CorrectionBatch.State, state: CorrectionBatch.State) -> None:
        """The job failed, and nothing was written: the workbook is where it was."""
        found = CorrectionBatch.objects.filter(pk=job.arguments["batch"], state=before)
        found.update(state=state)


@register
class ReadUpload(OfBatch):
    """Rehearses a workbook and keeps what came of its rows."""

    name: ClassVar[str] = "read_upload"
    title = _("Đọc biểu của xã")
    phases = (("read", _("Chạy thử từng dòng")),)

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        batch = self.batch(key, State.READING)
        if batch is None:
            return {}
        uploads.read(batch, teller(job))
        return {"rows": batch.file.rows}

    def fail(self, job: Job) -> None:
        uploads.give_up(job.arguments["batch"])


@register
class ApplyUpload(OfBatch):
    """Applies the approved rows of a workbook."""

    name: ClassVar[str] = "apply_upload"
    title = _("Áp dụng biểu của xã")
    phases = (("apply", _("Ghi và phân loại lại")),)

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        batch = self.batch(key, State.APPLYING)
        return uploads.carry_out(batch, teller(job)) if batch else {}

    def fail(self, job: Job) -> None:
        self.give_back(job, State.APPLYING, State.WAITING)


@register
class AnnotateUpload(OfBatch):
    """Writes the workbook that goes back to the commune."""

    name: ClassVar[str] = "annotate_upload"
    title = _("Lập biểu có chú thích")
    phases = (("annotate", _("Ghi chú thích từng ô")),)

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        batch = CorrectionBatch.objects.select_related("file", "commune").get(pk=key)
        annotated.make(batch, teller(job))
        return {"rows": batch.file.rows}


@register
class UndoUpload(OfBatch):
    """Takes an applied workbook back."""

    name: ClassVar[str] = "undo_upload"
    title = _("Hoàn tác biểu của xã")
    phases = (("undo", _("Trả về giá trị trước")),)

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        batch = self.batch(key, State.UNDOING)
        if batch is None or job.started_by is None:
            return {}
        return uploads.take_back(batch, by=job.started_by, tell=teller(job))

    def fail(self, job: Job) -> None:
        self.give_back(job, State.UNDOING, State.APPLIED)
