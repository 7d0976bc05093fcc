"""landdb's findings beside those of its rivals: seconds, memory, and whether they are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from ....rules import book
from ... import apart, usage
from ...apart import say
from ...reach import Reached, at_most
from ...report import table
from . import Run, queries

RIVALS = ("queries", "frames")
#: Plots above which the frames are not asked.
FRAMES_AT_MOST = 1_000_000


def measure(names: Sequence[str]) -> dict[str, Any]:
    """What each of these rivals takes and finds; the findings must be those of a classification just made."""
    own, rules = findings(), [ruling.rule.id for ruling in book.current().rulings]
    told: dict[str, Any] = {"landdb": {"found": sum(own.values()), "rules": len(rules)}}
    for name in names:
        say(f"Against {name} …")
        with usage.watched(Path(settings.VAR)) as used:
            done = RUNNERS[name]()
        told[name] = {
            "seconds": round(sum(done.seconds.values()), 2),
            "parts": done.seconds,
            "processor_seconds": used.processor,
            "peak_gb": used.peak_gb(),
            "found": sum(done.found.values()),
            "rules": len(done.found),
            "left_out": [rule for rule in rules if rule not in done.found],
            "differs": differing(own, done.found),
        }
    return told


def findings() -> dict[str, int]:
    """How many findings of each rule stand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rule, count(*) FROM reconciliation_finding WHERE state <> 'closed' GROUP BY 1")
        return dict(cursor.fetchall())


def differing(own: Mapping[str, int], found: Mapping[str, int]) -> dict[str, list[int]]:
    """Of the rules that a rival can say those of which it finds more or less: ours, and what it finds."""
    return {rule: [own.get(rule, 0), n] for rule, n in found.items() if own.get(rule, 0) != n}


def judge(told: Mapping[str, Any]) -> Reached:
    """name → value, reach, ok: no rule of which a rival finds anything else."""
    return {
        f"{name}_other_rules": at_most(len(each["differs"]), 0)
        for name, each in told.items()
        if "differs" in each
    }


def show(figures: Mapping[str, Any]) -> None:
    """landdb from nothing and again, then its rivals."""
    told = figures["rivals"]
    every = told["landdb"]["rules"]
    stages = {f"landdb, {stage}": {**figures[stage], **told["landdb"]} for stage in ("nothing", "again")}
    rivals = {name: each for name, each in told.items() if name != "landdb"}
    say("\nAgainst rivals, which write no difference, group or ledger\n")
    table(
        ["", "seconds", "processors, s", "programs, GB", "with the database, GB", "rows found", "rules"],
        (
            [
                name,
                str(each["seconds"]),
                str(each["processor_seconds"]),
                str(each["peak_gb"]["engine"]),
                str(each["peak_gb"]["both"]),
                f"{each['found']:,}",
                f"{each['rules']} of {every}",
            ]
            for name, each in (stages | rivals).items()
        ),
    )
    for name, each in rivals.items():
        say(f"\n  {name}: {_word(each['differs'])}")
        if each["left_out"]:
            say(f"  it cannot say {', '.join(each['left_out'])}")
    say("")


def _word(differs: Mapping[str, Sequence[int]]) -> str:
    if not differs:
        return "as many findings of each of its rules as landdb"
    listed = ", ".join(f"{rule} {other} for {own}" for rule, (own, other) in differs.items())
    return f"NOT THE SAME: {listed}"


def _queries() -> Run:
    return queries.run(book.current().rulings)


def _frames() -> Run:
    # Looked up when it is asked for: pandas is a tool for development.
    run: Callable[[], Run] = import_module(".frames", __package__).run
    return apart.call(run)


RUNNERS: dict[str, Callable[[], Run]] = {"queries": _queries, "frames": _frames}
