"""The weekly snapshot, asked for every hour: whoever comes first after the week has closed writes it."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from ..classification import snapshots


@shared_task(
    name="reconciliation.take_weekly_snapshot",
    autoretry_for=(OperationalError,),
    retry_backoff=60,
    max_retries=5,
)
def take_weekly_snapshot() -> list[str]:
    """The Mondays of the weeks that were written down."""
    return [f"{week:%Y-%m-%d}" for week in snapshots.take_due()]
