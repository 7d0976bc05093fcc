"""What a file says otherwise than the register: a planned change set, never an overwrite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from landdb.intake.outcome import Difference, Outcome
from landdb.models import User

from ..models import Change, ChangeSet
from .records import EDITABLE, encode

#: Records looked up at a time.
_AT_ONCE = 5_000


@transaction.atomic
def record(outcome: Outcome, by: User | None, *, skip_planned: bool = False) -> ChangeSet | None:
    """Plan a change set with a change per differing field; None where nothing differs.

    With `skip_planned`, what another planned set already proposes is left out: for a file that comes again.
    """
    wanted = outcome.differences
    if skip_planned:
        known = _planned({(each.model, each.record_id) for each in wanted})
        wanted = [each for each in wanted if _key(each) not in known]
    if not wanted:
        return None
    for label, name in {(each.model, each.field) for each in wanted}:
        if name not in EDITABLE[label].fields:
            raise ValueError(f"{label}.{name} is not open to change sets")
    change_set = ChangeSet.objects.create(
        kind=ChangeSet.Kind.IMPORT, commune=outcome.file.commune, file=outcome.file, planned_by=by
    )
    Change.objects.bulk_create(changes_of(wanted, change_set), batch_size=1000)
    return change_set


def changes_of(wanted: Iterable[Difference], change_set: ChangeSet) -> list[Change]:
    """A change per difference, with the old value as it was read with the file."""
    return [
        Change.of(
            change_set.pk,
            each.model,
            each.record_id,
            each.field,
            _encoded(each, each.old),
            _encoded(each, each.new),
            row=each.row,
        )
        for each in wanted
    ]


def _key(each: Difference) -> tuple[str, int, str, str]:
    return each.model, each.record_id, each.field, repr(_encoded(each, each.new))


def _encoded(each: Difference, value: Any) -> Any:
    return encode(EDITABLE[each.model].model, each.field, value)


def _planned(records: set[tuple[str, int]]) -> set[tuple[str, int, str, str]]:
    """What open sets already propose for these records."""
    found: set[tuple[str, int, str, str]] = set()
    for label in {label for label, _id in records}:
        ids = sorted(pk for other, pk in records if other == label)
        for start in range(0, len(ids), _AT_ONCE):
            changes = Change.objects.filter(
                model=label,
                record_id__in=ids[start : start + _AT_ONCE],
                state=Change.State.PLANNED,
                change_set__state=ChangeSet.State.PLANNED,
            )
            found |= {(label, c.record_id, c.field, repr(c.new)) for c in changes.iterator()}
    return found
