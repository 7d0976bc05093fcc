"""Reading and applying a commune's workbook in the background."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register
from landdb.models import Job

from ..actions import uploads
from ..models import CorrectionBatch


@register
class ReadUpload(JobKind):
    """Rehearses a workbook and keeps its row report."""

    name: ClassVar[str] = "read_upload"
    title = _("Đọc biểu của xã")
    phases = (("read", _("Đọc từng dòng")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return [str(job.arguments["batch"])]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        batch = CorrectionBatch.objects.filter(pk=key, state=CorrectionBatch.State.READING).first()
        if batch is None:
            return {}
        uploads.read(batch)
        return {"rows": batch.report.get("rows", 0)}

    def fail(self, job: Job) -> None:
        uploads.give_up(job.arguments["batch"])


@register
class ApplyUpload(JobKind):
    """Applies an approved workbook."""

    name: ClassVar[str] = "apply_upload"
    title = _("Áp dụng biểu của xã")
    phases = (("apply", _("Ghi và phân loại lại")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return [str(job.arguments["batch"])]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        batch = CorrectionBatch.objects.filter(pk=key).first()
        return uploads.carry_out(batch) if batch else {}

    def fail(self, job: Job) -> None:
        CorrectionBatch.objects.filter(
            pk=job.arguments["batch"], state=CorrectionBatch.State.APPLYING
        ).update(state=CorrectionBatch.State.WAITING)
