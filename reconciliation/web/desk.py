"""Walking from one record to the next, each held by one officer at a time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb.models import Role, User
from landdb.prepared import Prepared
from landdb.web.gate import allow
from landdb.web.posted import posted_from
from landdb.web.signed_in import user_of
from parcels.models import LandUser

from ..actions import changes, handovers, leases
from ..models import ChangeSet, Decision, Lease, WorkItem
from ..next_work import take_first
from ..worklist_values import At
from . import settled
from .land_users import DECIDERS, READERS, visible
from .walk import Walk

PERSON = Lease.Kind.PERSON


@allow(*READERS)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Open the first free record of the filter in the address, the next after a place, or the one before."""
    user = user_of(request)
    walk = Walk.of(request, user)
    give_back(request, user)
    before, after = (At.read(request.GET.get(name, "")) for name in ("before", "after"))
    item: WorkItem | None
    if before is not None and not walk.wanted.unknown:
        item = walk.wanted.before(before).first()
        if item is None:
            messages.info(request, _("Đây là việc đầu tiên trong bộ lọc."))
            return redirect(onward(walk, user, None))
        return redirect(walk.to("land-user", item.land_user_id))
    return redirect(onward(walk, user, after))


@allow(*READERS)
@require_GET
def leave(request: HttpRequest) -> HttpResponse:
    """Give back what was open and return to the list."""
    user = user_of(request)
    give_back(request, user)
    return redirect(Walk.of(request, user).to("worklist"))


@allow(*READERS)
@require_GET
def end(request: HttpRequest) -> HttpResponse:
    """Nothing free is left in the filter beyond where the officer was: say so, and where to go on."""
    user = user_of(request)
    walk = Walk.of(request, user)
    free = walk.wanted.after(None).exists()
    context = {"walk": walk, "is_any_free": free, **last_of(user, walk)}
    context |= said(request, walk, context["last"])
    return render(request, "matches/end.html", context)


@allow(*DECIDERS)
@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep an open record for longer: what the page asks while somebody works on it."""
    person = visible(user_of(request), pk)
    try:
        lease = leases.take(PERSON, person.pk, by=user_of(request))
    except leases.Held as held:
        return JsonResponse({"held": str(held)}, status=409)
    return JsonResponse({"left": seconds_left(lease), "until": lease.until.isoformat()})


@allow(*DECIDERS)
@require_POST
def page_left(request: HttpRequest, pk: int) -> HttpResponse:
    """What the page asks when it is left for somewhere else: the record is free for others at once."""
    try:
        until = dt.datetime.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        return HttpResponseBadRequest()
    if timezone.is_naive(until):
        return HttpResponseBadRequest()
    leases.release_of(until, PERSON, pk, by=user_of(request))
    return HttpResponse(status=204)


@allow(Role.SENIOR_REVIEWER)
@posted_from("land-user")
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a record from whoever has it open; they are told on whatever page comes next."""
    user = user_of(request)
    leases.take_over(PERSON, visible(user, pk).pk, by=user)
    return redirect(Walk.of(request, user).to("land-user", pk))


@allow(*DECIDERS)
@posted_from("land-user")
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk has a person again who waited with somebody else."""
    user = user_of(request)
    person = visible(user, pk)
    try:
        leases.check(PERSON, pk, by=user)
        handovers.take_back(person, by=user)
    except leases.Held as held:
        messages.error(request, str(held))
    except changes.WrongState:
        messages.error(request, _("Hồ sơ này đã ở bàn xét duyệt."))
    return redirect(Walk.of(request, user).to("land-user", pk))


def give_back(request: HttpRequest, user: User) -> None:
    """Release the record that the address says was left."""
    left = request.GET.get("left", "")
    if left.isdecimal() and len(left) < 19:
        leases.release(PERSON, int(left), by=user)


def onward(walk: Walk, user: User, place: At | None) -> str:
    """The address of the next free record after a place, leased to who will decide; else of the end.

    Where the filter is not understood, of the list, which says so: the next one may be of anybody.
    """
    if walk.wanted.unknown:
        return walk.to("worklist")
    decides = user.has_role(*DECIDERS)
    item = take_first(walk.wanted, place) if decides else walk.wanted.after(place).first()
    return walk.to("land-user", item.land_user_id) if item else walk.to("desk-end")


def opened(user: User, person: LandUser) -> dict[str, Any]:
    """The lease of a record that is being opened: one's own, or that of who has it."""
    if not user.has_role(*DECIDERS) or person.merged_into_id is not None:
        return {"lease": leases.held(PERSON, [person.pk]).get(person.pk)}
    try:
        lease = leases.take(PERSON, person.pk, by=user)
    except leases.Held as held:
        return {"lease": held.lease, "held": str(held), "left": seconds_left(held.lease)}
    return {"lease": lease, "is_mine": True, "left": seconds_left(lease)}


def seconds_left(lease: Lease) -> int:
    """How long a lease still lasts, in whole seconds."""
    return max(0, round((lease.until - timezone.now()).total_seconds()))


_MY_LAST = Prepared(
    lambda by: (
        Decision.objects.filter(by=by, change_set__state=ChangeSet.State.APPLIED)
        .exclude(kind=Decision.Kind.APPLY_UPLOAD)
        .select_related("land_user")
        .only("kind", "at", "change_set", "land_user__name")[:1]
    )
)


def last_of(user: User, walk: Walk) -> dict[str, Any]:
    """The user's last decision that stands, which Z takes back, wherever it was made."""
    if not user.has_role(*DECIDERS):
        return {"last": None}
    last = _MY_LAST.first(by=user.pk)
    if last is None:
        return {"last": None}
    left = {"left": walk.record_id} if walk.record_id else {}
    is_today = timezone.localdate(last.at) == timezone.localdate()
    return {"last": last, "last_is_today": is_today, "undo": walk.to("decision-undo", last.pk, **left)}


def said(request: HttpRequest, walk: Walk, last: Decision | None) -> dict[str, Any]:
    """What the last decision did, for the head of the desk: no passing message covers the next record."""
    every = messages.get_messages(request)
    of_desk = [message for message in every if "desk" in (message.extra_tags or "")]
    is_word = any(settled.TAG in message.extra_tags.split() for message in of_desk)
    return {
        "said": [message for message in of_desk if settled.TAG not in message.extra_tags.split()],
        "moved": settled.moved_by(walk.user, last.pk, is_here=last.land_user_id == walk.record_id)
        if is_word and last is not None
        else None,
    }
