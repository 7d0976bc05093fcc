"""Counted later, a finding counts as it stood at the cut-off: waived or not, whatever became of it since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from landdb.models import AdminUnit, Role
from parcels.models import Plot
from reconciliation import classification
from reconciliation.actions import changes, consents, findings
from reconciliation.campaign import at_cutoff, counting, history, snapshots
from reconciliation.campaign.at_cutoff import Stood
from reconciliation.classification import weeks
from reconciliation.models import ChangeSet, Decision, Finding, GroupMove, KeptList, WeeklySnapshot
from reconciliation.rules import catalogue
from tests import factories as make
from tests.campaign.clock import moment

pytestmark = pytest.mark.django_db

WEEK, SUNDAY = dt.date(2026, 3, 2), dt.date(2026, 3, 8)
CLOSE = weeks.closes_at(WEEK)
RULE, LONG = "plot_code_missing", dt.date(2999, 1, 1)


def judge(plot: Plot, at: dt.datetime) -> None:
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION, at=at)


@pytest.fixture
def plot() -> Plot:
    return without_code(make.make_commune())


def without_code(commune: AdminUnit) -> Plot:
    """A plot without a code since Thursday, 5 March; the only thing against it."""
    plot = make.make_ready_plot(commune)
    judge(plot, moment(4))
    Plot.objects.filter(pk=plot.pk).update(code="")
    judge(plot, moment(5))
    return plot


def waive(plot: Plot, at: dt.datetime) -> ChangeSet:
    """Two people leave the plot's finding out of account from a moment on."""
    asked = findings.ask_waiver(
        Finding.objects.open().get(plot=plot, rule=RULE), by=make.make_user(), reason="x", until=LONG
    )
    consents.answer(asked.change_set.consent, by=make.make_user(Role.SENIOR_REVIEWER), is_yes=True)
    ChangeSet.objects.filter(pk=asked.change_set_id).update(applied_at=at)
    return ChangeSet.objects.get(pk=asked.change_set_id)


def told(plot: Plot) -> tuple[dict[str, int], int, list[int]]:
    """Plots by rule and under one of the words at the close, as counted now, and the list of the rule."""
    (figures,) = counting.at_close_of(SUNDAY, CLOSE).values()
    page = at_cutoff.page(Stood(WEEK, rule=RULE), [plot.commune_id], None, 9)
    alone = figures.alone or {}
    assert alone == figures.rules
    return figures.rules, sum(figures.dimensions.values()), [pk for _commune, pk in page]


def ended_by_a_person(plot: Plot, _waiver: ChangeSet) -> None:
    findings.end_waiver(Finding.objects.get(plot=plot, rule=RULE), by=make.make_user(), reason="hết lý do")


def taken_back(plot: Plot, waiver: ChangeSet) -> None:
    changes.undo(waiver, by=make.make_user())


def ended_by_itself(plot: Plot, _waiver: ChangeSet) -> None:
    Finding.objects.filter(plot=plot, rule=RULE).update(waived_until=dt.date(2026, 3, 20))
    judge(plot, moment(21))
    assert Finding.objects.get(plot=plot, rule=RULE).waiver_ended_at == moment(21)


def mended(plot: Plot, _waiver: ChangeSet) -> None:
    Plot.objects.filter(pk=plot.pk).update(code=plot.code)
    judge(plot, moment(21))


def waived_anew(plot: Plot, waiver: ChangeSet) -> None:
    ended_by_a_person(plot, waiver)
    waive(plot, moment(25))


def nothing_more(plot: Plot, _waiver: ChangeSet) -> None:
    pass


LATER = [ended_by_a_person, taken_back, ended_by_itself, mended, waived_anew, nothing_more]
Later = Callable[[Plot, ChangeSet], None]


@pytest.mark.parametrize("later", LATER)
def test_what_was_waived_at_the_cut_off_counts_as_waived(plot: Plot, later: Later) -> None:
    waiver = waive(plot, moment(6))
    assert told(plot) == ({}, 0, [])
    later(plot, waiver)
    assert told(plot) == ({}, 0, [])


