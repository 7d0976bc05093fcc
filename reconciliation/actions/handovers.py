"""Hand a land user on: to police, commune, nobody for now, or a later day; and take it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from landdb.models import User
from parcels.models import Holding, LandUser, Plot

from ..models import AskedField, ChangeSet, Decision, Match, Verification, Why, WorkItem
from ..models.handover_codes import told
from ..models.work import NO_CANDIDATE
from . import changes
from .changes import FieldChange
from .matches import EvidenceChanged, hold, stamp_all

With = WorkItem.With

_KINDS = {
    With.POLICE: Decision.Kind.POLICE,
    With.COMMUNE: Decision.Kind.COMMUNE,
    With.CITIZEN: Decision.Kind.CITIZEN,
    With.LATER: Decision.Kind.LATER,
    With.DESK: Decision.Kind.BACK,
}


@dataclass(frozen=True, slots=True)
class Handover:
    """To whom, why (a coded reason where there are any), what to say, and the day until which.

    `fields` (`AskedField`): what a commune is asked to look at; some of its reasons are told with them alone.
    """

    where: WorkItem.With
    why: str = ""
    note: str = ""
    until: dt.date | None = None
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        codes = {why.value for why in Why.of(self.where)}
        if (self.why or codes) and self.why not in codes:
            raise ValueError(f"{self.why!r} is no reason to hand on to {self.where!r}")
        if self.where == With.LATER and self.until is None:
            raise ValueError("what is put off is put off until a day")
        if self.fields and (self.where != With.COMMUNE or self.fields != AskedField.in_order(self.fields)):
            raise ValueError(f"{self.fields!r} are no fields that {self.where!r} is asked to look at")
        if self.why and Why(self.why).needs_fields and not self.fields:
            raise ValueError(f"{self.why!r} is a reason that names its fields")


@transaction.atomic
def hand_on(
    land_user_id: int,
    handover: Handover,
    *,
    by: User,
    seen: str,
    last: int | None = None,
    kind: Decision.Kind | None = None,
    settled_later: bool = False,
) -> Decision:
    """Write down who has the land user now. `seen` is the `stamp_all` of what the page showed.

    `last` is the newest decision that the page knew of (`matches.last_of`; None: not asked). `kind` names
    the decision where it is another than the receiver's own; `settled_later` as in `matches.decide`.
    EvidenceChanged where the page showed something else than what stands, or where the entry was decided or
    merged since.
    """
    held = hold(land_user_id)
    if stamp_all(held.candidates) != seen or held.is_newer(last):
        raise EvidenceChanged
    return write(held.person, handover, by=by, kind=kind, settled_later=settled_later)


@transaction.atomic
def take_back(land_user: LandUser, *, by: User, note: str = "") -> Decision:
    """The desk has it again. WrongState where it never left."""
    held = LandUser.objects.select_for_update().get(pk=land_user.pk)
    item = WorkItem.objects.filter(land_user=held).first()
    if item is None or item.waits_with == With.DESK:
        raise changes.WrongState(With.DESK.label)
    return write(held, Handover(With.DESK, note=note), by=by)


def write(
    land_user: LandUser,
    handover: Handover,
    *,
    by: User,
    kind: Decision.Kind | None = None,
    settled_later: bool = False,
) -> Decision:
    """The same without a look at what anybody saw: for who holds the land user's row locked."""
    wanted = list(changes_of(open_items([land_user.pk])[land_user.pk], handover))
    reason = handover.note or told(handover.why, handover.fields)
    decision = Decision(
        kind=kind or _KINDS[handover.where],
        land_user=land_user,
        commune_id=land_user.commune_id,
        by=by,
        reason=reason,
    )
    changes.make(
        ChangeSet.Kind.HANDOVER,
        wanted,
        by=by,
        commune=land_user.commune_id,
        reason=reason,
        decision=decision,
        settled_later=land_user.pk if settled_later else None,
    )
    return decision


def open_items(people: Collection[int]) -> dict[int, WorkItem]:
    """The work items of land users, locked and open; made for whom nobody had to look at so far.

    Land user → item. For who holds the land users' rows locked.
    """
    there = WorkItem.objects.select_for_update().filter(land_user__in=people).order_by("pk")
    found = list(there)
    if missing := set(people) - {item.land_user_id for item in found}:
        WorkItem.objects.bulk_create(_new_items(missing), batch_size=1000)
        found = list(there.all())
    closed = [item for item in found if item.state != WorkItem.State.OPEN]
    for item in closed:
        item.state, item.opened_at, item.closed_at = WorkItem.State.OPEN, timezone.now(), None
        item.assigned_to = None
    WorkItem.objects.bulk_update(closed, ["state", "opened_at", "closed_at", "assigned_to"], batch_size=1000)
    return {item.land_user_id: item for item in found}


def _new_items(people: set[int]) -> Iterator[WorkItem]:
    if not people:
        return
    outcomes = dict(Verification.objects.filter(land_user__in=people).values_list("land_user", "outcome"))
    stages = Match.objects.best_stages(people)
    held = Holding.objects.filter(land_user__in=people, plot__state=Plot.State.LIVE).order_by()
    plots = dict(
        held.values("land_user").annotate(n=Count("plot", distinct=True)).values_list("land_user", "n")
    )
    for pk, commune_id in LandUser.objects.filter(pk__in=people).order_by("pk").values_list("pk", "commune"):
        yield WorkItem(
            land_user_id=pk,
            commune_id=commune_id,
            plots=plots.get(pk, 0),
            outcome=outcomes.get(pk, ""),
            stage=stages.get(pk, NO_CANDIDATE),
            opened_at=timezone.now(),
        )


def changes_of(item: WorkItem, handover: Handover) -> Iterator[FieldChange]:
    """What a hand-over writes into a work item."""
    values: dict[str, Any] = {
        "waits_with": handover.where.value,
        "waits_why": handover.why,
        "waits_fields": list(handover.fields),
        "waits_note": handover.note,
        "waits_since": timezone.now() if handover.where != With.DESK else None,
        "waits_until": handover.until,
    }
    for name, value in values.items():
        yield FieldChange(item, name, value)
