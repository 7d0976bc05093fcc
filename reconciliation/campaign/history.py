"""The closed weeks, as they were written down: stocks of all weeks, and the whole figures of one.

Always the last revision. Reads a row per commune and week, never plots; callers say which communes count.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from ..classification.weeks import WEEK, week_of
from ..models import DayFigures, WeeklySnapshot
from ..models.campaign import CommuneFigures
from ..models.groups import Group

#: Plots of the three groups.
Groups = tuple[int, int, int]


@dataclass
class TaskFigures:
    """A task's figures; None where nothing was assigned, or nothing can be told."""

    done: int | None = None
    assigned: int | None = None
    excluded: Counter[str] = field(default_factory=Counter)
    starts: dt.date | None = None
    due: dt.date | None = None

    @property
    def collectable(self) -> int | None:
        """What was assigned, less what cannot be collected for now."""
        return None if self.assigned is None else self.assigned - self.excluded.total()

    def add(self, other: TaskFigures) -> None:
        """Take in another commune's; what one does not know counts as nought, the period is the widest."""
        if other.done is not None:
            self.done = (self.done or 0) + other.done
        if other.assigned is not None:
            self.assigned = (self.assigned or 0) + other.assigned
        if other.excluded:
            self.excluded.update(other.excluded)
        self.starts = min(filter(None, (self.starts, other.starts)), default=None)
        self.due = max(filter(None, (self.due, other.due)), default=None)


@dataclass
class Waiting:
    """What waits with somebody: work items, the plots that wait on them, how many by age, since when.

    `late`: how many they had longer than until their day; None where that was not written down.
    """

    items: int = 0
    plots: int = 0
    ages: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    since: dt.date | None = None
    late: int | None = None

    def add(self, other: Waiting) -> None:
        self.items += other.items
        self.plots += other.plots
        self.ages = [a + b for a, b in zip(self.ages, other.ages, strict=True)]
        self.since = min(filter(None, (self.since, other.since)), default=None)
        if other.late is not None:
            self.late = (self.late or 0) + other.late


@dataclass
class Figures:
    """A commune's figures at a close, or those of several together."""

    groups: Counter[int] = field(default_factory=Counter)
    verification: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    #: None where it cannot be told of one of the communes.
    alone: Counter[str] | None = None
    dimensions: Counter[str] = field(default_factory=Counter)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    tasks: dict[str, TaskFigures] = field(default_factory=dict)

    @classmethod
    def of(cls, row: CommuneFigures) -> Figures:
        return cls(
            Counter({group: getattr(row, f"group_{group}") for group in Group.values}),
            Counter(row.verification),
            Counter(row.rules),
            None if row.alone is None else Counter(row.alone),
            Counter(row.dimensions),
            {
                holder: Waiting(
                    told["items"], told["plots"], list(told["ages"]), _day(told["since"]), told.get("late")
                )
                for holder, told in row.waiting.items()
            },
            tasks_of(row),
        )

    @property
    def plots(self) -> int:
        return self.groups.total()

    def add(self, other: Figures) -> None:
        """Take another commune's figures in."""
        for name in ("groups", "verification", "rules", "dimensions"):
            getattr(self, name).update(getattr(other, name))
        self.alone = None if self.alone is None or other.alone is None else self.alone + other.alone
        for holder, waiting in other.waiting.items():
            self.waiting.setdefault(holder, Waiting()).add(waiting)
        for task, told in other.tasks.items():
            self.tasks.setdefault(task, TaskFigures()).add(told)


def tasks_of(row: CommuneFigures) -> dict[str, TaskFigures]:
    """A commune's tasks alone."""
    return {
        task: TaskFigures(
            told.get("done"),
            told.get("assigned"),
            Counter(told.get("excluded", {})),
            _day(told.get("starts")),
            _day(told.get("due")),
        )
        for task, told in row.tasks.items()
    }


def total(parts: Iterable[Figures]) -> Figures:
    """Several communes' figures as one."""
    whole = Figures(alone=Counter())
    for part in parts:
        whole.add(part)
    return whole


def closed_weeks() -> list[dt.date]:
    """The Mondays of the weeks that were written down, the first one first."""
    return list(WeeklySnapshot.objects.order_by("week").values_list("week", flat=True).distinct())


def is_written_down(day: dt.date) -> bool:
    """Has anybody written down what stood when this day ended, with its week or for itself?"""
    week = week_of(day)
    if day == week + WEEK - dt.timedelta(days=1) and WeeklySnapshot.objects.filter(week=week).exists():
        return True
    return DayFigures.objects.filter(day=day).exists()


def closed(week: dt.date, communes: Collection[int] | None) -> dict[int, Figures]:
    """Commune → figures at the close of a week (communes None: all)."""
    rows = last_revisions(WeeklySnapshot.objects.filter(week=week), communes)
    return {row.commune_id: Figures.of(row) for row in rows}


def closed_tasks(week: dt.date, communes: Collection[int] | None) -> dict[int, dict[str, TaskFigures]]:
    """Commune → task → its figures at the close of a week."""
    rows = last_revisions(WeeklySnapshot.objects.filter(week=week), communes).only("commune", "tasks")
    return {row.commune_id: tasks_of(row) for row in rows}


def listed(week: dt.date, communes: Collection[int] | None) -> frozenset[str]:
    """The kinds of figures of which it was kept, in each of the communes, whom they counted."""
    rows = last_revisions(WeeklySnapshot.objects.filter(week=week), communes).values_list("lists", flat=True)
    kinds = [frozenset(kinds) for kinds in rows]
    return frozenset.intersection(*kinds) if kinds else frozenset()


def stocks(communes: Collection[int] | None) -> dict[dt.date, dict[int, Groups]]:
    """Week → commune → plots of the three groups at its close, the first week first."""
    found: dict[dt.date, dict[int, Groups]] = defaultdict(dict)
    rows = last_revisions(WeeklySnapshot.objects.all(), communes)
    for week, commune, *groups in rows.values_list("week", "commune_id", "group_1", "group_2", "group_3"):
        found[week][commune] = (groups[0], groups[1], groups[2])
    return dict(sorted(found.items()))


def last_revisions(
    rows: QuerySet[WeeklySnapshot], communes: Collection[int] | None
) -> QuerySet[WeeklySnapshot, Any]:
    """Of each commune and week the last word."""
    within = rows if communes is None else rows.filter(commune__in=list(communes))
    return within.order_by("week", "commune_id", "-revision").distinct("week", "commune_id")


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
