"""The job `geometry` under measurement: every outline looked at, then again with nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from landdb.jobs import wait

from .. import usage
from . import province

#: What the job remembers of its last look, and what it found.
_REMEMBERED = ("parcels_plotoutline", "parcels_plotoverlap")


def first_look() -> dict[str, Any]:
    """Look at all outlines as if nobody had before; boxes and faults stand as they came, overlaps do not."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(_REMEMBERED)}")
    figures = _look()
    province.tidy("parcels_plot", *_REMEMBERED)
    return figures


def second_look() -> dict[str, Any]:
    """Look whether an outline changed; none did."""
    return _look()


def _look() -> dict[str, Any]:
    with usage.watched(Path(settings.VAR)) as used:
        job = wait.run("geometry")
    told = {name: job.result[name] for name in ("looked", "changed", "overlaps")}
    return {
        "seconds": round(job.seconds, 2),
        **told,
        "processor_seconds": used.processor,
        "peak_gb": used.peak_gb(),
    }
