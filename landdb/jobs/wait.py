"""Queue a job from the command line, see to a worker, and wait for the end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from kombu.exceptions import OperationalError

from landdb.celery import app
from landdb.models import Job

from .kinds import kind_of
from .start import start
from .tasks import nudge

#: Seconds; a worker that was started for one command has no timetable beside it.
NUDGE_EVERY = 10.0


@contextmanager
def some_worker() -> Iterator[None]:
    """A worker answers, or one is started for as long as the block lasts."""
    try:
        answers = app.control.ping(timeout=1.0)
    except OperationalError as error:
        raise CommandError(f"The queue does not answer ({error}).") from None
    if answers:
        yield
        return
    command = [
        sys.executable,
        "-W",
        "ignore:You're running the worker with superuser privileges",
        "-m",
        "celery",
        "-A",
        "landdb",
        "--quiet",
        "worker",
        "--concurrency",
        "2",
        "--loglevel",
        "WARNING",
    ]
    child = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=sys.stderr)  # noqa: S603
    try:
        yield
    finally:
        child.terminate()
        child.wait(timeout=60)


def queue(kind: str, **arguments: Any) -> Job:
    """Queue a run; a sentence where one is open already of which there may be one."""
    try:
        with transaction.atomic():
            return start(kind, **arguments)
    except IntegrityError:
        raise CommandError(f"A {kind} is running already.") from None


def run(kind: str, **arguments: Any) -> Job:
    """Queue a run, see to a worker and wait for the end.

    A run that was left open (its worker or its terminal is gone) is finished first: it began with older data.
    """
    with some_worker():
        for left in Job.objects.open().filter(kind=kind):
            print(f"{left} is still open and is finished first.", file=sys.stderr, flush=True)
            nudge()
            wait(left)
        return wait(queue(kind, **arguments))


def wait(job: Job, *, quiet: bool = False) -> Job:
    """Wait until the job has ended, telling each phase and its progress on standard error."""
    told, nudged = "", time.monotonic()
    while job.is_open:
        time.sleep(0.2)
        job.refresh_from_db()
        if time.monotonic() - nudged > NUDGE_EVERY:
            nudge()
            nudged = time.monotonic()
        text = progress(job)
        if not quiet and text != told:
            print(text, file=sys.stderr, flush=True)
            told = text
    if job.state != Job.State.DONE:
        last = job.error.strip().splitlines()[-1] if job.error else job.get_state_display()
        raise CommandError(f"{job.kind} {job.pk}: {last}")
    return job


def progress(job: Job) -> str:
    """One line: kind, phase, chunks done of all."""
    chunks = job.chunks.filter(phase=job.phase)
    done = chunks.filter(done_at__isnull=False).count()
    return f"{job.kind}: {kind_of(job).phase_title(job.phase)} {done}/{chunks.count()}"
