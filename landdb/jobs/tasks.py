"""The two messages of the work queue."""

from __future__ import annotations

import json
import logging
from base64 import b64decode
from collections import Counter
from typing import NamedTuple

from celery import current_app, shared_task
from django.db import InterfaceError, OperationalError, connection
from kombu.exceptions import OperationalError as QueueAway

from landdb.models import Job

from .engine import step

log = logging.getLogger(__name__)

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
def wake() -> None:
    """`nudge`, from the timetable: where database or queue are away, the next time will do."""
    try:
        nudge()
    except (OperationalError, InterfaceError, QueueAway) as error:
        log.warning("open jobs are not looked after: %s", " ".join(str(error).split()))


def nudge() -> None:
    """Send what open jobs lack of messages: those that went down with a worker, or with the queue."""
    open_jobs = list(Job.objects.open())
    if not open_jobs:
        return
    sent = queued()
    for job in open_jobs:
        left = waiting(job)
        # Whoever opens the next phase calls helpers.
        wanted = min(PARALLEL, left.chunks) or 1
        for _message in range(wanted - left.in_hand - sent[job.pk]):
            work.delay(job.pk)


def waiting(job: Job) -> Waiting:
    """How much of the phase at work is left."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [job.pk, job.phase])
        return Waiting(*cursor.fetchone())


def queued(name: str = "") -> Counter[int]:
    """Messages of a queue (or ours) that wait for a worker, by job; QueueAway where it does not answer."""
    found: Counter[int] = Counter()
    name = name or current_app.conf.task_default_queue
    with current_app.connection_for_write() as queue:
        try:
            with queue.channel() as channel:
                lines = channel.client.lrange(name, 0, -1)
        except queue.recoverable_connection_errors as error:
            raise QueueAway(str(error)) from error
    for line in lines:
        message = json.loads(line)
        if message["headers"].get("task") == work.name:
            arguments, *_others = json.loads(b64decode(message["body"]))
            found[arguments[0]] += 1
    return found
