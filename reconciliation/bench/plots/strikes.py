"""What befalls a run: worker, database and queue are killed while chunks of it are in hand.

Nothing is started again here: whoever keeps the services running does that, as on any other day.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Avg

from landdb.models import Job
from landdb.services import locks, postgres, processes, valkey
from landdb.services.processes import Record

Found = TypeVar("Found")

#: Seconds; how often the chunks are looked at.
LOOK_EVERY = 0.01
#: Seconds that a killed service stays away at most; then it may be started again.
AWAY = 3.0
#: Chunks at the end during which a run would be over before the last blow has fallen.
SPARED = 4
#: Seconds for a server that was asked to stop.
PATIENCE = 120.0

# In hand: locked by a connection that was opened after the last strike. That of a killed worker may go on
# for a while with a statement whose answer nobody reads.
_CHUNKS = """
    SELECT count(c.done_at), count(*), count(a.pid)
    FROM landdb_jobchunk c
    LEFT JOIN pg_stat_activity a
        ON c.done_at IS NULL AND a.backend_xid = c.xmax AND a.backend_start > to_timestamp(%(since)s)
    WHERE c.job_id = %(job)s
"""


@dataclass(frozen=True)
class Blow:
    """One way to disturb: whom it strikes, and how."""

    words: str
    program: str
    strike: Callable[[Record], None]
    #: The connections of the workers are gone afterwards.
    cuts: bool = True


def _kill_group(record: Record) -> None:
    os.killpg(record.pid, signal.SIGKILL)


def _send(number: int) -> Callable[[Record], None]:
    def strike(record: Record) -> None:
        processes.send(record, number)

    return strike


WORKER = Blow("worker and its processes: kill -9", "worker", _kill_group)
DATABASE = Blow("database: stopped without waiting for anybody", postgres.NAME, _send(signal.SIGINT))
CRASH = Blow("database: crash (immediate stop, recovery)", postgres.NAME, _send(signal.SIGQUIT))
QUEUE = Blow("queue: kill -9", valkey.NAME, _send(signal.SIGKILL), cuts=False)
ALL = (WORKER, WORKER, WORKER, DATABASE, CRASH, QUEUE)


class Counts(NamedTuple):
    """Chunks of a job."""

    done: int
    chunks: int
    in_hand: int


@dataclass(frozen=True)
class Struck:
    """A blow as it fell: seconds into the run, chunks done and in hand, seconds until it may be mended."""

    words: str
    at: float
    done: int
    chunks: int
    in_hand: int
    away: float


def missing(var: Path, blows: Sequence[Blow] = ALL) -> list[str]:
    """Programs that cannot be struck, since none of that name runs in this folder."""
    return sorted({blow.program for blow in blows if not processes.find(var, blow.program)})


@contextmanager
def falling(var: Path, chance: Random, like: Job, blows: Sequence[Blow] = ALL) -> Iterator[list[Struck]]:
    """Let all blows fall on the next job of the kind of this one; yields those that have fallen.

    They come in random order, after as many random counts of chunks done, and each within a chunk. An error
    of the one who strikes is raised when the block ends.
    """
    striker = _Striker(var, chance, like, blows)
    thread = threading.Thread(target=striker.run, daemon=True)
    thread.start()
    try:
        yield striker.fallen
    finally:
        striker.over.set()
        thread.join()
    if striker.error:
        raise striker.error


class _Over(Exception):
    """The run has ended before all blows have fallen."""


class _Striker:
    """Looks at the chunks of one job and strikes when the time has come."""

    def __init__(self, var: Path, chance: Random, like: Job, blows: Sequence[Blow]) -> None:
        self.var, self.chance = var, chance
        self.like, self.blows = like, blows
        self.seconds = like.chunks.aggregate(mean=Avg("seconds"))["mean"] or 0.0
        self.since = 0.0  # seconds since 1970; connections of workers opened before are cut
        self.fallen: list[Struck] = []
        self.error: Exception | None = None
        self.over = threading.Event()

    def run(self) -> None:
        try:
            self._strike()
        except _Over:
            return
        except Exception as error:
            self.error = error
        finally:
            connection.close()

    def _strike(self) -> None:
        job = self._wait(self._job)
        chunks = self._wait(lambda: self._chunks(job)).chunks
        began = time.monotonic()
        moments = _moments(self.chance, chunks, len(self.blows))
        for moment, blow in zip(moments, self.chance.sample(self.blows, len(self.blows)), strict=True):
            while not self._fall(job, moment, blow, began):
                pass

    def _fall(self, job: int, wanted: int, blow: Blow, began: float) -> bool:
        """Wait for so many chunks to be done and one in hand, strike within it, and keep what was struck away
        for some seconds; False where the chunk was done before."""
        self._wait(lambda: self._in_hand(job, wanted))
        self.over.wait(self.chance.random() * self.seconds / 2)
        # Whoever would start it again has to wait for this lock.
        with locks.changing(self.var):
            found, record = self._in_hand(job, wanted), processes.find(self.var, blow.program)
            if not found or not record:
                return False
            at, away = time.monotonic() - began, self.chance.random() * AWAY
            blow.strike(record)
            if not processes.wait(record, PATIENCE):
                raise RuntimeError(f"{blow.program} does not end.")
            if blow.cuts:
                self.since = time.time()
            time.sleep(away)
        self.fallen.append(Struck(blow.words, round(at, 1), *found, round(away, 1)))
        return True

    def _job(self) -> int | None:
        later = Job.objects.filter(kind=self.like.kind, pk__gt=self.like.pk)
        return later.values_list("pk", flat=True).first()

    def _in_hand(self, job: int, wanted: int) -> Counts | None:
        """The chunks, where as many are done as wanted, or more, and one is in hand."""
        found = self._chunks(job)
        return found if found and found.done >= wanted and found.in_hand else None

    def _chunks(self, job: int) -> Counts | None:
        """None where the job has none yet."""
        with connection.cursor() as cursor:
            cursor.execute(_CHUNKS, {"job": job, "since": self.since})
            found = Counts(*cursor.fetchone())
        return found if found.chunks else None

    def _wait(self, look: Callable[[], Found | None]) -> Found:
        """What the look finds, as soon as it does; the database may be away meanwhile."""
        while not self.over.wait(LOOK_EVERY):
            try:
                found = look()
            except (OperationalError, InterfaceError):
                connection.close()
                continue
            if found is not None:
                return found
        raise _Over


def _moments(chance: Random, chunks: int, count: int) -> list[int]:
    """So many counts of chunks done, all different where there are enough; the last few chunks are spared."""
    counts = range(max(1, chunks - SPARED))
    found = chance.sample(counts, count) if len(counts) >= count else chance.choices(counts, k=count)
    return sorted(found)
