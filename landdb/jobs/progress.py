"""How far jobs are: phase, chunks, pace, time left. One query for a page of jobs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Sum
from django.utils import timezone

from landdb.models import Job, JobChunk
from landdb.models.jobs import remaining

from .kinds import JobKind, kind_of

#: Sums over the chunks by job and phase.
Found = dict[tuple[int, str], dict[str, Any]]


@dataclass
class PhaseProgress:
    """One phase of a job: chunks done of all, when it began, and the seconds its chunks took together."""

    key: str
    title: Any
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    began_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)


@dataclass
class Progress:
    """A job and how far it is."""

    job: Job
    title: Any
    phases: list[PhaseProgress]

    @property
    def number(self) -> int:
        """The phase at work, counted from one; 0 before the first."""
        keys = [phase.key for phase in self.phases]
        return keys.index(self.job.phase) + 1 if self.job.phase in keys else 0

    @property
    def phase(self) -> PhaseProgress | None:
        return self.phases[self.number - 1] if self.number else None

    @property
    def done(self) -> int:
        """Chunks done: of the phase at work, or of all phases once the job is done."""
        if self.job.state == Job.State.DONE:
            return sum(phase.done for phase in self.phases)
        return self.phase.done if self.phase else 0

    @property
    def total(self) -> int:
        if self.job.state == Job.State.DONE:
            return sum(phase.total for phase in self.phases)
        return self.phase.total if self.phase else 0

    @property
    def share(self) -> float:
        """How much of the line is filled: a job that ended well is full, even one that had nothing to do."""
        if self.job.state == Job.State.DONE:
            return 1.0
        return self.done / self.total if self.total else 0.0

    @property
    def per_second(self) -> float | None:
        """Chunks per second since the phase began; None while nothing is done."""
        if self.job.state != Job.State.RUNNING or not self.phase or not self.phase.began_at or not self.done:
            return None
        return self.done / max(0.1, (timezone.now() - self.phase.began_at).total_seconds())

    @property
    def left(self) -> float | None:
        """Seconds left of the phase at work, at its pace so far."""
        if self.job.state != Job.State.RUNNING or not self.phase:
            return None
        time = remaining(self.phase.done, self.phase.total, self.phase.began_at)
        return time.total_seconds() if time else None

    @property
    def error(self) -> str:
        """What ended the job: a sentence meant for people, or the kind of an unforeseen error.

        Of the latter the words are left out, since they may quote a record.
        """
        text = self.job.error.strip()
        if not text.startswith("Traceback"):
            return text
        return text.splitlines()[-1].split(":")[0][:80]


def progress_of(jobs: Iterable[Job]) -> list[Progress]:
    """Progress of each job, in the order given."""
    jobs = list(jobs)
    rows = (
        JobChunk.objects.filter(job__in=jobs)
        .values("job_id", "phase")
        .annotate(total=Count("id"), done=Count("done_at"), seconds=Sum("seconds"), ended_at=Max("done_at"))
        .order_by()
    )
    found: Found = {(row["job_id"], row["phase"]): dict(row) for row in rows}
    return [Progress(job, _title(job), _phases(job, found)) for job in jobs]


def add_counts(progress: Progress) -> Progress:
    """Fill in what the chunks of each phase counted, for the page of one job."""
    phases = {phase.key: phase for phase in progress.phases}
    for phase, counts in progress.job.chunks.filter(done_at__isnull=False).values_list("phase", "counts"):
        totals = phases[phase].counts if phase in phases else {}
        for key, count in counts.items():
            totals[key] = totals.get(key, 0) + count
    return progress


def _phases(job: Job, found: Found) -> list[PhaseProgress]:
    began = job.started_at
    phases = []
    for key, title in _known(job):
        row = found.get((job.pk, key))
        phase = PhaseProgress(key, title)
        if row:
            phase = PhaseProgress(
                key, title, row["done"], row["total"], row["seconds"] or 0.0, began, row["ended_at"]
            )
            began = row["ended_at"] or began
        phases.append(phase)
    return phases


def _known(job: Job) -> tuple[tuple[str, Any], ...]:
    kind = _kind(job)
    return kind.phases if kind else ()


def _title(job: Job) -> Any:
    kind = _kind(job)
    return kind.title if kind else job.kind


def _kind(job: Job) -> JobKind | None:
    """None for a kind of an older version of the program."""
    try:
        return kind_of(job)
    except KeyError:
        return None
