"""Plan, apply, undo: every change to records that can be taken back goes through here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from landdb.models import AdminUnit, ReceivedFile, User

from ..models import Change, ChangeSet, GroupMove
from . import effects
from .records import EDITABLE, decode, encode


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
    rows = []
    for change in wanted:
        label = change.record._meta.label_lower
        if change.field not in EDITABLE[label].fields:
            raise ValueError(f"{label}.{change.field} is not open to change sets")
        old, new = encode(getattr(change.record, change.field)), encode(change.new)
        if old != new:
            rows.append(
                Change(
                    change_set=change_set,
                    model=label,
                    record_id=change.record.pk,
                    field=change.field,
                    old=old,
                    new=new,
                    row=change.row,
                )
            )
    Change.objects.bulk_create(rows, batch_size=1000)
    return change_set


@transaction.atomic
def apply(change_set: ChangeSet, *, by: User, cause: GroupMove.Cause | None = None) -> ChangeSet:
    """Apply a planned set whole. A record that has changed since planning is skipped and stays as it is."""
    held = ChangeSet.objects.select_for_update().get(pk=change_set.pk)
    if held.state != ChangeSet.State.PLANNED:
        raise WrongState(held.get_state_display())
    waiting = list(held.changes.filter(state=Change.State.PLANNED))
    _write(waiting, "old", "new", Change.State.APPLIED, Change.State.SKIPPED)
    held.state, held.applied_by, held.applied_at = ChangeSet.State.APPLIED, by, timezone.now()
    held.save(update_fields=["state", "applied_by", "applied_at"])
    effects.follow(held, cause or effects.cause_of(held))
    return held


@transaction.atomic
def undo(change_set: ChangeSet, *, by: User) -> list[Change]:
    """Take an applied set back; the changes that stay because somebody has changed the record since."""
    held = ChangeSet.objects.select_for_update().get(pk=change_set.pk)
    if held.state != ChangeSet.State.APPLIED:
        raise WrongState(held.get_state_display())
    done = list(held.changes.filter(state=Change.State.APPLIED).order_by("-id"))
    _write(done, "new", "old", Change.State.UNDONE, Change.State.KEPT)
    held.state, held.undone_by, held.undone_at = ChangeSet.State.UNDONE, by, timezone.now()
    held.save(update_fields=["state", "undone_by", "undone_at"])
    effects.follow(held, GroupMove.Cause.UNDO)
    return [change for change in done if change.state == Change.State.KEPT]


@transaction.atomic
def discard(change_set: ChangeSet) -> None:
    """Throw a planned set away; it stays on record."""
    changed = ChangeSet.objects.filter(pk=change_set.pk, state=ChangeSet.State.PLANNED).update(
        state=ChangeSet.State.DISCARDED
    )
    if not changed:
        raise WrongState(change_set.get_state_display())


def _write(changes: list[Change], expected: str, wanted: str, done: str, left: str) -> None:
    """Set each field from its `expected` to its `wanted` value, record by record, and note what happened."""
    by_record: dict[tuple[str, int], list[Change]] = defaultdict(list)
    for change in changes:
        by_record[change.model, change.record_id].append(change)
    for label in sorted({label for label, _pk in by_record}):
        editable = EDITABLE[label]
        ids = sorted(pk for other, pk in by_record if other == label)
        records = editable.model._default_manager.select_for_update().in_bulk(ids)
        for pk in ids:
            _write_record(records.get(pk), by_record[label, pk], expected, wanted, done, left)
    Change.objects.bulk_update(changes, ["state"], batch_size=1000)


def _write_record(
    record: models.Model | None, changes: list[Change], expected: str, wanted: str, done: str, left: str
) -> None:
    """A record is changed whole or not at all: half a correction is worse than none."""
    is_same = record is not None and all(
        encode(getattr(record, change.field)) == getattr(change, expected) for change in changes
    )
    for change in changes:
        change.state = done if is_same else left
    if record is None or not is_same:
        return
    for change in changes:
        setattr(record, change.field, decode(type(record), change.field, getattr(change, wanted)))
    also = EDITABLE[record._meta.label_lower].follow(record)
    record.save(update_fields=[*(change.field.removesuffix("_id") for change in changes), *also])
