"""The alerts of today and of closed weeks, gathered from snapshots and counters; no plot is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from citizens.models import RegistryExtract
from landdb.models import User

from ..classification.weeks import WEEK, closes_at, week_of
from ..models import (
    DayFigures,
    Task,
    VerificationBatch,
    VerificationLine,
    WeekAlerts,
    WeeklySnapshot,
    WorkCount,
    WorkItem,
)
from ..rules import book
from . import history
from .alerts import (
    Alert,
    Plan,
    behind_pace,
    late_handovers,
    late_lists,
    old_extract,
    rule_jumps,
    together,
    top,
)
from .counting import NEAR
from .history import Figures
from .keeping import kept
from .weekly import Closes

_SUNDAY = dt.timedelta(days=6)
#: Seconds for which the small panel of the dashboard keeps what was gathered for all communes.
KEPT = 60


def current(communes: Collection[int] | None, now: dt.datetime | None = None) -> list[Alert]:
    """What alarms in a territory now (None: in all communes)."""
    return together(_gather(now or timezone.now()), communes)


def worst(user: User, most: int = 5) -> list[Alert]:
    """The first few alerts of a territory, for the panel; gathered once a minute for everybody."""
    told = cache.get("alerts")
    if told is None:
        told = [alert.written() for alert in _gather(timezone.now())]
        cache.set("alerts", told, KEPT)
    return top(together(map(Alert.read, told), user.commune_ids()), most)


def as_at(week: dt.date, communes: Collection[int] | None, now: dt.datetime) -> tuple[list[Alert], bool]:
    """What alarmed when a week closed, in the open week what alarms now; and whether that is all of it.

    Where nobody wrote it down when the week closed, its snapshots tell pace and jumps alone.
    """
    if now < closes_at(week):
        return current(communes, now), True
    told = WeekAlerts.objects.filter(week=week).first()
    if told is not None:
        return together(map(Alert.read, told.alerts), communes), True
    stamps = Closes.read().until(week).stamps
    return together(_kept_alerts(("close", stamps), lambda: _of_close(week)), communes), False


def keep(now: dt.datetime | None = None) -> bool:
    """Write down how the alerts stood when the last week closed, soon after; whether that was done."""
    now = now or timezone.now()
    week = week_of(timezone.localtime(now).date()) - WEEK
    closed = WeeklySnapshot.objects.filter(week=week).exists()
    if not closed or now >= closes_at(week) + NEAR or WeekAlerts.objects.filter(week=week).exists():
        return False
    alerts = [alert.written() for alert in (*_of_close(week), *_waiting(timezone.localtime(now).date()))]
    _kept, is_new = WeekAlerts.objects.get_or_create(week=week, defaults={"alerts": alerts})
    return is_new


def _gather(now: dt.datetime) -> list[Alert]:
    today = timezone.localtime(now).date()
    return [*_of_last_figures(), *_waiting(today)]


def _of_last_figures() -> list[Alert]:
    """Pace at the last close; jumps by yesterday's figures where these are of the open week."""
    closes = Closes.read()
    if not closes.weeks:
        return []
    week = closes.weeks[-1]
    last = DayFigures.objects.aggregate(day=Max("day"), written=Max("pk"))
    day = last["day"]
    if day is None or day <= week + _SUNDAY:
        return _kept_alerts(("close", closes.stamps), lambda: _of_close(week))
    return _kept_alerts(("day", closes.stamps, day, last["written"]), lambda: _of_day(week, day))


def _kept_alerts(key: tuple[Any, ...], find: Callable[[], list[Alert]]) -> list[Alert]:
    """Alerts of figures that were written down, which no longer change."""
    return list(map(Alert.read, kept(("alerts", *key), lambda: [each.written() for each in find()])))


def _of_day(week: dt.date, day: dt.date) -> list[Alert]:
    """Pace at the close of a week, and jumps from then to a day of the open week."""
    figures = history.closed(week, None)
    rows = list(DayFigures.objects.filter(day=day))
    after = {row.commune_id: Figures.of(row) for row in rows}
    before_set = WeeklySnapshot.objects.filter(week=week).aggregate(last=Max("rule_set"))["last"]
    changed = any(row.rule_set_id != before_set for row in rows)
    return [*_paces(week, figures), *_jumps(figures, after, changed=changed)]


def _of_close(week: dt.date) -> list[Alert]:
    """Pace and jumps at the close of a week."""
    figures, before = history.closed(week, None), history.closed(week - WEEK, None)
    sets = WeeklySnapshot.objects.filter(week__in=[week, week - WEEK]).order_by()
    changed = sets.values("rule_set").distinct().count() > 1
    return [*_paces(week, figures), *_jumps(before, figures, changed=changed)]


def _paces(week: dt.date, figures: Mapping[int, Figures]) -> list[Alert]:
    closings: dict[int, list[tuple[dt.date, int]]] = {}
    for each, stocks in history.stocks(None).items():
        if each <= week:
            for commune, groups in stocks.items():
                closings.setdefault(commune, []).append((each + _SUNDAY, groups[0]))
    found = []
    for commune, told in figures.items():
        task = told.tasks.get(Task.CLEAN)
        if task and task.assigned is not None and task.starts and task.due:
            plan = Plan(task.assigned, task.starts, task.due)
            found.append(behind_pace(commune, closings[commune], plan))
    return [alert for alert in found if alert is not None]


def _jumps(before: Mapping[int, Figures], after: Mapping[int, Figures], *, changed: bool) -> list[Alert]:
    return [
        alert
        for commune, told in after.items()
        if commune in before
        for alert in rule_jumps(commune, before[commune].rules, told.rules, rules_changed=changed)
    ]


def _waiting(today: dt.date) -> list[Alert]:
    """What waits too long for others, and the age of what the registry said."""
    tolerance = next(
        (ruling.tolerance for ruling in book.current(today).rulings if ruling.rule.id == "evidence_stale"),
        None,
    )
    return [
        *late_handovers(_handovers(today)),
        *late_lists(_unanswered(today), today),
        *old_extract(_last_extract(), today, tolerance),
    ]


def _handovers(today: dt.date) -> Iterable[tuple[int, str, int]]:
    """(commune, with whom, items) past the day until which others had them."""
    desk = [WorkItem.With.DESK, WorkItem.With.LATER]
    late = WorkCount.objects.filter(~Q(waits_with__in=desk), waits_until__lt=today, commune__isnull=False)
    counted = late.order_by().values("commune", "waits_with").annotate(n=Sum("items"))
    return [(row["commune"], row["waits_with"], row["n"]) for row in counted]


def _unanswered(today: dt.date) -> Iterable[tuple[int | None, int, str, dt.date, int]]:
    """(commune, list, number, day, lines that wait) of the lists whose day is over."""
    out = [VerificationBatch.State.ISSUED, VerificationBatch.State.BACK_ASKED]
    late = {batch.pk: batch for batch in VerificationBatch.objects.filter(state__in=out, due_on__lt=today)}
    lines = VerificationLine.objects.filter(batch__in=late, state=VerificationLine.State.WAITING)
    counted = lines.order_by().values("batch", "commune").annotate(n=Count("pk"))
    return [
        (row["commune"], row["batch"], late[row["batch"]].number, late[row["batch"]].due_on, row["n"])
        for row in counted
    ]


def _last_extract() -> dt.date | None:
    """The day of the newest data of the population registry."""
    dated = Coalesce("extracted_on", TruncDate("file__received_at"))
    newest: dt.date | None = RegistryExtract.objects.aggregate(day=Max(dated))["day"]
    return newest
