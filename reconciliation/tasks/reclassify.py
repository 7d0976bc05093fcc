"""Judge again what is due: plots that a large change touched, or whose clock ran out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar

from celery import shared_task
from django.db import OperationalError
from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register, start
from landdb.models import Job

from ..classification import clocks, due
from ..models import DuePlot

#: Plots of a chunk, as far as communes allow: what a killed worker has to do again.
CHUNK = 5_000


@register
class Reclassify(JobKind):
    """The plots that are due, some communes at a time; whatever waits is taken, whoever put it off."""

    name: ClassVar[str] = due.JOB
    title = _("Xếp lại thửa bị chạm đến")
    phases = (("reclassify", _("Xếp lại nhóm")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return chunk_keys(due.per_commune())

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        first, _dash, last = key.partition("-")
        return dict(due.judge_due(int(first), int(last), job=job))

    def finish(self, job: Job) -> dict[str, Any]:
        counts: Counter[str] = Counter()
        for chunk in job.chunks.all():
            counts.update(chunk.counts)
        return {"plots": counts["plots"], "moves": counts["moves"], "changed": counts["changed"]}


def chunk_keys(waiting: dict[int, int]) -> list[str]:
    """Communes with so many plots that are due, from id to id, put together to chunks of about CHUNK."""
    keys: list[list[int]] = []
    room = 0
    for commune, plots in sorted(waiting.items()):
        if not keys or plots > room:
            keys.append([])
            room = CHUNK
        keys[-1].append(commune)
        room -= plots
    return [f"{communes[0]}-{communes[-1]}" for communes in keys]


@shared_task(
    name="reconciliation.judge_what_is_due",
    autoretry_for=(OperationalError,),
    retry_backoff=60,
    max_retries=5,
)
def judge_what_is_due() -> dict[str, int]:
    """Look at the clocks where a day has begun; take up what was left lying by a job that failed."""
    counts = clocks.turn()
    if DuePlot.objects.exists() and not Job.objects.open().filter(kind=due.JOB).exists():
        start(due.JOB)
    return counts
