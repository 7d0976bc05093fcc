"""The plan line: one for dashboard, report and alerts."""

from __future__ import annotations

import datetime as dt

from reconciliation.campaign.course import Course, courses
from reconciliation.campaign.history import TaskFigures

STARTS, DUE = dt.date(2026, 3, 1), dt.date(2026, 3, 11)


def test_it_is_straight_from_the_stock_at_the_start_to_what_was_assigned() -> None:
    days = (dt.date(2026, 2, 1), STARTS, dt.date(2026, 3, 6), DUE, dt.date(2026, 4, 1))
    assert [Course(STARTS, DUE, 200, 1000).at(day) for day in days] == [200, 200, 600, 1000, 1000]


def test_the_stock_at_the_start_is_that_of_the_last_close_before_it_else_of_the_first_close() -> None:
    plans = {1: TaskFigures(0, 1000, starts=STARTS, due=DUE), 2: TaskFigures(0, 500, starts=STARTS, due=DUE)}
    ready = {
        dt.date(2026, 2, 16): {1: 100},
        dt.date(2026, 2, 23): {1: 120},
        dt.date(2026, 3, 2): {1: 300, 2: 40},
        dt.date(2026, 3, 9): {1: 400, 2: 90},
    }
    found = courses(plans, ready, {1: 450, 2: 100, 3: 7})
    assert {pk: course.base for pk, course in found.items()} == {1: 120, 2: 40}
