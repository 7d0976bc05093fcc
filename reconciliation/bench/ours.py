"""landdb itself under measurement: the job `reconcile` with real workers, and the export."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection

from landdb.celery import app
from landdb.jobs import wait
from landdb.models import Job

from ..models import Frequency, Match, MatchingFit, Verification, WorkItem
from . import apart, usage
from .apart import say, timed


def run() -> tuple[dict[str, Any], pa.Table]:
    """Match all from nothing and export; seconds and memory, and the links."""
    _forget()
    seconds: dict[str, float] = {}
    path = Path(settings.VAR) / "matches.parquet"
    _await_worker()
    with usage.watched(Path(settings.VAR)) as used:
        job = wait.run("reconcile")
    _let_the_rest_end()
    seconds["reconcile"] = round(job.seconds, 2)
    seconds["learn"] = _learning(job)
    say("Export …")
    with timed(seconds, "export"):
        apart.manage("export_matches", str(path))
    rows = pq.read_table(path)
    links = rows.append_column("accepted", pc.equal(rows["outcome"], "accept"))
    figures = {
        "seconds": seconds,
        "processor_seconds": used.processor,
        "phases": _phases(job),
        "peak_gb": used.peak_gb(),
    }
    return figures, links


def _learning(job: Job) -> float:
    """Seconds that the run would have been spared if the weights had been known: those by which learning them
    took longer than the count of frequencies beside it."""
    spent = dict(job.chunks.filter(phase="fit").values_list("key", "seconds"))
    return round(max(spent.get("weights", 0.0) - spent["frequencies"], 0.0), 2)


def _await_worker() -> None:
    """The worker that was started for the measurement answers: a second one would be started beside it."""
    for _second in range(60):
        if app.control.ping(timeout=1.0):
            return


def _forget() -> None:
    """A run over its own results writes next to nothing and learns nothing anew, so there are none."""
    models = (Match, Verification, WorkItem, MatchingFit, Frequency)
    tables = ", ".join(f'"{model._meta.db_table}"' for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
        cursor.execute("CHECKPOINT")


def _let_the_rest_end() -> None:
    """A reconcile is followed by a look for doubled entries, which must not disturb what is measured next."""
    for job in Job.objects.open():
        say(f"Waiting for {job.kind} …")
        wait.wait(job, quiet=True)


def _phases(job: Job) -> dict[str, dict[str, float]]:
    """Chunks of every phase, the seconds that workers spent on them, and the longest."""
    spent: dict[str, float] = {}
    chunks: Counter[str] = Counter()
    longest: dict[str, float] = {}
    for phase, seconds in job.chunks.order_by("id").values_list("phase", "seconds"):
        spent[phase] = spent.get(phase, 0.0) + seconds
        chunks[phase] += 1
        longest[phase] = max(longest.get(phase, 0.0), seconds)
    return {
        phase: {
            "chunks": chunks[phase],
            "seconds": round(spent[phase], 2),
            "longest": round(longest[phase], 2),
        }
        for phase in chunks
    }
