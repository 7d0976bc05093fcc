"""A file of answers: kept, read and shown, approved or sent back, taken back as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from landdb.intake import keeping
from landdb.intake.outcome import Problem, Refused
from landdb.intake.received import MOST_KEPT, keep_problems
from landdb.models import AccessLog, ReceivedFile, User

from ..models import AnswerFile, ChangeSet, PoliceAnswer
from . import answer_rows, answer_tables
from .answer_plan import Plan
from .changes import WrongState
from .consents import SamePerson, TakingBack

State, Row = AnswerFile.State, PoliceAnswer.State
_UNDO = TakingBack(State.APPLIED, State.UNDO_ASKED, State.UNDOING, "undo_asked_by")
#: Where each state of a row is counted in the equation of its file.
_APPLIED = (Row.PLANNED, Row.APPLIED, Row.REPLACED, Row.UNDONE, Row.DROPPED)
_UNCHANGED = (Row.SAME, Row.KEPT_OUT)


@transaction.atomic
def receive(upload: UploadedFile[Any], *, by: User) -> AnswerFile:
    """Keep a file as it came; it will be read by a job."""
    suffix = Path(upload.name or "").suffix.lower()[:8]
    path, digest, size = keeping.keep(upload.chunks(), suffix)
    file = ReceivedFile.objects.create(
        kind=ReceivedFile.Kind.ANSWERS,
        name=Path(upload.name or "").name[:255],
        sha256=digest,
        size=size,
        path=path.name,
        received_by=by,
        commune=by.commune,
    )
    answers = AnswerFile.objects.create(file=file, uploaded_by=by)
    AccessLog.objects.create(
        user=by, action=AccessLog.Action.UPLOAD, subject="police_answers", subject_id=answers.pk
    )
    return answers


def read(answers: AnswerFile) -> dict[str, int]:
    """Plan what every row would do; writes nothing but the plan. A file of no use is told in one sentence."""
    if answers.state != State.READING:
        return {}
    try:
        plan = _planned(answers)
    except Refused as refused:
        answers.state, answers.message = State.UNREADABLE, str(refused)[:300]
        answers.save(update_fields=["state", "message"])
        return {}
    with transaction.atomic():
        answers.rows.all().delete()
        answers.file.problems.all().delete()
        PoliceAnswer.objects.bulk_create(plan.answers, batch_size=2000)
        _keep(answers.file, plan.problems)
        answers.file.unknown_headers = plan.unknown
        answers.file.rejected = sum(each.level == "rejected" for each in plan.problems)
        answers.file.ignored = sum(each.level == "ignored" for each in plan.problems)
        count(answers)
        answers.message = _nothing_in(plan)
        answers.state = State.EMPTY if answers.message else State.WAITING
        answers.save(update_fields=["state", "message"])
    return {"rows": answers.file.rows}


def _planned(answers: AnswerFile) -> Plan:
    path = Path(settings.FILES_DIR) / answers.file.path
    plan = Plan(answers)
    for table in answer_tables.tables(path, answers.file.name, answer_rows.KNOWN):
        places = answer_rows.locate(table.headers)
        plan.unknown += [header for header in places.unknown if header not in plan.unknown][:200]
        for number, cells in enumerate(table.rows, table.first):
            plan.take(*answer_rows.read(number, table.sheet, cells, places))
    plan.weigh()
    return plan


def _nothing_in(plan: Plan) -> str:
    """Why there is nothing to approve, in a sentence; '' where some row says something new."""
    if plan.answers:
        is_known = all(answer.state == Row.SAME for answer in plan.answers)
        return _("Mọi trả lời trong tệp đã được ghi từ trước.") if is_known else ""
    if not plan.problems:
        return _("Tệp chỉ có dòng tiêu đề, không có dòng trả lời nào: điền kết quả rồi nộp lại.")
    if all(each.level == "ignored" for each in plan.problems):
        return _("Không dòng nào có trả lời: điền cột kết quả xác minh rồi nộp lại.")
    return _("Không dòng nào dùng được: sửa các dòng dưới đây rồi nộp lại.")


def _keep(file: ReceivedFile, problems: Iterable[Problem]) -> None:
    """The first problems of each level; all are counted. Of rows without a word only so many are told."""
    kept: dict[str, int] = {}
    first = []
    for problem in problems:
        kept[problem.level] = kept.get(problem.level, 0) + 1
        if kept[problem.level] <= MOST_KEPT:
            first.append(problem)
    keep_problems(file, first)


def count(answers: AnswerFile) -> None:
    """Bring the equation of the file up to its rows; rejected and ignored rows stand in the file."""
    found = dict(answers.rows.order_by().values("state").annotate(n=Count("pk")).values_list("state", "n"))
    file = answers.file
    file.applied = sum(found.get(state, 0) for state in _APPLIED)
    file.unchanged = sum(found.get(state, 0) for state in _UNCHANGED)
    file.proposed = found.get(Row.CONFLICT, 0)
    file.rows = file.applied + file.unchanged + file.proposed + file.rejected + file.ignored
    file.save()


def give_up(answers_id: int) -> None:
    """A file whose reading failed is told apart from one that is still being read."""
    reading = AnswerFile.objects.filter(pk=answers_id, state=State.READING)
    reading.update(state=State.UNREADABLE, message=_("Việc đọc tệp bị dừng; hãy nộp lại tệp."))


@transaction.atomic
def approve(answers: AnswerFile, *, by: User, reason: str) -> AnswerFile:
    """Another person's yes; a job then applies the answers. SamePerson where it is who sent them."""
    held = held_in(answers, State.WAITING)
    if held.uploaded_by_id == by.pk:
        raise SamePerson
    held.change_set = ChangeSet.objects.create(
        kind=ChangeSet.Kind.POLICE,
        state=ChangeSet.State.APPLIED,
        file=held.file,
        planned_by=held.uploaded_by,
        applied_by=by,
        applied_at=timezone.now(),
        reason=reason,
    )
    _move(held, State.APPLYING, by, reason)
    return held


