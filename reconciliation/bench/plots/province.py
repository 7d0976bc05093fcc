"""The demonstration province as the ground of the bench: made and matched once, found again the next time."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from landdb.jobs import wait
from landdb.models import Job

from ...demo import state
from .. import apart
from ..apart import say, timed

#: What seeding and matching leave behind for the first reader to tidy up.
_WRITTEN = (
    "parcels_plot", "parcels_holding", "parcels_landuse", "parcels_landuser", "parcels_certificate",
    "parcels_scan", "parcels_registration", "citizens_resident", "reconciliation_verification",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How many plots, drawn from which seed."""

    plots: int
    seed: int = 1


def ensure(size: Size) -> dict[str, float]:
    """See that the database holds this province with its verifications; the seconds that making it took."""
    if _stamp().exists():
        kept = json.loads(_stamp().read_text(encoding="utf-8"))
        if kept["wanted"] == _wanted(size):
            say(f"{size.plots:,} plots: found from last time")
            return dict(kept["seconds"])
        spoil()
    seconds = _make(size)
    keep(size, seconds)
    return seconds


def spoil() -> None:
    """From here on the province is no longer as it was made, and will be made again the next time."""
    _stamp().unlink(missing_ok=True)


def keep(size: Size, seconds: dict[str, float]) -> None:
    """The province is as it was made."""
    told = {"wanted": _wanted(size), "seconds": seconds}
    _stamp().write_text(json.dumps(told), encoding="utf-8")


def tidy(*tables: str) -> None:
    """VACUUM ANALYZE: whoever reads first should not pay for what others left to do."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {', '.join(tables)}")
        cursor.execute("CHECKPOINT")


def _make(size: Size) -> dict[str, float]:
    seconds: dict[str, float] = {}
    say(f"{size.plots:,} plots …")
    with timed(seconds, "seed"):
        apart.manage("seed_demo", "--plots", str(size.plots), "--seed", str(size.seed), "--fresh")
    with timed(seconds, "reconcile"):
        wait.run("reconcile")
    for job in Job.objects.open():
        say(f"Waiting for {job.kind} …")
        wait.wait(job, quiet=True)
    tidy(*_WRITTEN)
    return seconds


def _wanted(size: Size) -> dict[str, int]:
    return {**asdict(size), "version": state.VERSION}


def _stamp() -> Path:
    return Path(settings.VAR) / "province.json"
