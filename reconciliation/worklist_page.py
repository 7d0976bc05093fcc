"""A page of the work list in one statement: the item, whom it is of, who may be that person, who has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from landdb.models import AdminUnit

from .models import Lease
from .models.work import is_with_others

# Which items, is Django's own question; what is shown of them, plain SQL: of these columns of eight tables a
# query set makes four instances for each row. Whoever is turned down comes last among the candidates, as in
# MatchQuerySet.best_first. Names of officers are looked up beside: joined, they take 0.4 ms more to plan.
_SHOWN = """
    SELECT item.id, item.commune_id, item.plots, item.outcome, item.opened_at,
        item.waits_with, item.waits_until, person.id, person.name, person.kind, person.source_key,
        item.assigned_to_id, (SELECT full_name FROM landdb_user WHERE id = item.assigned_to_id),
        lease.holder_id, (SELECT full_name FROM landdb_user WHERE id = lease.holder_id), lease.until,
        (SELECT count(DISTINCT plot.commune_id) FROM parcels_holding AS held
            JOIN parcels_plot AS plot ON plot.id = held.plot_id
            WHERE held.land_user_id = item.land_user_id AND plot.state = 'live') AS spread,
        COALESCE(said.outcome, ''), said.probability, best.is_again,
        best.state, best.probability, best.levels,
        CASE WHEN best.resident_id = said.resident_id THEN said.differs ELSE '' END AS differs,
        best.candidates, best.standing
    FROM ({items}) AS listed (id)
    JOIN reconciliation_workitem AS item ON item.id = listed.id
    JOIN parcels_landuser AS person ON person.id = item.land_user_id
    LEFT JOIN reconciliation_verification AS said ON said.land_user_id = item.land_user_id
    LEFT JOIN reconciliation_lease AS lease
        ON lease.kind = %s AND lease.record_id = item.land_user_id AND lease.until > %s
    LEFT JOIN LATERAL (
        SELECT state, probability, levels, resident_id, count(*) OVER () AS candidates,
            count(*) FILTER (WHERE state <> 'rejected') OVER () AS standing,
            bool_or(state = 'proposed' AND decided_evidence IS NOT NULL) OVER () AS is_again
        FROM reconciliation_match WHERE land_user_id = item.land_user_id
        ORDER BY state = 'rejected', probability DESC, resident_id LIMIT 1
    ) AS best ON true
    ORDER BY {order}
"""


class Person(NamedTuple):
    """Whom an item is of."""

    pk: int
    name: str
    kind: str
    source_key: str


class Officer(NamedTuple):
    """To whom an item was given, or who has it open."""

    pk: int
    full_name: str


class Open(NamedTuple):
    """Who has a record open, and until when."""

    holder: Officer
    until: dt.datetime


class Best(NamedTuple):
    """The likeliest candidate, beside whom there are others: `candidates` in all, of whom `standing` are not
    turned down. `differs`: in what the resident differs, where it is the one whom the verification found."""

    state: str
    probability: float
    levels: str
    differs: str
    candidates: int
    standing: int


@dataclass(slots=True)
class Listed:
    """A work item as the list shows it."""

    pk: int
    commune: AdminUnit | None
    plots: int
    outcome: str
    opened_at: dt.datetime
    waits_with: str
    waits_until: dt.date | None
    person: Person
    assigned_to: Officer | None
    lease: Open | None
    #: In how many communes the person's plots lie.
    spread: int
    #: What the verification says by now, and how sure it is.
    said: str
    chance: float | None
    #: A word on the person was re-opened.
    is_again: bool
    best: Best | None

    @property
    def is_handed_on(self) -> bool:
        """As WorkItem has it."""
        return is_with_others(self.waits_with, self.waits_until)

    @property
    def is_overdue(self) -> bool:
        """As WorkItem has it."""
        return self.is_handed_on and self.waits_until is not None and self.waits_until < timezone.localdate()


def listed(items: QuerySet[Any, Any], order: str, communes: Mapping[int, AdminUnit]) -> list[Listed]:
    """The items of these ids; `communes`: those at hand, others are read."""
    try:
        ids, told = items.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _SHOWN.format(items=ids, order=order), [*told, Lease.Kind.PERSON.value, timezone.now()]
        )
        rows = cursor.fetchall()
    others = {row[1] for row in rows} - communes.keys() - {None}
    if others:
        communes = {**communes, **AdminUnit.objects.in_bulk(others)}
    return [_item(row, communes) for row in rows]


def _item(row: tuple[Any, ...], communes: Mapping[int, AdminUnit]) -> Listed:
    """A row of `_SHOWN`."""
    (
        pk, commune, plots, outcome, opened_at, waits_with, waits_until, person, name, kind, source_key,
        given_to, given_name, held_by, held_name, until, spread, said, chance, is_again, *best,
    ) = row  # fmt: skip
    return Listed(
        pk,
        communes.get(commune),
        plots,
        outcome,
        opened_at,
        waits_with,
        waits_until,
        Person(person, name, kind, source_key),
        Officer(given_to, given_name) if given_to else None,
        Open(Officer(held_by, held_name), until) if held_by else None,
        spread,
        said,
        chance,
        bool(is_again),
        Best(*best) if best[0] else None,
    )
