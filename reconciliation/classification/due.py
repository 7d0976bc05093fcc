"""Plots that wait to be judged again: noted with the change that touched them, judged by a job."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from landdb import jobs
from landdb.models import Job, User

from ..models import ChangeSet, DuePlot, GroupMove
from .refresh import refresh

#: The kind of job that works through what is due.
JOB = "reclassify"
#: Plots judged at a time: enough that statements pay, few enough for little memory.
SLICE = 4_000

Occasion = tuple[str, int | None]


def put_off(
    plot_ids: Iterable[int],
    *,
    cause: GroupMove.Cause,
    change_set: ChangeSet | None = None,
    by: User | None = None,
) -> int:
    """Have these plots judged by a job that starts when this transaction is committed; how many they are."""
    ids = sorted(set(plot_ids))
    noted = note("SELECT unnest(%(ids)s::bigint[]) AS plot_id", {"ids": ids}, cause, change_set)
    if noted:
        jobs.start(JOB, by=by)
    return noted


def note(
    query: str, params: Mapping[str, Any], cause: GroupMove.Cause, change_set: ChangeSet | None = None
) -> int:
    """Put the plots (`plot_id`) of a query on the list of what is due; how many they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE.format(query=query),
            {**params, "cause": cause.value, "change_set": change_set.pk if change_set else None},
        )
        return int(cursor.rowcount)


def waiting(change_set: ChangeSet) -> int:
    """How many plots wait because of a change set."""
    return DuePlot.objects.filter(change_set=change_set).count()


def per_commune() -> dict[int, int]:
    """How many plots wait in each commune; communes without any are left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT commune_id, count(*) FROM reconciliation_dueplot GROUP BY 1 ORDER BY 1")
        return dict(cursor.fetchall())


def judge_due(first: int, last: int, *, job: Job | None = None) -> Counter[str]:
    """Judge what waits in the communes with ids from first to last, and take it off the list.

    All in this transaction. What another worker has in hand is left to that one. Counts as `refresh`.
    """
    taken = _take(first, last)
    sets = ChangeSet.objects.in_bulk({change_set for _cause, change_set in taken.values() if change_set})
    slices: dict[Occasion, list[int]] = defaultdict(list)
    for plot_id, occasion in taken.items():
        slices[occasion].append(plot_id)
    done: Counter[str] = Counter()
    for (cause, change_set), ids in slices.items():
        for start in range(0, len(ids), SLICE):
            done += refresh(
                ids[start : start + SLICE],
                cause=GroupMove.Cause(cause),
                change_set=sets.get(change_set) if change_set else None,
                job=job,
            )
    return done


def _take(first: int, last: int) -> dict[int, Occasion]:
    """Each plot with why it is due first, in the order of communes and plots; it leaves the list."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [first, last])
        rows = cursor.fetchall()
    taken: dict[int, Occasion] = {}
    for _commune, plot_id, _row, cause, change_set in sorted(rows, key=lambda row: row[:3]):
        taken.setdefault(plot_id, (cause, change_set))
    return taken


_NOTE = """
    INSERT INTO reconciliation_dueplot (plot_id, commune_id, cause, change_set_id, since)
    SELECT p.id, p.commune_id, %(cause)s, %(change_set)s, now()
    FROM (SELECT DISTINCT plot_id FROM ({query}) found) due
    JOIN parcels_plot p ON p.id = due.plot_id
"""

_TAKE = """
    DELETE FROM reconciliation_dueplot WHERE id IN (
        SELECT id FROM reconciliation_dueplot WHERE commune_id BETWEEN %s AND %s FOR UPDATE SKIP LOCKED
    )
    RETURNING commune_id, plot_id, id, cause, change_set_id
"""
