"""The portions in which a list is handed out to the police, and taken back.

All that is written stands in the list's change set. A portion is one transaction: a second run finds it done.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from parcels.models import LandUser

from ..models import (
    ChangeSet,
    GroupMove,
    Lease,
    Verification,
    VerificationBatch,
    VerificationEntry,
    VerificationLine,
    Why,
    WorkItem,
)
from . import bearing, changes, effects, handovers
from .handovers import Handover
from .police_batches import Line, Outcome, State

#: Lines handed out in one transaction.
PORTION = 500
With = WorkItem.With
_WHY = {
    Outcome.NOT_FOUND: Why.POLICE_ABSENT,
    Outcome.UNVERIFIABLE: Why.POLICE_ABSENT,
    Outcome.AMBIGUOUS: Why.POLICE_UNCLEAR,
    Outcome.MISMATCH: Why.POLICE_NUMBER,
}


def portions(batch: VerificationBatch, state: VerificationLine.State) -> list[tuple[int, int]]:
    """First and last line of each portion of the lines in a state."""
    ids = list(batch.lines.filter(state=state).order_by("pk").values_list("pk", flat=True))
    return [(ids[n], ids[min(n + PORTION, len(ids)) - 1]) for n in range(0, len(ids), PORTION)]


@transaction.atomic
def hand_out(batch: VerificationBatch, first: int, last: int) -> dict[str, int]:
    """Hand the people of a portion to the police; who changed since the freezing is left out."""
    if batch.state not in (State.ISSUING, State.ISSUED) or batch.change_set is None:
        return {}
    lines = list(batch.lines.select_for_update().filter(pk__range=(first, last), state=Line.FROZEN))
    entries = list(VerificationEntry.objects.filter(line__in=lines))
    items = handovers.open_items(_askable(batch, {entry.land_user_id for entry in entries}))
    by_line: dict[int, list[WorkItem]] = {line.pk: [] for line in lines}
    for entry in entries:
        if entry.land_user_id in items:
            by_line[entry.line_id].append(items[entry.land_user_id])
    wanted = []
    for line in lines:
        handover = Handover(With.POLICE, _WHY[Outcome(line.outcome)], _note(batch), batch.due_on)
        line.state = Line.WAITING if by_line[line.pk] else Line.LEFT_OUT
        for item in by_line[line.pk]:
            wanted += list(handovers.changes_of(item, handover))
    changes.put_in(batch.change_set, wanted)
    VerificationLine.objects.bulk_update(lines, ["state"], batch_size=PORTION)
    _mark_asked_again(batch, lines)
    people = {item.land_user_id for found in by_line.values() for item in found}
    _follow(people, GroupMove.Cause.POLICE, batch.change_set)
    out = sum(line.state == Line.WAITING for line in lines)
    return {"people": out, "left_out": len(lines) - out}


@transaction.atomic
def take_back(batch: VerificationBatch, first: int, last: int) -> dict[str, int]:
    """Bring the people of a portion back to where they were, but for those who are answered by now."""
    if batch.state != State.WITHDRAWING or batch.change_set is None:
        return {}
    waiting = batch.lines.filter(pk__range=(first, last), state=Line.WAITING)
    # The people first, as everybody who writes answers does; who is answered while we wait stays answered.
    _lock(set(VerificationEntry.objects.filter(line__in=waiting).values_list("land_user", flat=True)))
    lines = list(waiting.select_for_update())
    people = set(VerificationEntry.objects.filter(line__in=lines).values_list("land_user", flat=True))
    items = WorkItem.objects.filter(land_user__in=people)
    taken = changes.take_out(
        batch.change_set,
        Q(model=WorkItem._meta.label_lower, record_id__in=list(items.values_list("pk", flat=True))),
    )
    for line in lines:
        line.state = Line.WITHDRAWN
    VerificationLine.objects.bulk_update(lines, ["state"], batch_size=PORTION)
    _follow(people, GroupMove.Cause.UNDO, batch.change_set)
    return {"people": len(lines), "changes": len(taken)}


@transaction.atomic
def finish(batch_id: int) -> None:
    """Everybody was handed out."""
    held = VerificationBatch.objects.select_for_update().get(pk=batch_id)
    if held.state == State.ISSUING:
        held.state, held.issued_at = State.ISSUED, timezone.now()
        held.save(update_fields=["state", "issued_at"])


@transaction.atomic
def finish_taking_back(batch_id: int) -> None:
    """Everybody was taken back who could be."""
    held = VerificationBatch.objects.select_for_update().get(pk=batch_id)
    if held.state == State.WITHDRAWING:
        held.state = State.WITHDRAWN
        held.save(update_fields=["state"])


def _note(batch: VerificationBatch) -> str:
    return _("Danh sách %(number)s") % {"number": batch.number}


def _askable(batch: VerificationBatch, people: set[int]) -> list[int]:
    """Of these land users, locked by now, those to whom nothing has happened since the freezing: not merged,
    not open on somebody's desk, verified as they were, and where they were."""
    _lock(people)
    live = LandUser.objects.live().filter(pk__in=people).values_list("pk", flat=True)
    open_by = Lease.objects.filter(kind=Lease.Kind.PERSON, record_id__in=people, until__gt=timezone.now())
    outcomes = dict(Verification.objects.filter(land_user__in=people).values_list("land_user", "outcome"))
    waits = dict(WorkItem.objects.filter(land_user__in=people).values_list("land_user", "waits_with"))
    if batch.reissue_of_id is not None:
        return [pk for pk in live if waits.get(pk) == With.POLICE]
    free = set(live) - set(open_by.values_list("record_id", flat=True))
    here = (With.DESK, With.LATER)
    return sorted(
        pk for pk in free if outcomes.get(pk) in batch.outcomes and waits.get(pk, With.DESK) in here
    )


def _lock(people: Collection[int]) -> None:
    """The land users, in the order in which everybody locks them."""
    rows = LandUser.objects.filter(pk__in=list(people)).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def _mark_asked_again(batch: VerificationBatch, lines: Sequence[VerificationLine]) -> None:
    """The lines of the batch before that these ones ask again."""
    if batch.reissue_of_id is None:
        return
    anew = {line.pk: line for line in lines if line.state == Line.WAITING}
    by_person = dict(VerificationEntry.objects.filter(line__in=anew).values_list("land_user", "line"))
    before = VerificationEntry.objects.filter(
        land_user__in=by_person, line__batch=batch.reissue_of_id, line__state=Line.WAITING
    ).select_related("line")
    asked = {}
    for entry in before:
        entry.line.state, entry.line.reissued_as = Line.REISSUED, anew[by_person[entry.land_user_id]]
        asked[entry.line_id] = entry.line
    VerificationLine.objects.bulk_update(asked.values(), ["state", "reissued_as"], batch_size=PORTION)


def _follow(people: set[int], cause: GroupMove.Cause, change_set: ChangeSet) -> None:
    """Match these people again and judge all their plots."""
    if people:
        before = bearing.reach(people, [])
        effects.again(people, [], cause, change_set, before=before, at_once=None)
