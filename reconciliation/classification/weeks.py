"""Weeks from Monday to Sunday midnight of the province's own time, and what stood at a moment."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

from django.db.models import Count
from django.utils import timezone

from ..models import GroupMove, Tally

WEEK = dt.timedelta(days=7)

Stock = dict[int, Counter[int]]


def week_of(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def closes_at(week: dt.date) -> dt.datetime:
    """The first moment after a week."""
    return day_closes_at(week + WEEK - dt.timedelta(days=1))


def day_closes_at(day: dt.date) -> dt.datetime:
    """The first moment after a day."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


def stock_at(moment: dt.datetime) -> Stock:
    """Plots per commune and group at a moment: today's counters minus the ledger's moves since."""
    stock: Stock = defaultdict(Counter)
    for commune, group, plots in Tally.objects.filter(rule="").values_list("commune", "group", "plots"):
        stock[commune][group] += plots
    moves = GroupMove.objects.filter(at__gte=moment).values_list("commune", "from_group", "to_group")
    for commune, left, entered, n in moves.annotate(n=Count("pk")).order_by():
        if left is not None:
            stock[commune][left] += n
        if entered is not None:
            stock[commune][entered] -= n
    return stock
