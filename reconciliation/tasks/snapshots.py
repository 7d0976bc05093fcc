"""What closes: the figures of a week and of a day, asked for every hour; whoever comes first writes them."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from ..campaign import snapshots

_AGAIN = {"autoretry_for": (OperationalError,), "retry_backoff": 60, "max_retries": 5}


@shared_task(name="reconciliation.take_weekly_snapshot", **_AGAIN)
def take_weekly_snapshot() -> list[str]:
    """The Mondays of the weeks that were written down."""
    return [f"{week:%Y-%m-%d}" for week in snapshots.take_due()]


@shared_task(name="reconciliation.take_day_figures", **_AGAIN)
def take_day_figures() -> int:
    """How many communes' figures of yesterday were written down."""
    return snapshots.take_yesterday()
