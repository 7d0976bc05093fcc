"""Lists for the police in the background: frozen, handed out portion by portion, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register
from landdb.models import Job

from ..actions import police_batches, police_freezing, police_parts, police_portions
from ..models import VerificationBatch, VerificationLine

Line = VerificationLine.State


def _of(job: Job) -> VerificationBatch:
    return VerificationBatch.objects.select_related("change_set", "by").get(pk=job.arguments["batch"])


def bounds(key: str) -> tuple[int, int]:
    """First and last id of a portion, out of the key of its chunk."""
    first, last = key.split("-")
    return int(first), int(last)


@register
class PoliceFreeze(JobKind):
    """Freezes the lines of a list. Argument: `batch`."""

    name: ClassVar[str] = "police_freeze"
    title = _("Chốt danh sách công an")
    phases = (("lines", _("Chốt từng người")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return ["all"]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return police_freezing.freeze(_of(job))

    def fail(self, job: Job) -> None:
        police_batches.give_up(job.arguments["batch"])


@register
class PoliceIssue(JobKind):
    """Hands a list out: its people wait with the police from now on, and its files are written.

    Argument: `batch`.
    """

    name: ClassVar[str] = "police_issue"
    title = _("Giao danh sách công an")
    phases = (("people", _("Chuyển từng phần")), ("files", _("Ghi tệp")))

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        if phase == "files":
            return ["all"]
        return [f"{first}-{last}" for first, last in police_portions.portions(_of(job), Line.FROZEN)]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        if phase == "files":
            return police_parts.prepare(_of(job))
        return police_portions.hand_out(_of(job), *bounds(key))

    def finish(self, job: Job) -> dict[str, Any]:
        police_portions.finish(job.arguments["batch"])
        return {}


@register
class PoliceWithdraw(JobKind):
    """Takes the unanswered people of a list back. Argument: `batch`."""

    name: ClassVar[str] = "police_withdraw"
    title = _("Thu hồi danh sách công an")
    phases = (("people", _("Thu hồi từng phần")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return [f"{first}-{last}" for first, last in police_portions.portions(_of(job), Line.WAITING)]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return police_portions.take_back(_of(job), *bounds(key))

    def finish(self, job: Job) -> dict[str, Any]:
        police_portions.finish_taking_back(job.arguments["batch"])
        return {}
