"""What follows from the words of the desk, right after they are said."""

from __future__ import annotations

from celery import shared_task
from django.db import InterfaceError, OperationalError

from ..actions import settling


@shared_task(
    name=settling.TASK,
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=1,
    retry_backoff_max=10,
    max_retries=None,
)
def settle() -> int:
    """Work out what is unsettled."""
    return settling.settle()
