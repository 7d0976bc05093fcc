"""How the alerts stood when a week closed, and the e-mail of Monday morning."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from ..campaign import alert_gathering, digest

_AGAIN = {"autoretry_for": (OperationalError,), "retry_backoff": 60, "max_retries": 5}


@shared_task(name="reconciliation.keep_week_alerts", **_AGAIN)
def keep_week_alerts() -> bool:
    """Whether the alerts of the week that has just closed were written down."""
    return alert_gathering.keep()


@shared_task(name="reconciliation.send_digests", **_AGAIN)
def send_digests() -> int:
    """How many digests of this week were sent."""
    return digest.send_due()
