"""Draw for second eyes, and bring the figures of the last weeks up to date, some times a day."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from ..actions import review_weeks, second_eyes
from ..classification.weeks import week_of


@shared_task(
    name="reconciliation.draw_second_eyes",
    autoretry_for=(OperationalError,),
    retry_backoff=60,
    max_retries=5,
)
def draw_second_eyes() -> int:
    """How many matches were drawn of this week and the one before."""
    week = week_of(timezone.localdate())
    drawn = sum(second_eyes.draw(each) for each in (week - dt.timedelta(weeks=1), week))
    review_weeks.count(week)
    return drawn
