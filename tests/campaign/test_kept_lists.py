"""Whom a close counted where nothing dated tells it later: its lists are kept and equal its figures."""

from __future__ import annotations

import datetime as dt

import pytest

from landdb.models import AdminUnit
from parcels.models import Plot, Scan
from reconciliation import classification
from reconciliation.campaign import at_cutoff, history, snapshots
from reconciliation.campaign.at_cutoff import Stood
from reconciliation.campaign.kept_pages import Wanted
from reconciliation.models import (
    DayFigures,
    ExcludedList,
    GroupMove,
    KeptList,
    Task,
    Verification,
    WeeklySnapshot,
    WorkItem,
)
from tests import factories as make
from tests.campaign.clock import moment

pytestmark = pytest.mark.django_db

Kind = KeptList.Kind
WEEK, CLOSE = dt.date(2026, 3, 2), moment(9, 1)
RULE = "plot_code_missing"


def judge(plot: Plot, at: dt.datetime) -> None:
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION, at=at)


def wait(commune: AdminUnit, where: str, opened: int, **more: object) -> int:
    """A land user whose work was opened on a day of March, handed on a day later; the id."""
    person = make.make_land_user(commune)
    WorkItem.objects.create(
        land_user=person, commune=commune, plots=2, opened_at=moment(opened), waits_with=where,
        waits_since=moment(opened + 1) if where else None, **more,
    )  # fmt: skip
    return person.pk


@pytest.fixture
def plot() -> Plot:
    """In the first group from Wednesday, 4 March."""
    plot = make.make_ready_plot()
    judge(plot, moment(4))
    Verification.objects.update(since=moment(4))
    return plot


def told(week: dt.date = WEEK) -> history.Figures:
    return history.total(history.closed(week, None).values())


def listed(wanted: Wanted, commune: AdminUnit, n: int) -> list[int]:
    return [each.record for each in wanted.page({commune.pk: n}, None, 50)]


def test_whom_work_waited_for_is_listed_after_it_is_done(plot: Plot) -> None:
    here = plot.commune
    young, old = wait(here, "police", 7), wait(here, "police", 2, waits_until=dt.date(2026, 3, 8))
    desk = wait(here, "", 3)
    snapshots.take(WEEK, CLOSE)
    WorkItem.objects.update(state=WorkItem.State.DONE, closed_at=moment(10), waits_with="")
    police = told().waiting["police"]
    assert (police.items, police.plots, police.late) == (2, 4, 1)
    assert listed(Wanted(WEEK, Kind.WAITS, "police"), here, 2) == [old, young]
    assert listed(Wanted(WEEK, Kind.WAITS, "desk"), here, 1) == [desk]
    assert listed(Wanted(WEEK, Kind.WAITS, "", late_with=("police", "commune")), here, 1) == [old]


def test_each_age_of_a_close_lists_as_many_as_it_counted(plot: Plot) -> None:
    for days in (0, 7, 8, 14, 15, 30, 31, 90):
        opened = moment(8) - dt.timedelta(days=days)
        person = make.make_land_user(plot.commune)
        WorkItem.objects.create(land_user=person, commune=plot.commune, plots=1, opened_at=opened)
    snapshots.take(WEEK, CLOSE)
    WorkItem.objects.all().delete()
    ages = told().waiting["desk"].ages
    assert ages == [2, 2, 2, 2]
    found = [Wanted(WEEK, Kind.WAITS, "desk", age).page({plot.commune_id: 2}, None, 50) for age in range(4)]
    days = [[(dt.date(2026, 3, 8) - (each.since or WEEK)).days for each in page] for page in found]
    assert days == [[7, 0], [14, 8], [30, 15], [90, 31]]


def test_who_was_handed_work_since_the_close_had_it_from_the_desk_then(plot: Plot) -> None:
    person = wait(plot.commune, "commune", 8, waits_until=dt.date(2026, 3, 5))
    WorkItem.objects.update(opened_at=moment(5), waits_since=moment(9, 0))
    snapshots.take(WEEK, CLOSE)
    assert set(told().waiting) == {"desk"}
    assert told().waiting["desk"].late == 0
    assert listed(Wanted(WEEK, Kind.WAITS, "desk"), plot.commune, 1) == [person]


def test_what_a_rule_alone_held_back_is_listed_after_it_is_cleared(plot: Plot) -> None:
    known, other = plot.code, make.make_ready_plot(plot.commune, code="", legal_area=None)
    Plot.objects.filter(pk=plot.pk).update(code="")
    for each in (plot, other):
        judge(each, moment(5))
    # After the cut-off and before the close is written the two change places.
    Plot.objects.filter(pk=plot.pk).update(code=known)
    Plot.objects.filter(pk=other.pk).update(legal_area=100)
    for each in (plot, other):
        judge(each, moment(9, 0) + dt.timedelta(minutes=5))
    snapshots.take(WEEK, CLOSE)
    Plot.objects.filter(pk=other.pk).update(code="x")
    judge(other, moment(10))
    assert told().alone == {RULE: 1}
    stood = Stood(WEEK, rule=RULE, is_alone=True)
    assert [each.plot for each in at_cutoff.seen(stood, {plot.commune_id: 1}, None, 50)] == [plot.pk]


def test_all_groups_of_a_commune_are_listed_with_the_group_of_then(plot: Plot) -> None:
    other = make.make_ready_plot(plot.commune, code="")
    judge(other, moment(5))
    snapshots.take(WEEK, CLOSE)
    Plot.objects.filter(pk=plot.pk).update(code="")
    Plot.objects.filter(pk=other.pk).update(state=Plot.State.RETIRED)
    for each in (plot, other):
        judge(each, moment(10))
    stood, here = Stood(WEEK, is_all=True), {plot.commune_id: told().plots}
    found = at_cutoff.seen(stood, here, None, 50)
    assert sorted((each.plot, each.group) for each in found) == sorted([(plot.pk, 1), (other.pk, 2)])
    first = at_cutoff.seen(stood, here, None, 1)
    assert first + at_cutoff.seen(stood, here, (first[0].commune, first[0].place), 1) == found


