"""Let a room of officers work, measure what each click takes on the server, judge, and tell."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from .. import apart, usage
from ..apart import say
from ..plots.province import Size
from ..reach import Reached, at_most, only_told
from ..report import reached_table, table
from . import checks, crowd, ground, site
from .browser import Took
from .officer import REFUSED

#: What an officer waits for; 95 of 100 within P95_MS, from request received to answer sent. What a page asks
#: for by itself ("beside", "moved") and taking back ("undo") are told beside them.
KINDS = ("queue", "facets", "next", "desk", "decision")
P95_MS = 100.0
#: All beside the database: the officers, the site, the worker.
BESIDE_GB = 3.0
_FEW = 20  # from so many on, quantiles say something


@dataclass(frozen=True)
class Shift:
    """How many officers work for how long on which province."""

    province: Size
    officers: int = 30
    seconds: int = 120


def run(shift: Shift) -> dict[str, Any]:
    """What standard output ends with."""
    made = ground.ensure(shift.province)
    held = ground.held()
    say("The database reads the province into its memory …")
    warm = ground.warm()
    names, password = ground.officers(shift.officers)
    since = checks.last_decision()
    # How busy others keep the machine: where it has less free than the site needs, figures tell little.
    load = round(os.getloadavg()[0], 1)
    with site.running() as served, usage.watched(Path(settings.VAR)) as used:
        say(f"{shift.officers} officers for {shift.seconds} s on {held['open_items']:,} open items …")
        done = apart.call(crowd.work, served.port, names, password, float(shift.seconds))
        answered = served.answered()
    faults = [
        *(f"{one.method} {one.path} {one.status}" for one in answered if _is_fault(one.status)),
        *done.failures,
    ]
    told: dict[str, Any] = {
        "made": made,
        "held": held,
        "warm_gb": warm,
        "server": by_kind((one.kind, one.ms) for one in answered),
        "officer": by_kind(_waited(done.took)),
        "requests": len(answered),
        "decided": dict(Counter(word.value for word in done.words if word.is_accepted)),
        "refused": sum(not word.is_accepted for word in done.words),
        "faults": faults[:20],
        "fault_count": len(faults),
        "decided_twice": checks.decided_twice(done.words),
        "unwritten": checks.unwritten(done.words, names, since),
        "held_twice": checks.held_twice(),
        "load_before": load,
        "peak_gb": used.peak_gb(),
        "processor_seconds": used.processor,
    }
    reached = judge(told)
    _show(shift, told, reached)
    return {
        "bench": "desk",
        "size": asdict(shift),
        "figures": told,
        "reach": reached,
        "ok": all(each["ok"] is not False for each in reached.values()),
    }


def by_kind(measured: Iterable[tuple[str, float]]) -> dict[str, dict[str, float]]:
    """kind → count, median, p95 and most, in milliseconds; `queue:people` counts under `queue` too."""
    found: dict[str, list[float]] = defaultdict(list)
    for kind, ms in measured:
        if kind.startswith(crowd.WARM_PREFIX) or kind == "-":
            continue
        for name in dict.fromkeys([kind.partition(":")[0], kind]):
            found[name].append(ms)
    return {
        kind: {"count": len(found[kind]), **usage.milliseconds(found[kind])}
        for kind in sorted(found, key=_order)
    }


def judge(told: Mapping[str, Any]) -> Reached:
    """name → value, reach, ok."""
    reached: Reached = {}
    for kind in KINDS:
        figures = told["server"].get(kind, {"count": 0, "p95_ms": 0.0})
        reached[f"{kind}_p95_ms"] = at_most(figures["p95_ms"], P95_MS)
        if figures["count"] < _FEW:
            only_told(reached, [f"{kind}_p95_ms"])
    for name in ("fault_count", "decided_twice", "unwritten", "held_twice"):
        reached[name] = at_most(told[name], 0)
    reached["beside_database_gb"] = at_most(told["peak_gb"]["engine"], BESIDE_GB)
    return reached


def _is_fault(status: int) -> bool:
    return status >= 400 and status not in REFUSED


def _waited(took: Iterable[Took]) -> Iterable[tuple[str, float]]:
    return ((one.kind, 1000 * one.seconds) for one in took)


def _order(kind: str) -> tuple[int, str]:
    name = kind.partition(":")[0]
    return (KINDS.index(name) if name in KINDS else len(KINDS), kind)


def _show(shift: Shift, told: Mapping[str, Any], reached: Reached) -> None:
    held = told["held"]
    say(
        f"\n{shift.province.plots:,} plots ({held['plots']:,} sorted, {held['open_items']:,} open items),"
        f" {shift.officers} officers, {shift.seconds} s, {told['requests']:,} requests\n"
    )
    table(
        ["on the server, ms", "count", "median", "p95", "most", "p95 seen by the officer"],
        (
            [
                kind,
                *(str(value) for value in figures.values()),
                str(told["officer"].get(kind, {}).get("p95_ms", "")),
            ]
            for kind, figures in told["server"].items()
        ),
    )
    decided = ", ".join(f"{value} {n}" for value, n in told["decided"].items())
    say(f"\n  decided: {decided or 'nothing'}; refused as stale or held: {told['refused']}")
    for fault in told["faults"]:
        say(f"  {fault}")
    peak = told["peak_gb"]
    say(f"  load of the machine before: {told['load_before']} on {os.cpu_count()} processors")
    say(f"  read into the database's memory before: {told['warm_gb']} GB")
    say(f"  memory: {peak['engine']} GB, with the database {peak['both']} GB")
    reached_table(reached)
