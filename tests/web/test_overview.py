"""Where the communes stand: counters, changes, links to the lists, and only one's own territory."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client

from landdb.models import AdminUnit, Role
from reconciliation.models import Tally, Verification, WeeklySnapshot
from tests import factories

pytestmark = pytest.mark.django_db
WEEK = dt.date(2026, 11, 16)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def stock(
    commune: AdminUnit, *now: int, before: tuple[int, int, int] | None = None, week: dt.date = WEEK
) -> None:
    for group, plots in enumerate(now, 1):
        Tally.objects.create(commune=commune, group=group, plots=plots)
        Tally.objects.create(commune=commune, group=group, rule="area_missing", plots=plots)
    if before:
        one, two, three = before
        WeeklySnapshot.objects.create(commune=commune, week=week, group_1=one, group_2=two, group_3=three)


def verify(commune: AdminUnit, outcome: str) -> None:
    land_user = factories.make_land_user(commune)
    Verification.objects.update_or_create(
        land_user=land_user,
        defaults={"commune": commune, "outcome": outcome, "since": dt.datetime(2026, 11, 1, tzinfo=dt.UTC)},
    )


def page_of(client: Client, role: str, query: str = "", **fields: object) -> str:
    client.force_login(factories.make_user(role, **fields))
    response = client.get(f"/overview/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_tiles_say_how_many_plots_and_what_changed_since_the_snapshot(client: Client) -> None:
    stock(factories.make_commune(), 1500, 900, 100, before=(1200, 1100, 200))
    stock(factories.make_commune(), 500, 0, 0, before=(500, 0, 0))
    page = page_of(client, Role.MANAGER)
    for words in (
        "2.000",
        "66,7 %",
        "+300",
        "900",
        "−200",
        "100",
        "−100",
        "so với bản chốt 22/11/2026",
        "3.000 thửa",
    ):
        assert words in page, words


def test_the_latest_week_and_its_latest_revision_count(client: Client) -> None:
    commune = factories.make_commune()
    stock(commune, 100, 0, 0, before=(10, 90, 0), week=WEEK - dt.timedelta(days=7))
    for revision, one in ((1, 50), (2, 60)):
        WeeklySnapshot.objects.create(
            commune=commune, week=WEEK, revision=revision, group_1=one, group_2=100 - one, group_3=0
        )
    page = page_of(client, Role.MANAGER)
    assert "+40" in page
    assert "+50" not in page


def test_every_number_leads_to_the_list_behind_it(client: Client) -> None:
    commune = factories.make_commune()
    stock(commune, 5, 7, 9)
    page = page_of(client, Role.MANAGER, "?all=1")
    for group in (1, 2, 3):
        assert f'href="/queue/?commune={commune.code}&amp;group={group}"' in page
        assert f'href="/queue/?group={group}"' in page


def test_group_three_says_how_many_of_it_nobody_has_confirmed(client: Client) -> None:
    for confirmed in (4, 0):
        commune = factories.make_commune()
        stock(commune, 5, 7, 9)
        Tally.objects.create(commune=commune, group=3, rule=Tally.CONFIRMED, plots=confirmed)
    assert '<a href="/queue/?confirmed=no">14 chưa xác nhận</a>' in page_of(client, Role.MANAGER)
    assert "14 chưa xác nhận" in page_of(client, Role.POLICE_LIAISON)


def test_a_role_without_the_queue_reads_numbers_and_no_links(client: Client) -> None:
    stock(factories.make_commune(), 5, 7, 9)
    assert "/queue/" not in page_of(client, Role.POLICE_LIAISON)


def test_an_office_sees_its_communes_only(client: Client) -> None:
    office = factories.make_office()
    inside = factories.make_commune(office=office, short_name="Trong", name="Phường Trong")
    outside = factories.make_commune(short_name="Ngoài", name="Phường Ngoài")
    stock(inside, 10, 0, 0)
    stock(outside, 7777, 0, 0)
    verify(inside, "matched")
    for _n in range(3):
        verify(outside, "not_found")
    page = page_of(client, Role.MANAGER, office=office)
    assert "P. Trong" in page
    assert "Ngoài" not in page
    assert "7.777" not in page
    assert "Không tìm thấy" not in page
    assert "1</a> người" in page


def test_a_commune_official_sees_the_own_commune_and_the_shares_of_the_province(client: Client) -> None:
    mine = factories.make_commune(short_name="Nhà", name="Phường Nhà")
    stock(mine, 10, 0, 0)
    stock(factories.make_commune(short_name="Khác", name="Phường Khác"), 0, 30, 0)
    page = page_of(client, Role.COMMUNE_OFFICIAL, commune=mine)
    assert "P. Nhà" in page
    assert "Khác" not in page
    assert "Cả tỉnh để so" in page
    assert "25,0 %" in page


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("", ["P. Kém", "P. Giỏi", "P. Trống"]),
        ("?sort=-share", ["P. Giỏi", "P. Kém", "P. Trống"]),
        ("?sort=plots", ["P. Giỏi", "P. Kém", "P. Trống"]),
        ("?sort=name", ["P. Giỏi", "P. Kém", "P. Trống"]),
        ("?sort=nonsense", ["P. Kém", "P. Giỏi", "P. Trống"]),
    ],
)
def test_it_is_sorted_by_the_address_with_empty_communes_last(
    client: Client, query: str, order: list[str]
) -> None:
    stock(factories.make_commune(short_name="Giỏi", sort_key="a"), 9, 1, 0)
    stock(factories.make_commune(short_name="Kém", sort_key="b"), 1, 90, 9)
    factories.make_commune(short_name="Trống", sort_key="c")
    page = page_of(client, Role.MANAGER, query)
    assert sorted(order, key=lambda name: page.index(f">{name}</a>")) == order


def test_it_reads_counters_and_as_many_of_them_for_two_communes_as_for_twenty(
    client: Client, django_assert_max_num_queries: object
) -> None:
    client.force_login(factories.make_user(Role.MANAGER))
    for _n in range(20):
        stock(factories.make_commune(), 1, 2, 3, before=(1, 2, 3))
    with django_assert_max_num_queries(16) as queries:  # type: ignore[operator]
        client.get("/overview/")
    assert not any("parcels_plot" in query["sql"] for query in queries.captured_queries)


def test_before_any_run_it_says_so(client: Client) -> None:
    factories.make_commune()
    page = page_of(client, Role.MANAGER)
    assert "chưa có bản chốt tuần nào để so" in page
    assert "Chưa đối chiếu lần nào." in page
