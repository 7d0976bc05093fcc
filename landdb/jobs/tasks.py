"""The two messages of the work queue."""

from __future__ import annotations

from typing import NamedTuple

from celery import current_app, shared_task
from django.db import InterfaceError, OperationalError, connection

from landdb.models import Job

from .engine import step

#: Messages in flight per job; more than the workers of one machine do no harm, they end at once.
PARALLEL = 4

# A locked row names the transaction that holds it. Asking so, and not by trying for the lock, hides no chunk
# from a worker that looks for one at the same moment.
_WAITING = """
    SELECT count(*), count(a.pid)
    FROM landdb_jobchunk c
    LEFT JOIN pg_stat_activity a ON a.backend_xid = c.xmax
    WHERE c.job_id = %s AND c.phase = %s AND c.done_at IS NULL
"""


class Waiting(NamedTuple):
    """Chunks of the phase that are not done yet, and how many of these a worker has in hand."""

    chunks: int
    in_hand: int


@shared_task(
    name="landdb.jobs.work",
    autoretry_for=(OperationalError, InterfaceError),
    # However long the database is away: what is retried keeps its place among the messages of the job.
    max_retries=None,
    retry_backoff=1,
    retry_backoff_max=10,
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
    """Make up for lost messages of open jobs: those of workers that were killed, or of a queue that was."""
    jobs = list(Job.objects.open())
    is_idle = bool(jobs) and not _is_anything_queued()
    for job in jobs:
        for _message in range(_lacking(waiting(job), is_idle=is_idle)):
            work.delay(job.pk)


def waiting(job: Job) -> Waiting:
    """How much of the phase at work is left."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [job.pk, job.phase])
        return Waiting(*cursor.fetchone())


def _lacking(left: Waiting, *, is_idle: bool) -> int:
    """Messages that a job lacks; while any are queued, which may be its own, one and only where it stands."""
    if not is_idle or not left.chunks:
        return 0 if left.in_hand else 1
    return max(0, min(PARALLEL, left.chunks) - left.in_hand)


def _is_anything_queued() -> bool:
    """A message waits for a worker, of whatever job; so too where the queue does not say."""
    with current_app.connection_for_write() as queue:
        try:
            with queue.channel() as channel:
                return bool(channel.queue_declare(current_app.conf.task_default_queue).message_count)
        except queue.recoverable_connection_errors:
            return True
