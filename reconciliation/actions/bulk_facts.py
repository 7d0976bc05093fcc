"""What stands of many work items at a moment, and which of them a bulk decision leaves out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from landdb.models import Role, User

from ..matching import evidence
from ..models import BulkDecision, BulkItem, WorkItem

Act, Skip, With = BulkDecision.Act, BulkItem.Skip, WorkItem.With

# The mark of what a page showed: where the item stands, and its candidates as `matches.stamp_all` sees them.
_FACTS = """
    SELECT i.id, i.land_user_id, i.commune_id, i.state, i.waits_with, i.waits_until, i.assigned_to_id,
           u.merged_into_id IS NOT NULL, l.holder_id,
           md5(concat_ws('|', i.state, i.waits_with, i.waits_until, i.waits_since, i.assigned_to_id,
                         c.shown)),
           coalesce(c.is_spoken, false), b.id, b.probability, coalesce(b.levels, '')
    FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS w (id, place)
    JOIN reconciliation_workitem i ON i.id = w.id
    JOIN parcels_landuser u ON u.id = i.land_user_id
    LEFT JOIN reconciliation_lease l
        ON l.kind = 'person' AND l.record_id = i.land_user_id AND l.until > %(now)s AND l.holder_id <> %(by)s
    LEFT JOIN LATERAL (
        SELECT string_agg(concat_ws(' ', m.id, m.state, round(m.score::numeric, 4), m.levels), ';'
                          ORDER BY m.id) AS shown,
               bool_or(m.state IN ('accepted', 'unsure')
                       OR m.state = 'proposed' AND m.decided_evidence IS NOT NULL) AS is_spoken
        FROM reconciliation_match m WHERE m.land_user_id = i.land_user_id
    ) c ON true
    LEFT JOIN LATERAL (
        SELECT m.id, m.probability, m.levels FROM reconciliation_match m
        WHERE m.land_user_id = i.land_user_id AND m.state <> 'rejected'
        ORDER BY m.probability DESC, m.resident_id LIMIT 1
    ) b ON true
    ORDER BY w.place
"""


class Fact(NamedTuple):
    """A work item, who has it open beside the one who asks, and its likeliest candidate."""

    item_id: int
    land_user_id: int
    commune_id: int | None
    state: str
    waits_with: str
    waits_until: dt.date | None
    assigned_to_id: int | None
    is_merged: bool
    held_by: int | None
    seen: str
    is_spoken: bool
    match_id: int | None
    probability: float | None
    levels: str

    @property
    def is_handed_on(self) -> bool:
        return WorkItem(waits_with=self.waits_with, waits_until=self.waits_until).is_handed_on


def facts(item_ids: Sequence[int], by: User) -> list[Fact]:
    """What stands of these items now, in the order given."""
    with connection.cursor() as cursor:
        told: dict[str, Any] = {"ids": list(item_ids), "by": by.pk, "now": timezone.now()}
        cursor.execute(_FACTS, told)
        return [Fact(*row) for row in cursor.fetchall()]


def skip(bulk: BulkDecision, fact: Fact, officer: User | None = None) -> BulkItem.Skip:
    """Why an item is left out; Skip.NO where it is not."""
    if fact.is_merged:
        return Skip.MERGED
    if fact.state != WorkItem.State.OPEN:
        return Skip.CLOSED
    if fact.held_by is not None:
        return Skip.HELD
    if not bulk.by.has_role(Role.SENIOR_REVIEWER) and fact.assigned_to_id not in (None, bulk.by_id):
        return Skip.GIVEN
    if bulk.act == Act.ASSIGN:
        if officer is None:
            return Skip.OUTSIDE
        return Skip.EQUAL if fact.assigned_to_id == officer.pk else Skip.NO
    if bulk.act == Act.FREE:
        return Skip.FREE if fact.assigned_to_id is None else Skip.NO
    if bulk.act == Act.BACK:
        return Skip.HERE if fact.waits_with == With.DESK else Skip.NO
    if fact.is_handed_on:
        return Skip.AWAY
    return _same(bulk, fact) if bulk.act == Act.SAME else Skip.NO


def _same(bulk: BulkDecision, fact: Fact) -> BulkItem.Skip:
    """Whether a word for the likeliest candidate may be spoken for many at once."""
    if fact.is_spoken:
        return Skip.SPOKEN
    if fact.match_id is None or fact.probability is None:
        return Skip.NOBODY
    if fact.probability < (bulk.least or 1.0):
        return Skip.WEAK
    return Skip.CLASH if evidence.contradicts(fact.levels) else Skip.NO


@dataclass
class Turns:
    """Officers who get work in turn, each only what lies in their territory, and as much as the others."""

    officers: Sequence[User]
    _given: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._within = {officer.pk: officer.commune_ids() for officer in self.officers}

    def take(self, commune_id: int | None) -> User | None:
        """Of those who may have an item of this commune the one who has the fewest so far; None where nobody
        may."""
        free = [
            officer
            for officer in self.officers
            if (within := self._within[officer.pk]) is None or commune_id in within
        ]
        if not free:
            return None
        officer = min(free, key=lambda each: self._given[each.pk])
        self._given[officer.pk] += 1
        return officer
