"""What is done of the plan's tasks other than cleaning by the end of a day, record by record.

Whether a plot has a code or a scan is linked bears no date. So the records are kept as they are counted, in
the statement that counts them: the figure is their number, and its list equals it whatever changes later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from landdb.models import User

from ..classification.weeks import day_closes_at
from ..models import DoneList, Task
from .counting import Counted
from .plan import Close

_PAPERS = """
    SELECT min(commune_id) AS commune_id, certificate_id AS id FROM parcels_scan
    WHERE certificate_id IS NOT NULL GROUP BY certificate_id
"""
#: The tasks whose records are kept: (commune, record). Of cleaning the ledger tells.
_RECORDS = {
    Task.COLLECT: _PAPERS,
    Task.VERIFY: """
        SELECT commune_id, land_user_id AS id FROM reconciliation_verification
        WHERE outcome = 'matched' AND since < %(at)s
    """,
    Task.CODE: "SELECT commune_id, id FROM parcels_plot WHERE state = 'live' AND code <> ''",
    Task.SCAN: f"{_PAPERS} HAVING bool_or(is_linked)",
}
TASKS = tuple(_RECORDS)

_KEEP = """
    INSERT INTO reconciliation_donelist (commune_id, task, day, total, ids)
    SELECT commune_id, %(task)s, %(day)s, count(*), array_agg(id ORDER BY id)
    FROM ({records}) done WHERE commune_id = ANY(%(communes)s) GROUP BY commune_id
    ON CONFLICT DO NOTHING
    RETURNING commune_id, total
"""

_STRETCH = """
    SELECT ids[before + 1 : before + %(most)s]
    FROM reconciliation_donelist, LATERAL width_bucket(%(after)s::bigint, ids) AS before WHERE id = %(held)s
"""


def keep(found: dict[int, Counted], day: dt.date) -> None:
    """Write down the records of which a day's figures tell, and make their numbers the figures.

    What was kept of a day before goes; weeks have lists of their own (`kept_lists`).
    """
    asked: dict[str, Any] = {"day": day, "at": day_closes_at(day), "communes": list(found)}
    with connection.cursor() as cursor:
        for task, records in _RECORDS.items():
            cursor.execute(_KEEP.format(records=records), asked | {"task": task.value})
            for commune, total in cursor.fetchall():
                found[commune].tasks[task]["done"] = total
    DoneList.objects.filter(day__lt=day).delete()


def kept(user: User, close: Close) -> QuerySet[DoneList]:
    """The lists behind what the plan tells of a day, in the user's territory; none where none were kept."""
    lists = DoneList.objects.visible_to(user)
    return lists.none() if close.day is None or close.is_week else lists.filter(day=close.day)


def totals(lists: QuerySet[DoneList]) -> dict[tuple[int, str], int]:
    """(Commune, task) → how many records were kept."""
    return {(commune, task): total for commune, task, total in lists.values_list("commune", "task", "total")}


def page(
    lists: QuerySet[DoneList], communes: Iterable[int], after: tuple[int, int] | None, most: int
) -> list[tuple[int, int]]:
    """(Commune, record) of up to `most` records of a task after one, in the order of these communes."""
    held: dict[int, int] = dict(lists.values_list("commune", "pk"))
    order, last = [commune for commune in communes if commune in held], 0
    if after is not None and after[0] in order:
        order, last = order[order.index(after[0]) :], after[1]
    found: list[tuple[int, int]] = []
    for commune in order:
        found += [(commune, pk) for pk in _stretch(held[commune], last, most - len(found))]
        last = 0
        if len(found) >= most:
            break
    return found


def _stretch(held: int, after: int, most: int) -> list[int]:
    """Some ids of a list: the database looks for the place where they begin, and sends these alone."""
    with connection.cursor() as cursor:
        cursor.execute(_STRETCH, {"held": held, "after": after, "most": most})
        ids: list[int] = cursor.fetchone()[0]
    return ids
