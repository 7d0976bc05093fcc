"""The land users and certificates behind a figure of a closed week: the pages, and who sees what of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from landdb.models import AdminUnit, Role, User
from parcels.models import Plot
from reconciliation import classification
from reconciliation.campaign import snapshots
from reconciliation.campaign.kept_pages import Wanted
from reconciliation.campaign.people import SUMS
from reconciliation.models import GroupMove, KeptList, Verification, WeeklySnapshot, WorkItem
from tests import factories as make
from tests.campaign.clock import moment

pytestmark = pytest.mark.django_db
Visit = Callable[[User], Client]

WEEK = dt.date(2026, 3, 2)
LISTS = (
    "/overview/waiting/at/?week=2026-03-02&with=police",
    "/land-users/at/?week=2026-03-02&outcome=matched",
    "/land-users/at/?week=2026-03-02&outcome=all",
    "/land-users/at/?week=2026-03-02&outcome=asked",
    "/certificates/at/?week=2026-03-02&task=scan",
    "/plots/at/?week=2026-03-02&task=code",
    "/plots/at/?week=2026-03-02&group=all",
)


@pytest.fixture
def plots() -> list[Plot]:
    """One in each of two communes, whose land users wait with the police; the week is closed."""
    cache.clear()
    plots = [make.make_ready_plot() for _n in range(2)]
    for plot in plots:
        classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST, at=moment(4))
        WorkItem.objects.create(
            land_user=plot.holdings.get().land_user, commune=plot.commune, plots=1, opened_at=moment(4),
            waits_with="police", waits_since=moment(5), waits_until=dt.date(2026, 3, 7),
        )  # fmt: skip
    Verification.objects.update(since=moment(4))
    snapshots.take(WEEK, moment(9, 1))
    return plots


def rows(client: Client, address: str) -> list[AdminUnit]:
    response = client.get(address)
    assert response.status_code == 200, address
    assert response.context["total"] == len(response.context["rows"])
    return [row.unit for row in response.context["rows"]]


@pytest.mark.parametrize("address", LISTS)
def test_an_official_sees_the_own_commune_alone(visit: Visit, plots: list[Plot], address: str) -> None:
    here, there = (plot.commune for plot in plots)
    official = visit(make.make_user(Role.COMMUNE_OFFICIAL, commune=here))
    assert rows(official, address) == [here]
    assert official.get(f"{address}&commune={there.code}").status_code == 404
    manager = visit(make.make_user(Role.MANAGER))
    assert set(rows(manager, address)) == {here, there}
    assert rows(manager, f"{address}&commune={there.code}") == [there]


@pytest.mark.parametrize("address", LISTS)
def test_who_has_nothing_to_do_with_it_is_turned_away(visit: Visit, plots: list[Plot], address: str) -> None:
    assert visit(make.make_user(Role.POLICE_LIAISON)).get(address).status_code == 403


def test_a_land_user_who_went_elsewhere_since_is_counted_and_not_named(
    visit: Visit, plots: list[Plot]
) -> None:
    here, there = (plot.commune for plot in plots)
    holding = plots[0].holdings.get()
    person = holding.land_user
    holding.commune = person.commune = there
    holding.save()
    person.save()
    for address in LISTS[:2]:
        told = visit(make.make_user(Role.COMMUNE_OFFICIAL, commune=here)).get(address)
        assert [row.person for row in told.context["rows"]] == [None]
        page = told.content.decode()
        assert person.name not in page
        assert "nay không thuộc địa bàn" in page


def test_what_waited_tells_of_then_and_of_now(visit: Visit, plots: list[Plot]) -> None:
    WorkItem.objects.update(state=WorkItem.State.DONE, closed_at=moment(10), plots=9)
    told = visit(make.make_user(Role.MANAGER)).get(LISTS[0])
    row = told.context["rows"][0]
    assert (row.days, row.kept.plots, row.now) == (3, 1, "Đã xong")
    assert "quá hạn 07/03/2026" in told.content.decode()
    late = visit(make.make_user(Role.MANAGER)).get("/overview/waiting/at/?week=2026-03-02&with=overdue")
    assert late.context["total"] == len(late.context["rows"]) == 2


def test_what_the_registry_said_is_told_beside_what_it_says(visit: Visit, plots: list[Plot]) -> None:
    Verification.objects.update(outcome=Verification.Outcome.DECEASED, since=moment(10))
    told = visit(make.make_user(Role.MANAGER)).get(LISTS[1])
    assert {row.now for row in told.context["rows"]} == {"Đã mất"}
    assert (
        visit(make.make_user(Role.MANAGER)).get(LISTS[1].replace("matched", "deceased")).context["rows"] == []
    )


def test_a_close_without_lists_says_so(visit: Visit, plots: list[Plot]) -> None:
    WeeklySnapshot.objects.update(lists=[])
    manager = visit(make.make_user(Role.MANAGER))
    for address in LISTS[:-1]:
        told = manager.get(address)
        assert told.context["rows"] == []
        assert "Bản chốt này không giữ danh sách" in told.content.decode()
    assert len(manager.get(LISTS[-1]).context["rows"]) == 2


def test_a_week_that_was_never_closed_says_so(visit: Visit, plots: list[Plot]) -> None:
    manager = visit(make.make_user(Role.MANAGER))
    for address in LISTS:
        told = manager.get(address.replace("2026-03-02", "2026-02-23"))
        assert "Tuần này chưa được chốt" in told.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/overview/waiting/at/?with=police", "/overview/waiting/at/?week=2026-03-03&with=police",
        "/overview/waiting/at/?week=2026-03-02&with=overdue&age=1", "/plots/at/?week=2026-03-02&word=x",
        "/overview/waiting/at/?week=2026-03-02&with=x", "/overview/waiting/at/?week=2026-03-02&age=4",
        "/land-users/at/?week=2026-03-02", "/land-users/at/?week=2026-03-02&outcome=x",
        "/certificates/at/?week=2026-03-02&task=code", "/plots/at/?week=2026-03-02&task=scan",
        "/plots/at/?day=2026-03-04&task=code",
    ],
)  # fmt: skip
def test_nonsense_is_not_found(visit: Visit, plots: list[Plot], address: str) -> None:
    assert visit(make.make_user(Role.MANAGER)).get(address).status_code == 404


def test_a_sum_of_outcomes_lists_one_after_the_other_over_pages(visit: Visit) -> None:
    cache.clear()
    plot = make.make_ready_plot()
    here = plot.commune
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST, at=moment(4))
    said = [Verification.Outcome.MISMATCH, Verification.Outcome.NOT_FOUND]
    people = [make.make_land_user(here) for _outcome in said]
    for person, outcome in zip(people, said, strict=True):
        Verification.objects.create(land_user=person, commune=here, outcome=outcome, since=moment(4))
    snapshots.take(WEEK, moment(9, 1))
    manager = visit(make.make_user(Role.MANAGER))
    for name, n in (("all", 3), ("asked", 3), ("wrong", 2)):
        page = manager.get(f"/land-users/at/?week={WEEK}&outcome={name}")
        assert (page.context["total"], len(page.context["rows"])) == (n, n)
    wanted = Wanted(WEEK, KeptList.Kind.OUTCOME, "", keys=SUMS["wrong"])
    pages = [wanted.page({here.pk: 2}, after, 1) for after in (None, (here.pk, 1))]
    assert [[row.record for row in rows] for rows in pages] == [[people[0].pk], [people[1].pk]]
