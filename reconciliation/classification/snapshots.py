"""What every commune's groups were when a week closed: Sunday midnight of the province's own time."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

from django.db import transaction
from django.db.models import Count, Min
from django.utils import timezone

from ..models import GroupMove, RuleSet, Tally, Verification, WeeklySnapshot
from ..models.groups import Group

WEEK = dt.timedelta(days=7)
#: Work that began before midnight is given time to be written down.
GRACE = dt.timedelta(minutes=15)

Stock = dict[int, Counter[int]]


def week_of(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def closes_at(week: dt.date) -> dt.datetime:
    """The first moment after a week."""
    return timezone.make_aware(dt.datetime.combine(week + WEEK, dt.time.min))


def take_due(now: dt.datetime | None = None) -> list[dt.date]:
    """Take the snapshot of every closed week that has none yet, also of those that were slept through."""
    now = now or timezone.now()
    first = GroupMove.objects.aggregate(at=Min("at"))["at"]
    if first is None:
        return []
    week, taken = week_of(timezone.localtime(first).date()), []
    known = set(WeeklySnapshot.objects.values_list("week", flat=True).distinct().order_by())
    while closes_at(week) + GRACE <= now:
        if week not in known and take(week):
            taken.append(week)
        week += WEEK
    return taken


@transaction.atomic
def take(week: dt.date) -> int:
    """Write down the closing stock of a week, once per commune; the number of snapshots written.

    The stock is today's minus what the ledger has moved since. Verification counts are those of the writing:
    nothing tells what they were. A commune that was not classified before the week closed has no snapshot.
    """
    stock = stock_at(closes_at(week))
    outcomes = _outcomes()
    rule_set = RuleSet.objects.filter(created_at__lt=closes_at(week)).order_by("-id").first()
    rows = [
        WeeklySnapshot(
            commune_id=commune,
            week=week,
            group_1=groups[Group.READY],
            group_2=groups[Group.SUPPLEMENT],
            group_3=groups[Group.REBUILD],
            verification=outcomes[commune],
            rule_set=rule_set,
        )
        for commune, groups in sorted(stock.items())
        if any(groups.values())
    ]
    before = WeeklySnapshot.objects.filter(week=week).count()
    WeeklySnapshot.objects.bulk_create(rows, ignore_conflicts=True)
    return WeeklySnapshot.objects.filter(week=week).count() - before


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


def _outcomes() -> dict[int, dict[str, int]]:
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    known = Verification.objects.filter(commune__isnull=False).values_list("commune", "outcome")
    for commune, outcome, n in known.annotate(n=Count("pk")).order_by():
        counts[commune or 0][outcome] = n
    return counts
