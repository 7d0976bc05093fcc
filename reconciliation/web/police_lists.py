"""Lists for the police: begin one, see it, let it go, ask again, take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb import jobs
from landdb.models import Role, User
from landdb.web.gate import allow
from landdb.web.paging import newest, older, page_of
from landdb.web.posted import posted_from
from landdb.web.signed_in import user_of

from ..actions import consents
from ..actions import police_batches as actions
from ..actions.changes import WrongState
from ..actions.consents import SamePerson
from ..models import AnswerFile, VerificationBatch, VerificationLine
from . import police_told
from .police_forms import AnswersForm, DueForm, ListForm

State = VerificationBatch.State
DECIDERS = (Role.REVIEWER, Role.SENIOR_REVIEWER)
READERS = (*DECIDERS, Role.POLICE_LIAISON, Role.AUDITOR)
#: Lists on one page, and answer files beside them.
PAGE, FILES = 20, 20
_PLACES = {State.SHOWN, State.DROPPED, State.REFUSED, State.FREEZING, State.ASKED}


@allow(*READERS)
@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """The lists of the territory, newest first, what is late, and the files that came back."""
    user = user_of(request)
    found = VerificationBatch.objects.visible_to(user).select_related("by")
    if not user.has_role(*DECIDERS):
        # What was not handed out yet is the office's own draft.
        found = found.exclude(state__in=_PLACES)
    page = page_of(found, request.GET.get("before"), PAGE)
    files = AnswerFile.objects.visible_to(user).select_related("file", "uploaded_by")[:FILES]
    context = {
        "lines": police_told.lines(page[:PAGE], user),
        "older": older(request, page, PAGE),
        "newest": newest(request),
        "files": files,
        "form": AnswersForm(),
        "conflicts": police_told.in_conflict(user).count(),
        "may_begin": user.has_role(*DECIDERS),
        "may_send": user.has_role(*DECIDERS, Role.POLICE_LIAISON),
        "may_keep_units": user.has_role(Role.SENIOR_REVIEWER, Role.ADMINISTRATOR),
    }
    return render(request, "police/lists.html", context)


@allow(*DECIDERS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose whom to ask about; once chosen, a job freezes the list."""
    user = user_of(request)
    if request.method == "GET":
        form = ListForm.usual(user, request.GET.getlist("outcome"), request.GET.getlist("commune"))
        return render(request, "police/new.html", _choice(form, user))
    form = ListForm(request.POST, user=user)
    if form.is_valid():
        try:
            with transaction.atomic():
                batch = actions.draft(form.wanted(), by=user)
                _run(batch, "police_freeze", user)
            return redirect("police-list", batch.pk)
        except actions.Empty:
            form.add_error("outcomes", _("Bộ lọc này không có ai."))
        except actions.TooMany:
            form.add_error(
                "communes",
                _("Mỗi danh sách nhiều nhất %(n)s người: chọn bớt xã, phường.")
                % {"n": f"{actions.MOST:,}".replace(",", ".")},
            )
    return render(request, "police/new.html", _choice(form, user), status=422)


def _choice(form: ListForm, user: User) -> dict[str, Any]:
    counts = police_told.choices(user)
    return {
        "form": form,
        "outcomes": [(box, counts.get(box.data["value"], 0)) for box in form["outcomes"]],
        "without": form.without,
    }


@allow(*READERS)
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A list: what it asks, how far it is, who answered what, its parts."""
    user = user_of(request)
    return render(request, "police/list.html", police_told.page(visible(user, pk), user))


@allow(*DECIDERS)
@require_POST
def go(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the list out, or ask a second person; or throw the preview away, or take back what was asked."""
    user = user_of(request)
    found = visible(user, pk)
    try:
        with transaction.atomic():
            if request.POST.get("word") == "drop":
                actions.drop(found, by=user)
            elif request.POST.get("word") == "back":
                actions.take_back(found, by=user)
            else:
                _go_on(actions.go(found, by=user), user)
    except actions.FirstTakenBack as gone:
        _first_taken_back(request, gone)
    except WrongState as state:
        _other_state(request, found, state)
    return redirect("police-list", pk)


@allow(Role.SENIOR_REVIEWER)
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's word."""
    user = user_of(request)
    found = visible(user, pk)
    is_yes, reason = request.POST.get("word") == "yes", request.POST.get("reason", "").strip()[:300]
    try:
        with transaction.atomic():
            if found.state == State.BACK_ASKED:
                _go_on(actions.answer_withdrawal(found, by=user, is_yes=is_yes), user)
            else:
                _go_on(actions.answer(found, by=user, is_yes=is_yes, reason=reason), user)
        messages.success(request, _("Đã ghi ý kiến."))
    except SamePerson:
        messages.error(request, _("Người đề nghị không thể tự đồng ý."))
    except actions.OutOfReach:
        raise PermissionDenied from None
    except actions.FirstTakenBack as gone:
        _first_taken_back(request, gone)
    except WrongState as state:
        _other_state(request, found, state)
    return redirect("police-list", pk)


