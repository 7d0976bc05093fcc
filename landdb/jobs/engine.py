"""One step of a job: open its next phase, or do one of its chunks."""

from __future__ import annotations

import logging
import time
import traceback

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from landdb.intake.outcome import Refused
from landdb.models import Job, JobChunk

from .kinds import kind_of
from .start import start

log = logging.getLogger(__name__)

ATTEMPTS = 3


class Cancelled(Exception):
    """The job ended while one of its chunks was being done; the chunk is rolled back."""


def step(job_id: int) -> bool:
    """Do one chunk of an open job. True where more waits; False where nothing is left for this worker."""
    job = Job.objects.open().filter(pk=job_id).first()
    if job is None:
        return False
    chunk_id = None
    try:
        with transaction.atomic():
            chunk = _claim(job)
            if chunk is not None:
                chunk_id = chunk.pk
                _do(job, chunk)
    except Cancelled:
        return False
    except OperationalError:
        raise
    except Refused as refused:
        return _note_failure(job, chunk_id, refused)
    except Exception:
        return _note_failure(job, chunk_id)
    if chunk_id is not None:
        return True
    return _open_next_phase(job_id)


def _claim(job: Job) -> JobChunk | None:
    return (
        JobChunk.objects.select_for_update(skip_locked=True)
        .filter(job=job, phase=job.phase, done_at__isnull=True)
        .order_by("id")
        .first()
    )


def _do(job: Job, chunk: JobChunk) -> None:
    begun = time.monotonic()
    chunk.counts = kind_of(job).work(job, chunk.phase, chunk.key)
    chunk.seconds = round(time.monotonic() - begun, 3)
    chunk.done_at = timezone.now()
    chunk.error = ""
    chunk.save(update_fields=["counts", "seconds", "done_at", "error"])
    if not Job.objects.open().filter(pk=job.pk).exists():
        raise Cancelled


def _note_failure(job: Job, chunk_id: int | None, refused: Refused | None = None) -> bool:
    """Keep the traceback; after the third try of a chunk the job fails, with a refused file at once."""
    text = str(refused) if refused else traceback.format_exc()[-4000:]
    if not refused:
        log.exception("job %s failed in phase %s", job.pk, job.phase)
    with transaction.atomic():
        held = Job.objects.select_for_update().get(pk=job.pk)
        chunk = JobChunk.objects.filter(pk=chunk_id).first() if chunk_id else None
        if chunk is not None:
            chunk.attempts += 1
            chunk.error = text
            chunk.save(update_fields=["attempts", "error"])
            if chunk.attempts < ATTEMPTS and not refused:
                return True
        if held.is_open:
            held.state, held.finished_at, held.error = Job.State.FAILED, timezone.now(), text
            held.save(update_fields=["state", "finished_at", "error"])
            kind_of(held).fail(held)
    return False


@transaction.atomic
def _open_next_phase(job_id: int) -> bool:
    """Where the phase is through, cut the next one into chunks, or close the job. One worker does it."""
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None or not job.is_open:
        return False
    if job.phase and job.chunks.filter(phase=job.phase, done_at__isnull=True).exists():
        return False
    kind = kind_of(job)
    keys = [key for key, _title in kind.phases]
    for phase in keys[keys.index(job.phase) + 1 if job.phase else 0 :]:
        chunk_keys = list(kind.chunks(job, phase))
        if chunk_keys:
            JobChunk.objects.bulk_create(JobChunk(job=job, phase=phase, key=key) for key in chunk_keys)
            job.phase, job.state = phase, Job.State.RUNNING
            job.started_at = job.started_at or timezone.now()
            job.save(update_fields=["phase", "state", "started_at"])
            job.say(f"{phase}: {len(chunk_keys)}")
            return True
    job.result = kind.finish(job)
    job.state, job.finished_at = Job.State.DONE, timezone.now()
    job.started_at = job.started_at or job.finished_at
    job.save(update_fields=["result", "state", "finished_at", "started_at"])
    _start_what_follows(job)
    return False


def _start_what_follows(job: Job) -> None:
    """Queue the next of the kinds that were asked for together; where one of it is open already, say so."""
    kinds = job.arguments.get("then", [])
    if not kinds:
        return
    try:
        with transaction.atomic():
            start(kinds[0], by=job.started_by, then=kinds[1:])
    except IntegrityError:
        job.say(f"{kinds[0]}: already queued")
