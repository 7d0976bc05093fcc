"""How far a chunk is that is one long transaction: told beside the database, to be seen meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from landdb.models import Job

#: Seconds after which a word of a worker that fell silent is forgotten.
_KEPT = 120

#: Tells the step at work, and how many of how many are done (0 of 0: no count).
Tell = Callable[[str, int, int], None]


class Within(NamedTuple):
    """The step that a chunk is at, and how far it is."""

    step: str
    done: int
    total: int


def teller(job: Job) -> Tell:
    """Notes each step of this job; where the queue does not answer, nobody sees it and the work goes on."""

    def tell(step: str, done: int = 0, total: int = 0) -> None:
        with _client() as client:
            client.set(_key(job.pk), json.dumps([step, done, total]), ex=_KEPT)

    return tell


def told(job_id: int) -> Within | None:
    """The last word of an open job; None where it has said nothing lately."""
    with _client() as client:
        word = client.get(_key(job_id))
        return Within(*json.loads(word)) if word else None
    return None


@contextmanager
def _client() -> Iterator[Any]:
    """The queue's own client; what happens to it in the block stays in it."""
    with (
        suppress(OperationalError, RedisError, OSError),
        current_app.connection_for_write() as queue,
        queue.channel() as channel,
    ):
        yield channel.client


def _key(job_id: int) -> str:
    return f"landdb:within:{job_id}"