@allow(*DECIDERS)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the unanswered back from the police, after a page that says what then happens to how many."""
    user = user_of(request)
    found = _steered(user, pk)
    raw = request.POST.get("seen", "")
    if request.method == "GET" or not raw.isdecimal() or len(raw) > 9:
        if found.state != State.ISSUED:
            _other_state(request, found)
            return redirect("police-list", pk)
        waiting = actions.unanswered(found)
        context = {
            "batch": found,
            "waiting": waiting,
            "answered": found.lines.filter(state=VerificationLine.State.ANSWERED).count(),
            "needs_second": waiting > consents.ALONE,
            "again": actions.on_its_way(found),
        }
        return render(request, "police/withdraw.html", context)
    try:
        with transaction.atomic():
            _go_on(actions.withdraw(found, by=user, seen=int(raw)), user)
    except actions.AskedAgain as asked:
        _asked_again(request, asked)
    except actions.Moved:
        messages.warning(
            request, _("Vừa có thêm trả lời: số người chưa trả lời đã khác. Xem lại rồi thu hồi.")
        )
        return redirect("police-list-withdraw", pk)
    except WrongState as state:
        _other_state(request, found, state)
    return redirect("police-list", pk)


@allow(*DECIDERS)
@posted_from("police-list")
def reissue(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask again about those nobody has answered."""
    user = user_of(request)
    found = _steered(user, pk)
    form = DueForm(request.POST)
    if not form.is_valid():
        context = police_told.page(found, user) | {"due_form": form}
        return render(request, "police/list.html", context, status=422)
    try:
        with transaction.atomic():
            batch = actions.reissue(found, form.cleaned_data["due_on"], by=user)
            _run(batch, "police_freeze", user)
        return redirect("police-list", batch.pk)
    except actions.AskedAgain as asked:
        _asked_again(request, asked)
    except WrongState as state:
        _other_state(request, found, state)
    except actions.Empty:
        messages.info(request, _("Mọi người trong danh sách này đã được trả lời."))
    return redirect("police-list", pk)


def visible(user: User, pk: int) -> VerificationBatch:
    """A list that the user may see."""
    found = VerificationBatch.objects.visible_to(user).select_related("by", "job", "change_set", "reissue_of")
    if not user.has_role(*DECIDERS):
        found = found.exclude(state__in=_PLACES)
    return get_object_or_404(found, pk=pk)


def _go_on(batch: VerificationBatch, user: User) -> None:
    kinds = {State.ISSUING: "police_issue", State.WITHDRAWING: "police_withdraw"}
    if kind := kinds.get(State(batch.state)):
        _run(batch, kind, user)


def _run(batch: VerificationBatch, kind: str, user: User) -> None:
    """Queue the job that a list waits for, with the commit."""
    batch.job = jobs.start(kind, by=user, batch=batch.pk)
    batch.save(update_fields=["job"])


def _steered(user: User, pk: int) -> VerificationBatch:
    """A list all of whose unanswered people live in the user's territory."""
    found = visible(user, pk)
    if actions.reaches_beyond(found, user):
        raise PermissionDenied
    return found


def _other_state(request: HttpRequest, found: VerificationBatch, state: WrongState | None = None) -> None:
    """One sentence: where the list is by now, and who took it back where somebody did."""
    found.refresh_from_db(fields=["state", "back_asked_by"])
    if found.state in (State.WITHDRAWING, State.WITHDRAWN) and found.back_asked_by is not None:
        text = _("%(name)s đã thu hồi danh sách này rồi; không có gì thay đổi thêm.")
        messages.error(request, text % {"name": found.back_asked_by.full_name})
        return
    words = {"state": state or found.get_state_display()}
    messages.error(request, _("Danh sách này đã ở bước khác: %(state)s.") % words)


def _asked_again(request: HttpRequest, asked: actions.AskedAgain) -> None:
    text = _("%(number)s đang hỏi lại những người này: bỏ danh sách ấy trước, hoặc chờ giao xong.")
    messages.error(request, text % {"number": asked.again.number})


def _first_taken_back(request: HttpRequest, gone: actions.FirstTakenBack) -> None:
    text = _("%(number)s không còn ở công an nên không hỏi lại được: bỏ danh sách này.")
    messages.error(request, text % {"number": gone.first.number})
