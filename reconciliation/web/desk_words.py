"""An officer's word on the person at the desk, and the next record after it."""

from __future__ import annotations

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
from . import desk, later, settled, shown
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
    person = visible(user, pk)
    form = MatchForm(request.POST)
    if not form.is_valid():
        return page(request, person, form=form, status=422)
    walk = Walk.of(request, user, pk)
    try:
        leases.check(desk.PERSON, pk, by=user)
        decision = _decide(person, form, user)
    except leases.Held as held:
        form.add_error(None, _("%(held)s Quyết định chưa được ghi.") % {"held": held})
        return page(request, person, form=form, status=409)
    except matches.EvidenceChanged:
        form.add_error(
            None,
            _("Quyết định chưa được ghi: hồ sơ đã thay đổi từ khi bạn mở trang. Chữ bạn gõ vẫn giữ."),
        )
        return page(request, person, form=form, refused=_since(request, person), status=409)
    messages.success(request, _("Đã ghi."), extra_tags=f"desk {settled.TAG}")
    if decision.kind == Decision.Kind.DIFFERENT and _has_candidate(person):
        later.tell(request, decision.change_set)
        return redirect(walk.to("land-user", pk))
    return _onward(request, walk, decision)


@allow(*DECIDERS)
@posted_from("land-user")
def hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """To the police, to the commune, uncollectable, or for a later day; the next record opens."""
    user = user_of(request)
    person = visible(user, pk)
    form = HandoverForm(_RECEIVERS.get(request.POST.get("where", ""), With.LATER), request.POST)
    if not form.is_valid():
        return page(request, person, sent=form, status=422)
    walk = Walk.of(request, user, pk)
    try:
        leases.check(desk.PERSON, pk, by=user)
        told = form.cleaned_data
        decision = handovers.hand_on(
            person, form.handover(), by=user, seen=told["seen_all"], last=told["last"], settled_later=True
        )
    except leases.Held as held:
        form.add_error(None, _("%(held)s Quyết định chưa được ghi.") % {"held": held})
        return page(request, person, sent=form, status=409)
    except matches.EvidenceChanged:
        form.add_error(None, _("Chưa chuyển đi: hồ sơ đã thay đổi từ khi bạn mở trang. Chữ bạn gõ vẫn giữ."))
        return page(request, person, sent=form, refused=_since(request, person), status=409)
    if form.moved:
        messages.success(request, form.moved, extra_tags="desk")
    return _onward(request, walk, decision)


def _decide(person: LandUser, form: MatchForm, user: User) -> Decision:
    told = form.cleaned_data
    kind, reason, last = Decision.Kind(told["decision"]), told["reason"], told["last"]
    if kind == Decision.Kind.NOT_IN_REGISTRY:
        return matches.decide_not_in_registry(
            person, by=user, reason=reason, seen=told["seen_all"], last=last, settled_later=True
        )
    match = person.matches.select_related("resident").filter(pk=told["match"] or 0).first()
    if kind == Decision.Kind.DECEASED and not _is_recorded_dead(match):
        note = form.data.get("reason", "").strip()
        to_police = Handover(With.POLICE, Why.POLICE_DECEASED, note, due(With.POLICE))
        return handovers.hand_on(
            person, to_police, by=user, seen=told["seen_all"], last=last, kind=kind, settled_later=True
        )
    if match is None:
        raise matches.EvidenceChanged
    return matches.decide(
        match,
        kind,
        by=user,
        reason=reason,
        seen=told["seen"],
        last=last,
        mend=told["mend"],
        settled_later=True,
    )


def _has_candidate(person: LandUser) -> bool:
    """Somebody in the registry is left of whom nothing has been said yet."""
    return person.matches.filter(state=Match.State.PROPOSED).exists()


def _is_recorded_dead(match: Match | None) -> bool:
    """The registry itself says that the candidate has died."""
    return match is not None and match.resident.status == Resident.Status.DECEASED


def _since(request: HttpRequest, person: LandUser) -> shown.Since | None:
    candidates = person.matches.select_related("resident__commune", "decided_by").best_first()
    return shown.since(request.POST.get("shown", ""), person, list(candidates))


def _onward(request: HttpRequest, walk: Walk, decision: Decision) -> HttpResponse:
    """Give the record back and open the next free one; its head says what was done."""
    leases.release(desk.PERSON, walk.record_id or 0, by=walk.user)
    later.tell(request, decision.change_set)
    return redirect(desk.onward(walk, walk.user, walk.place))
