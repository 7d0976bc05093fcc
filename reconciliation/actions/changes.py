"""Plan, apply, undo: every change to records that can be taken back goes through here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from landdb.models import AdminUnit, ReceivedFile, User

from ..models import Change, ChangeSet, Decision, GroupMove
from . import bearing, carrying, effects, settling, written_at_once
from .records import EDITABLE, encode, now


class WrongState(Exception):
    """The change set is not in the state that the action needs."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one record and the value it shall have."""

    record: models.Model
    field: str
    new: Any
    row: int | None = None


@transaction.atomic
def plan(
    kind: ChangeSet.Kind,
    wanted: Iterable[FieldChange],
    *,
    by: User | None,
    commune: AdminUnit | int | None = None,
    file: ReceivedFile | None = None,
    reason: str = "",
) -> ChangeSet:
    """Write down what shall change, with the values as they stand now. An equal value is left out."""
    commune_id = commune.pk if isinstance(commune, AdminUnit) else commune
    change_set = ChangeSet.objects.create(
        kind=kind, planned_by=by, commune_id=commune_id, file=file, reason=reason
    )
    rows = rows_of(change_set, wanted)
    Change.objects.bulk_create(rows, batch_size=1000)
    return change_set


@transaction.atomic
def apply(
    change_set: ChangeSet,
    *,
    by: User,
    cause: GroupMove.Cause | None = None,
    at_once: int | None = effects.AT_ONCE,
) -> ChangeSet:
    """Apply a planned set whole. A record that has changed since planning is skipped and stays as it is.

    `at_once`: how many plots are judged again before this returns (None: all).
    """
    held = ChangeSet.objects.select_for_update().get(pk=change_set.pk)
    if held.state != ChangeSet.State.PLANNED:
        raise WrongState(held.get_state_display())
    every = list(held.changes.all())
    before = bearing.reach_of(every)
    waiting = [change for change in every if change.state == Change.State.PLANNED]
    also = carrying.carry_out(waiting)
    carrying.keep(waiting + also)
    held.state, held.applied_by, held.applied_at = ChangeSet.State.APPLIED, by, timezone.now()
    held.save(update_fields=["state", "applied_by", "applied_at"])
    effects.follow(held, every + also, cause or effects.cause_of(held), before, at_once=at_once)
    return held


@transaction.atomic(savepoint=False)
def make(
    kind: ChangeSet.Kind,
    wanted: Iterable[FieldChange],
    *,
    by: User,
    commune: int | None,
    reason: str,
    decision: Decision | None = None,
    settled_later: int | None = None,
) -> ChangeSet:
    """Plan and apply at once, for a single decision: the same as `plan` and `apply`, written down once.

    For who holds the records of `wanted` locked and has read them since. `decision` is not saved yet; it is
    written down with the change set. `settled_later`: a land user whose row is held locked; what follows from
    a word on them, if anybody has to be matched again, is left to a worker (`settling`).
    """
    change_set = ChangeSet(
        kind=kind,
        state=ChangeSet.State.APPLIED,
        planned_by=by,
        applied_by=by,
        applied_at=timezone.now(),
        commune_id=commune,
        reason=reason,
    )
    wanted = list(wanted)
    held = {(change.record._meta.label_lower, change.record.pk): change.record for change in wanted}
    rows = rows_of(change_set, wanted)
    is_later = settled_later is not None and bool(bearing.touched_by(rows, held).land_users)
    before = set() if is_later else bearing.reach_of(rows, held)
    rows += carrying.carry_out(rows, held)
    if settled_later is not None and is_later:
        settling.write(change_set, rows, decision, settled_later)
    else:
        written_at_once.write(change_set, rows, decision=decision)
        effects.follow(change_set, rows, effects.cause_of(change_set), before, known=held)
    return change_set


@transaction.atomic
def undo(change_set: ChangeSet, *, by: User, at_once: int | None = effects.AT_ONCE) -> list[Change]:
    """Take an applied set back; the changes that stay because somebody has changed the record since.

    `at_once` as in `apply`.
    """
    held = ChangeSet.objects.select_for_update().get(pk=change_set.pk)
    if held.state != ChangeSet.State.APPLIED:
        raise WrongState(held.get_state_display())
    every = list(held.changes.order_by("-id"))
    done = [change for change in every if change.state == Change.State.APPLIED]
    records = carrying.locked(done)
    before = bearing.reach_of(every, records)
    carrying.write_back(done, records)
    held.state, held.undone_by, held.undone_at = ChangeSet.State.UNDONE, by, timezone.now()
    held.save(update_fields=["state", "undone_by", "undone_at"])
    effects.follow(held, every, GroupMove.Cause.UNDO, before, at_once=at_once, known=records)
    return [change for change in done if change.state == Change.State.KEPT]


@transaction.atomic
def discard(change_set: ChangeSet) -> None:
    """Throw a planned set away; it stays on record."""
    changed = ChangeSet.objects.filter(pk=change_set.pk, state=ChangeSet.State.PLANNED).update(
        state=ChangeSet.State.DISCARDED
    )
    if not changed:
        raise WrongState(change_set.get_state_display())


@transaction.atomic
def put_in(change_set: ChangeSet, wanted: Iterable[FieldChange]) -> list[Change]:
    """Write further changes down in an applied set and carry them out: a portion of what is too much for one
    transaction. What follows from the records is the caller's to do (`effects.again`)."""
    rows = rows_of(change_set, wanted)
    rows += carrying.carry_out(rows)
    return Change.objects.bulk_create(rows, batch_size=1000)


@transaction.atomic
def write_down(
    change_set: ChangeSet, rows: list[Change], *, by: User, is_rehearsal: bool = False
) -> list[Change]:
    """Carry out changes whose old values were read before: a record that is otherwise by now is skipped.

    The set becomes applied; all that was written, also what followed from it. What follows from the records
    beyond their own fields is the caller's to do (`effects.follow`). In a rehearsal, which is taken back, the
    list of changes is not stored.
    """
    for row in rows:
        row.change_set_id = change_set.pk
    every = rows + carrying.carry_out(rows)
    change_set.state, change_set.applied_by, change_set.applied_at = (
        ChangeSet.State.APPLIED,
        by,
        timezone.now(),
    )
    change_set.save(update_fields=["state", "applied_by", "applied_at"])
    return every if is_rehearsal else Change.objects.bulk_create(every, batch_size=2000)


@transaction.atomic
def take_out(change_set: ChangeSet, of_portion: Q) -> list[Change]:
    """Take some changes of an applied set back, as `undo` does; the set stays as it is. All of the portion.

    `of_portion` says which changes; what follows from the records is the caller's to do.
    """
    done = list(change_set.changes.filter(of_portion, state=Change.State.APPLIED).order_by("-id"))
    carrying.write_back(done, carrying.locked(done))
    return done


def rows_of(change_set: ChangeSet, wanted: Iterable[FieldChange]) -> list[Change]:
    """What shall change, with the values as they stand now; an equal value is left out."""
    rows = []
    for change in wanted:
        label = change.record._meta.label_lower
        if change.field not in EDITABLE[label].fields:
            raise ValueError(f"{label}.{change.field} is not open to change sets")
        old, new = now(change.record, change.field), encode(change.record, change.field, change.new)
        if old != new:
            rows.append(
                Change.of(change_set.pk, label, change.record.pk, change.field, old, new, row=change.row)
            )
    return rows
