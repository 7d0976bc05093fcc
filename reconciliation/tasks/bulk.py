"""Bulk decisions in the background, some hundred work items at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register
from landdb.models import Job

from ..actions import bulk, bulk_portions
from ..models import BulkDecision


def _of(job: Job) -> BulkDecision:
    found = BulkDecision.objects.select_related("change_set", "by")
    return found.get(pk=job.arguments["bulk"])


def _bounds(key: str) -> tuple[int, int]:
    first, last = key.split("-")
    return int(first), int(last)


@register
class BulkWork(JobKind):
    """Does what was decided about many work items. Argument: `bulk`."""

    name: ClassVar[str] = "bulk_work"
    title = _("Quyết định chung")
    phases = (("items", _("Ghi từng phần")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return [f"{first}-{last}" for first, last in bulk_portions.portions(_of(job), is_done=False)]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return bulk_portions.carry_out(_of(job), *_bounds(key))

    def finish(self, job: Job) -> dict[str, Any]:
        bulk.finish(job.arguments["bulk"])
        return {}

    def fail(self, job: Job) -> None:
        bulk.finish(job.arguments["bulk"])


@register
class BulkUndo(JobKind):
    """Takes a bulk decision back. Argument: `bulk`."""

    name: ClassVar[str] = "bulk_undo"
    title = _("Hoàn tác quyết định chung")
    phases = (("items", _("Hoàn tác từng phần")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return [f"{first}-{last}" for first, last in bulk_portions.portions(_of(job), is_done=True)]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return bulk_portions.take_back(_of(job), *_bounds(key))

    def finish(self, job: Job) -> dict[str, Any]:
        bulk.finish_undo(job.arguments["bulk"])
        return {}
