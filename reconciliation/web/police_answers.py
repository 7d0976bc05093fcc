"""Files of answers of the police: what one would do, its approval, and taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from landdb import jobs
from landdb.models import Role, User
from landdb.web.gate import allow
from landdb.web.posted import posted_from
from landdb.web.signed_in import user_of

from ..actions import answer_files
from ..actions.changes import WrongState
from ..actions.consents import SamePerson
from ..models import AnswerFile, PoliceAnswer, PoliceWord
from . import row_problems, upload_report
from .forms import ReasonForm
from .police_forms import AnswersForm
from .police_lists import DECIDERS, READERS

State, Row = AnswerFile.State, PoliceAnswer.State
_BUSY = (State.READING, State.APPLYING, State.UNDOING)


@allow(*DECIDERS, Role.POLICE_LIAISON)
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """A file of answers comes in; a job reads it, nothing is written."""
    user = user_of(request)
    form = AnswersForm(request.POST, request.FILES)
    if not form.is_valid():
        for error in form.errors.get("answers", []):
            messages.error(request, str(error))
        return redirect("police-lists")
    with transaction.atomic():
        answers = answer_files.receive(form.cleaned_data["answers"], by=user)
        answers.job = jobs.start("read_answers", by=user, answers=answers.pk)
        answers.save(update_fields=["job"])
    return redirect("police-answers", answers.pk)


@allow(*READERS)
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A file: the equation of its rows, what was said, what cannot be used, what contradicts."""
    return render(request, "police/answers.html", _context(request, _visible(user_of(request), pk)))


@allow(*DECIDERS)
@posted_from("police-answers")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply the answers, or send them back, with a reason."""
    user = user_of(request)
    found, form = _visible(user, pk), ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "police/answers.html", _context(request, found) | {"form": form}, status=422)
    reason = form.cleaned_data["reason"]
    try:
        with transaction.atomic():
            if request.POST.get("word") == "apply":
                _run(answer_files.approve(found, by=user, reason=reason), "apply_answers", user)
            else:
                answer_files.send_back(found, by=user, reason=reason)
    except SamePerson:
        messages.error(request, _("Người nộp tệp không thể tự duyệt."))
    except WrongState as state:
        messages.error(request, _("Tệp này đã ở bước khác: %(state)s.") % {"state": state})
    return redirect("police-answers", pk)


@allow(*DECIDERS)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take all answers of the file back."""
    user = user_of(request)
    found = _visible(user, pk)
    if found.decided_by_id != user.pk and not user.has_role(Role.SENIOR_REVIEWER):
        messages.error(request, _("Chỉ người đã duyệt hoặc soát xét chính mới hoàn tác được."))
        return redirect("police-answers", pk)
    try:
        with transaction.atomic():
            _undo(answer_files.ask_undo(found, by=user), user)
    except WrongState as state:
        messages.error(request, _("Tệp này đã ở bước khác: %(state)s.") % {"state": state})
    return redirect("police-answers", pk)


@allow(Role.SENIOR_REVIEWER)
@require_POST
def answer_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's word on taking a file back."""
    user = user_of(request)
    try:
        with transaction.atomic():
            is_yes = request.POST.get("word") == "yes"
            _undo(answer_files.answer_undo(_visible(user, pk), by=user, is_yes=is_yes), user)
    except SamePerson:
        messages.error(request, _("Người đề nghị không thể tự đồng ý."))
    except WrongState as state:
        messages.error(request, _("Tệp này đã ở bước khác: %(state)s.") % {"state": state})
    return redirect("police-answers", pk)


def _undo(answers: AnswerFile, user: User) -> None:
    if answers.state == State.UNDOING:
        _run(answers, "undo_answers", user)


def _run(answers: AnswerFile, kind: str, user: User) -> None:
    answers.job = jobs.start(kind, by=user, answers=answers.pk)
    answers.save(update_fields=["job"])


def _visible(user: User, pk: int) -> AnswerFile:
    found = AnswerFile.objects.visible_to(user).select_related(
        "file", "uploaded_by", "decided_by", "undo_asked_by", "job"
    )
    return get_object_or_404(found, pk=pk)


def _context(request: HttpRequest, answers: AnswerFile) -> dict[str, Any]:
    user = user_of(request)
    counts = answers.rows.order_by().values("word", "state").annotate(n=Count("pk"))
    by_word: dict[str, int] = {}
    for row in counts:
        if row["state"] in (Row.PLANNED, Row.APPLIED):
            by_word[row["word"]] = by_word.get(row["word"], 0) + row["n"]
    found = answers.rows.filter(state=Row.CONFLICT).order_by().values("conflict").annotate(n=Count("pk"))
    job = answers.job
    return {
        "answers": answers,
        "parts": upload_report.parts_of(
            answers.file,
            is_in=answers.state == State.APPLIED,
            proposed=_("mâu thuẫn, chờ xét"),
            applied=_("đã hoàn tác") if answers.state == State.UNDONE else "",
        ),
        "by_word": [(word.label, by_word.get(word, 0)) for word in PoliceWord],
        "conflicts": [(PoliceAnswer.Conflict(row["conflict"]).label, row["n"]) for row in found],
        **row_problems.of(answers.file, request.GET.get("cause", ""), {}),
        "is_busy": answers.state in _BUSY and job is not None and job.is_open,
        "is_stopped": answers.state in _BUSY and job is not None and not job.is_open,
        "may_decide": answers.state == State.WAITING
        and user.has_role(*DECIDERS)
        and answers.uploaded_by_id != user.pk,
        "waits_for_other": answers.state == State.WAITING and answers.uploaded_by_id == user.pk,
        "may_undo": answers.state == State.APPLIED and user.has_role(*DECIDERS),
        "may_answer_undo": answers.state == State.UNDO_ASKED
        and user.has_role(Role.SENIOR_REVIEWER)
        and answers.undo_asked_by_id != user.pk,
        "form": ReasonForm(),
    }
