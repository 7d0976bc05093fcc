"""A week is written down once, as it was when it closed."""

from __future__ import annotations

import datetime as dt

import pytest

from parcels.models import Plot
from reconciliation import classification
from reconciliation.campaign import snapshots
from reconciliation.classification import weeks
from reconciliation.models import GroupMove, Verification, WeeklySnapshot
from reconciliation.tasks.snapshots import take_weekly_snapshot
from tests import factories as make
from tests.campaign.clock import moment

pytestmark = pytest.mark.django_db

WEEK = dt.date(2026, 3, 2)


def judge(plot: Plot, at: dt.datetime) -> None:
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION, at=at)


def groups(week: dt.date = WEEK) -> list[int]:
    taken = WeeklySnapshot.objects.get(week=week)
    return [taken.group_1, taken.group_2, taken.group_3]


@pytest.fixture
def plot() -> Plot:
    plot = make.make_ready_plot()
    judge(plot, moment(4))
    return plot


def test_weeks_begin_on_monday_and_close_on_sunday_midnight_of_the_province() -> None:
    assert weeks.week_of(dt.date(2026, 3, 8)) == WEEK
    assert weeks.week_of(dt.date(2026, 3, 9)) == dt.date(2026, 3, 9)
    assert weeks.closes_at(WEEK).isoformat() == "2026-03-09T00:00:00+07:00"


def test_a_week_that_is_still_open_is_left_alone(plot: Plot) -> None:
    assert snapshots.take_due(moment(8, 23)) == []
    assert snapshots.take_due(weeks.closes_at(WEEK)) == []


def test_what_moved_after_midnight_belongs_to_the_next_week(plot: Plot) -> None:
    Plot.objects.filter(pk=plot.pk).update(code="x")
    judge(plot, moment(9, 0))
    assert snapshots.take_due(moment(9, 8)) == [WEEK]
    assert groups() == [1, 0, 0]


def test_a_week_slept_through_is_made_good_from_the_ledger(plot: Plot) -> None:
    Plot.objects.filter(pk=plot.pk).update(code="x")
    judge(plot, moment(11))
    assert snapshots.take_due(moment(17)) == [WEEK, dt.date(2026, 3, 9)]
    assert groups() == [1, 0, 0]
    assert groups(dt.date(2026, 3, 9)) == [0, 1, 0]


def test_what_is_written_stays_as_it_was_written(plot: Plot) -> None:
    snapshots.take_due(moment(9, 8))
    before = WeeklySnapshot.objects.values().get()
    Plot.objects.filter(pk=plot.pk).update(code="x")
    judge(plot, moment(5))
    assert snapshots.take_due(moment(9, 9)) == []
    assert snapshots.take(WEEK) == 0
    assert WeeklySnapshot.objects.values().get() == before


def test_a_commune_classified_later_has_no_snapshot_of_before(plot: Plot) -> None:
    judge(make.make_ready_plot(), moment(10))
    snapshots.take(WEEK)
    assert WeeklySnapshot.objects.get().commune == plot.commune


def test_it_holds_what_the_registry_said(plot: Plot) -> None:
    Verification.objects.update(since=moment(4))
    snapshots.take(WEEK)
    assert WeeklySnapshot.objects.get().verification == {"matched": 1}


def test_whoever_the_registry_speaks_otherwise_of_since_is_told_apart(plot: Plot) -> None:
    Verification.objects.update(since=moment(10))
    snapshots.take(WEEK)
    assert WeeklySnapshot.objects.get().verification == {"": 1}


def test_the_hourly_task_names_the_weeks_it_wrote(plot: Plot) -> None:
    assert take_weekly_snapshot()[0] == "2026-03-02"
    assert take_weekly_snapshot() == []


def test_it_holds_what_a_rule_alone_kept_out_of_group_1_at_the_close(plot: Plot) -> None:
    other = make.make_ready_plot(plot.commune, code="")
    judge(other, moment(5))
    Plot.objects.filter(pk=plot.pk).update(code="")
    Plot.objects.filter(pk=other.pk).update(legal_area=None)
    for each in (plot, other):
        judge(each, moment(9, 0) + dt.timedelta(minutes=5))
    snapshots.take(WEEK, moment(9, 1))
    assert WeeklySnapshot.objects.get().alone == {"plot_code_missing": 1}


def test_what_a_rule_alone_kept_out_is_missing_from_a_week_that_is_rebuilt(plot: Plot) -> None:
    judge(make.make_ready_plot(plot.commune, code=""), moment(5))
    snapshots.take(WEEK, moment(20))
    assert WeeklySnapshot.objects.get().alone is None


def test_without_a_ledger_there_is_nothing_to_take() -> None:
    assert snapshots.take_due(moment(17)) == []
