"""The plan of the campaign, and what cannot be collected: targets for every commune and task, hand-overs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Count, Sum

from landdb.models import AdminUnit
from parcels.models import Certificate

from ..models import AskedField, Tally, Target, Task, Verification, Why, WorkItem

_LEADERS = (
    "Nguyễn Văn Kế Hoạch", "Trần Thị Chiến Dịch", "Lê Văn Tiến Độ", "Phạm Thị Chỉ Tiêu", "Hoàng Văn Báo Cáo",
)  # fmt: skip
#: Weeks from the start until a task is due, and the share of what there is that is assigned.
_WEEKS = {Task.CLEAN: 30, Task.COLLECT: 20, Task.VERIFY: 16, Task.CODE: 24, Task.SCAN: 26}
_SHARES = {Task.CLEAN: 0.9, Task.COLLECT: 1.0, Task.VERIFY: 0.95, Task.CODE: 1.0, Task.SCAN: 1.0}
#: Of the open work items: handed to the commune, and such as cannot be collected, every week. Whom the police
#: are asked about stands in lists (`campaign_police`).
_HANDED = {WorkItem.With.COMMUNE: 8, WorkItem.With.CITIZEN: 10}
_OF = 1000

#: What the commune is asked to look at, of a reason that names it.
_ASKED = {Why.COMMUNE_DIFFERS: AskedField.BIRTH, Why.COMMUNE_CELLS: AskedField.ID_NUMBER}

_HAND_ON = """
    UPDATE reconciliation_workitem w
    SET waits_with = %(where)s, waits_why = (%(whys)s::text[])[1 + abs(hashint8extended(w.id, 7)) %% %(n)s],
        waits_fields = array_remove(
            ARRAY[(%(fields)s::varchar[])[1 + abs(hashint8extended(w.id, 7)) %% %(n)s]], ''),
        waits_since = %(at)s, waits_until = %(until)s
    WHERE w.state = 'open' AND w.waits_with = '' AND w.opened_at < %(at)s AND w.commune_id IS NOT NULL
        AND abs(hashint8extended(w.id, %(draw)s)) %% %(of)s < %(share)s
"""


def assign(start: dt.date, seed: int) -> int:
    """A target for every commune and task, where it has none; how many."""
    there = _there()
    units = AdminUnit.objects.in_bulk(there)
    rows = []
    for commune, unit in sorted(units.items()):
        rng = np.random.default_rng([seed, commune, 7])
        for task, whole in there[commune].items():
            weeks = _WEEKS[task] + int(rng.integers(0, 7))
            rows.append(
                Target(
                    commune=unit,
                    task=task,
                    assigned=round(whole * _SHARES[task]),
                    unit=f"UBND {unit.name}"[:120],
                    leader=_LEADERS[int(rng.integers(len(_LEADERS)))],
                    starts_on=start,
                    due_on=start + dt.timedelta(weeks=weeks, days=-1),
                )
            )
    return len(Target.objects.bulk_create(rows, ignore_conflicts=True))


def hand_on(at: dt.datetime, seed: int) -> None:
    """Some of what waits at the desk goes to others; some of it cannot be collected, each with its reason."""
    with connection.cursor() as cursor:
        for number, (where, share) in enumerate(_HANDED.items()):
            whys = Why.of(where)
            values: dict[str, Any] = {
                "where": where.value, "whys": [why.value for why in whys], "n": len(whys), "at": at,
                "fields": [_ASKED[why].value if why in _ASKED else "" for why in whys],
                "share": share, "of": _OF,
                "until": at.date() + dt.timedelta(days=28),
                "draw": seed * 100_000 + at.toordinal() * 10 + number,
            }  # fmt: skip
            cursor.execute(_HAND_ON, values)


def _there() -> dict[int, dict[Task, int]]:
    """Commune → task → what there is of it."""
    plots = dict(Tally.objects.filter(rule="").values_list("commune").annotate(n=Sum("plots")).order_by())
    papers = dict(Certificate.objects.values_list("commune").annotate(n=Count("pk")).order_by())
    known = Verification.objects.exclude(outcome=Verification.Outcome.NOT_APPLICABLE)
    people = dict(
        known.filter(commune__isnull=False).values_list("commune").annotate(n=Count("pk")).order_by()
    )
    # Certificates to come for plots that are on the map alone count as well: half of those plots.
    map_only = dict(
        Tally.objects.filter(rule="map_only").values_list("commune").annotate(n=Sum("plots")).order_by()
    )
    return {
        commune: {
            Task.CLEAN: count,
            Task.COLLECT: papers.get(commune, 0) + map_only.get(commune, 0) // 2,
            Task.VERIFY: people.get(commune, 0),
            Task.CODE: count,
            Task.SCAN: papers.get(commune, 0) + map_only.get(commune, 0) // 2,
        }
        for commune, count in plots.items()
    }
