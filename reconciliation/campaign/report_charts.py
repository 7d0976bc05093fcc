"""The two charts of a report: group 1 by week against the plan, and how the communes are spread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .forecast import Forecast
from .report_drawing import WIDTH, Drawing, Point
from .report_parts import COUNT, SHARE, written

_WEEK = dt.timedelta(days=7)
_LEFT, _RIGHT, _TOP, _BOTTOM = 78.0, 590.0, 26.0, 250.0
#: No axis is drawn farther than so many weeks beyond the close: a slow pace would flatten all that was done.
_AHEAD = 30
#: From so many days on the days of an axis bear their year.
LONG = 300


def burn(
    done: Sequence[tuple[dt.date, int]],
    goal: int | None,
    plan: Callable[[dt.date], int | None],
    due: dt.date | None,
    ahead: Forecast | None,
) -> Drawing:
    """Group 1 at each close (Sundays, the first one first), the plan's line, the goal and the forecast."""
    drawing = Drawing(290, "Thửa nhóm 1 theo tuần so với kế hoạch")
    first, last = done[0][0] - _WEEK, done[-1][0]
    end = min(max([last, *filter(None, (due, _last_day(ahead)))]), last + _AHEAD * _WEEK)
    top = _ceiling(max(plots for _day, plots in done), goal or 0)
    span = max((end - first).days, 1)

    def x(day: dt.date) -> float:
        return _LEFT + (_RIGHT - _LEFT) * min((day - first).days, span) / span

    def y(plots: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * plots / top[-1]

    for step in top:
        drawing.line("axis" if step == 0 else "grid", (_LEFT, y(step)), (_RIGHT, y(step)))
        drawing.label(_LEFT - 6, y(step) + 4, written(step, COUNT), "end")
    sundays = [first + n * _WEEK for n in range(span // 7 + 1)]
    form, places = ("%d/%m/%Y", 7) if span > LONG else ("%d/%m", 9)
    for day in sundays[:: max(1, -(-len(sundays) // places))]:
        drawing.label(x(day), _BOTTOM + 17, f"{day:{form}}", "mid")
    if goal:
        drawing.line("axis", (_LEFT, y(goal)), (_RIGHT, y(goal)))
        drawing.label(_RIGHT + 5, y(goal) + 4, "được giao", strong=True)
    _draw_plan(drawing, [(x(day), plan(day)) for day in sundays], y)
    if ahead is not None and goal:
        _draw_ahead(drawing, ahead, _Way((x(last), y(done[-1][1])), last, end, y(goal), x))
    if len(done) > 1:
        drawing.line("actual", *((x(day), y(plots)) for day, plots in done))
    for day, plots in done:
        drawing.dot(x(day), y(plots), f"{day:%d/%m/%Y}: {written(plots, COUNT)} thửa nhóm 1")
    drawing.line("cut", (x(last), _TOP - 8), (x(last), _BOTTOM))
    drawing.label(x(last) + 5, _BOTTOM - 6, f"chốt {last:%d/%m}")
    drawing.label(x(last) + 8, y(done[-1][1]) + 15, written(done[-1][1], COUNT), strong=True)
    return drawing


def _draw_plan(
    drawing: Drawing, points: Sequence[tuple[float, int | None]], y: Callable[[float], float]
) -> None:
    line = [(place, y(plots)) for place, plots in points if plots is not None]
    if len(line) > 1:
        drawing.line("plan", *line)
        place, height = line[len(line) // 3]
        drawing.label(place - 6, height - 6, "kế hoạch", "end", strong=True)


@dataclass(frozen=True, slots=True)
class _Way:
    """The straight way from the last close to the goal, as far as the axis goes."""

    start: Point
    begun: dt.date
    end: dt.date
    goal: float
    x: Callable[[dt.date], float]

    @property
    def edge(self) -> float:
        return self.x(self.end)

    def to(self, day: dt.date | None) -> Point:
        """Where it reaches the goal, or leaves the axis with the slope that it has; level for no day."""
        height = self.start[1]
        if day is None:
            return self.edge, height
        if day <= self.end:
            return self.x(day), self.goal
        share = (self.end - self.begun).days / (day - self.begun).days
        return self.edge, height + (self.goal - height) * share


def _draw_ahead(drawing: Drawing, ahead: Forecast, way: _Way) -> None:
    if ahead.earliest:
        corners = [way.start, way.to(ahead.earliest)]
        if ahead.earliest < way.end and (ahead.latest is None or ahead.latest > way.end):
            corners.append((way.edge, way.goal))
        drawing.fan(*corners, way.to(ahead.latest))
    if ahead.likely is None:
        return
    x, y = way.to(ahead.likely)
    drawing.line("pace", way.start, (x, y))
    words = f"dự kiến {ahead.likely:%d/%m/%Y}"
    if ahead.likely > way.end:
        # It is beyond the picture: the words must not say that it is here.
        drawing.label(x, y - 7, f"{words} →", "end", strong=True)
    else:
        drawing.label(x, y - 7, words, "mid", strong=True)


def burn_caption(drawing: Drawing) -> str:
    """Names what was drawn, and nothing else."""
    styles, shapes = {mark.style for mark in drawing.marks}, {mark.shape for mark in drawing.marks}
    told = ["Thửa nhóm 1 theo tuần (nét liền)"]
    told += ["kế hoạch (nét đứt)"] if "plan" in styles else []
    told += ["dự báo (nét chấm)"] if "pace" in styles else []
    told += ["khoảng dự báo (vùng tô)"] if "fan" in shapes else []
    return f"{', '.join(told)}."


def _last_day(ahead: Forecast | None) -> dt.date | None:
    return (ahead.latest or ahead.likely) if ahead else None


def _ceiling(*values: int) -> list[int]:
    """Even steps of an axis from 0 to above all values."""
    most = max(*values, 1)
    size = 10 ** max(len(str(most)) - 1, 0)
    step = next(
        int(size * each) for each in (0.25, 0.5, 1, 2, 2.5) if size * each >= 1 and most <= size * each * 5
    )
    return list(range(0, step * (most // step + 2), step))


def spread(shares: Sequence[float], planned: float | None) -> Drawing:
    """How many communes have which share of what they were assigned done, in steps of five points."""
    drawing = Drawing(166, "Số xã, phường theo tỷ lệ đã làm")
    counts = [0] * 20
    for share in shares:
        counts[min(int(share * 20 + 1e-9), 19)] += 1
    left, right, floor, most = 40.0, WIDTH - 40.0, 136.0, max(*counts, 1)
    width = (right - left) / len(counts)
    drawing.line("axis", (left, floor), (right, floor))
    for place, count in enumerate(counts):
        if count:
            x, y = left + place * width, floor - 92 * count / most
            bounds = f"{written(place / 20, SHARE)} – {written((place + 1) / 20, SHARE)} %"
            drawing.bar(x + 1.5, y, x + width - 1.5, floor, f"{bounds}: {count} xã, phường")
            drawing.label(x + width / 2, y - 4, str(count), "mid")
    for tens in range(0, 11, 1):
        drawing.label(left + tens * 2 * width, floor + 16, f"{tens * 10} %", "mid")
    if planned is not None:
        x = left + min(planned, 1.0) * (right - left)
        drawing.line("plan", (x, 14), (x, floor))
        side = "end" if planned > 0.7 else "start"
        drawing.label(
            x + (-6 if side == "end" else 6), 20, f"kế hoạch {written(planned, SHARE)} %", side, strong=True
        )
    return drawing
