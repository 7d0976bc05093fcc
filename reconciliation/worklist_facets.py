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
CELL = ("commune", "outcome", "stage", "waits_with", "waits_until", "plots", "items")

# Summed up in the database, by commune and by all else: a province has some thousand cells, and two hundred
# such sums. What both read of a cell is worked out once for them, hence the OFFSET.
_ASKED = """
    WITH cell (commune, outcome, stage, waits_with, waits_until, plots, items) AS ({cells}),
    read AS (
        SELECT commune, outcome, stage, plots, items,
            CASE WHEN waits_with = %s AND waits_until <= %s THEN %s ELSE waits_with END AS held,
            COALESCE(waits_with <> ALL (%s) AND waits_until < %s, false) AS late
        FROM cell OFFSET 0
    )
    SELECT GROUPING(commune) = 0, commune, outcome, stage, held, late,
        COALESCE(sum(items) FILTER (WHERE (cardinality(%s::text[]) = 0 OR outcome = ANY (%s))
            AND (cardinality(%s::text[]) = 0 OR stage = ANY (%s))
            AND (%s = held OR %s OR (%s AND late))), 0),
        COALESCE(sum(items) FILTER (WHERE cardinality(%s::bigint[]) = 0 OR commune = ANY (%s)), 0),
        COALESCE(sum(plots) FILTER (WHERE cardinality(%s::bigint[]) = 0 OR commune = ANY (%s)), 0)
    FROM read GROUP BY GROUPING SETS ((commune), (outcome, stage, held, late))
"""

With = WorkItem.With


def counts_of(
    cells: QuerySet[Any, Any],
    outcomes: Sequence[str],
    stages: Sequence[str],
    communes: Sequence[int],
    waits: str,
) -> Counts:
    """The counts under the facets that are on; `cells`: rows of CELL, each worth so many `items`."""
    by_commune: Counter[int] = Counter()
    by_outcome: Counter[str] = Counter()
    by_stage: Counter[str] = Counter()
    withs: Counter[str] = Counter()
    total = plots = 0
    for is_commune, commune, outcome, stage, held, late, of_commune, n, waiting in _rows(
        cells, outcomes, stages, communes, waits
    ):
        if is_commune:
            if commune is not None:
                by_commune[commune] += of_commune
            continue
        is_outcome, is_stage = not outcomes or outcome in outcomes, not stages or stage in stages
        is_with = waits in (held, ANYWHERE) or (waits == OVERDUE and late)
        if is_stage and is_with:
            by_outcome[outcome] += n
        if is_outcome and is_with:
            by_stage[stage] += n
        if is_outcome and is_stage:
            withs[held] += n
            withs[ANYWHERE] += n
            withs[OVERDUE] += n if late else 0
        if is_outcome and is_stage and is_with:
            total, plots = total + n, plots + waiting
    return Counts(+by_outcome, +by_stage, +by_commune, withs, total, plots)


def _rows(
    cells: QuerySet[Any, Any],
    outcomes: Sequence[str],
    stages: Sequence[str],
    communes: Sequence[int],
    waits: str,
) -> list[tuple[Any, ...]]:
    try:
        sql, told = cells.order_by().query.sql_with_params()
    except EmptyResultSet:
        return []
    today = timezone.localdate()
    values = [
        *told, With.LATER.value, today, With.DESK.value, [With.DESK.value, With.LATER.value], today,
        list(outcomes), list(outcomes), list(stages), list(stages),
        waits, waits == ANYWHERE, waits == OVERDUE, *[list(communes)] * 4,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ASKED.format(cells=sql), values)
        return list(cursor.fetchall())