@pytest.mark.parametrize("later", LATER)
def test_what_was_waived_after_the_cut_off_counts_as_open(plot: Plot, later: Later) -> None:
    assert told(plot) == ({RULE: 1}, 1, [plot.pk])
    waiver = waive(plot, moment(12))
    assert told(plot) == ({RULE: 1}, 1, [plot.pk])
    later(plot, waiver)
    assert told(plot) == ({RULE: 1}, 1, [plot.pk])


@pytest.mark.parametrize("is_written_first", [True, False])
@pytest.mark.parametrize("later", LATER)
def test_figures_and_lists_of_a_close_are_of_what_was_waived_then(
    plot: Plot, later: Later, is_written_first: bool
) -> None:
    other = without_code(plot.commune)
    word = str(catalogue.by_id(RULE).dimension)
    waiver = waive(plot, moment(6))
    if is_written_first:
        snapshots.take(WEEK, moment(9, 1))
    later(plot, waiver)
    later(other, waive(other, moment(12)))
    if not is_written_first:
        snapshots.take(WEEK, moment(9, 1))
    (figures,) = history.closed(WEEK, None).values()
    assert (figures.rules, figures.alone, figures.dimensions[word]) == ({RULE: 1}, {RULE: 1}, 1)
    assert KeptList.objects.get(kind=KeptList.Kind.ALONE).ids == [other.pk]
    lists = (Stood(WEEK, rule=RULE), Stood(WEEK, rule=RULE, is_alone=True), Stood(WEEK, word=word))
    for stood in lists:
        found = at_cutoff.seen(stood, {plot.commune_id: 1}, None, 9)
        assert [each.plot for each in found] == [other.pk], stood


def test_a_waiver_that_ended_before_the_cut_off_counts_for_nothing(plot: Plot) -> None:
    waive(plot, moment(6))
    ended = findings.end_waiver(
        Finding.objects.get(plot=plot, rule=RULE), by=make.make_user(), reason="hết lý do"
    )
    ChangeSet.objects.filter(pk=ended.change_set_id).update(applied_at=moment(7))
    assert told(plot) == ({RULE: 1}, 1, [plot.pk])
    waive(plot, moment(12))
    assert told(plot) == ({RULE: 1}, 1, [plot.pk])


def test_a_waiver_that_nobody_agreed_to_yet_counts_for_nothing(plot: Plot) -> None:
    asked = findings.ask_waiver(
        Finding.objects.get(plot=plot, rule=RULE), by=make.make_user(), reason="x", until=LONG
    )
    assert isinstance(asked, Decision)
    assert told(plot) == ({RULE: 1}, 1, [plot.pk])


def test_a_missed_cut_off_that_is_rebuilt_counts_the_finding_that_was_waived_since(plot: Plot) -> None:
    waive(plot, moment(12))
    snapshots.take(WEEK, moment(20))
    late = WeeklySnapshot.objects.get()
    assert late.is_rebuilt
    assert (late.rules, late.group_2) == ({RULE: 1}, 1)


@pytest.mark.parametrize("later", LATER)
def test_a_week_that_is_counted_again_comes_out_as_it_was_written(plot: Plot, later: Later) -> None:
    waiver = waive(plot, moment(6))
    snapshots.take(WEEK, moment(9))
    later(plot, waiver)
    assert snapshots.revise(WEEK, "kiểm tra lại") == 0
    WeeklySnapshot.objects.update(rules={RULE: 5})
    assert snapshots.revise(WEEK, "Bản đầu ghi nhầm") == 1
    assert WeeklySnapshot.objects.get(revision=2).rules == {}


def test_of_a_waiver_that_ended_nobody_knows_when_the_former_word_is_kept(plot: Plot) -> None:
    waiver = waive(plot, moment(6))
    snapshots.take(WEEK, moment(9))
    ended_by_itself(plot, waiver)
    Finding.objects.update(waiver_ended_at=None)
    WeeklySnapshot.objects.update(rules={RULE: 5}, group_1=7)
    assert snapshots.revise(WEEK, "Bản đầu ghi nhầm") == 1
    assert WeeklySnapshot.objects.get(revision=2).rules == {RULE: 5}
