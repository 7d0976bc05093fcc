"""The chart of a report tells no other day and no other pace than the forecast does."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from reconciliation.campaign.forecast import Forecast
from reconciliation.campaign.report_charts import burn, burn_caption
from reconciliation.campaign.report_drawing import Drawing, Label, Mark

SUNDAY = dt.date(2026, 11, 22)
#: Four closes, a hundred plots more each week.
DONE = [(SUNDAY - dt.timedelta(weeks=3 - n), 1000 + 100 * n) for n in range(4)]
DUE = SUNDAY + dt.timedelta(weeks=6)
GOAL = 6000


def in_weeks(weeks: int) -> dt.date:
    return SUNDAY + dt.timedelta(weeks=weeks)


def drawn(ahead: Forecast | None) -> Drawing:
    return burn(DONE, GOAL, lambda _day: None, DUE, ahead)


def pace_of(drawing: Drawing) -> Mark:
    (mark,) = [mark for mark in drawing.marks if mark.style == "pace"]
    return mark


def label_of(drawing: Drawing) -> Label:
    (label,) = [label for label in drawing.labels if label.text.startswith("dự kiến")]
    return label


def goal_of(drawing: Drawing) -> float:
    """Where "được giao" stands is the height of the goal."""
    return next(label.y - 4 for label in drawing.labels if label.text == "được giao")


def test_a_forecast_within_the_axis_reaches_the_goal_under_its_day() -> None:
    drawing = drawn(Forecast(250, in_weeks(20), in_weeks(15), in_weeks(28)))
    (_start, end), label = pace_of(drawing).points, label_of(drawing)
    assert end == (pytest.approx(label.x), pytest.approx(goal_of(drawing)))
    assert label.text == f"dự kiến {in_weeks(20):%d/%m/%Y}"


def test_a_forecast_beyond_the_axis_keeps_its_slope_and_does_not_reach_the_goal() -> None:
    drawing = drawn(Forecast(100, in_weeks(47), in_weeks(40), None))
    (start, end), goal = pace_of(drawing).points, goal_of(drawing)
    # Thirty weeks of forty-seven are drawn, and so much of the way to the goal.
    assert (start[1] - end[1]) / (start[1] - goal) == pytest.approx(30 / 47)
    label = label_of(drawing)
    assert label.text == f"dự kiến {in_weeks(47):%d/%m/%Y} →"
    assert (label.anchor, label.x) == ("end", pytest.approx(end[0]))


def test_the_range_without_a_latest_day_is_drawn_open_and_said() -> None:
    drawing = drawn(Forecast(250, in_weeks(20), in_weeks(15), None))
    (fan,) = [mark for mark in drawing.marks if mark.shape == "fan"]
    start, early, corner, late = fan.points
    assert early[1] == corner[1] == pytest.approx(goal_of(drawing))
    assert late == (corner[0], start[1])
    assert "khoảng dự báo (vùng tô)" in burn_caption(drawing)


def test_the_caption_names_only_what_is_drawn() -> None:
    assert burn_caption(drawn(None)) == "Thửa nhóm 1 theo tuần (nét liền)."
    alone = drawn(Forecast(100, in_weeks(47), None, None))
    assert burn_caption(alone) == "Thửa nhóm 1 theo tuần (nét liền), dự báo (nét chấm)."


def test_days_of_a_long_axis_bear_their_year_and_have_room_for_it() -> None:
    def days(drawing: Drawing) -> list[Label]:
        return [label for label in drawing.labels if label.y > 260]

    assert all(len(label.text) == len("22/11") for label in days(drawn(None)))
    start = [(in_weeks(-20), 100), *DONE]
    long = days(burn(start, GOAL, lambda _day: None, DUE, Forecast(100, in_weeks(47), None, None)))
    assert all(len(label.text) == len("22/11/2026") for label in long)
    assert all(after.x - before.x > 62 for before, after in pairwise(long))


def test_the_axis_has_room_for_millions_also_in_a_wide_face() -> None:
    drawing = burn([(day, 1000 * n) for day, n in DONE], 4_320_000, lambda _day: None, DUE, None)
    axis = [label for label in drawing.labels if label.anchor == "end" and label.text.endswith(".000.000")]
    assert len(axis) > 3
    # DejaVu Serif: no digit is wider than eight of the twelve units of its height, a point is half of that.
    assert all(label.x - 8 * sum(each.isdigit() for each in label.text) - 4 * 2 > 0 for label in axis)