def test_what_was_done_of_the_other_tasks_is_listed_after_it_is_undone(plot: Plot) -> None:
    holding = plot.holdings.get()
    paper, person = holding.certificate, holding.land_user
    assert paper is not None
    snapshots.take(WEEK, CLOSE)
    Plot.objects.update(code="")
    Scan.objects.all().delete()
    Verification.objects.update(outcome=Verification.Outcome.NOT_FOUND, since=moment(10))
    done = {task: told().tasks[task].done for task in Task}
    assert done == {Task.CLEAN: 1, Task.COLLECT: 1, Task.VERIFY: 1, Task.CODE: 1, Task.SCAN: 1}
    found = at_cutoff.seen(Stood(WEEK, task=Task.CODE), {plot.commune_id: 1}, None, 50)
    assert [each.plot for each in found] == [plot.pk]
    for task in (Task.COLLECT, Task.SCAN):
        assert listed(Wanted(WEEK, Kind.DONE, task), plot.commune, 1) == [paper.pk]
    assert listed(Wanted(WEEK, Kind.OUTCOME, "matched"), plot.commune, 1) == [person.pk]


def test_what_cannot_be_collected_is_kept_of_the_last_day_and_of_each_close(plot: Plot) -> None:
    holding = plot.holdings.get()
    Scan.objects.all().delete()
    WorkItem.objects.create(
        land_user=holding.land_user, commune=plot.commune, plots=1, opened_at=moment(4), waits_with="citizen",
        waits_why="citizen_lost", waits_since=moment(5),
    )  # fmt: skip
    kept = ["certificates:citizen_lost", [holding.certificate_id]]
    for day in (11, 12):
        snapshots.take_yesterday(moment(day, 1))
    assert [[each.key, each.ids] for each in ExcludedList.objects.all()] == [kept]
    assert ExcludedList.objects.get().day == DayFigures.objects.latest("day").day == dt.date(2026, 3, 11)
    ExcludedList.objects.all().delete()
    snapshots.take_yesterday(moment(16, 1))
    assert [[each.key, each.ids] for each in KeptList.objects.filter(kind=Kind.EXCLUDED)] == [kept]
    assert not ExcludedList.objects.exists()


def test_of_whom_the_registry_spoke_otherwise_before_the_close_was_written_is_a_list_of_its_own(
    plot: Plot,
) -> None:
    Verification.objects.update(outcome=Verification.Outcome.NOT_FOUND, since=moment(9, 0))
    snapshots.take(WEEK, CLOSE)
    assert told().verification == {"": 1}
    person = plot.holdings.get().land_user
    assert listed(Wanted(WEEK, Kind.OUTCOME, ""), plot.commune, 1) == [person.pk]


def test_a_close_made_good_late_keeps_what_the_registry_said_alone(plot: Plot) -> None:
    wait(plot.commune, "police", 5)
    snapshots.take(WEEK, moment(20))
    assert WeeklySnapshot.objects.get().lists == [Kind.OUTCOME]
    assert set(KeptList.objects.values_list("kind", flat=True)) == {Kind.OUTCOME}
    assert told().verification == {"matched": len(KeptList.objects.get().ids)}


def test_a_revision_keeps_the_lists_of_the_first_word(plot: Plot) -> None:
    person = wait(plot.commune, "police", 5)
    snapshots.take(WEEK, CLOSE)
    WeeklySnapshot.objects.update(group_1=5)
    assert snapshots.revise(WEEK, "sổ đã sai") == 1
    last = WeeklySnapshot.objects.get(revision=2)
    assert set(last.lists) == set(Kind)
    assert told().waiting["police"].items == 1
    assert listed(Wanted(WEEK, Kind.WAITS, "police"), plot.commune, 1) == [person]


def test_a_revision_that_counts_other_land_users_lists_those(plot: Plot) -> None:
    snapshots.take(WEEK, CLOSE)
    more = make.make_verification(make.make_land_user(plot.commune), "matched", since=moment(4))
    assert snapshots.revise(WEEK, "thiếu một người") == 1
    assert told().verification == {"matched": 2}
    assert told().tasks[Task.VERIFY].done == 2
    assert more.pk in listed(Wanted(WEEK, Kind.OUTCOME, "matched"), plot.commune, 2)


def test_pages_of_a_kept_list_follow_one_another_through_communes(plot: Plot) -> None:
    there = make.make_ready_plot()
    judge(there, moment(4))
    for n in range(3):
        wait(plot.commune, "", n + 1)
        wait(there.commune, "", n + 1)
    snapshots.take(WEEK, CLOSE)
    counts, wanted = {there.commune_id: 3, plot.commune_id: 3}, Wanted(WEEK, Kind.WAITS, "desk")
    whole = wanted.page(counts, None, 50)
    assert [each.commune for each in whole] == [there.commune_id] * 3 + [plot.commune_id] * 3
    found: list[object] = []
    after = None
    while page := wanted.page(counts, after, 2):
        found += page
        after = (page[-1].commune, page[-1].place)
    assert found == whole


def test_who_asks_twice_at_the_same_time_writes_once(plot: Plot) -> None:
    assert snapshots.take(WEEK, CLOSE) == 1
    kept = list(KeptList.objects.order_by("pk").values())
    assert snapshots.take(WEEK, CLOSE) == 0
    assert list(KeptList.objects.order_by("pk").values()) == kept
