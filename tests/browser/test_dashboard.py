"""Axe finds nothing on a dashboard with weeks, plan and forecast, nor on that of a closed week."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from landdb.models import Role
from reconciliation import classification
from reconciliation.models import GroupMove, WorkItem
from tests import factories
from tests.campaign import season

from .test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_dashboard_has_a_fault(open_page, language: str) -> None:
    communes = [factories.make_commune(map_lon=106 + n / 9, map_lat=21 + n / 7) for n in range(3)]
    for commune in communes:
        ids = [factories.make_ready_plot(commune).pk for _ in range(12)]
        ids += [factories.make_ready_plot(commune, code="").pk for _ in range(3)]
        classification.refresh(ids, cause=GroupMove.Cause.FIRST)
    for days in (2, 12, 40):
        since = timezone.now() - dt.timedelta(days=days)
        WorkItem.objects.create(
            land_user=factories.make_land_user(communes[0]), commune=communes[0], plots=2, opened_at=since,
            waits_with="police", waits_since=since, waits_until=since.date() + dt.timedelta(days=20),
        )  # fmt: skip
    weeks = season.live_through(6)
    season.plan(weeks[0], weeks[-1] + dt.timedelta(weeks=3), share=0.95)
    page = open_page(factories.make_user(Role.MANAGER), language=language)
    found = []
    for query in ("", "?all=1", f"?week={weeks[-1]}", f"?commune={communes[0].code}"):
        page.goto(f"/overview/{query}")
        found += faults(page)
    code = communes[0].code
    for address in (
        "/overview/waiting/?with=police", f"/plots/at/?week={weeks[-1]}&group=1",
        f"/plots/at/?week={weeks[-1]}&group=all", f"/overview/waiting/at/?week={weeks[-1]}&with=desk",
        f"/plots/at/?week={weeks[-1]}&rule=plot_code_missing&alone=1",
        f"/plots/at/?week={weeks[-1]}&task=code", f"/plots/at/?week={weeks[-1]}&word=sufficient",
        f"/overview/waiting/at/?week={weeks[-1]}&with=overdue",
        f"/land-users/at/?week={weeks[-1]}&outcome=matched", f"/certificates/at/?week={weeks[-1]}&task=scan",
        "/overview/people/", "/overview/people/?outcome=matched", "/plan/done/?task=code",
        "/plan/done/?task=verify", "/plan/done/?task=collect", "/report/", "/plan/",
        f"/plan/targets/{code}/clean/", f"/queue/?rule=plot_code_missing&alone=1&commune={code}", "/ledger/",
    ):  # fmt: skip
        page.goto(address)
        found += faults(page)
    page = open_page(factories.make_user(Role.COMMUNE_OFFICIAL, commune=communes[1]), language=language)
    page.goto("/overview/")
    assert found + faults(page) == []


@pytest.fixture
def province() -> list[dt.date]:
    """Thirty communes of an office with a long name, and two closed weeks."""
    office = factories.make_office(code="VP1", name="Văn phòng Đăng ký đất đai số 1")
    communes = [
        factories.make_commune(office=office, map_lon=106 + n % 6 / 9, map_lat=21 + n / 40) for n in range(30)
    ]
    # Of another office, so that the first one can be chosen.
    communes.append(factories.make_commune(office=factories.make_office(code="VP2")))
    for commune in communes:
        ids = [factories.make_ready_plot(commune).pk for _ in range(2)]
        classification.refresh(ids, cause=GroupMove.Cause.FIRST)
    weeks = season.live_through(2)
    season.plan(weeks[0], weeks[-1] + dt.timedelta(weeks=30), share=0.95)
    return weeks


@pytest.mark.parametrize(("width", "query"), [(1024, ""), (1280, ""), (1366, "?office=VP1")])
def test_the_table_of_the_communes_is_not_cut_off(
    open_page, province: list[dt.date], width: int, query: str
) -> None:
    page = open_page(factories.make_user(Role.MANAGER))
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(f"/overview/{query}")
    panel = page.locator("section[aria-labelledby=communes]")
    assert panel.evaluate("each => each.scrollWidth - each.clientWidth") <= 1


@pytest.mark.parametrize("address", ["/overview/?all=1", "/plan/"])
def test_what_does_not_fit_is_scrolled_with_the_keyboard(
    open_page, province: list[dt.date], address: str
) -> None:
    page = open_page(factories.make_user(Role.MANAGER))
    page.set_viewport_size({"width": 700, "height": 768})
    page.goto(address)
    panel = page.locator(".panel.scroll:has(table[data-rows])").first
    panel.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("each => each.scrollLeft > 0", arg=panel.element_handle())


def test_printed_the_tiles_stand_side_by_side_and_no_column_is_lost(
    open_page, province: list[dt.date]
) -> None:
    page = open_page(factories.make_user(Role.MANAGER))
    page.goto("/overview/?all=1")
    page.emulate_media(media="print")
    # The width of A4 across, within its margins.
    page.set_viewport_size({"width": 1032, "height": 700})
    tops = page.locator(".tile").evaluate_all("all => all.map(each => each.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    panel = page.locator("section[aria-labelledby=communes]")
    assert panel.evaluate("each => each.scrollWidth - each.clientWidth") <= 1
    assert page.locator("tfoot").first.evaluate("each => getComputedStyle(each).display") == "table-row-group"
    page.goto("/plan/")
    assert page.locator("main .btn:visible, main th:visible >> text=Sửa").count() == 0
