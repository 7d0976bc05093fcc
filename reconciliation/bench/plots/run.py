"""Measure, judge what is reached, and tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ..apart import say
from ..reach import Reached, at_most, only_told
from ..report import reached_table, table
from . import drafts, floor, outlines, province, stages
from .province import Size
from .rivals import against

TO_FLOOR = 3.0
AGAIN_TO_NOTHING = 0.5
TOUCHED_TO_NOTHING = 0.1
WORKER_GB = 1.5
ALONE_MS = 50.0
WHAT_IF_SECONDS = 30.0
#: Plots from which on shares of a whole run are judged: in small runs the cost of any job outweighs the rest.
PROVINCE = 1_000_000
#: Worker processes of the job.
WORKERS = 2


def run(size: Size, rivals: Sequence[str] = ()) -> dict[str, Any]:
    """What standard output ends with."""
    made = province.ensure(size)
    told: dict[str, Any] = {"made": made}
    # First, so that those who lie over a plot are known to whoever judges it.
    for look, look_at in (("first_look", outlines.first_look), ("second_look", outlines.second_look)):
        say(f"Outlines: {look.replace('_', ' ')} …")
        told[look] = look_at()
    for stage, work in (("nothing", stages.from_nothing), ("again", stages.again)):
        say(f"Classify: {stage} …")
        told[stage] = work()
    say("The floor …")
    found = floor.measure()
    told["floor"] = {**asdict(found), "seconds": found.seconds}
    if rivals:
        told["rivals"] = against.measure(rivals)
    say("What other rules would move …")
    told["what_if"] = drafts.count_each()
    say("One plot alone …")
    told["alone"] = stages.alone(size.seed)
    say("Classify: touched …")
    province.spoil()
    told["touched"] = stages.touched()
    province.keep(size, made)
    reached = judge(told) | against.judge(told.get("rivals", {}))
    if size.plots < PROVINCE:
        only_told(reached, [name for name in reached if "_to_" in name])
    _show(size, told, reached)
    return {
        "bench": "classification",
        "size": asdict(size),
        "figures": told,
        "reach": reached,
        "ok": all(each["ok"] is not False for each in reached.values()),
    }


def judge(told: Mapping[str, Any]) -> Reached:
    """name → value, reach, ok."""
    nothing, again = told["nothing"], told["again"]
    return {
        "nothing_to_floor": at_most(round(nothing["seconds"] / told["floor"]["seconds"], 3), TO_FLOOR),
        "again_to_nothing": at_most(round(again["seconds"] / nothing["seconds"], 3), AGAIN_TO_NOTHING),
        "touched_to_nothing": at_most(
            round(told["touched"]["seconds"] / nothing["seconds"], 3), TOUCHED_TO_NOTHING
        ),
        "worker_gb": at_most(round(nothing["peak_gb"]["engine"] / WORKERS, 2), WORKER_GB),
        "alone_p95_ms": at_most(told["alone"]["p95_ms"], ALONE_MS),
        "what_if_seconds": at_most(
            max(each["seconds"] for each in told["what_if"].values()), WHAT_IF_SECONDS
        ),
    }


def _show(size: Size, told: Mapping[str, Any], reached: Reached) -> None:
    say(f"\n{size.plots:,} plots, seed {size.seed}\n")
    table(
        ["stage", "seconds", "processors, s", "workers, GB", "with the database, GB", "rows written"],
        (
            [
                name,
                str(told[name]["seconds"]),
                str(told[name]["processor_seconds"]),
                str(told[name]["peak_gb"]["engine"]),
                str(told[name]["peak_gb"]["both"]),
                f"{sum(told[name]['written'].values()):,}",
            ]
            for name in ("nothing", "again", "touched")
        ),
    )
    foot = told["floor"]
    wide = told["touched"]
    say(f"\n  touched: {wide['plots']:,} plots, {wide['judged']:,} judged with those that share")
    say(f"  floor: {foot['out']} s out, {foot['into']} s in, {foot['seconds']} s")
    alone = told["alone"]
    say(
        f"  one plot alone: median {alone['median_ms']} ms, p95 {alone['p95_ms']} ms of {alone['plots']};"
        f" {alone['larger']} touch too many for a request\n"
    )
    looks = [told[name] for name in ("first_look", "second_look")]
    say("  outlines: " + "; ".join(f"{each['looked']:,} looked at in {each['seconds']} s" for each in looks))
    table(
        ["rules drafted", "rule", "plots moved", "seconds"],
        (
            [name, each["rule"], f"{each['moves']:,}", str(each["seconds"])]
            for name, each in told["what_if"].items()
        ),
    )
    if "rivals" in told:
        against.show(told)
    reached_table(reached)
