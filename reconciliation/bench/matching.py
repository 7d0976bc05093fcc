"""The bench `matching`: landdb, and on request its peers, on the same people, and what is reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from landdb import bulk

from . import apart, data, links, ours, reach, report, single, usage
from .apart import say
from .data import Size
from .peers import Run

PEERS = ("splink", "recordlinkage")
#: Land users above which a peer that compares pair by pair in Python is not asked.
SMALL = 20_000
#: A peer's link counts as accepted from here on, as ours do.
ACCEPT = 0.99

_LINKS = """
SELECT u.source_key AS owner_id, r.resident_key AS resident_id, m.score, m.probability FROM {table} m
JOIN parcels_landuser u ON u.id = m.land_user_id JOIN citizens_resident r ON r.id = m.resident_id
"""


def run(size: Size, against: Sequence[str]) -> dict[str, Any]:
    """Measure; what standard output ends with."""
    made = data.ensure(size)
    say("Reconcile …")
    figures, found = ours.run()
    figures["seconds"] = {**made, **figures["seconds"]}
    told: dict[str, Any] = {"landdb": {**figures, **links.measure(found, data.truth())}}
    del found
    say("One land user alone …")
    told["landdb"]["alone"] = single.measure(size.seed)
    for peer in against:
        if peer == "recordlinkage" and size.owners > SMALL:
            say(f"recordlinkage is left out above {SMALL:,} land users: it would take hours.")
            continue
        say(f"{peer} …")
        told[peer] = _peer(peer)
    reached = reach.judge(size, told)
    report.show(size, told, reached)
    return {
        "bench": "matching",
        "size": asdict(size),
        "figures": told,
        "reach": reached,
        "ok": all(each["ok"] is not False for each in reached.values()),
    }


def _peer(name: str) -> dict[str, Any]:
    with usage.watched(Path(settings.VAR)) as used:
        done = apart.call(_runner(name), data.truth())
    whole = sum(done.seconds.values())
    found = _read(done.table)
    return {
        "seconds": {"reconcile": round(whole, 2), **done.seconds},
        "processor_seconds": round(used.processor, 1),
        "peak_gb": used.peak_gb(),
        **links.measure(found, data.truth()),
    }


def _runner(name: str) -> Callable[[Path], Run]:
    """Looked up when it is asked for: the peers are tools for development."""
    runner: Callable[[Path], Run] = import_module(f".peers.{name}", __package__).run
    return runner


def _read(table: str) -> pa.Table:
    rows = bulk.read(_LINKS.format(table=table))
    return rows.append_column("accepted", pc.greater_equal(rows["probability"], ACCEPT))
