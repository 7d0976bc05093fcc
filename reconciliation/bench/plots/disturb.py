"""A whole run while worker, database and queue are killed: nothing double, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db.models import Sum

from landdb import jobs
from landdb.jobs import wait
from landdb.models import Job

from ..apart import say
from ..report import table
from . import judgement, province, stages, strikes
from .floor import RESULTS
from .judgement import Judgement
from .province import Size
from .strikes import Blow

#: Differences shown to the person at the keyboard.
SHOWN = 20


def run(size: Size) -> dict[str, Any]:
    """What standard output ends with."""
    var = Path(settings.VAR)
    if missing := strikes.missing(var):
        raise CommandError(
            f"Not there to be disturbed: {', '.join(missing)}. ./run bench keeps them running."
        )
    province.ensure(size)
    told = side_by_side(var, Random(size.seed), strikes.ALL)
    _show(size, told)
    return {"bench": "classification, disturbed", "size": asdict(size), "figures": told, "ok": told["ok"]}


def side_by_side(var: Path, chance: Random, blows: Sequence[Blow]) -> dict[str, Any]:
    """Classify all from nothing twice, the second time under blows; how long it took and what differs."""
    say("Classify, undisturbed …")
    first, kept = _classified()
    say("Classify, disturbed …")
    with strikes.falling(var, chance, first, blows) as struck:
        second, found = _classified()
    differs = [*map(str, judgement.differences(kept, found)), *_job_differs(first, second)]
    return {
        "seconds": {"undisturbed": round(first.seconds, 2), "disturbed": round(second.seconds, 2)},
        "struck": [asdict(each) for each in struck],
        "spared": len(blows) - len(struck),
        "failed_attempts": second.chunks.aggregate(n=Sum("attempts"))["n"],
        "rows": judgement.rows(kept),
        "tables": len(kept),
        "differs": differs,
        "ok": not differs and len(struck) == len(blows),
    }


def _classified() -> tuple[Job, Judgement]:
    """Classify all from nothing; the job, and what it has left."""
    for left in Job.objects.open():
        jobs.cancel(left)
    stages.empty()
    job = wait.run("classify")
    province.tidy(*RESULTS)
    return job, judgement.taken()


def _job_differs(first: Job, second: Job) -> Iterator[str]:
    names = [name for name in first.result if first.result[name] != second.result.get(name)]
    if names:
        yield f"the job's result: {', '.join(names)}"
    if _chunks(first) != _chunks(second):
        yield "the job's chunks, or what they counted"


def _chunks(job: Job) -> list[tuple[str, bool, dict[str, int]]]:
    """Every chunk, whether it is done, and what it counted."""
    found = job.chunks.order_by("phase", "key").values_list("key", "done_at", "counts")
    return [(key, done_at is not None, counts) for key, done_at, counts in found]


def _numbers(struck: dict[str, Any]) -> list[str]:
    return [str(struck[name]) for name in ("in_hand", "away")]


def _show(size: Size, told: dict[str, Any]) -> None:
    say(f"\n{size.plots:,} plots, seed {size.seed}\n")
    table(
        ["disturbed", "after, s", "chunks done", "in hand", "away, s"],
        (
            [each["words"], str(each["at"]), f"{each['done']}/{each['chunks']}", *_numbers(each)]
            for each in told["struck"]
        ),
    )
    seconds = told["seconds"]
    say(f"\n  undisturbed {seconds['undisturbed']} s, disturbed {seconds['disturbed']} s")
    say(f"  failed attempts at a chunk: {told['failed_attempts']}")
    if told["spared"]:
        say(f"  {told['spared']} DID NOT FALL: the run was over before; ask for more plots")
    if not told["differs"]:
        say(f"  nothing double, nothing lost: {told['rows']:,} rows in {told['tables']} tables are the same")
        return
    say("  NOT THE SAME:")
    for sentence in told["differs"][:SHOWN]:
        say(f"    {sentence}")
    if len(told["differs"]) > SHOWN:
        say(f"    … {len(told['differs']) - SHOWN} more")
