"""Which week of the campaign a week is: the same on dashboard, report and wall, whoever looks at it."""

from __future__ import annotations

import datetime as dt

from django.db.models import Min
from django.db.models.fields.json import KT

from ..classification.weeks import WEEK, week_of
from ..models import Target, Task, WeeklySnapshot


def starts(closed: dt.date | None) -> dt.date | None:
    """The first day of the whole province's plan of cleaning: as it was first written down with a closed
    week, else as it stands now. None where nothing is planned."""
    if closed is None:
        now: dt.date | None = Target.objects.filter(task=Task.CLEAN).aggregate(day=Min("starts_on"))["day"]
        return now
    # A report that is made again says what it said: whatever a revision added since changes no number.
    rows = WeeklySnapshot.objects.filter(week=closed, revision=1, reason="")
    told = rows.aggregate(day=Min(KT(f"tasks__{Task.CLEAN.value}__starts")))["day"]
    return dt.date.fromisoformat(told) if told else None


def first_close() -> dt.date | None:
    """The first week that was written down: where nothing is planned, the campaign begins with it."""
    found: dt.date | None = WeeklySnapshot.objects.aggregate(week=Min("week"))["week"]
    return found


def number(week: dt.date, begins: dt.date | None) -> int | None:
    """The number of a week, from that of the day on which the campaign begins; None before that week."""
    first = week if begins is None else week_of(begins)
    return count(first, week) if first <= week else None


def count(first: dt.date, last: dt.date) -> int:
    """Weeks from one to another, both of them counted."""
    return (last - first) // WEEK + 1
