"""The dashboard: a week's figures of a territory, each number with its list, and closed weeks for ever."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from landdb.models import AdminUnit, CommuneOutline, Role, User
from parcels.models import Plot
from reconciliation import classification
from reconciliation.campaign import snapshots, weekly
from reconciliation.campaign.course import Course
from reconciliation.campaign.weekly import Closes
from reconciliation.classification import period
from reconciliation.models import GroupMove, LedgerDay, Target, VerificationBatch, VerificationLine
from reconciliation.rules import catalogue
from reconciliation.web import dashboard_panels
from tests import factories
from tests.campaign import season

pytestmark = pytest.mark.django_db

WEEKS = 5
Visit = Callable[[User], Client]
LINK = re.compile(r'<a[^>]* href="(/ledger/plots/[^"]*)"[^>]*>([\d.]+)</a>')


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def communes() -> list[AdminUnit]:
    office = factories.make_office(code="VP-MOT", name="Văn phòng Một")
    other = factories.make_office(code="VP-HAI", name="Văn phòng Hai")
    return [
        factories.make_commune(
            office=office if n < 2 else other, short_name=name, name=f"Phường {name}", sort_key=f"{n}",
            map_lon=106.0 + n / 10, map_lat=21.2 + n / 20,
        )
        for n, name in enumerate(("Một", "Hai", "Ba"))
    ]  # fmt: skip


@pytest.fixture
def weeks(communes: list[AdminUnit]) -> list[dt.date]:
    """Ready plots and bad ones in each commune, and the weeks in which they came to be so."""
    for n, commune in enumerate(communes):
        ids = [factories.make_ready_plot(commune).pk for _ in range(4 + n)]
        ids += [factories.make_ready_plot(commune, code="").pk for _ in range(2)]
        classification.refresh(ids, cause=GroupMove.Cause.FIRST)
    return season.live_through(WEEKS)


@pytest.fixture
def manager() -> User:
    return factories.make_user(Role.MANAGER)


def page_of(client: Client, query: str = "") -> str:
    response = client.get(f"/overview/{query}")
    assert response.status_code == 200
    return response.content.decode()


def spoil(plot: Plot) -> None:
    Plot.objects.filter(pk=plot.pk).update(code="x")
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)


def test_a_closed_week_says_the_same_for_ever(visit: Visit, manager: User, weeks: list[dt.date]) -> None:
    client, address = visit(manager), f"?week={weeks[-2]}"
    before = re.sub(r"csrf\w+\" value=\"\w+", "", page_of(client, address))
    assert "chốt 24:00" in before
    spoil(Plot.objects.filter(status__group=1)[0])
    Target.objects.all().delete()
    cache.clear()
    after = re.sub(r"csrf\w+\" value=\"\w+", "", page_of(client, address))
    assert after == before
    assert page_of(client) != before


def test_another_revision_of_a_closed_week_is_seen_though_the_first_was_kept(
    visit: Visit, manager: User, weeks: list[dt.date]
) -> None:
    client, address = visit(manager), f"?week={weeks[-1]}"
    assert "Bản chốt sửa lại" not in page_of(client, address)
    snapshots.WeeklySnapshot.objects.filter(week=weeks[-1]).update(group_1=0)
    snapshots.revise(weeks[-1], "đếm lại")
    assert "Bản chốt sửa lại: đếm lại." in page_of(client, address)


def test_any_day_that_is_stored_as_due_is_drawn(
    visit: Visit, manager: User, communes: list[AdminUnit], weeks: list[dt.date]
) -> None:
    season.plan(dt.date.min, dt.date.max)
    season.live_through(WEEKS)
    client = visit(manager)
    for query in ("", f"?week={weeks[-1]}", f"?commune={communes[0].code}"):
        assert "hạn 31/12" in page_of(client, query)
    for address in ("/report/", "/report/screen/", "/alerts/", "/plan/"):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("where", ["province", "commune"])
def test_the_week_balances_and_each_number_of_moves_is_that_of_its_list(
    visit: Visit, manager: User, weeks: list[dt.date], communes: list[AdminUnit], where: str, closed: bool
) -> None:
    for plot in Plot.objects.filter(status__group=1)[:2]:
        spoil(plot)
    client = visit(manager)
    query = f"?week={weeks[0]}" if closed else "?"
    page = page_of(client, query + (f"&commune={communes[0].code}" if where == "commune" else ""))
    assert "Đầu kỳ + vào − ra = cuối kỳ" in page
    assert "lệch" not in page
    found = LINK.findall(page)
    assert found
    for href, shown in found:
        listed = client.get(html.unescape(href)).content.decode()
        assert listed.count('<th scope="row" class="what') == int(shown), href


def test_books_of_every_commune_and_week_balance(weeks: list[dt.date]) -> None:
    closes = Closes.read()
    for week in [weekly.closed_week(each, None, closes) for each in weeks]:
        assert all(book.is_balanced for book in week.books.values())
    running = weekly.running_week(None, closes)
    assert all(book.is_balanced for book in running.books.values())
    assert period.total(running.books.values()).closing.total() == Plot.objects.count()


def test_what_does_not_balance_is_said(visit: Visit, manager: User, weeks: list[dt.date]) -> None:
    LedgerDay.objects.filter(to_group=2)[:1].get().delete()
    assert "Sổ không khớp với bộ đếm" in page_of(visit(manager), f"?week={weeks[0]}")


def top_rules(page: str) -> str:
    return page.partition('id="top-rules"')[2].partition("</section>")[0]


def test_the_rule_whose_clearing_brings_most_stands_first_with_its_list(
    visit: Visit, manager: User, weeks: list[dt.date], communes: list[AdminUnit]
) -> None:
    plots = [factories.make_ready_plot(communes[0], legal_area=None) for _ in range(9)]
    Plot.objects.filter(pk__in=[plot.pk for plot in plots[2:]]).update(code="")
    classification.refresh([plot.pk for plot in plots], cause=GroupMove.Cause.FIRST)
    shown = top_rules(page_of(visit(manager)))
    assert "Quy tắc đáng gỡ nhất" in shown
    assert re.findall(r"rule=(\w+)&amp;alone=1\">(\d+)</a>", shown)[:2] == [
        ("plot_code_missing", "6"), ("area_missing", "2"),
    ]  # fmt: skip
    assert ">13</a>" in shown


def test_what_holds_back_most_is_shown_though_clearing_it_alone_brings_nothing() -> None:
    ids = [rule.id for rule in catalogue.RULES[:12]]
    week: Any = SimpleNamespace(
        rules=Counter({rule: 1000 - 10 * n for n, rule in enumerate(ids)}),
        alone=Counter({rule: n for n, rule in enumerate(ids)}),
        is_closed=False,
    )
    territory: Any = SimpleNamespace(codes=[], office="")
    shown = [line["rule"].id for line in dashboard_panels.rules(week, territory, may_list=True)]
    assert shown == [ids[n] for n in (11, 10, 9, 8, 7, 2, 1, 0)]
    week.alone = None
    shown = [line["rule"].id for line in dashboard_panels.rules(week, territory, may_list=True)]
    assert shown == ids[:8]


def test_a_closed_week_tells_what_clearing_would_bring_unless_it_was_rebuilt(
    visit: Visit, manager: User, weeks: list[dt.date]
) -> None:
    client = visit(manager)
    shown = top_rules(page_of(client, f"?week={weeks[-1]}"))
    assert 'alone=1">6</a></b></td>' in shown
    snapshots.WeeklySnapshot.objects.filter(week=weeks[-2]).update(alone=None)
    shown = top_rules(page_of(client, f"?week={weeks[-2]}"))
    assert "Quy tắc giữ nhiều thửa nhất" in shown
    assert "Bản chốt này không ghi thửa nào chỉ vướng một quy tắc." in shown
    assert '<td class="num">–</td>' in shown


def test_without_a_plan_and_without_a_snapshot_it_says_what_to_do(
    visit: Visit, manager: User, communes: list[AdminUnit]
) -> None:
    page = page_of(visit(manager))
    assert "Chưa có kế hoạch: nhập chỉ tiêu" in page
    assert "Bản chốt đầu tiên được ghi sau 24:00 chủ nhật" in page
    assert "Không có việc nào đang chờ." in page


def test_the_plan_is_a_straight_line_and_the_pace_spreads_what_is_missing() -> None:
    course = Course(dt.date(2026, 9, 1), dt.date(2026, 9, 11), base=100, assigned=200)
    assert [course.at(dt.date(2026, 9, day)) for day in (1, 6, 11, 30)] == [100, 150, 200, 200]
    assert course.at(dt.date(2026, 8, 1)) == 100
    assert course.needed(130, dt.date(2026, 8, 28)) == 35
    assert course.needed(200, dt.date(2026, 9, 6)) == 0
    assert course.needed(199, dt.date(2026, 9, 11)) is None


def test_the_slowest_commune_comes_first_with_its_gap_and_what_it_needs(
    visit: Visit, manager: User, weeks: list[dt.date], communes: list[AdminUnit]
) -> None:
    season.plan(weeks[0], weeks[0] + dt.timedelta(weeks=2 * WEEKS), share=0.9)
    Target.objects.filter(commune=communes[1]).update(assigned=60)
    page = page_of(visit(manager))
    names = re.findall(r'data-open href="\?commune=\d+">P\. (\w+)</a>', page)
    assert names[0] == "Hai"
    assert "▼ −" in page
    assert 'class="plan" points="' in page
    assert "Dự kiến xong" in page


def test_tabs_show_the_province_each_office_and_one_commune(
    visit: Visit, manager: User, weeks: list[dt.date], communes: list[AdminUnit]
) -> None:
    client = visit(manager)
    assert 'href="?office=VP-MOT"' in page_of(client)
    office = page_of(client, "?office=VP-MOT")
    assert ">P. Một</a>" in office
    assert ">P. Ba</a>" not in office
    assert re.search(r'href="/ledger/\?[^"]*office=VP-MOT"', office)
    one = page_of(client, f"?commune={communes[2].code}")
    assert f'href="/queue/?commune={communes[2].code}&amp;group=1">6</a>' in one


def test_an_official_sees_the_own_commune_whatever_the_address_asks(
    visit: Visit, weeks: list[dt.date], communes: list[AdminUnit]
) -> None:
    client = visit(factories.make_user(Role.COMMUNE_OFFICIAL, commune=communes[0]))
    for query in ("", f"?commune={communes[2].code}", "?office=VP-HAI", f"?week={weeks[-1]}", "?all=1"):
        page = page_of(client, query)
        assert "P. Một" in page
        assert "Ba<" not in page
        assert "Cả tỉnh để so" in page


def test_every_circle_of_the_map_leads_to_its_commune(
    visit: Visit, manager: User, weeks: list[dt.date], communes: list[AdminUnit]
) -> None:
    drawn = page_of(visit(manager)).partition('class="chart map-of"')[2].partition("</svg>")[0]
    for commune in communes:
        assert f'<a href="?commune={commune.code}"' in drawn
    assert drawn.count("<title>") == 3


def test_communes_are_drawn_in_their_own_boundaries_where_there_are_any(
    visit: Visit, manager: User, weeks: list[dt.date], communes: list[AdminUnit]
) -> None:
    west, east, south, north = 10_600_000, 10_610_000, 2_100_000, 2_110_000
    rings = [[west, south, east, south, east, north, west, north, west, south]]
    outline = CommuneOutline.objects.create(unit=communes[0], rings=rings)
    AdminUnit.objects.filter(pk=communes[0].pk).update(map_lon=None, map_lat=None)
    drawn = page_of(visit(manager)).partition('class="chart map-of"')[2].partition("</svg>")[0]
    assert drawn.count("<title>") == 3
    shapes = re.findall(r'<a href="\?commune=(\d+)".*?</title><(path|circle) .*?( d="[^"]*")?/>', drawn)
    assert {code: shape for code, shape, _path in shapes} == {
        communes[0].code: "path", communes[1].code: "circle", communes[2].code: "circle",
    }  # fmt: skip
    path = next(path for code, _shape, path in shapes if code == communes[0].code)
    # A boundary that was changed is drawn anew.
    outline.rings = [[*rings[0][:2], east, north, *rings[0][6:]]]
    outline.save()
    again = page_of(visit(manager)).partition('class="chart map-of"')[2].partition("</svg>")[0]
    assert path not in again
    # A commune of which half a place is known is not on the map.
    AdminUnit.objects.filter(pk=communes[1].pk).update(map_lat=None)
    without = page_of(visit(manager)).partition('class="chart map-of"')[2].partition("</svg>")[0]
    assert without.count("<title>") == 2


def test_a_list_that_the_police_answer_too_late_is_told(
    visit: Visit, manager: User, communes: list[AdminUnit]
) -> None:
    batch = VerificationBatch.objects.create(
        state="issued", purpose="x", legal_basis="x", due_on=dt.date(2020, 1, 1), by=manager
    )
    for n, state in enumerate(("answered", "answered", "waiting"), 1):
        VerificationLine.objects.create(
            batch=batch, number=n, key=f"k{n}", state=state, commune=communes[n - 1],
            name="x", outcome="mismatch",
        )  # fmt: skip
    page = page_of(visit(manager)).partition('id="police"')[2].partition("</table>")[0]
    assert re.findall(r'<td class="num">(\d+)</td>', page) == ["3", "2", "1"]
    assert "quá" in page
    assert '<a href="/police' not in page
    own = page_of(visit(factories.make_user(Role.COMMUNE_OFFICIAL, commune=communes[2])))
    own = own.partition('id="police"')[2].partition("</table>")[0]
    assert re.findall(r'<td class="num">(\d+)</td>', own) == ["1", "0", "1"]


def test_the_four_words_say_how_they_stand_to_the_thresholds(
    visit: Visit, manager: User, weeks: list[dt.date]
) -> None:
    page = page_of(visit(manager), f"?week={weeks[-1]}").partition('id="words"')[2].partition("</section>")[0]
    assert "100,0 %" in page
    assert "từ 90 %" in page
    assert "dưới 75" in page


@pytest.mark.parametrize("query", ["", "?week={week}"])
def test_a_leader_of_a_part_sees_the_averages_of_the_province(
    visit: Visit, manager: User, weeks: list[dt.date], communes: list[AdminUnit], query: str
) -> None:
    address = query.format(week=weeks[-1])
    for of in ({"commune": communes[0]}, {"office": communes[0].office}):
        page = page_of(visit(factories.make_user(Role.MANAGER, **of)), address)
        assert "Cả tỉnh để so" in page
        assert communes[2].name not in page
    assert "Cả tỉnh để so" not in page_of(visit(manager), address)


@pytest.mark.parametrize(("query", "most"), [("", 14), ("?week={week}", 7)])
def test_it_asks_few_questions_and_none_of_plots(
    visit: Visit,
    manager: User,
    weeks: list[dt.date],
    django_assert_max_num_queries: object,
    query: str,
    most: int,
) -> None:
    season.plan(weeks[0], weeks[-1] + dt.timedelta(weeks=4))
    client, address = visit(manager), query.format(week=weeks[-1])
    page_of(client, address)
    with django_assert_max_num_queries(most) as queries:  # type: ignore[operator]
        page_of(client, address)
    told = " ".join(query["sql"] for query in queries.captured_queries)
    assert "parcels_plot" not in told
    assert "reconciliation_plotstatus" not in told
    assert "reconciliation_finding" not in told
