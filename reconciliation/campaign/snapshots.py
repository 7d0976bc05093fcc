"""What every commune's figures were when a week, and each day of the open week, closed."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from ..classification.weeks import WEEK, closes_at, day_closes_at, week_of
from ..models import DayFigures, GroupMove, KeptList, WeeklySnapshot
from . import counting, done, excluded, kept_lists
from .counting import Counted
from .history import last_revisions
from .recount import Unknown

#: Work that began before midnight is given time to be written down.
GRACE = dt.timedelta(minutes=15)
#: Advisory locks of this work; the second key is the week.
_LOCK = 4_011
_SUNDAY = dt.timedelta(days=6)


def take_due(now: dt.datetime | None = None) -> list[dt.date]:
    """Take the snapshot of every closed week that has none yet, also of those that were slept through."""
    now = now or timezone.now()
    first = GroupMove.objects.aggregate(at=Min("at"))["at"]
    if first is None:
        return []
    week, taken = week_of(timezone.localtime(first).date()), []
    known = set(WeeklySnapshot.objects.values_list("week", flat=True).distinct().order_by())
    while closes_at(week) + GRACE <= now:
        if week not in known and take(week, now):
            taken.append(week)
        week += WEEK
    return taken


@transaction.atomic
def take(week: dt.date, now: dt.datetime | None = None) -> int:
    """Write down a week's closing figures, once per commune; the number of snapshots written.

    Long after the week closed they are rebuilt from what is dated, and say so. A commune that was not
    classified before the week closed has no snapshot.
    """
    now = now or timezone.now()
    _alone(week)
    known = set(WeeklySnapshot.objects.filter(week=week).values_list("commune", flat=True))
    rule_set, late = counting.rule_set_at(closes_at(week)), not counting.is_near(week + _SUNDAY, now)
    found = {
        commune: counted
        for commune, counted in sorted(counting.at_close_of(week + _SUNDAY, now).items())
        if commune not in known
    }
    kinds = list(kept_lists.kinds_of(week, now))
    kept_lists.keep(week, found, kinds)
    rows = [
        WeeklySnapshot(week=week, is_rebuilt=late, lists=kinds, **counted.written(commune, rule_set))
        for commune, counted in found.items()
    ]
    return len(WeeklySnapshot.objects.bulk_create(rows, ignore_conflicts=True))


@transaction.atomic
def revise(week: dt.date, reason: str) -> int:
    """Count a week again: where that comes out otherwise, a further revision with the reason; how many.

    What bears no date, or cannot be known any more, keeps the word of the revision before.
    """
    if not reason.strip():
        raise ValueError("a revision says why")
    now = timezone.now()
    _alone(week)
    held = {row.commune_id: row for row in latest(week)}
    found = dict(sorted(counting.at_close_of(week + _SUNDAY, now).items()))
    unknown = Unknown.since(closes_at(week))
    for commune, before in held.items():
        if commune in found:
            unknown.keep(found[commune], before)
    changed = {
        commune: counted
        for commune, counted in found.items()
        if commune not in held or not counting.same(held[commune], counted)
    }
    lists = _list_again(week, changed, held, now)
    rule_set = counting.rule_set_at(closes_at(week))
    rows = [
        WeeklySnapshot(
            week=week,
            revision=held[commune].revision + 1 if commune in held else 1,
            reason=reason.strip()[:300],
            is_rebuilt=True,
            lists=lists[commune],
            **counted.written(commune, rule_set),
        )
        for commune, counted in changed.items()
    ]
    return len(WeeklySnapshot.objects.bulk_create(rows))


def _list_again(
    week: dt.date, changed: dict[int, Counted], held: dict[int, WeeklySnapshot], now: dt.datetime
) -> dict[int, list[str]]:
    """Keep the lists of communes that had no snapshot, and of the others that of what the registry said where
    this comes out otherwise; of which kinds each commune has lists now."""
    new = {commune: counted for commune, counted in changed.items() if commune not in held}
    kinds = kept_lists.kinds_of(week, now)
    kept_lists.keep(week, new, kinds)
    said = {
        commune: counted
        for commune, counted in changed.items()
        if commune in held and counted.verification != held[commune].verification
    }
    kept_lists.keep(week, said, [KeptList.Kind.OUTCOME])
    return {
        commune: [str(kind) for kind in kinds]
        if commune in new
        else sorted({*held[commune].lists, *([str(KeptList.Kind.OUTCOME)] if commune in said else [])})
        for commune in changed
    }


def _alone(week: dt.date) -> None:
    """One writes a week down at a time; who comes second finds it written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, week.toordinal()])


def latest(week: dt.date) -> list[WeeklySnapshot]:
    """The last revision of a week's snapshot of each commune."""
    return list(last_revisions(WeeklySnapshot.objects.filter(week=week), None))


@transaction.atomic
def take_yesterday(now: dt.datetime | None = None) -> int:
    """Write down yesterday's figures where that has not been done; what is older is left out. How many.

    On the day after a week its close comes first: it keeps the lists, and the day has none of its own.
    """
    now = now or timezone.now()
    day = timezone.localtime(now).date() - dt.timedelta(days=1)
    last = DayFigures.objects.aggregate(day=Max("day"))["day"]
    if now < day_closes_at(day) + GRACE or (last is not None and last >= day):
        return 0
    week = week_of(day)
    if closes_week := day == week + _SUNDAY:
        take(week, now)
    rule_set = counting.rule_set_at(day_closes_at(day))
    found = dict(sorted(counting.at_close_of(day, now).items()))
    if not closes_week:
        done.keep(found, day)
        excluded.keep(found, day)
    rows = [DayFigures(day=day, **counted.written(commune, rule_set)) for commune, counted in found.items()]
    return len(DayFigures.objects.bulk_create(rows, ignore_conflicts=True))
