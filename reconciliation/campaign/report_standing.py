"""The communes of a report beside their plan: in order, and what each needs a week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..models import Task
from .course import Course, courses, points, sum_at
from .history import Figures, TaskFigures
from .ranking import ranked
from .report_past import Past, about

_WEEK = 7


def needed(told: TaskFigures, on: dt.date) -> int | None:
    """How many a week it takes from a day on to be done when it is due."""
    if told.assigned is None or told.done is None or told.due is None:
        return None
    missing = max(told.assigned - told.done, 0)
    days = max((told.due - on).days, _WEEK)
    return -(-missing * _WEEK // days)


@dataclass
class Standing:
    """A commune at the close: done of what it was assigned, and how far that is from the plan, in points."""

    commune: int
    code: str
    name: str
    sort_key: str
    figures: Figures
    change: int
    clean: TaskFigures
    planned: float | None
    needed: int | None
    rank: int | None = None

    @property
    def share(self) -> float | None:
        """Group 1 of all plots."""
        return self.figures.groups[1] / self.figures.plots if self.figures.plots else None

    @property
    def rate(self) -> float | None:
        """Done of what was assigned; that number is the plan's and does not move with the register."""
        if not self.clean.assigned or self.clean.done is None:
            return None
        return self.clean.done / self.clean.assigned

    @property
    def gap(self) -> float | None:
        """Percentage points from the plan."""
        if self.planned is None or self.clean.done is None or not self.clean.assigned:
            return None
        return points(self.clean.done, self.planned, self.clean.assigned)


def standings(past: Past) -> list[Standing]:
    """The best first; communes that were assigned nothing come last and have no rank."""
    found, lines = [], courses_of(past)
    for commune, figures in past.now.items():
        clean, book = figures.tasks.get(Task.CLEAN, TaskFigures()), past.books[commune]
        found.append(
            Standing(
                commune,
                past.units[commune].code,
                past.names[commune],
                past.units[commune].sort_key,
                figures,
                book.came(1) - book.went(1),
                clean,
                course.at(past.last) if (course := lines.get(commune)) else None,
                needed(clean, past.last),
            )
        )
    return ranked(found)


def courses_of(past: Past) -> dict[int, Course]:
    """The plan lines of the communes, as they were known then."""
    plans = {pk: each.tasks[Task.CLEAN] for pk, each in past.now.items() if Task.CLEAN in each.tasks}
    return courses(plans, past.ready, {pk: each.groups[1] for pk, each in past.now.items()})


def of_task(parts: Iterable[Figures], task: Task) -> TaskFigures:
    """A task over the communes to which it was assigned; over all where nobody was assigned anything."""
    every = [figures.tasks[task] for figures in parts if task in figures.tasks]
    told = TaskFigures()
    for each in [each for each in every if each.assigned is not None] or every:
        told.add(each)
    return told


def is_partial(parts: Iterable[Figures], task: Task) -> bool:
    """Does `of_task` leave out what some commune did?"""
    return any(told.done for told in _left_out(parts, task))


def is_partly_excluded(parts: Iterable[Figures], task: Task) -> bool:
    """Does `of_task` leave out what could not be collected in some commune?"""
    return any(told.excluded for told in _left_out(parts, task))


def _left_out(parts: Iterable[Figures], task: Task) -> list[TaskFigures]:
    """The communes that were assigned nothing where others were."""
    every = [figures.tasks[task] for figures in parts if task in figures.tasks]
    left = [told for told in every if told.assigned is None]
    return left if len(left) < len(every) else []


def planned_of(past: Past, task: Task, on: dt.date, communes: Collection[int] | None = None) -> float | None:
    """The plan of several communes together (None: of all): the sum of theirs.

    Each is measured from the stock at its start; what is to be cleaned as on the dashboard.
    """
    among = past.now if communes is None else communes
    if task == Task.CLEAN:
        lines = [course for pk, course in courses_of(past).items() if pk in among]
    else:
        lines = [course for pk in among if (course := _course(past, pk, task)) is not None]
    return sum_at(lines, on) if lines else None


def _course(past: Past, commune: int, task: Task) -> Course | None:
    """The line of a task other than cleaning: from what was done at the last close before it began, else at
    that of the week in which it began; from nought where neither tells."""
    plan = past.now[commune].tasks.get(task, TaskFigures())
    if plan.assigned is None or plan.starts is None or plan.due is None:
        return None
    closes = (past.begun.get(week, {}).get(commune, {}) for week in about(plan.starts, past.ready))
    stocks = [told[task].done for told in closes if task in told]
    base = next((done for done in stocks if done is not None), 0)
    return Course(plan.starts, plan.due, base, plan.assigned)
