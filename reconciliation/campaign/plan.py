"""The plan beside what was done: of how many each task is counted, and whether that number has changed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import pghistory
from django.apps import apps
from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit

from ..classification.weeks import WEEK
from ..models import DayFigures, Target, Task
from . import history
from .history import TaskFigures, closed_tasks, tasks_of
from .keeping import kept
from .weekly import Closes

#: What of a target people set, in the order of the workbook.
FIELDS = ("assigned", "unit", "leader", "starts_on", "due_on")
#: More than a province has plots.
MOST_ASSIGNED = 10_000_000
#: No day of a plan lies before this one, nor more years ahead than these: such a day was mistyped.
EARLIEST, MOST_YEARS = dt.date(2020, 1, 1), 3


#: Task → its figures.
Tasks = dict[str, TaskFigures]


class Base(models.TextChoices):
    """Of which number a rate is a share."""

    ASSIGNED = "assigned", _("số được giao")
    COLLECTABLE = "collectable", _("số có thể làm")


class Changed(Exception):
    """Somebody else has changed the target meanwhile."""


@dataclass(frozen=True)
class Close:
    """The tasks of each commune as last written down, and those of the last closed week before.

    `stamp` tells these figures from those that are written down later; they are read when they are asked for.
    """

    day: dt.date | None = None
    week_end: dt.date | None = None
    #: The figures are those of a closed week, else of a day of the running one.
    is_week: bool = False
    stamp: tuple[Any, ...] = ()
    read_now: Callable[[], dict[int, Tasks]] = dict
    read_before: Callable[[], dict[int, Tasks]] = dict
    read_listed: Callable[[], frozenset[str]] = frozenset

    @cached_property
    def now(self) -> dict[int, Tasks]:
        return self.read_now()

    @cached_property
    def listed(self) -> frozenset[str]:
        """Of which kinds of figures of the closed week it was kept whom they counted."""
        return self.read_listed()

    @cached_property
    def before(self) -> dict[int, Tasks]:
        return self.read_before()


@dataclass(frozen=True)
class Shift:
    """A denominator that is another than at the last closed week, and what moved (reason → old, new)."""

    base: Base
    old: int
    new: int
    reasons: dict[str, tuple[int, int]]


@dataclass
class Line:
    """A commune's task, or the same task of several communes together (`unit` None).

    `figures.assigned` is what the plan says today; done and excluded are of the last close. `unknown`: in how
    many communes something is assigned and nothing can be told of what is done.
    """

    task: Task
    figures: TaskFigures
    before: TaskFigures | None = None
    unit: AdminUnit | None = None
    target: Target | None = None
    unknown: int = 0

    @property
    def excluded(self) -> int:
        return self.figures.excluded.total()

    def whole(self, base: Base) -> int | None:
        """The denominator."""
        return self.figures.assigned if base == Base.ASSIGNED else self.figures.collectable

    def rate(self, base: Base) -> float | None:
        """What is done of the denominator; None where one of the two is not there."""
        done, whole = self.figures.done, self.whole(base)
        return None if done is None or whole is None or whole <= 0 else done / whole

    @property
    def shifts(self) -> list[Shift]:
        """The denominators that have changed since the last closed week."""
        then, now = self.before, self.figures
        if then is None or then.assigned is None or now.assigned is None:
            return []
        found = []
        if then.assigned != now.assigned:
            found.append(Shift(Base.ASSIGNED, then.assigned, now.assigned, {}))
        # Of a week that was written down late nobody knows what could not be done.
        is_known = then.done is not None and now.done is not None
        if is_known and then.excluded != now.excluded:
            old, new = then.assigned - then.excluded.total(), now.assigned - now.excluded.total()
            moved = {
                why: (then.excluded[why], now.excluded[why])
                for why in sorted({*then.excluded, *now.excluded})
                if then.excluded[why] != now.excluded[why]
            }
            found.append(Shift(Base.COLLECTABLE, old, new, moved))
        return found


def last_close(communes: Collection[int] | None) -> Close:
    """The figures of the last day that was written down, else of the last closed week."""
    closes = Closes.read()
    weeks = closes.weeks
    last = DayFigures.objects.aggregate(day=Max("day"), written=Max("pk"))
    day = last["day"]
    ends = [week + WEEK - dt.timedelta(days=1) for week in weeks]
    if day is None and not weeks:
        return Close()

    of = None if communes is None else tuple(sorted(communes))

    def of_week(week: dt.date) -> Callable[[], dict[int, Tasks]]:
        key = ("tasks", week, closes.stamps[week], of)
        return lambda: kept(key, lambda: closed_tasks(week, communes))

    is_week = bool(ends) and (day is None or day <= ends[-1])
    if is_week:
        shown, read_now = ends[-1], of_week(weeks[-1])
    else:
        shown, key = day, ("tasks", day, last["written"], of)
        read_now = partial(kept, key, lambda: _tasks_of_day(day, communes))
    stamp = (of, last["written"], tuple(closes.stamps.items()))
    earlier = [(week, end) for week, end in zip(weeks, ends, strict=True) if end < shown]
    listed = partial(history.listed, weeks[-1], communes) if is_week else frozenset
    if not earlier:
        return Close(shown, None, is_week, stamp, read_now, read_listed=listed)
    week, end = earlier[-1]
    return Close(shown, end, is_week, stamp, read_now, of_week(week), listed)


def _tasks_of_day(day: dt.date, communes: Collection[int] | None) -> dict[int, dict[str, TaskFigures]]:
    rows = DayFigures.objects.filter(day=day).only("commune", "tasks")
    within = rows if communes is None else rows.filter(commune__in=list(communes))
    return {row.commune_id: tasks_of(row) for row in within}


def edition() -> int:
    """The last change of any commune's target, by its number: while it is the same, so are all targets."""
    events: Any = apps.get_model("reconciliation.TargetEvent")._default_manager
    return events.aggregate(last=Max("pk"))["last"] or 0


