"""Keep the counters of work and of outcomes short: they grow by a row or two with every decision."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from ..models import outcome_counts, plot_facets, work_counts


@shared_task(
    name="reconciliation.gather_work_counts",
    autoretry_for=(OperationalError,),
    retry_backoff=60,
    max_retries=5,
)
def gather_work_counts() -> int:
    """How many counters are left."""
    return sum(kept.gather() for kept in (work_counts.KEPT, plot_facets.KEPT, outcome_counts.KEPT))
