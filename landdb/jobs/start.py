"""Ask for work, stop it, ask again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from landdb.models import Job, User

from .kinds import kind_of


@transaction.atomic
def start(kind: str, *, by: User | None = None, then: Iterable[str] = (), **arguments: Any) -> Job:
    """Queue a job once the surrounding transaction is committed. Arguments are ids and switches, never names.

    `then` names kinds to start one after the other when this job is done; they are not started when it fails.
    A job that somebody was told of is there after a crash, too: its transaction waits for the disk.
    """
    from .tasks import work

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
    if following := list(then):
        arguments["then"] = following
    job = Job.objects.create(kind=kind, arguments=arguments, started_by=by)
    # A queue that does not answer now does not lose the job: `nudge` wakes it.
    transaction.on_commit(lambda: work.delay(job.pk), robust=True)
    return job


@transaction.atomic
def cancel(job: Job) -> bool:
    """Stop after the chunks now running; what is done stays done. False where the job has ended already."""
    held = Job.objects.select_for_update().get(pk=job.pk)
    if not held.is_open:
        return False
    held.state, held.finished_at = Job.State.CANCELLED, timezone.now()
    held.save(update_fields=["state", "finished_at"])
    kind_of(held).fail(held)
    return True


def retry(job: Job, *, by: User | None = None) -> Job:
    """Take a failed or cancelled job up again where it stopped."""
    from .tasks import work

    with transaction.atomic():
        held = Job.objects.select_for_update().get(pk=job.pk)
        if held.state in (Job.State.FAILED, Job.State.CANCELLED):
            held.chunks.filter(done_at__isnull=True).update(attempts=0, error="")
            held.state, held.error, held.finished_at = Job.State.RUNNING, "", None
            held.save(update_fields=["state", "error", "finished_at"])
            transaction.on_commit(lambda: work.delay(held.pk), robust=True)
    return held
