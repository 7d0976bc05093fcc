"""The job `classify` under measurement, with real workers; and one corrected plot, as in a request."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from landdb.jobs import wait
from parcels.models import Plot

from ... import classification
from ...actions import bearing, effects
from ...classification import due, tables
from ...models import GroupMove
from .. import apart, usage
from ..usage import Usage
from . import province
from .floor import RESULTS

#: One plot in so many is touched.
EACH = 100
#: Plots corrected one after the other, each taken back.
ALONE = 200
#: Only those that touch so many others at most are to be judged within the request.
AT_MOST = 20

#: What judging keeps beside its results.
BESIDE = (
    "reconciliation_communejudgement",
    "reconciliation_dimensioncount",
    "reconciliation_dueplot",
    "reconciliation_ledgerday",
    "reconciliation_notecount",
    "reconciliation_opinioncount",
    "reconciliation_unjudgedcount",
)

_TOUCH = """
    UPDATE parcels_plot SET legal_area = legal_area + %(by)s
    WHERE state = 'live' AND id %% %(each)s = 0 AND legal_area IS NOT NULL
"""


def empty() -> None:
    """Leave nothing of what was judged so far."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join((*RESULTS, *BESIDE))} CASCADE")
        cursor.execute("CHECKPOINT")


def from_nothing() -> dict[str, Any]:
    """Classify all where nothing is classified yet."""
    empty()
    figures = _run("classify")
    province.tidy(*RESULTS)
    return figures


def again() -> dict[str, Any]:
    """Classify all where nothing has changed since."""
    return _run("classify")


def touched() -> dict[str, Any]:
    """Change the area of one plot in a hundred by 20 m²; judge these with all that share something with them.

    The seconds are those of finding whom the change bears on, noting them and the job; not of the change.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, {"by": 20, "each": EACH})
    province.tidy("parcels_plot")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM parcels_plot WHERE state = 'live' AND id %% %s = 0", [EACH])
        own = [row[0] for row in cursor.fetchall()]
    with usage.watched(Path(settings.VAR)) as used:
        started = time.monotonic()
        with transaction.atomic():
            reach = due.note(
                "SELECT unnest(%(ids)s::bigint[]) AS plot_id",
                {"ids": own + classification.plots_sharing(own)},
                GroupMove.Cause.IMPORT,
            )
        noted = time.monotonic() - started
        job = wait.run(due.JOB)
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, {"by": -20, "each": EACH})
    return {
        "seconds": round(noted + job.seconds, 2),
        "noted": round(noted, 2),
        "plots": len(own),
        "judged": reach,
        "written": {"changed": job.result["changed"], "moves": job.result["moves"]},
        **_taken(used),
    }


def alone(seed: int) -> dict[str, Any]:
    """Correct the area of one plot and judge what it touches, many times over; milliseconds.

    On a connection that has judged before, as the site's have.
    """
    # A connection makes the tables of a judgement once; what is taken back here must not take them along.
    tables.prepare()
    chance = random.Random(seed)
    first, last = _stretch()
    spent: list[float] = []
    larger = 0
    for _one in range(ALONE):
        plot = Plot.objects.live().filter(pk__gte=chance.randint(first, last)).order_by("pk")[0]
        with apart.taken_back():
            started = time.monotonic()
            before = bearing.reach([], [plot.pk])
            if len(before) > AT_MOST + 1:
                larger += 1
                continue
            Plot.objects.filter(pk=plot.pk).update(legal_area=(plot.legal_area or 0) + 1)
            effects.again([], before, GroupMove.Cause.CORRECTION)
            spent.append(1000 * (time.monotonic() - started))
    return {"plots": len(spent), "larger": larger, **usage.milliseconds(spent)}


def _stretch() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM parcels_plot")
        first, last = cursor.fetchone()
    return first, last


def _run(kind: str) -> dict[str, Any]:
    with usage.watched(Path(settings.VAR)) as used:
        job = wait.run(kind)
    return {"seconds": round(job.seconds, 2), "written": job.result["written"], **_taken(used)}


def _taken(used: Usage) -> dict[str, Any]:
    return {"processor_seconds": used.processor, "peak_gb": used.peak_gb()}
