"""An officer's word on the person at the desk, and the next record after it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from citizens.models import Resident
from landdb.models import User
from landdb.web.gate import allow
from landdb.web.posted import posted_from
from landdb.web.signed_in import user_of
from parcels.models import LandUser

from ..actions import handovers, leases, matches
from ..actions.handovers import Handover
from ..models import Decision, Match, Why, WorkItem
from . import desk, settled, shown
from .at_hand import AtHand, at_hand
from .desk_forms import HandoverForm, MatchForm, due
from .desk_page import page
from .land_users import DECIDERS, visible
from .walk import Walk

With = WorkItem.With
_RECEIVERS = {each.value: each for each in (With.POLICE, With.COMMUNE, With.CITIZEN, With.LATER)}


@allow(*DECIDERS)
@posted_from("land-user")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Same, different, unsure, not in the registry, deceased: the next record opens, plots move meanwhile.

    After "different" the next candidate of the same person comes first, where there is one.
    """
    user = user_of(request)
    walk = Walk.of(request, user)
    record = at_hand(user, pk)
    form = MatchForm(request.POST)
    if not form.is_valid():
        return page(request, visible(user, pk), form=form, status=422)
    try:
        if record.is_elsewhere:
            leases.check(desk.PERSON, pk, by=user)
        decision = _decide(pk, form, user)
    except leases.Held as held:
        form.add_error(None, _("%(held)s Quyết định chưa được ghi.") % {"held": held})
        return page(request, visible(user, pk), form=form, status=409)
    except matches.EvidenceChanged:
        form.add_error(
            None,
            _("Quyết định chưa được ghi: hồ sơ đã thay đổi từ khi bạn mở trang. Chữ bạn gõ vẫn giữ."),
        )
        person = visible(user, pk)
        return page(request, person, form=form, refused=_since(request, person, form), status=409)
    messages.success(request, _("Đã ghi."), extra_tags=f"desk {settled.TAG}")
    if decision.kind == Decision.Kind.DIFFERENT and _has_candidate(pk):
        return redirect(walk.to("land-user", pk))
    return _onward(walk, pk, record)


@allow(*DECIDERS)
@posted_from("land-user")
def hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """To the police, to the commune, uncollectable, or for a later day; the next record opens."""
    user = user_of(request)
    walk = Walk.of(request, user)
    record = at_hand(user, pk)
    form = HandoverForm(_RECEIVERS.get(request.POST.get("where", ""), With.LATER), request.POST)
    if not form.is_valid():
        return page(request, visible(user, pk), sent=form, status=422)
    try:
        if record.is_elsewhere:
            leases.check(desk.PERSON, pk, by=user)
        told = form.cleaned_data
        handovers.hand_on(
            pk, form.handover(), by=user, seen=told["seen_all"], last=told["last"], settled_later=True
        )
    except leases.Held as held:
        form.add_error(None, _("%(held)s Quyết định chưa được ghi.") % {"held": held})
        return page(request, visible(user, pk), sent=form, status=409)
    except matches.EvidenceChanged:
        form.add_error(None, _("Chưa chuyển đi: hồ sơ đã thay đổi từ khi bạn mở trang. Chữ bạn gõ vẫn giữ."))
        person = visible(user, pk)
        return page(request, person, sent=form, refused=_since(request, person, form), status=409)
    if form.moved:
        messages.success(request, form.moved, extra_tags="desk")
    return _onward(walk, pk, record)


def _decide(land_user_id: int, form: MatchForm, user: User) -> Decision:
    told = form.cleaned_data
    kind, reason, last = Decision.Kind(told["decision"]), told["reason"], told["last"]
    if kind == Decision.Kind.NOT_IN_REGISTRY:
        return matches.decide_not_in_registry(
            land_user_id, by=user, reason=reason, seen=told["seen_all"], last=last, settled_later=True
        )
    candidate = matches.Candidate(land_user_id, told["match"] or 0)
    if kind == Decision.Kind.DECEASED and not _is_recorded_dead(candidate):
        note = form.data.get("reason", "").strip()
        to_police = Handover(With.POLICE, Why.POLICE_DECEASED, note, due(With.POLICE))
        return handovers.hand_on(
            land_user_id, to_police, by=user, seen=told["seen_all"], last=last, kind=kind, settled_later=True
        )
    return matches.decide(
        candidate,
        kind,
        by=user,
        reason=reason,
        seen=told["seen"],
        last=last,
        mend=told["mend"],
        settled_later=True,
    )


def _has_candidate(land_user_id: int) -> bool:
    """Somebody in the registry is left of whom nothing has been said yet."""
    return Match.objects.filter(land_user=land_user_id, state=Match.State.PROPOSED).exists()


def _is_recorded_dead(candidate: matches.Candidate) -> bool:
    """The registry itself says that the candidate has died."""
    found = Match.objects.filter(pk=candidate.pk, land_user=candidate.land_user_id)
    return found.filter(resident__status=Resident.Status.DECEASED).exists()


def _since(request: HttpRequest, person: LandUser, form: forms.Form) -> shown.Since | None:
    candidates = person.matches.select_related("resident__commune", "decided_by").best_first()
    last = form.cleaned_data["last"]
    return shown.since(request.POST.get("shown", ""), person, list(candidates), last=last)


def _onward(walk: Walk, pk: int, record: AtHand) -> HttpResponse:
    """Give the record back and open the next free one; its head says what was done."""
    leases.release(desk.PERSON, pk, by=walk.user)
    place = walk.wanted.at(record.item) if record.item else None
    return redirect(desk.onward(walk, walk.user, place))
