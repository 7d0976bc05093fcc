"""Keep the counters of open work short: they grow by a row or two with every decision."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from ..models.work_counts import gather


@shared_task(
    name="reconciliation.gather_work_counts",
    autoretry_for=(OperationalError,),
    retry_backoff=60,
    max_retries=5,
)
def gather_work_counts() -> int:
    """How many counters are left."""
    return gather()
