"""Corrections that say who a holder is wait for a second person: their list, and the yes or no."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from landdb.models import Role, User
from landdb.web.gate import allow
from landdb.web.paging import newest, older, page_of
from landdb.web.signed_in import user_of
from parcels.models import LandUser

from ..actions import consents, edits
from ..actions.changes import WrongState
from ..models import Change, Consent
from . import land_users, later
from .correction_subjects import named, timeline_of
from .forms import AnswerForm
from .timeline_subject import LAND_USER
from .timeline_words import Words, is_shown

PAGE = 30


@dataclass(frozen=True, slots=True)
class Field:
    title: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A correction that waits: of whom, who asked, field by field, and whether this user may answer or
    withdraw it. `address` is its form, or the history of what is no land user; `evidence` the desk of whom it
    is about."""

    consent: Consent
    name: str
    address: str
    evidence: str
    fields: list[Field]
    may_answer: bool
    may_withdraw: bool


@allow(*land_users.DECIDERS)
@require_GET
def corrections(request: HttpRequest) -> HttpResponse:
    """Corrections of the territory that wait for a second person, newest first."""
    user = user_of(request)
    ids = user.commune_ids()
    waiting = edits.waiting()
    if ids is not None:
        waiting = waiting.filter(change_set__commune__in=ids)
    page = page_of(_told(waiting), request.GET.get("before"), PAGE)
    context = {
        "asked": _asked(user, page[:PAGE]),
        "older": older(request, page, PAGE),
        "newest": newest(request),
        "is_senior": user.has_role(Role.SENIOR_REVIEWER),
        "is_list": True,
    }
    return render(request, "corrections/waiting.html", context)


@allow(Role.SENIOR_REVIEWER)
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's yes or no to a correction that another asked for."""
    user = user_of(request)
    consent = get_object_or_404(_told(edits.waiting()), pk=pk)
    page = _page_of(user, consent)
    if "list" in request.POST:
        page = reverse("corrections")
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return redirect(page)
    is_yes = form.cleaned_data["word"] == "yes"
    try:
        consents.answer(consent, by=user, is_yes=is_yes, reason=form.cleaned_data["reason"])
    except consents.SamePerson:
        messages.error(request, _("Người đề nghị không thể tự đồng ý."))
    except WrongState:
        messages.error(request, _("Đề nghị này đã có người trả lời."))
    else:
        if is_yes and consent.change_set.changes.filter(state=Change.State.SKIPPED).exists():
            messages.warning(request, _("Hồ sơ đã đổi từ khi đề nghị, nên chưa sửa gì."))
        else:
            messages.success(request, _("Đã ghi ý kiến."))
        later.tell(request, consent.change_set)
    return redirect(page)


@allow(*land_users.DECIDERS)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Who asked for a correction takes the question back before anybody has answered."""
    user = user_of(request)
    consent = get_object_or_404(_told(edits.waiting().filter(asked_by=user)), pk=pk)
    page = _page_of(user, consent)
    try:
        consents.withdraw(consent, by=user)
    except WrongState:
        messages.error(request, _("Đề nghị này đã có người trả lời."))
    else:
        messages.success(request, _("Đã rút đề nghị; chưa có gì được sửa."))
    return redirect(page)


def asked_of(user: User, land_user_ids: Iterable[int]) -> list[Asked]:
    """What waits for a second person of these land users."""
    return _asked(user, list(_told(edits.waiting_for(land_user_ids))))


def _told(consents_: QuerySet[Consent]) -> QuerySet[Consent]:
    return consents_.select_related("asked_by", "change_set")


def _asked(user: User, found: list[Consent]) -> list[Asked]:
    sets = {consent.change_set_id: consent for consent in found}
    changes: dict[int, list[Change]] = {pk: [] for pk in sets}
    for change in Change.objects.filter(change_set__in=sets):
        changes[change.change_set_id].append(change)
    every = [change for each in changes.values() for change in each]
    words = Words.of(
        [(one.model, one.record_id, one.field, one.old, one.new) for one in every], may_see_people=True
    )
    is_senior = user.has_role(Role.SENIOR_REVIEWER)
    others = named(every)
    asked = []
    for pk, consent in sets.items():
        own = [change for change in changes[pk] if is_shown(change.model, change.field)]
        if not own:
            continue
        first = own[0]
        is_person = first.model == LAND_USER
        name, address = others.get((first.model, first.record_id), ("", ""))
        fields = [
            Field(
                words.title(one.model, one.record_id, one.field),
                words.value(one.model, one.field, one.old),
                words.value(one.model, one.field, one.new),
            )
            for one in own
        ]
        asked.append(
            Asked(
                consent,
                words.people.get(first.record_id, "") if is_person else name,
                reverse("land-user-correct", args=[first.record_id]) if is_person else address,
                reverse("land-user", args=[first.record_id]) if is_person else "",
                fields,
                is_senior and consent.asked_by_id != user.pk,
                consent.asked_by_id == user.pk,
            )
        )
    return asked


def _page_of(user: User, consent: Consent) -> str:
    """Where the correction is shown; 404 outside the territory."""
    change: Any = consent.change_set.changes.first()
    if change is not None and change.model == LAND_USER:
        person: LandUser = land_users.visible(user, change.record_id)
        return reverse("land-user", args=[person.pk])
    if change is None:
        raise Http404
    return timeline_of(user, change)
