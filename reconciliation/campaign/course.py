"""The plan line: how many plots of group 1 a commune was to have on a day, and the pace that is left."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..classification.weeks import WEEK
from .history import TaskFigures

_SUNDAY = WEEK - dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Course:
    """Straight from the stock at the plan's start to what was assigned, on the due day."""

    starts: dt.date
    due: dt.date
    base: int
    assigned: int

    def at(self, day: dt.date) -> float:
        """Where group 1 was to stand at the end of a day."""
        days = (self.due - self.starts).days
        share = (day - self.starts).days / days if days else float(day >= self.due)
        return self.base + (self.assigned - self.base) * min(1.0, max(0.0, share))

    def needed(self, now: int, day: dt.date) -> int | None:
        """Plots a week from the end of a day on, to be there on the due day; None once that is over."""
        if now >= self.assigned:
            return 0
        days = (self.due - day).days
        return math.ceil((self.assigned - now) * 7 / days) if days > 0 else None


def courses(
    plans: Mapping[int, TaskFigures],
    ready: Mapping[dt.date, Mapping[int, int]],
    now: Mapping[int, int],
) -> dict[int, Course]:
    """Commune → its plan line; `ready`, `now`: its plots of group 1 at each close, and at the last look.

    The stock at the start is that of the last close before; of a plan that began earlier than the first
    close, that of the first close.
    """
    found = {}
    for commune, plan in plans.items():
        if plan.assigned is None or plan.starts is None or plan.due is None:
            continue
        known = [(week + _SUNDAY, held[commune]) for week, held in ready.items() if commune in held]
        before = [plots for day, plots in known if day <= plan.starts]
        base = before[-1] if before else known[0][1] if known else now.get(commune, 0)
        found[commune] = Course(plan.starts, plan.due, base, plan.assigned)
    return found


def sum_at(every: Iterable[Course], day: dt.date) -> float:
    """Where several communes were to stand together; the same in whatever order they come."""
    return math.fsum(course.at(day) for course in every)


def points(done: int, planned: float, assigned: int) -> float | None:
    """How far from the plan line, in percentage points of what was assigned; nothing is rounded before."""
    return 100 * (done - planned) / assigned if assigned else None


def whole(plots: float) -> int:
    """Plots of a plan line as they are written."""
    return math.floor(plots + 0.5)
