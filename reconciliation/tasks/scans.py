"""Scans in the background: unpacked, then matched some hundred at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register
from landdb.models import Job

from ..actions import scans
from ..models import ScanArrival
from .police import bounds


def _of(job: Job) -> ScanArrival:
    return ScanArrival.objects.select_related("file", "commune").get(pk=job.arguments["arrival"])


@register
class TakeScans(JobKind):
    """Takes scans in. Argument: `arrival`."""

    name: ClassVar[str] = "take_scans"
    title = _("Xếp bản quét")
    phases = (("unpack", _("Mở tệp nén")), ("match", _("Tìm giấy chứng nhận")))

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        if phase == "unpack":
            return ["all"]
        return [f"{first}-{last}" for first, last in scans.portions(_of(job))]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return scans.unpack(_of(job)) if phase == "unpack" else scans.match(_of(job), *bounds(key))

    def finish(self, job: Job) -> dict[str, Any]:
        scans.finish(job.arguments["arrival"])
        return {}

    def fail(self, job: Job) -> None:
        scans.give_up(job.arguments["arrival"])
