"""The job `classify` under measurement, with real workers; and one corrected plot, as in a request."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from landdb.jobs import wait
from parcels.models import Plot

from ...actions import effects
from ...models import GroupMove
from .. import usage
from ..usage import Usage
from .floor import RESULTS
from .province import tidy

#: Plots corrected one after the other, each taken back.
ALONE = 200
#: Only those that touch so many others at most are to be judged within the request.
AT_MOST = 20


def from_nothing() -> dict[str, Any]:
    """Classify all where nothing is classified yet."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(RESULTS)} CASCADE")
        cursor.execute("CHECKPOINT")
    figures = _run("classify")
    tidy(*RESULTS)
    return figures


def again() -> dict[str, Any]:
    """Classify all where nothing has changed since."""
    return _run("classify")


def alone(seed: int) -> dict[str, Any]:
    """Correct the area of one plot and judge what it touches, many times over; milliseconds."""
    chance = random.Random(seed)
    first, last = _stretch()
    spent: list[float] = []
    larger = 0
    for _one in range(ALONE):
        plot = Plot.objects.live().filter(pk__gte=chance.randint(first, last)).order_by("pk")[0]
        with _taken_back():
            started = time.monotonic()
            before = effects.reach([], [plot.pk])
            if len(before) > AT_MOST + 1:
                larger += 1
                continue
            Plot.objects.filter(pk=plot.pk).update(legal_area=(plot.legal_area or 0) + 1)
            effects.again([], before, GroupMove.Cause.CORRECTION)
            spent.append(1000 * (time.monotonic() - started))
    cuts = quantiles(spent, n=20, method="inclusive")
    return {
        "plots": len(spent),
        "larger": larger,
        "median_ms": round(cuts[9], 1),
        "p95_ms": round(cuts[18], 1),
    }


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


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
