"""A past for plots that are classified now: weeks in which they came to where they are, each one closed."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db.models import F
from django.utils import timezone

from reconciliation.campaign import snapshots
from reconciliation.classification.weeks import WEEK, closes_at, week_of
from reconciliation.models import (
    DayFigures,
    Finding,
    GroupMove,
    LedgerDay,
    PlotStatus,
    Target,
    Task,
    Verification,
    WeeklySnapshot,
    WorkItem,
)

_HOW = ("match", "correction", "match", "police", "geometry", "match", "rules")


def live_through(weeks: int, today: dt.date | None = None) -> list[dt.date]:
    """All plots were judged so many weeks ago, and went one by one to the group where they are.

    The Mondays of the weeks, which were closed on time; of the running week the days so far.
    """
    today = today or timezone.localdate()
    first = week_of(today) - weeks * WEEK
    begun = timezone.make_aware(dt.datetime.combine(first, dt.time(9)))
    for model in (GroupMove, LedgerDay, WeeklySnapshot, DayFigures):
        model.objects.all().delete()
    _move(begun, (today - first).days)
    Finding.objects.update(opened_at=begun)
    Verification.objects.update(since=begun)
    for held in range(7):
        opened = begun + dt.timedelta(days=(weeks * held) % (7 * weeks))
        WorkItem.objects.annotate(n=F("pk") % 7).filter(n=held).update(opened_at=opened)
    closed = [first + n * WEEK for n in range(weeks)]
    for week in closed:
        snapshots.take(week, closes_at(week) + dt.timedelta(hours=1))
    if today != week_of(today):
        midnight = timezone.make_aware(dt.datetime.combine(today, dt.time(1)))
        snapshots.take_yesterday(midnight)
    return closed


def plan(starts: dt.date, due: dt.date, share: float = 0.6) -> None:
    """Each commune is given a share of its plots to clean."""
    plots: Counter[int] = Counter(PlotStatus.objects.values_list("commune", flat=True))
    Target.objects.bulk_create(
        Target(commune_id=commune, task=Task.CLEAN, assigned=int(n * share), starts_on=starts, due_on=due)
        for commune, n in plots.items()
    )


def _move(begun: dt.datetime, days: int) -> None:
    moves = []
    for n, (plot, commune, group) in enumerate(
        PlotStatus.objects.order_by("pk").values_list("pk", "commune", "group")
    ):
        start = 2 if group == 1 and n % 5 else group
        moves.append(GroupMove(plot_id=plot, commune_id=commune, to_group=start, at=begun, cause="first"))
        if start != group:
            at = begun + dt.timedelta(days=(n * 37) % (days or 1), minutes=n % 60)
            moves.append(
                GroupMove(
                    plot_id=plot,
                    commune_id=commune,
                    from_group=start,
                    to_group=group,
                    at=at,
                    cause=_HOW[n % len(_HOW)],
                )
            )
    GroupMove.objects.bulk_create(moves)
    since = {move.plot_id: move.at for move in moves}
    statuses = list(PlotStatus.objects.filter(plot__in=since))
    for status in statuses:
        status.since = since[status.pk]
    PlotStatus.objects.bulk_update(statuses, ["since"])
    counted = Counter(
        (move.commune_id, timezone.localdate(move.at), move.cause, move.from_group, move.to_group)
        for move in moves
    )
    LedgerDay.objects.bulk_create(
        LedgerDay(commune_id=commune, day=day, cause=cause, from_group=left, to_group=entered, plots=plots)
        for (commune, day, cause, left, entered), plots in counted.items()
    )
