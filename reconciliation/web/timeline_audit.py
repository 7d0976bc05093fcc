"""What the audit of the database holds beyond the change sets: values replaced by imports and runs.

An audit row keeps what a change replaced; what replaced it stands in the next row of the same record, or in
the record itself. Differences that a change set tells of are left to it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from landdb.models import User

from ..actions.records import EDITABLE, encode
from ..models import Change, Match
from .timeline_subject import CERTIFICATE, HOLDING, LAND_USER, MATCH, PLOT, Subject

#: Rows of the audit that are looked at for one subject, the newest first.
MOST = 300

_KEPT = (LAND_USER, PLOT, CERTIFICATE, HOLDING)
#: Of a match, the audit tells when its word opened again and when the engine's own changed.
_MATCH_FIELDS = ("state", "outcome")
_RANK = {label: number for number, label in enumerate((*_KEPT, MATCH))}
Key = tuple[str, int, str, str, str]


@dataclass(frozen=True, slots=True)
class Audited:
    """What one statement changed in one record: field → old and new value as change sets keep them."""

    at: dt.datetime
    pk: int
    model: str
    record_id: int
    fields: dict[str, tuple[Any, Any]]
    by: User | None

    @property
    def is_match(self) -> bool:
        return self.model == MATCH


def of(subject: Subject) -> list[Audited]:
    """The differences of a subject's records that no change set tells of."""
    found = [each for label in _audited(subject) for each in _differences(label, subject.ids(label))]
    if not found:
        return []
    told = _told(found)
    users = User.objects.in_bulk({each.by for each in found if each.by})
    left = []
    for each in found:
        fields = {
            field: pair
            for field, pair in each.fields.items()
            if _key(each.model, each.record_id, field, *pair) not in told
        }
        if fields:
            left.append(
                Audited(
                    each.at,
                    # Keys of several tables in one order: a table takes every fifth number.
                    each.pk * len(_RANK) + _RANK[each.model],
                    each.model,
                    each.record_id,
                    fields,
                    users.get(each.by or 0),
                )
            )
    return left


@dataclass(frozen=True, slots=True)
class _Difference:
    at: dt.datetime
    pk: int
    model: str
    record_id: int
    fields: dict[str, tuple[Any, Any]]
    by: int | None


def _audited(subject: Subject) -> list[str]:
    """The models of whose records here the audit holds anything: mostly none, learnt in one statement."""
    asked = {label: ids for label in _RANK if (ids := subject.ids(label))}
    if not asked:
        return []
    parts = [
        f"(SELECT '{label}' FROM {_events(label)._meta.db_table} WHERE pgh_obj_id = ANY (%s) LIMIT 1)"  # noqa: S608
        for label in asked
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), list(asked.values()))
        there = {label for (label,) in cursor.fetchall()}
    return [label for label in asked if label in there]


def _events(label: str) -> Any:
    return apps.get_model(f"{label}event")


def _differences(label: str, ids: list[int]) -> Iterator[_Difference]:
    model: type[models.Model] = EDITABLE[label].model
    fields = _MATCH_FIELDS if label == MATCH else tuple(EDITABLE[label].fields)
    events = _events(label)._default_manager.filter(pgh_obj__in=ids)
    rows = list(events.select_related("pgh_context").order_by("-pk")[:MOST])
    after: dict[int, Any] = dict(model._default_manager.in_bulk({row.pgh_obj_id for row in rows}))
    for row in rows:
        newer = after.get(row.pgh_obj_id)
        if newer is not None:
            pairs = {name: (encode(row, name, getattr(row, name)), encode(newer, name, getattr(newer, name)))
                     for name in fields}  # fmt: skip
            changed = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
            if changed:
                metadata = getattr(row.pgh_context, "metadata", None) or {}
                by = metadata.get("user")
                yield _Difference(row.pgh_created_at, row.pk, label, row.pgh_obj_id, changed, by)
        after[row.pgh_obj_id] = row


def _told(found: list[_Difference]) -> set[Key]:
    """What change sets tell of these records, forward and, where taken back, backward."""
    by_model: dict[str, set[int]] = defaultdict(set)
    for each in found:
        by_model[each.model].add(each.record_id)
    keys: set[Key] = set()
    for label, ids in by_model.items():
        for change in Change.objects.filter(model=label, record_id__in=ids):
            keys.add(_key(label, change.record_id, change.field, change.old, change.new))
            if change.state == Change.State.UNDONE:
                keys.add(_key(label, change.record_id, change.field, change.new, change.old))
    return keys


def _key(label: str, record_id: int, field: str, old: Any, new: Any) -> Key:
    return label, record_id, field, repr(old), repr(new)


def is_reopening(told: Audited) -> bool:
    """A person's word gave way because the evidence changed."""
    old, new = told.fields.get("state", ("", ""))
    return bool(new == Match.State.PROPOSED.value and old != new)
