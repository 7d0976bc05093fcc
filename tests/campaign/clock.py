"""Moments of March 2026, in the province's own time."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


def moment(day: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, tzinfo=timezone.get_default_timezone())
