"""How far a chunk is that is one long transaction: told beside the database, where it can be seen meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

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
        with suppress(OperationalError, RedisError, OSError), current_app.connection_for_write() as queue:
            with queue.channel() as channel:
                channel.client.set(_key(job.pk), json.dumps([step, done, total]), ex=_KEPT)

    return tell


def told(job_id: int) -> Within | None:
    """The last word of an open job; None where it has said nothing lately."""
    with suppress(OperationalError, RedisError, OSError), current_app.connection_for_write() as queue:
        with queue.channel() as channel:
            word = channel.client.get(_key(job_id))
            return Within(*json.loads(word)) if word else None
    return None


def _key(job_id: int) -> str:
    return f"landdb:within:{job_id}"
