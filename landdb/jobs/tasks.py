"""The two messages of the work queue."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError, transaction

from landdb.models import Job, JobChunk

from .engine import step

#: Messages in flight per job; more than the workers of one machine do no harm, they end at once.
PARALLEL = 4


@shared_task(
    name="landdb.jobs.work", autoretry_for=(OperationalError,), retry_backoff=1, retry_backoff_max=10
)
def work(job_id: int) -> None:
    """Do one chunk of a job and ask for the next; whoever opens a phase calls helpers."""
    before = Job.objects.filter(pk=job_id).values_list("phase", flat=True).first()
    if not step(job_id):
        return
    work.delay(job_id)
    after = Job.objects.filter(pk=job_id).values_list("phase", flat=True).first()
    if before != after:
        for _helper in range(PARALLEL - 1):
            work.delay(job_id)


@shared_task(name="landdb.jobs.nudge")
def nudge() -> None:
    """Wake every open job that nobody is working on: its message or its worker was lost."""
    for job in Job.objects.open():
        if not _is_worked_on(job):
            work.delay(job.pk)


def _is_worked_on(job: Job) -> bool:
    """A chunk of the phase is locked by a worker; the probe takes only free rows and lets go at once."""
    waiting = JobChunk.objects.filter(job=job, phase=job.phase, done_at__isnull=True)
    total = waiting.count()
    if not total:
        return False
    with transaction.atomic():
        free = len(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return free < total
