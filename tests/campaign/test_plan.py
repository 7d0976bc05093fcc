"""The plan beside what was done: denominators are told, and so is when one has changed."""

from __future__ import annotations

import datetime as dt

import pytest

from landdb.models import AdminUnit
from reconciliation.campaign import plan
from reconciliation.campaign.plan import Base
from reconciliation.models import DayFigures, Target, Task, WeeklySnapshot
from tests import factories as make

pytestmark = pytest.mark.django_db

WEEK = dt.date(2026, 3, 2)


@pytest.fixture
def commune() -> AdminUnit:
    return make.make_commune()


def figures(commune: AdminUnit, **clean: object) -> dict[str, object]:
    return {"commune": commune, "group_1": 0, "group_2": 0, "group_3": 0, "tasks": {Task.CLEAN: clean}}


def give(commune: AdminUnit, assigned: int = 100) -> Target:
    days = {"starts_on": dt.date(2026, 2, 1), "due_on": dt.date(2026, 6, 30)}
    return Target.objects.create(commune=commune, task=Task.CLEAN, assigned=assigned, **days)


def clean(*communes: AdminUnit) -> plan.Line:
    found = plan.lines(communes, plan.last_close([each.pk for each in communes]), [Task.CLEAN])
    return found[0] if len(found) == 1 else plan.together(found, Task.CLEAN)


def test_a_rate_is_a_share_of_what_was_assigned_or_of_what_can_be_done(commune: AdminUnit) -> None:
    give(commune)
    DayFigures.objects.create(
        day=WEEK, **figures(commune, done=40, excluded={"citizen_lost": 15, "citizen_absent": 5})
    )
    line = clean(commune)
    assert (line.figures.assigned, line.excluded, line.figures.collectable) == (100, 20, 80)
    assert (line.rate(Base.ASSIGNED), line.rate(Base.COLLECTABLE)) == (0.4, 0.5)


def test_nothing_is_a_share_of_nothing(commune: AdminUnit) -> None:
    assert clean(commune).rate(Base.ASSIGNED) is None
    give(commune, 10)
    assert clean(commune).rate(Base.ASSIGNED) is None
    DayFigures.objects.create(day=WEEK, **figures(commune, done=4, excluded={"citizen_lost": 10}))
    assert clean(commune).rate(Base.ASSIGNED) == 0.4
    assert clean(commune).rate(Base.COLLECTABLE) is None


def test_the_last_day_counts_and_after_the_week_has_closed_its_snapshot(commune: AdminUnit) -> None:
    DayFigures.objects.create(day=WEEK, **figures(commune, done=1))
    assert plan.last_close(None).day == WEEK
    WeeklySnapshot.objects.create(week=WEEK, **figures(commune, done=2))
    closed = plan.last_close(None)
    assert (closed.day, closed.week_end) == (dt.date(2026, 3, 8), None)
    assert closed.now[commune.pk][Task.CLEAN].done == 2
    DayFigures.objects.create(day=dt.date(2026, 3, 10), **figures(commune, done=3))
    later = plan.last_close([commune.pk])
    assert (later.day, later.week_end) == (dt.date(2026, 3, 10), dt.date(2026, 3, 8))
    assert later.now[commune.pk][Task.CLEAN].done == 3


def test_a_denominator_that_changed_since_last_week_is_told_with_both_numbers(commune: AdminUnit) -> None:
    give(commune, 1150)
    WeeklySnapshot.objects.create(
        week=WEEK, **figures(commune, done=1, assigned=1200, excluded={"citizen_lost": 7})
    )
    DayFigures.objects.create(
        day=dt.date(2026, 3, 10),
        **figures(commune, done=1, excluded={"citizen_lost": 7, "citizen_absent": 50}),
    )
    assigned, collectable = clean(commune).shifts
    assert (assigned.base, assigned.old, assigned.new) == (Base.ASSIGNED, 1200, 1150)
    assert (collectable.base, collectable.old, collectable.new) == (Base.COLLECTABLE, 1193, 1093)
    assert collectable.reasons == {"citizen_absent": (0, 50)}


def test_a_denominator_that_stayed_says_nothing(commune: AdminUnit) -> None:
    give(commune)
    for model, at in ((WeeklySnapshot, {"week": WEEK}), (DayFigures, {"day": dt.date(2026, 3, 10)})):
        model.objects.create(**at, **figures(commune, done=1, assigned=100, excluded={"citizen_lost": 7}))
    assert clean(commune).shifts == []


def test_of_a_week_written_down_late_nobody_knows_what_could_not_be_done(commune: AdminUnit) -> None:
    give(commune)
    WeeklySnapshot.objects.create(week=WEEK, **figures(commune, assigned=100))
    DayFigures.objects.create(
        day=dt.date(2026, 3, 10), **figures(commune, done=1, excluded={"citizen_lost": 7})
    )
    assert clean(commune).shifts == []


def test_together_only_those_count_to_whom_it_was_assigned(commune: AdminUnit) -> None:
    other, late = make.make_commune(), make.make_commune()
    give(commune)
    give(late, 50)
    DayFigures.objects.create(day=WEEK, **figures(commune, done=40))
    DayFigures.objects.create(day=WEEK, **figures(other, done=1000))
    whole = clean(commune, other, late)
    assert (whole.figures.done, whole.figures.assigned, whole.unknown) == (40, 150, 1)


def test_a_target_is_set_only_over_what_was_seen(commune: AdminUnit) -> None:
    values = {"assigned": 5, "unit": "", "leader": "", "starts_on": WEEK, "due_on": WEEK}
    assert plan.assign(commune, Task.SCAN, values, seen=plan.stamp(None))
    target = Target.objects.get()
    assert not plan.assign(commune, Task.SCAN, values, seen=plan.stamp(target))
    with pytest.raises(plan.Changed):
        plan.assign(commune, Task.SCAN, values | {"assigned": 6}, seen=plan.stamp(None))
    assert plan.assign(commune, Task.SCAN, values | {"assigned": 6}, seen=plan.stamp(target))


def test_a_plan_lies_between_2020_and_three_years_from_today() -> None:
    told = {
        dt.date(2019, 12, 31): False,
        dt.date(2020, 1, 1): True,
        dt.date(2031, 2, 28): True,
        dt.date(2031, 3, 1): False,
    }
    assert {day: plan.is_plausible(day, dt.date(2028, 2, 29)) for day in told} == told
