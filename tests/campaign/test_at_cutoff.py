"""The plots behind a figure of a closed week, as they stood when it closed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from landdb.models import Role, User
from parcels.models import Plot
from reconciliation import classification
from reconciliation.actions import findings
from reconciliation.campaign import at_cutoff, snapshots
from reconciliation.campaign.at_cutoff import Stood
from reconciliation.models import ChangeSet, Consent, Decision, Finding, GroupMove
from tests import factories as make
from tests.campaign.clock import moment

pytestmark = pytest.mark.django_db

WEEK, NEXT = dt.date(2026, 3, 2), dt.date(2026, 3, 9)
RULE = "plot_code_missing"


def judge(plot: Plot, at: dt.datetime) -> None:
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION, at=at)


def code(plot: Plot, code: str, at: dt.datetime) -> None:
    """Write a code, or none, and judge."""
    Plot.objects.filter(pk=plot.pk).update(code=code)
    judge(plot, at)


def stood(week: dt.date, plot: Plot, group: int | None = None, rule: str = "") -> list[int]:
    found = at_cutoff.page(Stood(week, group, rule), [plot.commune_id], None, 10)
    return [pk for _commune, pk in found]


@pytest.fixture
def plot() -> Plot:
    """In the first group from Wednesday, 4 March."""
    plot = make.make_ready_plot()
    judge(plot, moment(4))
    return plot


def test_who_has_not_moved_since_stood_there(plot: Plot) -> None:
    assert stood(WEEK, plot, 1) == [plot.pk]
    assert stood(WEEK, plot, 2) == []
    assert stood(dt.date(2026, 2, 23), plot, 1) == []


def test_who_moved_since_stood_where_the_first_move_left_from(plot: Plot) -> None:
    known = plot.code
    code(plot, "", moment(10))
    code(plot, known, moment(11))
    code(plot, "", moment(12))
    assert stood(WEEK, plot, 1) == [plot.pk]
    assert stood(WEEK, plot, 2) == []
    assert stood(NEXT, plot, 1) == []
    assert stood(NEXT, plot, 2) == [plot.pk]


def test_the_stroke_of_midnight_belongs_to_the_week_that_begins(plot: Plot) -> None:
    code(plot, "", moment(9, 0))
    assert stood(WEEK, plot, 1) == [plot.pk]


def test_a_day_of_the_running_week_is_listed_as_it_ended(client: Client, plot: Plot) -> None:
    code(plot, "", moment(10))
    snapshots.take_yesterday(moment(10, 1))
    snapshots.take_yesterday(moment(11, 1))
    client.force_login(make.make_user(Role.MANAGER))
    for day, group, listed in ((9, 1, 1), (9, 2, 0), (10, 1, 0), (10, 2, 1)):
        page = client.get(f"/plots/at/?day=2026-03-{day:02}&group={group}")
        assert (len(page.context["rows"]), page.context["total"]) == (listed, listed), (day, group)
    assert "số ghi khi hết ngày 10/03/2026" in page.content.decode()
    none = client.get("/plots/at/?day=2026-03-08&group=1").content.decode()
    assert "Không có số liệu của ngày này" in none
    assert client.get("/plots/at/?day=x&group=1").status_code == 404


def test_a_plot_whose_number_was_retired_since_is_still_on_the_list(plot: Plot) -> None:
    Plot.objects.filter(pk=plot.pk).update(state=Plot.State.RETIRED)
    judge(plot, moment(10))
    assert stood(WEEK, plot, 1) == [plot.pk]
    assert stood(NEXT, plot, 1) == []


def test_a_plot_that_went_to_another_commune_is_on_the_list_of_its_old_one(plot: Plot) -> None:
    there = make.make_commune()
    Plot.objects.filter(pk=plot.pk).update(commune=there)
    judge(plot, moment(10))
    assert stood(WEEK, plot, 1) == [plot.pk]
    assert at_cutoff.page(Stood(WEEK, 1), [there.pk], None, 10) == []
    group = GroupMove.objects.filter(commune=there).values_list("to_group", flat=True).get()
    assert at_cutoff.page(Stood(NEXT, group), [there.pk], None, 10) == [(there.pk, plot.pk)]


def test_a_rule_that_was_open_then_whether_it_is_done_by_now_or_not(plot: Plot) -> None:
    known = plot.code
    code(plot, "", moment(5))
    assert stood(WEEK, plot, rule=RULE) == [plot.pk]
    code(plot, known, moment(10))
    assert stood(WEEK, plot, rule=RULE) == [plot.pk]
    assert stood(NEXT, plot, rule=RULE) == []


def test_a_rule_that_was_waived_later_was_open_then(plot: Plot) -> None:
    code(plot, "", moment(5))
    finding = Finding.objects.get(rule=RULE)
    asks, agrees = make.make_user(), make.make_user(role=Role.SENIOR_REVIEWER)
    decision = findings.ask_waiver(finding, by=asks, reason="đã xem", until=dt.date(2999, 1, 1))
    assert isinstance(decision, Decision)
    Finding.objects.filter(pk=finding.pk).update(state=Finding.State.WAIVED)
    applied = ChangeSet.objects.filter(pk=decision.change_set_id)
    Consent.objects.filter(change_set__in=applied).update(given_by=agrees, given_at=moment(11))
    applied.update(state=ChangeSet.State.APPLIED, applied_at=moment(11))
    decision.change_set.changes.update(state="applied")
    assert stood(WEEK, plot, rule=RULE) == [plot.pk]
    assert stood(NEXT, plot, rule=RULE) == []


def test_pages_follow_one_another_through_communes_without_a_gap() -> None:
    plots = [make.make_ready_plot() for _n in range(3)]
    plots += [make.make_ready_plot(commune=plots[0].commune) for _n in range(2)]
    for each in plots:
        judge(each, moment(4))
    code(plots[3], "", moment(10))
    order = sorted({each.commune_id for each in plots})
    whole = at_cutoff.page(Stood(WEEK, 1), order, None, 10)
    assert sorted(pk for _commune, pk in whole) == sorted(each.pk for each in plots)
    found: list[tuple[int, int]] = []
    while part := at_cutoff.page(Stood(WEEK, 1), order, found[-1] if found else None, 2):
        found += part
    assert found == whole


def test_a_question_names_a_group_or_a_rule() -> None:
    with pytest.raises(ValueError, match="a group or a rule"):
        Stood(WEEK)
    with pytest.raises(ValueError, match="a group or a rule"):
        Stood(WEEK, 1, RULE)


# ---- the page ----


def manager(client: Client, **fields: object) -> User:
    user = make.make_user(**{"role": Role.MANAGER, **fields})
    client.force_login(user)
    return user


def test_the_page_shows_the_close_s_own_figure_and_the_plots_of_then(client: Client, plot: Plot) -> None:
    snapshots.take(WEEK, moment(9, 1))
    code(plot, "", moment(10))
    manager(client)
    page = client.get(f"/plots/at/?week=2026-03-02&group=1&commune={plot.commune.code}")
    assert page.status_code == 200
    assert page.context["total"] == 1
    (row,) = page.context["rows"]
    assert (row.plot.pk, row.status.group) == (plot.pk, 2)
    assert "đúng bằng bản chốt" in page.content.decode()
    none = client.get("/plots/at/?week=2026-03-02&group=2")
    assert none.context["total"] == 0
    assert none.context["rows"] == []


def test_a_rule_of_the_close_opens_its_plots(client: Client, plot: Plot) -> None:
    code(plot, "", moment(5))
    snapshots.take(WEEK, moment(9, 1))
    manager(client)
    page = client.get(f"/plots/at/?week=2026-03-02&rule={RULE}")
    assert page.context["total"] == 1
    assert [row.plot.pk for row in page.context["rows"]] == [plot.pk]


def test_a_week_that_is_not_closed_says_so(client: Client, plot: Plot) -> None:
    manager(client)
    page = client.get("/plots/at/?week=2026-03-02&group=1")
    assert "Tuần này chưa được chốt" in page.content.decode()


NONSENSE = (
    "", "week=x&group=1", "week=2026-03-03&group=1", "week=2026-03-02", "week=2026-03-02&group=4",
    "week=2026-03-02&rule=no_such_rule",
)  # fmt: skip


@pytest.mark.parametrize("asked", NONSENSE)
def test_nonsense_is_not_found(client: Client, asked: str) -> None:
    manager(client)
    assert client.get(f"/plots/at/?{asked}").status_code == 404


def test_an_official_sees_the_own_commune_alone(client: Client, plot: Plot) -> None:
    other = make.make_ready_plot()
    judge(other, moment(4))
    snapshots.take(WEEK, moment(9, 1))
    manager(client, role=Role.COMMUNE_OFFICIAL, commune=plot.commune)
    page = client.get("/plots/at/?week=2026-03-02&group=1")
    assert [row.plot.pk for row in page.context["rows"]] == [plot.pk]
    assert page.context["total"] == 1
    assert client.get(f"/plots/at/?week=2026-03-02&group=1&commune={other.commune.code}").status_code == 404
