"""Lists for the police in the background: frozen, handed out portion by portion, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register
from landdb.models import Job

from ..actions import (
    answer_files,
    answer_portions,
    police_batches,
    police_freezing,
    police_parts,
    police_portions,
)
from ..models import AnswerFile, VerificationBatch, VerificationLine

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


def _file_of(job: Job) -> AnswerFile:
    found = AnswerFile.objects.select_related("file", "change_set", "uploaded_by", "decided_by")
    return found.get(pk=job.arguments["answers"])


@register
class ReadAnswers(JobKind):
    """Reads a file of answers and plans what it would do. Argument: `answers`."""

    name: ClassVar[str] = "read_answers"
    title = _("Đọc trả lời của công an")
    phases = (("read", _("Đọc và chạy thử")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return ["all"]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return answer_files.read(_file_of(job))

    def fail(self, job: Job) -> None:
        answer_files.give_up(job.arguments["answers"])


@register
class ApplyAnswers(JobKind):
    """Applies the answers of an approved file. Argument: `answers`."""

    name: ClassVar[str] = "apply_answers"
    title = _("Áp dụng trả lời của công an")
    phases = (("answers", _("Áp dụng từng phần")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        found = answer_portions.portions(_file_of(job), answer_files.Row.PLANNED)
        return [f"{first}-{last}" for first, last in found]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return answer_portions.carry_out(_file_of(job), *bounds(key))

    def finish(self, job: Job) -> dict[str, Any]:
        answer_files.finish(job.arguments["answers"], AnswerFile.State.APPLYING)
        return {}


@register
class UndoAnswers(JobKind):
    """Takes the answers of a file back, the last ones first. Argument: `answers`."""

    name: ClassVar[str] = "undo_answers"
    title = _("Hoàn tác trả lời của công an")
    phases = (("answers", _("Hoàn tác từng phần")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        found = answer_portions.portions(_file_of(job), answer_files.Row.APPLIED)
        return [f"{first}-{last}" for first, last in reversed(found)]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return answer_portions.take_back(_file_of(job), *bounds(key))

    def finish(self, job: Job) -> dict[str, Any]:
        answer_files.finish(job.arguments["answers"], AnswerFile.State.UNDOING)
        return {}
