"""Write changes into the records that they are of, and back."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType

from django.db import models

from ..models import Change
from . import bearing
from .pen import Pen
from .records import EDITABLE, Units, decode, encode, now


def locked(changes: list[Change], held: bearing.Records = MappingProxyType({})) -> bearing.Records:
    """The records of changes that are there, locked, always in the same order; `held` are so already."""
    found: dict[tuple[str, int], models.Model] = {}
    wanted = {(change.model, change.record_id) for change in changes}
    for label in sorted({label for label, _pk in wanted}):
        ids = sorted(pk for other, pk in wanted if other == label)
        found |= {(label, pk): held[label, pk] for pk in ids if (label, pk) in held}
        if unread := [pk for pk in ids if (label, pk) not in held]:
            records = EDITABLE[label].model._default_manager.select_for_update().in_bulk(unread)
            found |= {(label, pk): record for pk, record in records.items()}
    return found


def _by_record(changes: list[Change]) -> dict[tuple[str, int], list[Change]]:
    grouped: dict[tuple[str, int], list[Change]] = defaultdict(list)
    for change in changes:
        grouped[change.model, change.record_id].append(change)
    return dict(sorted(grouped.items()))


def carry_out(rows: list[Change], held: bearing.Records = MappingProxyType({})) -> list[Change]:
    """Write what shall change into the records; what followed from that, as further changes."""
    also: list[Change] = []
    pen, units, records = Pen(), Units(), locked(rows, held)
    for key, of_record in _by_record(rows).items():
        record = records.get(key)
        if record is not None and _set(record, of_record, "old", "new", Change.State.APPLIED):
            followed = _follow(record, of_record, units)
            pen.note(record, [change.field for change in of_record + followed])
            also += followed
        else:
            _leave(of_record, Change.State.SKIPPED)
    pen.write()
    return also


def write_back(done: list[Change], records: bearing.Records) -> None:
    """Give records their old values back, and write down what became of each change."""
    pen = Pen()
    for key, of_record in _by_record(done).items():
        record = records.get(key)
        if record is not None and _set(record, of_record, "new", "old", Change.State.UNDONE):
            pen.note(record, [change.field for change in of_record])
        else:
            _leave(of_record, Change.State.KEPT)
    pen.write()
    keep(done)


def _leave(changes: list[Change], state: str) -> None:
    for change in changes:
        change.state = state


def _set(record: models.Model, changes: list[Change], expected: str, wanted: str, done: str) -> bool:
    """Set each field from its `expected` to its `wanted` value. A record is changed whole or not at all."""
    if any(now(record, change.field) != getattr(change, expected) for change in changes):
        return False
    for change in changes:
        change.state = done
        setattr(record, change.field, decode(type(record), change.field, getattr(change, wanted)))
    return True


def _follow(record: models.Model, changes: list[Change], units: Units) -> list[Change]:
    """Set what is read out of changed fields, and write that down too, so that an undo is exact."""
    also = []
    change, changed = changes[0], {one.field for one in changes}
    for field, value in EDITABLE[change.model].follow(record, changed, units).items():
        old, new = now(record, field), encode(record, field, value)
        if old != new:
            setattr(record, field, value)
            also.append(
                Change.of(
                    change.change_set_id,
                    change.model,
                    change.record_id,
                    field,
                    old,
                    new,
                    row=change.row,
                    state=Change.State.APPLIED,
                )
            )
    return also


def keep(changes: list[Change]) -> None:
    """Write down what became of each change."""
    by_state: dict[str, list[int]] = defaultdict(list)
    for one in changes:
        if one.pk:
            by_state[one.state].append(one.pk)
    for state, ids in by_state.items():
        Change.objects.filter(pk__in=ids).update(state=state)
    Change.objects.bulk_create([one for one in changes if not one.pk], batch_size=1000)
