"""Whom a close counted where nothing dated tells it later: the lists that are kept with a week's snapshots.

The figure is the number of those that are kept, and is taken from them: the two cannot differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import connection

from ..classification.weeks import WEEK, closes_at
from ..models import KeptList, Task, Verification
from . import statements
from .counting import Counted, aged, ask, is_near, of_lone_rules, tell_excluded

Kind = KeptList.Kind

_DAY = dt.timedelta(days=1)
_MEMBERS = {
    Kind.ALONE: statements.ALONE_PLOTS,
    Kind.OUTCOME: statements.OUTCOMES,
    Kind.DONE: statements.DONE,
    Kind.EXCLUDED: statements.EXCLUDED,
}

# Each list is put in order by itself: all of them at once would be sorted on disk, and take twice as long.
_KEEP = """
    INSERT INTO reconciliation_keptlist (week, commune_id, kind, key, ids, since, until, plots)
    SELECT %(week)s, commune_id, %(kind)s, key, ARRAY(SELECT unnest(ids) ORDER BY 1), '{{}}', '{{}}', '{{}}'
    FROM (
        SELECT commune_id, key, array_agg(id) AS ids
        FROM ({members}) member WHERE commune_id = ANY(%(communes)s) GROUP BY commune_id, key
    ) list
    RETURNING commune_id, key, cardinality(ids)
"""

_KEEP_WAITS = f"""
    INSERT INTO reconciliation_keptlist (week, commune_id, kind, key, ids, since, until, plots)
    SELECT %(week)s, commune_id, %(kind)s, key, array_agg(id ORDER BY since, id),
        array_agg(since ORDER BY since, id), array_agg(until ORDER BY since, id),
        array_agg(plots ORDER BY since, id)
    FROM ({statements.WAITS}) member WHERE commune_id = ANY(%(communes)s) GROUP BY commune_id, key
"""  # noqa: S608  our own names


def kinds_of(week: dt.date, now: dt.datetime) -> tuple[Kind, ...]:
    """Which lists can still be told of a week: long after its cut-off only what the registry says."""
    return tuple(Kind) if is_near(week + WEEK - _DAY, now) else (Kind.OUTCOME,)


def keep(week: dt.date, found: Mapping[int, Counted], kinds: Collection[Kind]) -> None:
    """Write down whom the figures of these communes count, and set the figures by that.

    What was kept of these kinds before is replaced.
    """
    if not found:
        return
    communes, last = list(found), week + WEEK - _DAY
    asked: dict[str, Any] = {
        "week": week, "communes": communes, "at": closes_at(week), "day": last, "zone": settings.TIME_ZONE,
    }  # fmt: skip
    KeptList.objects.filter(week=week, commune__in=communes, kind__in=kinds).delete()
    for kind in kinds:
        if kind == Kind.WAITS:
            with connection.cursor() as cursor:
                cursor.execute(_KEEP_WAITS, asked | {"kind": kind})
            rows = ask(statements.WAITING_KEPT, **asked)
        else:
            more = of_lone_rules() if kind == Kind.ALONE else {}
            rows = ask(_KEEP.format(members=_MEMBERS[kind]), **asked, **more, kind=kind)
        if kind == Kind.EXCLUDED:
            tell_excluded(found, list(rows))
        else:
            _tell(kind, found, list(rows))


def _tell(kind: Kind, found: Mapping[int, Counted], rows: Collection[tuple[Any, ...]]) -> None:
    """Make the kept lists the figures of the communes; a commune without a list of a kind has nought."""
    told: dict[int, dict[str, Any]] = {commune: {} for commune in found}
    for commune, key, *values in sorted(rows):
        told[commune][key] = aged(*values) if kind == Kind.WAITS else values[0]
    for commune, counted in found.items():
        here = told[commune]
        if kind == Kind.ALONE:
            counted.alone = here
        elif kind == Kind.WAITS:
            counted.waiting = here
        elif kind == Kind.OUTCOME:
            counted.verification = here
            counted.tasks.setdefault(Task.VERIFY, {})["done"] = here.get(Verification.Outcome.MATCHED, 0)
        else:
            for task in (Task.CODE, Task.COLLECT, Task.SCAN):
                counted.tasks.setdefault(task, {})["done"] = here.get(task, 0)
