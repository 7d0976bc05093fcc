"""What follows from the words of the desk, right after they are said."""

from __future__ import annotations

import time
from typing import Any

from celery import Task, shared_task
from django.db import InterfaceError, OperationalError

from ..actions import settling
from ..classification import plot_facets

#: Seconds from the end of a round until the next begins, in which words gather that are worked out at once.
#: Who decides alone never waits for it.
GATHER = 1.0


class _Rounds(Task):
    """Remembers, in the worker's process, when the last round was over."""

    over = float("-inf")


@shared_task(
    bind=True,
    base=_Rounds,
    name=settling.TASK,
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=1,
    retry_backoff_max=10,
    max_retries=None,
)
def settle(self: Any) -> int:
    """Work out what is unsettled, and then under what the plots of those concerned stand; how many words."""
    if not settling.is_anything_unsettled():
        plot_facets.catch_up()
        return 0
    time.sleep(max(0.0, self.over + GATHER - time.monotonic()))
    try:
        words = settling.settle()
    finally:
        self.over = time.monotonic()
    plot_facets.catch_up()
    return words
