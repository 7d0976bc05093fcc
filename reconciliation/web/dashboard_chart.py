"""Group 1 week by week against the plan line, and where the forecast leads, as geometry for an SVG."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..campaign.forecast import Forecast
from ..campaign.report_charts import LONG

#: The ground of the drawing, in its own units.
LEFT, RIGHT, TOP, BOTTOM = 72, 612, 12, 288
#: Days that a forecast may lie behind the due day and still be drawn to its end.
_BEYOND = dt.timedelta(weeks=26)
_DAY = dt.timedelta(days=1)
_LINES, _DAYS_SHOWN, _DAYS_WITH_YEAR = 5, 9, 7


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the drawing, and what it stands for."""

    x: str
    y: str
    day: dt.date
    plots: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Paths and places, ready for attributes."""

    levels: list[tuple[str, int]]
    #: Whether days of more than one year stand under the axis.
    is_long: bool
    days: list[tuple[str, dt.date]]
    actual: str
    closes: list[Mark]
    here: Mark
    plan: str
    goal: tuple[str, int] | None
    due: str
    fan: str
    pace: str


@dataclass(frozen=True, slots=True)
class Scale:
    """From days and plots to places."""

    first: dt.date
    last: dt.date
    most: int

    def x(self, day: dt.date) -> float:
        return LEFT + (RIGHT - LEFT) * (day - self.first).days / max(1, (self.last - self.first).days)

    def y(self, plots: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * plots / self.most

    def at(self, day: dt.date, plots: float) -> str:
        return f"{self.x(day):.1f},{self.y(plots):.1f}"


def chart(
    closes: Sequence[tuple[dt.date, int]],
    here: tuple[dt.date, int],
    plan: Sequence[tuple[dt.date, float]],
    goal: int | None,
    foreseen: Forecast | None,
) -> Chart:
    """`closes` are the closing stocks, from the last of which is foreseen; `here` is the last figure (of a
    running week: of now)."""
    day, plots = here
    far = [when for when in _ends(foreseen) if when is not None]
    due = plan[-1][0] if plan else day
    first = min([day, *(when for when, _plots in closes), *(when for when, _plots in plan)])
    last = max(_after(day, _DAY), due, min(max(far, default=day), _after(max(due, day), _BEYOND)))
    highest = max([1, plots, goal or 0, *(n for _when, n in closes), *(int(n) for _when, n in plan)])
    step = _step(highest)
    scale = Scale(first, last, step * math.ceil(highest * 1.02 / step))
    start = closes[-1] if closes else here
    line = [*closes] if closes and closes[-1][0] >= day else [*closes, here]
    return Chart(
        [(f"{scale.y(level):.1f}", level) for level in range(step, scale.most + 1, step)],
        _is_long(first, last),
        [(f"{scale.x(when):.1f}", when) for when in _days(first, last)],
        " ".join(scale.at(*each) for each in line),
        [Mark(f"{scale.x(when):.1f}", f"{scale.y(n):.1f}", when, n) for when, n in closes],
        Mark(f"{scale.x(day):.1f}", f"{scale.y(plots):.1f}", day, plots),
        " ".join(scale.at(*each) for each in plan),
        (f"{scale.y(goal):.1f}", goal) if goal is not None else None,
        f"{scale.x(due):.1f}" if plan else "",
        _fan(scale, start, goal, foreseen),
        _pace(scale, start, goal, foreseen),
    )


def _after(day: dt.date, time: dt.timedelta) -> dt.date:
    """A later day, as far as there are days: whatever is stored as a due day is drawn."""
    return dt.date.max if dt.date.max - day < time else day + time


def _ends(foreseen: Forecast | None) -> Iterator[dt.date | None]:
    if foreseen is not None:
        yield from (foreseen.earliest, foreseen.likely, foreseen.latest)


def _fan(scale: Scale, start: tuple[dt.date, int], goal: int | None, foreseen: Forecast | None) -> str:
    if goal is None or foreseen is None or foreseen.earliest is None:
        return ""
    corners = [scale.at(*start), _reach(scale, start, goal, foreseen.earliest)]
    if foreseen.earliest < scale.last:
        if foreseen.latest is None or foreseen.latest > scale.last:
            corners.append(scale.at(scale.last, goal))
        corners.append(_reach(scale, start, goal, foreseen.latest))
    return " ".join(corners)


def _pace(scale: Scale, start: tuple[dt.date, int], goal: int | None, foreseen: Forecast | None) -> str:
    if goal is None or foreseen is None or foreseen.likely is None:
        return ""
    return f"{scale.at(*start)} {_reach(scale, start, goal, foreseen.likely)}"


def _reach(scale: Scale, start: tuple[dt.date, int], goal: int, day: dt.date | None) -> str:
    """Where the straight way to the goal ends, or leaves the drawing; level where no day is told."""
    begun, plots = start
    if day is None:
        return scale.at(scale.last, plots)
    if day <= scale.last:
        return scale.at(day, goal)
    share = (scale.last - begun).days / (day - begun).days
    return scale.at(scale.last, plots + (goal - plots) * share)


def _step(highest: int) -> int:
    """A round number of which a handful reaches the highest."""
    rough = max(1.0, highest / _LINES)
    ten = 10 ** math.floor(math.log10(rough))
    return int(next(ten * n for n in (1, 2, 5, 10) if ten * n >= rough))


def _is_long(first: dt.date, last: dt.date) -> bool:
    return (last - first).days > LONG


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    shown = _DAYS_WITH_YEAR if _is_long(first, last) else _DAYS_SHOWN
    weeks = max(1, math.ceil((last - first).days / 7 / (shown - 1)))
    for ahead in range(0, (last - first).days + 1, 7 * weeks):
        yield first + dt.timedelta(days=ahead)
