"""Second eyes: judge an accepted match again without the first word, and settle where two disagree."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb.models import AccessLog, Role, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..actions import matches, second_eyes
from ..actions.changes import WrongState
from ..actions.consents import SamePerson
from ..actions.matches import EvidenceChanged
from ..models import Decision, Match, SecondLook
from . import evidence, land_users, papers
from .desk_beside import PAPERS_SHOWN
from .desk_page import REASONS
from .forms import ReasonForm
from .scans import READERS as SCAN_READERS

#: Counted exactly up to here; beyond it the page says "100+".
MOST = 100
State = SecondLook.State


class WordForm(ReasonForm):
    """A word on a drawn match, with the mark of what the page showed."""

    decision = forms.ChoiceField(choices=SecondLook.Word.choices)
    seen = forms.CharField(max_length=40, required=False)


@allow(*land_users.DECIDERS)
@require_GET
def looks(request: HttpRequest) -> HttpResponse:
    """How many wait for this person, the next one, and for a senior reviewer what two disagree on."""
    user = user_of(request)
    waiting = SecondLook.objects.waiting().visible_to(user).exclude(second_eyes.spoken_by(user))
    is_senior = user.has_role(Role.SENIOR_REVIEWER)
    disputed = SecondLook.objects.disputed().visible_to(user).select_related("land_user", "commune")
    context = {
        "count": waiting.order_by("id")[: MOST + 1].count(),
        "most": MOST,
        "next": second_eyes.next_for(user),
        "is_senior": is_senior,
        "disputed": list(disputed.order_by("id")[:MOST]) if is_senior else [],
        "shares": second_eyes.shares(),
    }
    return render(request, "second_eyes/looks.html", context)


@allow(*land_users.DECIDERS)
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """The evidence of a drawn match without what anybody said of it, and the second word."""
    user = user_of(request)
    found = get_object_or_404(SecondLook.objects.visible_to(user).select_related("first_by"), pk=pk)
    if found.state == State.DISPUTED and user.has_role(Role.SENIOR_REVIEWER):
        return _dispute(request, user, found)
    if second_eyes.had_part(found, user):
        return _not_twice(request)
    if found.state != State.WAITING or (request.method == "GET" and not second_eyes.open_for(found, by=user)):
        messages.info(request, _("Hồ sơ này đã có người khác xem."))
        return redirect("second-eyes")
    match = second_eyes.standing(found)
    form = WordForm(request.POST or None)
    if request.method == "GET" and match is not None:
        _log(user, match)
        return _page(request, found, match, WordForm())
    if match is not None and not form.is_valid():
        return _page(request, found, match, form, status=422)
    return _say(request, user, found, match, form)


def _say(
    request: HttpRequest, user: User, found: SecondLook, match: Match | None, form: WordForm
) -> HttpResponse:
    told = form.cleaned_data if match is not None else {"decision": "same", "reason": "", "seen": ""}
    word = SecondLook.Word(told["decision"])
    try:
        after = second_eyes.say(found, word, by=user, reason=told["reason"], seen=told["seen"])
    except WrongState:
        messages.info(request, _("Hồ sơ này đã có người khác xem."))
    except EvidenceChanged:
        form.add_error(
            None, _("Hồ sơ đã thay đổi từ khi bạn mở trang. Xem lại chứng cứ rồi quyết định; lý do vẫn giữ.")
        )
        fresh = second_eyes.standing(found)
        if fresh is not None:
            return _page(request, found, fresh, form, status=409)
    else:
        if after.state == State.VOID:
            messages.info(request, _("Kết luận đã đổi từ khi chọn mẫu nên không cần xem lại."))
        else:
            messages.success(request, _("Đã ghi ý kiến thứ hai."))
    following = second_eyes.next_for(user)
    return redirect("second-eyes-look", following.pk) if following else redirect("second-eyes")


@allow(Role.SENIOR_REVIEWER)
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """A third person's word where two disagree; other than "same", it becomes a decision like any other."""
    user = user_of(request)
    found = get_object_or_404(SecondLook.objects.visible_to(user), pk=pk)
    form = WordForm(request.POST)
    if not form.is_valid():
        if found.state == State.DISPUTED:
            return _dispute(request, user, found, form)
        return redirect("second-eyes")
    word = SecondLook.Word(form.cleaned_data["decision"])
    try:
        after = second_eyes.settle(found, word, by=user, reason=form.cleaned_data["reason"])
    except SamePerson:
        messages.error(request, _("Người đã có ý kiến không tự phân xử được."))
    except WrongState:
        messages.info(request, _("Hồ sơ này đã có người phân xử."))
    else:
        if after.state == State.VOID:
            messages.info(request, _("Kết luận đã đổi từ khi chọn mẫu nên không cần xem lại."))
        else:
            messages.success(request, after.get_state_display())
    return redirect("second-eyes")


def _dispute(
    request: HttpRequest, user: User, found: SecondLook, form: WordForm | None = None
) -> HttpResponse:
    if found.second_by_id == user.pk or second_eyes.had_part(found, user):
        return _not_twice(request)
    match = second_eyes.standing(found)
    if match is None:
        second_eyes.settle(found, SecondLook.Word.SAME, by=user, reason="")
        messages.info(request, _("Kết luận đã đổi từ khi chọn mẫu nên không cần xem lại."))
        return redirect("second-eyes")
    if request.method == "GET":
        _log(user, match)
    first = Decision.Kind.SAME.label if found.first_by else _("máy nhận")
    more = {"look": found, "first": first, "first_reason": match.reason, "is_dispute": True}
    return _page(request, found, match, form or WordForm(), status=422 if form else 200, **more)


def _not_twice(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Bạn đã có ý kiến về hồ sơ này; người khác xem lại."))
    return redirect("second-eyes")


def _log(user: User, match: Match) -> None:
    AccessLog.objects.create(
        user=user,
        action=AccessLog.Action.VIEW,
        subject="land_user",
        subject_id=match.land_user_id,
        commune_id=match.commune_id,
    )


def _page(
    request: HttpRequest, found: SecondLook, match: Match, form: forms.Form, *, status: int = 200, **more: Any
) -> HttpResponse:
    shown, user = second_eyes.as_seen(match), user_of(request)
    context = {
        "look": found,
        "person": shown.land_user,
        "evidence": evidence.lines(shown, shown.land_user, is_revealed=False),
        "resident": match.resident,
        "seen": matches.stamp(match),
        "reasons": REASONS,
        "form": form,
        "papers": papers.of_land_user(user, match.land_user_id, PAPERS_SHOWN),
        "may_see_scans": user.has_role(*SCAN_READERS),
        **more,
    }
    return render(request, "second_eyes/look.html", context, status=status)