@transaction.atomic
def send_back(answers: AnswerFile, *, by: User, reason: str) -> AnswerFile:
    """Back to who sent it, with a reason; its rows are thrown away, nothing was written."""
    held = held_in(answers, State.WAITING)
    held.rows.filter(state__in=[Row.PLANNED, Row.CONFLICT]).update(state=Row.DROPPED)
    _move(held, State.SENT_BACK, by, reason)
    return held


@transaction.atomic
def ask_undo(answers: AnswerFile, *, by: User) -> AnswerFile:
    """Take all of it back: UNDOING, for a job to do, or UNDO_ASKED for more than consents.ALONE."""
    held = held_in(answers, State.APPLIED)
    _UNDO.ask(held, held.rows.filter(state=Row.APPLIED).count(), by=by)
    return held


@transaction.atomic
def answer_undo(answers: AnswerFile, *, by: User, is_yes: bool) -> AnswerFile:
    """The second person's word on taking it back. SamePerson where it is the first."""
    held = held_in(answers, State.UNDO_ASKED)
    _UNDO.answer(held, by=by, is_yes=is_yes)
    return held


@transaction.atomic
def finish(answers_id: int, by_state: AnswerFile.State) -> None:
    """Every portion was applied, or taken back."""
    held = AnswerFile.objects.select_for_update(of=("self",)).select_related("file").get(pk=answers_id)
    if held.state == State.APPLYING == by_state:
        held.state = State.APPLIED
    elif held.state == State.UNDOING == by_state:
        held.state = State.UNDONE
        held.rows.filter(state=Row.CONFLICT).update(state=Row.DROPPED)
        ChangeSet.objects.filter(answer_file=held).update(
            state=ChangeSet.State.UNDONE, undone_by=held.undo_asked_by, undone_at=timezone.now()
        )
    held.save(update_fields=["state"])
    count(held)


def held_in(answers: AnswerFile, state: AnswerFile.State) -> AnswerFile:
    """The file, locked; WrongState where it is in another state."""
    found = AnswerFile.objects.select_for_update(of=("self",)).select_related(
        "file", "uploaded_by", "change_set"
    )
    held = found.get(pk=answers.pk)
    if held.state != state:
        raise WrongState(held.get_state_display())
    return held


def _move(held: AnswerFile, state: AnswerFile.State, by: User, reason: str) -> None:
    held.state, held.decided_by, held.decided_at, held.reason = state, by, timezone.now(), reason
    held.save(update_fields=["state", "decided_by", "decided_at", "reason", "change_set"])