def lines(units: Sequence[AdminUnit], close: Close, tasks: Iterable[Task] = Task) -> list[Line]:
    """Every task of every commune, also where nothing is assigned yet."""
    targets = {(each.commune_id, each.task): each for each in Target.objects.filter(commune__in=units)}
    found = []
    for unit in units:
        now, before = close.now.get(unit.pk, {}), close.before.get(unit.pk, {})
        for task in tasks:
            target = targets.get((unit.pk, task))
            told = replace(now.get(task, TaskFigures()), assigned=target.assigned if target else None)
            then = before.get(task)
            unknown = int(target is not None and told.done is None)
            found.append(Line(task, told, then, unit, target, unknown))
    return found


def together(parts: Iterable[Line], task: Task) -> Line:
    """A task over all communes to which it is assigned; what others did stays out, as their number does."""
    whole, before, unknown = TaskFigures(), TaskFigures(), 0
    for part in parts:
        if part.task != task:
            continue
        if part.target is None:
            # What was taken away since the last closed week counts in that one: nothing shrinks unsaid.
            if part.before and part.before.assigned is not None:
                before.add(part.before)
            continue
        unknown += part.unknown
        whole.add(part.figures)
        # A commune without a figure of then counts as it is now: nothing of it has changed.
        before.add(part.before if part.before and part.before.assigned is not None else part.figures)
    return Line(task, whole, before, unknown=unknown)


def latest_day(today: dt.date) -> dt.date:
    """The last day on which a plan may be due."""
    is_leap = (today.month, today.day) == (2, 29)
    return dt.date(today.year + MOST_YEARS, today.month, 28 if is_leap else today.day)


def is_plausible(day: dt.date, today: dt.date) -> bool:
    """May a plan begin or be due on this day?"""
    return EARLIEST <= day <= latest_day(today)


def stamp(target: Target | None) -> str:
    """What somebody saw of a target, to tell whether it is still so."""
    seen = repr([getattr(target, name) for name in FIELDS]) if target else ""
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


@transaction.atomic
def remove(commune: AdminUnit, task: Task, reason: str, *, seen: str) -> None:
    """Take a commune's target away; what it said stays in the history, with the reason.

    Changed where it is not as it was `seen`.
    """
    AdminUnit.objects.select_for_update(no_key=True).get(pk=commune.pk)
    held = Target.objects.filter(commune=commune, task=task).first()
    if held is None or stamp(held) != seen:
        raise Changed
    with pghistory.context(reason=reason):
        held.delete()


@transaction.atomic
def assign(commune: AdminUnit, task: Task, values: dict[str, Any], *, seen: str) -> bool:
    """Set a commune's target; whether anything is different now. Changed where it is not as it was `seen`."""
    # The commune is the lock, since the target may not be there yet.
    AdminUnit.objects.select_for_update(no_key=True).get(pk=commune.pk)
    held = Target.objects.filter(commune=commune, task=task).first()
    if stamp(held) != seen:
        raise Changed
    if held is None:
        Target.objects.create(commune=commune, task=task, **values)
        return True
    different = [name for name in FIELDS if getattr(held, name) != values[name]]
    for name in different:
        setattr(held, name, values[name])
    if different:
        held.save(update_fields=different)
    return bool(different)
