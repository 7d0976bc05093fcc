"""How many work items each facet of the work list offers, under the other facets: one statement for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from .models import WorkItem
from .worklist_values import ANYWHERE, OVERDUE, Counts

#: What `counts_of` reads of a work item, or of a counter of many.
CELL = ("commune", "outcome", "waits_with", "waits_until", "plots", "items")

# Summed up in the database: a province has two thousand cells, and a hundred and thirty sums of them.
_ASKED = """
    WITH cell (commune, outcome, waits_with, waits_until, plots, items) AS ({cells}),
    read AS (
        SELECT commune, outcome, plots, items,
            CASE WHEN waits_with = %s AND waits_until <= %s THEN %s ELSE waits_with END AS held,
            COALESCE(waits_with <> ALL (%s) AND waits_until < %s, false) AS late
        FROM cell
    ),
    marked AS (
        SELECT commune, outcome, held, late, plots, items,
            cardinality(%s::text[]) = 0 OR outcome = ANY (%s) AS is_outcome,
            cardinality(%s::bigint[]) = 0 OR commune = ANY (%s) AS is_commune,
            %s = held OR %s OR (%s AND late) AS is_with
        FROM read
    )
    SELECT GROUPING(commune, outcome, held) AS kind, commune, outcome, held, late,
        COALESCE(sum(items) FILTER (WHERE is_outcome AND is_with), 0),
        COALESCE(sum(items) FILTER (WHERE is_commune AND is_with), 0),
        COALESCE(sum(items) FILTER (WHERE is_outcome AND is_commune), 0),
        COALESCE(sum(items) FILTER (WHERE is_outcome AND is_commune AND is_with), 0),
        COALESCE(sum(plots) FILTER (WHERE is_outcome AND is_commune AND is_with), 0)
    FROM marked GROUP BY GROUPING SETS ((commune), (outcome), (held, late), ())
"""
# What GROUPING says of each of the sets: a bit is on for what is not grouped by.
_COMMUNE, _OUTCOME, _HELD, _ALL = 0b011, 0b101, 0b110, 0b111

With = WorkItem.With


def counts_of(
    cells: QuerySet[Any, Any], outcomes: Sequence[str], communes: Sequence[int], waits: str
) -> Counts:
    """The counts under the facets that are on; `cells`: rows of CELL, each worth so many `items`."""
    by_commune: Counter[int] = Counter()
    by_outcome: Counter[str] = Counter()
    withs: Counter[str] = Counter()
    total = plots = 0
    for kind, commune, outcome, held, late, of_commune, of_outcome, of_with, n, waiting in _rows(
        cells, outcomes, communes, waits
    ):
        if kind == _COMMUNE and commune is not None:
            by_commune[commune] += of_commune
        elif kind == _OUTCOME:
            by_outcome[outcome] += of_outcome
        elif kind == _HELD:
            withs[held] += of_with
            withs[ANYWHERE] += of_with
            withs[OVERDUE] += of_with if late else 0
        elif kind == _ALL:
            total, plots = n, waiting
    return Counts(+by_outcome, +by_commune, withs, total, plots)


def _rows(
    cells: QuerySet[Any, Any], outcomes: Sequence[str], communes: Sequence[int], waits: str
) -> list[tuple[Any, ...]]:
    try:
        sql, told = cells.order_by().query.sql_with_params()
    except EmptyResultSet:
        return []
    today = timezone.localdate()
    values = [
        *told, With.LATER.value, today, With.DESK.value, [With.DESK.value, With.LATER.value], today,
        list(outcomes), list(outcomes), list(communes), list(communes),
        waits, waits == ANYWHERE, waits == OVERDUE,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ASKED.format(cells=sql), values)
        return list(cursor.fetchall())
