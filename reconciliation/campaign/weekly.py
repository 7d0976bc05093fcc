"""The figures of one week for some communes: a closed one as it was written down, the running one as counted.

The running week begins with the last close that was written down. Reads snapshots, sums by day and counters,
never plots. What closed weeks say never changes, and is kept by what was written down of them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, IntegerField, Max, Q, Sum, Value
from django.utils import timezone

from ..classification.period import Account, Way
from ..classification.weeks import WEEK, week_of
from ..models import DayFigures, LedgerDay, Tally, Target, Task, WeeklySnapshot
from ..models.groups import Group
from .course import Course, courses
from .history import Groups, TaskFigures, last_revisions, stocks
from .keeping import Kept, kept
from .written import Told, told_of

#: Which communes: their ids, or None for all.
Communes = tuple[int, ...] | None

_DAY = dt.timedelta(days=1)
#: Before the first close everything counts from here.
_BEGINNING = dt.date(2000, 1, 1)


@dataclass
class Week:
    """A week of some communes, from its first day to the last one that is counted.

    Moves count from the day `since`: before the first close all of them belong to it.
    """

    first: dt.date
    since: dt.date
    last: dt.date
    is_closed: bool
    #: The closing stocks of the closed weeks, this one among them where it is closed.
    stocks: dict[dt.date, dict[int, Groups]]
    now: dict[int, Groups]
    #: At the close before; None where there is none.
    before: dict[int, Groups] | None
    books: dict[int, Account]
    rules: Counter[str]
    #: Of these the plots that nothing else keeps out of group 1; None where nobody wrote that down.
    alone: Counter[str] | None
    told: Told | None
    courses: dict[int, Course]
    #: Plots of group 3 that staff have confirmed; nobody wrote down how many they were at a close.
    confirmed: int | None = None

    @property
    def monday(self) -> dt.date:
        return week_of(self.last)


@dataclass(frozen=True)
class Closes:
    """Which weeks were written down, and what tells their state: snapshots of each, and the last one's id."""

    stamps: dict[dt.date, tuple[int, int]]

    @classmethod
    def read(cls) -> Closes:
        counted = WeeklySnapshot.objects.order_by("week").values_list("week")
        return cls({week: (n, last) for week, n, last in counted.annotate(n=Count("pk"), last=Max("pk"))})

    @property
    def weeks(self) -> list[dt.date]:
        return list(self.stamps)

    def until(self, week: dt.date) -> Closes:
        """Those up to a week."""
        return Closes({each: stamp for each, stamp in self.stamps.items() if each <= week})


def closed_week(week: dt.date, communes: Communes, closes: Closes) -> Week:
    """A week as it was written down."""
    known = closes.until(week)
    held = _stocks(communes, known)
    earlier = [each for each in held if each < week]
    before = held[earlier[-1]] if earlier else None
    now, last = held.get(week, {}), week + WEEK - _DAY
    # Moves of a week that nobody closed belong to the next one that was.
    first = earlier[-1] + WEEK if earlier else week
    told = _kept(
        ("told", week, known.stamps[week]), communes, lambda: told_of(last, _snapshots(week, communes))
    )
    since = first if earlier else _BEGINNING
    books = _kept(("books", week, known.stamps), communes, lambda: _books(communes, since, last))
    _hold(books, before, now)
    plans = told.plans if told else {}
    return Week(
        first, since, last, True, held, now, before, books, told.whole.rules if told else Counter(),
        told.whole.alone if told else None, told, courses(plans, _ready(held), _first(now)),
    )  # fmt: skip


def running_week(communes: Communes, closes: Closes) -> Week:
    """From the last close to this moment."""
    held = _stocks(communes, closes)
    before = held[max(held)] if held else None
    today = timezone.localdate()
    first = max(held) + WEEK if held else week_of(today)
    since = first if held else _BEGINNING
    books = _books(communes, since, None)
    confirmed = _take_stock(books)
    now = {commune: _groups(book.closing) for commune, book in books.items() if any(book.closing.values())}
    _hold(books, before, now)
    plans = _plans(communes)
    return Week(
        first, since, max(today, first), False, held, now, before, books, *_rules(communes),
        _yesterday(communes, closes), courses(plans, _ready(held), _first(now)), confirmed,
    )  # fmt: skip


def _ready(held: Mapping[dt.date, Mapping[int, Groups]]) -> dict[dt.date, dict[int, int]]:
    """Group 1 of each close."""
    return {week: _first(stocks) for week, stocks in held.items()}


def _first(stocks: Mapping[int, Groups]) -> dict[int, int]:
    return {commune: groups[0] for commune, groups in stocks.items()}


