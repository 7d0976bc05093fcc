"""Give a workbook out, fill it in, send it the whole way through the real worker, and judge the seconds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Count

from landdb import jobs
from landdb.jobs import wait, within
from landdb.models import Job, User

from ...actions import annotated, row_words, uploads, workbooks
from ...actions.upload_compare import REGISTER
from ...actions.workbook_rows import Wanted
from ...models import CorrectionBatch, CorrectionRow
from .. import usage
from ..apart import say
from ..reach import Reached, at_most, only_told
from ..report import reached_table, table
from . import edits, ground
from .ground import Size

#: Seconds within which each has to be done for 5,000 rows.
LIMITS = {"dry_run": 5.0, "applied": 20.0, "annotated": 10.0}
#: Each look asks database and queue: oftener it takes a good part of a processor from what is measured.
_LOOK_EVERY = 0.2


def run(size: Size) -> dict[str, Any]:
    """What standard output ends with."""
    made = ground.ensure(size)
    official, reviewer = ground.staff()
    told: dict[str, Any] = {"made": made, "load_before": round(os.getloadavg()[0], 1)}
    with wait.some_worker(), usage.watched(Path(settings.VAR)) as used:
        _whole_way(size, official, reviewer, told)
    told["peak_gb"] = used.peak_gb()
    reached = judge(size, told)
    _show(told, reached)
    return {
        "bench": "workbook",
        "size": asdict(size),
        "figures": told,
        "reach": reached,
        "ok": all(each["ok"] is not False for each in reached.values()),
    }


def judge(size: Size, told: dict[str, Any]) -> Reached:
    """name → value, reach, ok."""
    reached: Reached = {}
    for name, bound in LIMITS.items():
        # A larger workbook may take longer in proportion.
        reached[f"{name}_seconds"] = at_most(told["seconds"][name], bound * max(1.0, size.rows / 5000))
    reached["rows_not_accounted_for"] = at_most(told["not_accounted_for"], 0)
    reached["rows_other_than_expected"] = at_most(told["other_than_expected"], 0)
    reached["steps_without_word"] = at_most(max(0, 3 - told["steps_told"]), 0)
    reached["engine_gb"] = at_most(told["peak_gb"]["engine"], 2.0)
    if size.rows < 1000:
        only_told(reached, [f"{name}_seconds" for name in LIMITS])
    return reached


def _whole_way(size: Size, official: User, reviewer: User, told: dict[str, Any]) -> None:
    seconds: dict[str, float] = {}
    steps: set[str] = set()
    with transaction.atomic():
        workbook = workbooks.ask(ground.commune(), Wanted(), by=official, purpose="đo")
        job = jobs.start("make_workbook", by=official, workbook=workbook.pk)
    seconds["given_out"] = _wait(job, steps)
    workbook.refresh_from_db()
    say(f"{workbook.rows:,} rows given out, {workbook.size / 2**20:.1f} MB; filling them in …")
    folder = Path(settings.VAR) / "workbook"
    expected = edits.fill_in(
        Path(settings.FILES_DIR) / workbook.path, folder / "filled.xlsx", workbook, size.seed
    )
    content = (folder / "filled.xlsx").read_bytes()
    batch = _received(content, official)
    # The first job of a worker loads what all others find loaded.
    _warm(official)
    seconds["dry_run"] = _wait(jobs.start("read_upload", by=official, batch=batch.pk), steps)
    batch.refresh_from_db()
    counts = _counts(batch)
    told["rows"], told["message"] = counts, batch.message
    told["other_than_expected"] = sum(
        abs(counts.get(name, 0) - wanted) for name, wanted in asdict(expected).items()
    )
    conflicts = {
        line.pk: {name: REGISTER for name, *_sides in line.cells}
        for line in batch.lines.filter(state=CorrectionRow.State.CONFLICT)
    }
    if conflicts:
        uploads.choose(batch, conflicts)
        seconds["again"] = _wait(jobs.start("read_upload", by=official, batch=batch.pk), steps)
    _annotate(batch, official, seconds, steps)
    uploads.send(batch, by=official)
    row_words.tick(batch, list(batch.lines.values_list("pk", flat=True)), by=reviewer, is_approved=True)
    uploads.approve(batch, by=reviewer, reason="đo")
    seconds["applied"] = _wait(jobs.start("apply_upload", by=reviewer, batch=batch.pk), steps)
    batch.refresh_from_db()
    told["after"] = _counts(batch)
    told["not_accounted_for"] = abs(batch.file.rows - sum(told["after"].values())) + abs(
        size.rows - workbook.rows if workbook.rows < size.rows else 0
    )
    uploads.ask_undo(batch)
    seconds["undone"] = _wait(jobs.start("undo_upload", by=reviewer, batch=batch.pk), steps)
    told["seconds"], told["steps_told"], told["steps"] = seconds, len(steps), sorted(steps)


def _annotate(batch: CorrectionBatch, official: User, seconds: dict[str, float], steps: set[str]) -> None:
    with transaction.atomic():
        job = jobs.start("annotate_upload", by=official, batch=batch.pk)
        annotated.ask(batch, job)
    seconds["annotated"] = _wait(job, steps)


def _received(content: bytes, official: User) -> CorrectionBatch:
    return uploads.receive(SimpleUploadedFile("bieu.xlsx", content), ground.commune(), by=official)


def _warm(official: User) -> None:
    """A small refused file through the worker."""
    small = uploads.receive(ContentFile(b"x", "x.xlsx"), ground.commune(), by=official)  # type: ignore[arg-type]
    _wait(jobs.start("read_upload", by=official, batch=small.pk), set())


def _wait(job: Job, steps: set[str]) -> float:
    """Seconds from asking to the end, as the job has written them down; which steps it told meanwhile."""
    look = _looker(job, steps)
    while job.is_open:
        look()
        time.sleep(_LOOK_EVERY)
        job.refresh_from_db()
    if job.state != Job.State.DONE or job.finished_at is None:
        job = wait.wait(job, quiet=True)
    assert job.finished_at is not None  # noqa: S101  a job that is done has ended
    return round((job.finished_at - job.created_at).total_seconds(), 2)


def _looker(job: Job, steps: set[str]) -> Callable[[], None]:
    def look() -> None:
        if word := within.told(job.pk):
            steps.add(word.step)

    return look


def _counts(batch: CorrectionBatch) -> dict[str, int]:
    return dict(batch.lines.order_by().values_list("state").annotate(n=Count("pk")))


def _show(told: dict[str, Any], reached: Reached) -> None:
    say(f"\n  rows: {told['rows']}; after: {told['after']}")
    table(["", "seconds"], ([name, str(value)] for name, value in told["seconds"].items()))
    say(f"  steps told meanwhile: {', '.join(told['steps'])}; memory {told['peak_gb']['engine']} GB")
    reached_table(reached)
