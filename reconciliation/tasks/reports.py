"""The weekly reports, kept once after their week has closed."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from ..campaign import report_keeping


@shared_task(
    name="reconciliation.keep_weekly_reports",
    autoretry_for=(OperationalError,),
    retry_backoff=60,
    max_retries=5,
)
def keep_weekly_reports() -> int:
    """How many reports were made and kept."""
    return report_keeping.keep_due()
