"""Rank and distance from the plan of a commune: the same on the dashboard, in the report and on the wall."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from landdb.models import AdminUnit, Role, User
from reconciliation.campaign.report_past import Territory, past
from reconciliation.campaign.report_standing import standings
from reconciliation.models import WeeklySnapshot
from reconciliation.web import dashboard_table
from tests import factories as make
from tests.campaign import report_cast as cast

pytestmark = pytest.mark.django_db

WEEKS = 4
THIS = cast.week(WEEKS)
Visit = Callable[[User], Client]


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def units() -> list[AdminUnit]:
    """Communes with few plots to clean, so that a plot of the plan line is some tenths of a point; the last
    one was assigned nothing."""
    units = cast.communes(6)
    cast.campaign(units, WEEKS)
    for row in WeeklySnapshot.objects.all():
        row.tasks["clean"]["assigned"] = 1117
        if row.commune == units[-1]:
            del row.tasks["clean"]["assigned"]
        row.save()
    return units


@pytest.fixture
def manager(visit: Visit) -> Client:
    return visit(make.make_user(Role.MANAGER))


def on_dashboard(client: Client, query: str = "") -> list[dashboard_table.Row]:
    rows: list[dashboard_table.Row] = client.get(f"/overview/?week={THIS}&all=1{query}").context["rows"]
    return rows


def test_rank_1_is_the_best_everywhere(manager: Client, units: list[AdminUnit]) -> None:
    told = past(Territory(), THIS, 1)
    assert told is not None
    report = {each.commune: each.rank for each in standings(told)}
    assert {row.unit.pk: row.rank for row in on_dashboard(manager)} == report
    gaps = {each.rank: each.gap for each in standings(told) if each.gap is not None}
    assert gaps[1] == max(gaps.values())
    page = manager.get(f"/report/screen/?week={THIS}&n=2")
    shown = page.context["page"]
    assert (shown["rank"], shown["ranked"]) == (len(gaps), len(gaps))
    assert f"hạng {len(gaps)} / {len(gaps)}" in page.content.decode()
    assert f"trang 2 / {len(units)}" in page.content.decode()


def test_the_dashboard_begins_with_the_slowest_and_says_so_by_its_rank(
    manager: Client, units: list[AdminUnit]
) -> None:
    assert [row.rank for row in on_dashboard(manager)] == [5, 4, 3, 2, 1, None]


def test_one_commune_alone_has_no_rank(manager: Client, visit: Visit, units: list[AdminUnit]) -> None:
    assert [row.rank for row in on_dashboard(manager, f"&commune={units[0].code}")] == [None]
    leader = visit(make.make_user(Role.MANAGER, commune=units[0]))
    assert [row.rank for row in on_dashboard(leader)] == [None]


def test_the_points_from_the_plan_are_the_same_and_made_of_what_is_not_rounded(
    manager: Client, units: list[AdminUnit]
) -> None:
    told = past(Territory(), THIS, 1)
    assert told is not None
    places = {each.commune: each for each in standings(told)}
    for row in on_dashboard(manager):
        assert row.gap == places[row.unit.pk].gap
        page = manager.get(f"/overview/?week={THIS}&commune={row.unit.code}")
        assert page.context["goal"].get("points") == row.gap
    gap, planned = places[units[0].pk].gap, places[units[0].pk].planned
    assert gap is not None
    assert planned is not None
    assert planned != round(planned)
    assert gap == pytest.approx(100 * (cast.ready(0, WEEKS) - planned) / 1117)
