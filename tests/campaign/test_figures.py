"""The figures of a close: what stands in them, and that they come out the same when counted later."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landdb.models import AdminUnit
from parcels.models import LandUser, Plot
from reconciliation import classification
from reconciliation.campaign import counting, snapshots
from reconciliation.classification import weeks
from reconciliation.models import (
    Change,
    ChangeSet,
    DayFigures,
    Dimension,
    Finding,
    GroupMove,
    RuleSet,
    RuleSetting,
    Target,
    Task,
    Verification,
    WeeklySnapshot,
    WorkItem,
)
from tests import factories as make
from tests.campaign.clock import moment

pytestmark = pytest.mark.django_db

SUNDAY = dt.date(2026, 3, 8)
CLOSE = weeks.closes_at(dt.date(2026, 3, 2))


def judge(plot: Plot, at: dt.datetime) -> None:
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION, at=at)


@pytest.fixture
def plot() -> Plot:
    plot = make.make_ready_plot()
    judge(plot, moment(4))
    return plot


@pytest.fixture
def noted() -> Plot:
    """A plot of group 1 of whose holder no telephone is known, which is noted and no more."""
    plot = make.make_ready_plot()
    LandUser.objects.filter(holdings__plot=plot).update(phone="")
    judge(plot, moment(4))
    assert Finding.objects.open().filter(plot=plot).values_list("rule", flat=True).get() == "phone_missing"
    return plot


def spoil(plot: Plot, at: dt.datetime, code: str = "x") -> None:
    Plot.objects.filter(pk=plot.pk).update(code=code)
    judge(plot, at)


def test_rules_and_words_are_counted_as_they_stood_when_the_week_closed(plot: Plot) -> None:
    spoil(plot, moment(6))
    (told,) = counting.at_close_of(SUNDAY, CLOSE).values()
    assert told.rules
    assert set(told.rules.values()) == {1}
    assert sum(told.dimensions.values()) >= 1
    spoil(plot, moment(10), code=plot.code)
    (again,) = counting.at_close_of(SUNDAY, CLOSE).values()
    assert (again.rules, again.dimensions) == (told.rules, told.dimensions)
    (later,) = counting.at_close_of(dt.date(2026, 3, 11), CLOSE).values()
    assert not later.rules
    assert not any(later.dimensions.values())


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.tuples(st.integers(2, 15), st.booleans()), min_size=1, max_size=6))
def test_a_close_counted_on_the_day_and_counted_later_is_the_same(
    plot: Plot, turns: list[tuple[int, bool]]
) -> None:
    Plot.objects.filter(pk=plot.pk).update(code=plot.code)
    WeeklySnapshot.objects.all().delete()
    start = moment(4)
    on_the_day: dict[dt.date, counting.Counted] = {}
    day = SUNDAY
    for step, (days, good) in enumerate(sorted(turns)):
        at = start + dt.timedelta(days=days, minutes=step)
        while weeks.day_closes_at(day) <= at:
            on_the_day[day] = counting.at_close_of(day, at)[plot.commune_id]
            day += dt.timedelta(days=1)
        spoil(plot, at, code=plot.code if good else "x")
    for closed, told in on_the_day.items():
        again = counting.at_close_of(closed, at)[plot.commune_id]
        assert (again.groups, again.rules, again.dimensions) == (told.groups, told.rules, told.dimensions)
    spoil(plot, at + dt.timedelta(minutes=30), code=plot.code)


def test_what_only_notes_hides_nothing_that_came_since_the_close(noted: Plot) -> None:
    spoil(noted, moment(10), code="")
    (told,) = counting.at_close_of(SUNDAY, CLOSE).values()
    assert (told.rules, told.dimensions) == ({}, dict.fromkeys(Dimension.values, 0))


def test_a_note_that_is_gone_since_was_never_counted(noted: Plot) -> None:
    spoil(noted, moment(5), code="")
    spoil(noted, moment(10), code="N")
    LandUser.objects.filter(holdings__plot=noted).update(phone="0912345678")
    judge(noted, moment(11))
    assert not Finding.objects.open().filter(plot=noted, rule="phone_missing").exists()
    (later,) = counting.at_close_of(dt.date(2026, 3, 10), CLOSE).values()
    assert not later.dimensions[Dimension.SUFFICIENT]


def test_the_plan_and_what_cannot_be_collected_stand_beside_what_is_done(plot: Plot) -> None:
    spoil(plot, moment(5))
    Target.objects.create(
        commune=plot.commune,
        task=Task.CLEAN,
        assigned=5,
        starts_on=dt.date(2026, 2, 1),
        due_on=dt.date(2026, 5, 1),
    )
    holding = plot.holdings.get()
    WorkItem.objects.update_or_create(
        land_user=holding.land_user,
        defaults={
            "commune": plot.commune,
            "state": "open",
            "plots": 1,
            "opened_at": moment(4),
            "waits_with": "citizen",
            "waits_why": "citizen_lost",
            "waits_since": moment(6),
        },
    )
    (told,) = counting.at_close_of(SUNDAY, CLOSE).values()
    assert told.tasks[Task.CLEAN] == {
        "done": 0,
        "excluded": {"citizen_lost": 1},
        "assigned": 5,
        "starts": "2026-02-01",
        "due": "2026-05-01",
    }
    assert told.waiting["citizen"] == {
        "items": 1,
        "plots": 1,
        "ages": [1, 0, 0, 0],
        "since": "2026-03-06",
        "late": 0,
    }


def test_what_bears_no_date_is_missing_from_a_week_written_down_late(plot: Plot) -> None:
    snapshots.take(dt.date(2026, 3, 2), moment(20))
    late = WeeklySnapshot.objects.get()
    assert late.is_rebuilt
    assert not late.waiting
    assert set(late.tasks) == {Task.CLEAN, Task.VERIFY}


def test_a_correction_is_a_further_revision_with_its_reason(plot: Plot) -> None:
    week = dt.date(2026, 3, 2)
    snapshots.take(week, moment(9))
    assert snapshots.revise(week, "thử lại") == 0
    GroupMove.objects.create(
        plot=plot, commune=plot.commune, from_group=1, to_group=1, at=moment(5), cause="correction"
    )
    WeeklySnapshot.objects.update(group_1=7)
    assert snapshots.revise(week, "Bản đầu ghi nhầm nhóm 1") == 1
    first, second = WeeklySnapshot.objects.order_by("revision")
    assert (first.group_1, second.group_1, second.revision) == (7, 1, 2)
    assert second.reason == "Bản đầu ghi nhầm nhóm 1"
    assert snapshots.latest(week) == [second]
    assert second.tasks[Task.SCAN] == first.tasks[Task.SCAN]


def test_counted_again_whoever_the_registry_speaks_otherwise_of_keeps_the_former_word(plot: Plot) -> None:
    week = dt.date(2026, 3, 2)
    Verification.objects.update(since=moment(4))
    snapshots.take(week, moment(9))
    Verification.objects.update(outcome="mismatch", since=moment(11))
    judge(plot, moment(11))
    assert snapshots.revise(week, "kiểm tra lại") == 0
    WeeklySnapshot.objects.update(group_1=7)
    assert snapshots.revise(week, "Bản đầu ghi nhầm nhóm 1") == 1
    again = WeeklySnapshot.objects.get(revision=2)
    assert (again.group_1, again.verification) == (1, {"matched": 1})
    assert again.tasks[Task.VERIFY]["done"] == 1


def test_counted_again_what_was_wrong_of_the_registry_is_mended_where_it_is_still_known(plot: Plot) -> None:
    week = dt.date(2026, 3, 2)
    Verification.objects.update(since=moment(4))
    snapshots.take(week, moment(9))
    WeeklySnapshot.objects.update(verification={"matched": 9})
    assert snapshots.revise(week, "Bản đầu ghi nhầm") == 1
    assert WeeklySnapshot.objects.get(revision=2).verification == {"matched": 1}


def test_counted_again_a_rule_that_was_waived_since_keeps_its_figure(plot: Plot) -> None:
    week = dt.date(2026, 3, 2)
    spoil(plot, moment(5), code="")
    snapshots.take(week, moment(9))
    (finding,) = Finding.objects.open().filter(rule="plot_code_missing")
    changes = ChangeSet.objects.create(kind="waive", state="applied", applied_at=moment(11))
    Change.objects.create(
        change_set=changes, model=Finding._meta.label_lower, record_id=finding.pk, field="state",
        old="open", new="waived", state="applied",
    )  # fmt: skip
    Finding.objects.filter(pk=finding.pk).update(state="waived", waived_until=dt.date(2999, 1, 1))
    judge(plot, moment(11))
    assert snapshots.revise(week, "kiểm tra lại") == 0


def test_counted_again_a_rule_that_only_notes_since_keeps_its_figure(plot: Plot) -> None:
    week = dt.date(2026, 3, 2)
    spoil(plot, moment(5), code="")
    RuleSet.objects.update(created_at=moment(1))
    snapshots.take(week, moment(9))
    RuleSetting.objects.create(rule="plot_code_missing", effect="note")
    judge(plot, moment(11))
    assert snapshots.revise(week, "kiểm tra lại") == 0


def test_a_revision_without_a_reason_is_refused(plot: Plot) -> None:
    with pytest.raises(ValueError, match="why"):
        snapshots.revise(dt.date(2026, 3, 2), " ")


def test_each_day_is_written_down_once_after_it_has_closed(plot: Plot) -> None:
    assert snapshots.take_yesterday(moment(6, 9)) == 1
    assert snapshots.take_yesterday(moment(6, 15)) == 0
    assert snapshots.take_yesterday(moment(7, 0)) == 0
    assert snapshots.take_yesterday(moment(7, 1)) == 1
    days = DayFigures.objects.order_by("day").values_list("day", "group_1")
    assert list(days) == [(dt.date(2026, 3, 5), 1), (dt.date(2026, 3, 6), 1)]


def test_a_commune_that_was_not_classified_yet_has_no_figures(plot: Plot) -> None:
    other = make.make_ready_plot()
    judge(other, moment(10))
    assert set(counting.at_close_of(SUNDAY, CLOSE)) == {plot.commune_id}
    assert AdminUnit.objects.filter(pk=other.commune_id).exists()
