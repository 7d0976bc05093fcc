"""Queue a job from the command line, see to a worker, and wait for the end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import CommandError
from django.db import IntegrityError, InterfaceError, connection, transaction
from django.db import OperationalError as DatabaseError
from kombu.exceptions import OperationalError

from landdb.celery import app
from landdb.models import Job

from .kinds import kind_of
from .start import start
from .tasks import nudge

Found = TypeVar("Found")

#: Seconds; a worker that was started for one command has no timetable beside it.
NUDGE_EVERY = 5.0
#: Seconds that a database may be away while we wait; after a crash it first works through its log.
PATIENCE = 600.0
#: Seconds; a worker that lives shorter cannot start. After so many of them in a row we give up.
QUICK_DEATH, QUICK_DEATHS = 4.0, 5


class OwnWorker:
    """A worker for as long as one command needs it, started again where it dies."""

    def __init__(self) -> None:
        self.quick_deaths = 0
        self._start()

    def _start(self) -> None:
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
        self.started = time.monotonic()
        self.child = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=sys.stderr)  # noqa: S603

    def look(self) -> None:
        """Start it again if it has died; CommandError where it does not stay up."""
        if self.child.poll() is None:
            return
        quick = time.monotonic() - self.started < QUICK_DEATH
        self.quick_deaths = self.quick_deaths + 1 if quick else 0
        if self.quick_deaths >= QUICK_DEATHS:
            raise CommandError("The worker does not stay up; the reason is above.")
        _tell("The worker had died and was started again.")
        self._start()

    def stop(self) -> None:
        self.child.terminate()
        self.child.wait(timeout=60)


@contextmanager
def some_worker() -> Iterator[OwnWorker | None]:
    """A worker answers, or one is started for as long as the block lasts; yields the one that was started."""
    try:
        answers = app.control.ping(timeout=1.0)
    except OperationalError as error:
        raise CommandError(f"The queue does not answer ({error}).") from None
    if answers:
        yield None
        return
    own = OwnWorker()
    try:
        yield own
    finally:
        own.stop()


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
    with some_worker() as own:
        for left in Job.objects.open().filter(kind=kind):
            _tell(f"{left} is still open and is finished first.")
            _nudge()
            wait(left, own=own)
        return wait(queue(kind, **arguments), own=own)


def wait(job: Job, *, quiet: bool = False, own: OwnWorker | None = None) -> Job:
    """Wait until the job has ended, telling each phase and its progress on standard error.

    Database and queue may be away meanwhile. CommandError where the database stays away, the job did not end
    well, or our `own` worker does not stay up.
    """
    told, nudged = "", time.monotonic()
    while job.is_open:
        time.sleep(0.2)
        if own:
            own.look()
        _patiently(lambda: _read_again(job))
        if time.monotonic() - nudged > NUDGE_EVERY:
            _patiently(_nudge)
            nudged = time.monotonic()
        text = _patiently(lambda: progress(job))
        if not quiet and text != told:
            _tell(text)
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


def _patiently(look: Callable[[], Found]) -> Found:
    """What the database says, as soon as it says something; told once when it is away."""
    since: float | None = None
    while True:
        try:
            found = look()
        except (DatabaseError, InterfaceError) as error:
            # What is broken is thrown away: the next look asks for a connection of its own.
            connection.close()
            if since is None:
                since = time.monotonic()
                _tell("The database does not answer; the job goes on when it is back. Waiting …")
            if time.monotonic() - since > PATIENCE:
                reason = " ".join(str(error).split())
                raise CommandError(f"The database has not answered for {PATIENCE:.0f} s: {reason}") from None
            time.sleep(0.5)
        else:
            if since is not None:
                _tell("The database answers again.")
            return found


def _read_again(job: Job) -> None:
    try:
        job.refresh_from_db()
    except Job.DoesNotExist:
        # A crash may take the last half second of commits with it.
        raise CommandError(f"The database does not know {job} any more: ask for it again.") from None


def _nudge() -> None:
    try:
        nudge()
    except OperationalError:
        _tell("The queue does not answer; the job goes on when it is back.")


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
