"""Work on batches spread over the machine's cores, in order and with little in hand."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

#: Batches below which starting processes costs more than it gains.
FEW = 3
#: More processes than this only wait for the database.
MOST = 8


def spread(work: Callable[[Given], Made], batches: Iterator[Given]) -> Iterator[Made]:
    """`work` done on every batch, in order; `work` and the batches must be picklable."""
    start = list(islice(batches, FEW))
    cores = min(len(os.sched_getaffinity(0)), MOST)
    if len(start) < FEW or cores < 2 or _is_daemon():
        yield from map(work, chain(start, batches))
        return
    waiting: deque[Future[Made]] = deque()
    # Fresh processes: a fork would share the database connection and Arrow's threads.
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            for batch in chain(start, batches):
                waiting.append(pool.submit(work, batch))
                if len(waiting) > 2 * cores:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _is_daemon() -> bool:
    """A Celery worker's process may have no children."""
    billiard = sys.modules.get("billiard")
    return multiprocessing.current_process().daemon or (
        billiard is not None and bool(billiard.current_process().daemon)
    )