def group_shares(closes: Closes, week: dt.date | None) -> list[float | None]:
    """The whole province's shares of the three groups, at a close or (None) now."""
    if week is not None:
        held = _stocks(None, closes.until(week)).get(week, {})
        sums = [sum(groups[place] for groups in held.values()) for place in range(3)]
    else:
        counted = Tally.objects.filter(rule="").values_list("group").annotate(n=Sum("plots")).order_by()
        plots = dict(counted)
        sums = [plots.get(group, 0) for group in Group.values]
    return [plots / sum(sums) if sum(sums) else None for plots in sums]


def _within(communes: Communes) -> Q:
    return Q() if communes is None else Q(commune__in=communes)


def _kept(key: tuple[Any, ...], communes: Communes, find: Callable[[], Kept]) -> Kept:
    return kept((key, communes), find)


def _stocks(communes: Communes, closes: Closes) -> dict[dt.date, dict[int, Groups]]:
    """Of the given closes; weeks in which none of the communes was known yet are left out."""
    held = _kept(("stocks", closes.stamps), communes, lambda: stocks(communes))
    return {week: groups for week, groups in held.items() if week in closes.stamps}


def _snapshots(week: dt.date, communes: Communes) -> list[WeeklySnapshot]:
    return list(last_revisions(WeeklySnapshot.objects.filter(week=week), communes))


def _yesterday(communes: Communes, closes: Closes) -> Told | None:
    """What was written down last: at the end of a day, else at a close."""
    day = DayFigures.objects.order_by("-day").values_list("day", flat=True).first()
    week = closes.weeks[-1] if closes.weeks else None
    if day is not None and (week is None or day >= week + WEEK):
        rows = DayFigures.objects.filter(_within(communes), day=day)
        return _kept(("day", day), communes, lambda: told_of(day, rows))
    if week is None:
        return None
    return _kept(
        ("told", week, closes.stamps[week]),
        communes,
        lambda: told_of(week + WEEK - _DAY, _snapshots(week, communes)),
    )


def _books(communes: Communes, first: dt.date, last: dt.date | None) -> dict[int, Account]:
    """The ways of a period; without a last day also today's counters, both of one moment."""
    columns = ("commune", "cause", "from_group", "to_group")
    days = Q(day__gte=first) if last is None else Q(day__range=(first, last))
    moves = LedgerDay.objects.filter(_within(communes), days).values_list(*columns)
    rows: Any = moves.annotate(n=Sum("plots")).order_by()
    if last is None:
        stock = Tally.objects.filter(_within(communes), rule__in=["", Tally.CONFIRMED]).annotate(
            cause=F("rule"), from_group=Value(None, IntegerField()), to_group=F("group")
        )
        rows = rows.union(stock.values_list(*columns).annotate(n=Sum("plots")).order_by(), all=True)
    books: dict[int, Account] = {}
    for commune, cause, left, entered, plots in rows:
        books.setdefault(commune, Account()).ways[Way(cause, left, entered)] += plots
    return books


def _take_stock(books: dict[int, Account]) -> int:
    """Make closing stocks of the counters among the ways; how many plots of group 3 are confirmed."""
    confirmed = 0
    for book in books.values():
        for way in [way for way in book.ways if way.cause in ("", Tally.CONFIRMED)]:
            plots = book.ways.pop(way)
            if way.cause == "" and way.entered is not None:
                book.closing[way.entered] += plots
            else:
                confirmed += plots
    return confirmed


def _hold(books: dict[int, Account], before: dict[int, Groups] | None, now: dict[int, Groups]) -> None:
    """Give every book the stocks of both ends."""
    for commune in {*(before or {}), *now}:
        book = books.setdefault(commune, Account())
        book.opening = _counter((before or {}).get(commune))
        book.closing = _counter(now.get(commune))


def _counter(groups: Groups | None) -> Counter[int]:
    return Counter(dict(zip(Group.values, groups or (0, 0, 0), strict=True)))


def _groups(counted: Counter[int]) -> Groups:
    return counted[1], counted[2], counted[3]


def _plans(communes: Communes) -> dict[int, TaskFigures]:
    targets = Target.objects.filter(_within(communes), task=Task.CLEAN)
    return {
        target.commune_id: TaskFigures(assigned=target.assigned, starts=target.starts_on, due=target.due_on)
        for target in targets
    }


def _rules(communes: Communes) -> tuple[Counter[str], Counter[str]]:
    """Rule → plots, and those of them that nothing else keeps out of group 1."""
    counted = Tally.objects.filter(_within(communes), plots__gt=0).exclude(rule__in=["", Tally.CONFIRMED])
    rows = counted.values_list("rule").annotate(n=Sum("plots"), single=Sum("alone")).order_by()
    return Counter({rule: n for rule, n, _single in rows}), Counter({rule: n for rule, _n, n in rows})
