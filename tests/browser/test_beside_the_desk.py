"""Histories, corrections, the registry by hand and second eyes in a real browser: axe, keys, live reading."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from landdb.models import Role
from parcels.models import Holding
from reconciliation.actions import edits, matches, second_eyes
from reconciliation.classification.weeks import week_of
from reconciliation.models import Decision, SecondLook
from tests import factories
from tests.actions.cast import make_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case():
    return make_case(plots=2)


@pytest.fixture
def look(case) -> SecondLook:
    """Somebody's "same", drawn for another look."""
    first = factories.make_user(Role.REVIEWER)
    matches.decide(case.match, Decision.Kind.SAME, by=first, reason="đủ", seen=matches.stamp(case.match))
    second_eyes.set_shares(second_eyes.Shares(1.0, 0.0), by=first, reason="thử")
    second_eyes.draw(week_of(timezone.localdate()))
    return SecondLook.objects.get()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_axe_finds_nothing_on_any_of_the_pages(open_page, case, look, language: str) -> None:
    asker = factories.make_user(Role.REVIEWER)
    edits.correct(case.land_user, {"birth_raw": "12/03/1975"}, by=asker, reason="theo giấy")
    edits.correct(case.land_user, {"name_raw": "Trần Văn Bình"}, by=asker, reason="người khác")
    disputed = SecondLook.objects.create(
        match_id=look.match_id,
        land_user=case.land_user,
        commune=case.commune,
        week=look.week.replace(year=2025),
        stage=look.stage,
        first_by=look.first_by,
        state=SecondLook.State.DISPUTED,
        second_by=asker,
        second_word=SecondLook.Word.UNSURE,
    )
    certificate = Holding.objects.filter(plot=case.plots[0]).values_list("certificate", flat=True).get()
    page = open_page(factories.make_user(Role.SENIOR_REVIEWER), language=language)
    person = case.land_user.pk
    found = []
    for address in (
        f"/land-users/{person}/timeline/",
        f"/plots/{case.plots[0].pk}/timeline/",
        f"/certificates/{certificate}/timeline/",
        f"/land-users/{person}/correct/",
        f"/land-users/{person}/registry/",
        "/corrections/",
        "/second-eyes/",
        f"/second-eyes/{look.pk}/",
        f"/second-eyes/{disputed.pk}/",
        "/second-eyes/figures/",
    ):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        found += [f"{address}: {each['id']}: {each['nodes'][0]['html'][:160]}" for each in axe(page)]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            found.append(f"{address}: wider than the window")
    page.goto(f"/land-users/{person}/registry/")
    page.fill("#id_who", "nguyen thi duyen")
    page.keyboard.press("Enter")
    expect(page.locator("table.worklist tbody tr")).to_have_count(2)
    found += [f"{page.url}: {each['id']}: {each['nodes'][0]['html'][:160]}" for each in axe(page)]
    assert found == []


def axe(page):
    return Axe().run(page).response["violations"]


def test_while_somebody_types_the_page_tells_what_would_be_read(open_page, case) -> None:
    page = open_page(factories.make_user(Role.REVIEWER))
    page.goto(f"/land-users/{case.land_user.pk}/correct/")
    page.fill("#correct-birth_raw", "5.6.80")
    expect(page.locator("#reads-birth_raw")).to_have_text("05/06/1980")
    page.fill("#correct-name_raw", "Trần Văn Bình")
    expect(page.locator("#reads-name_raw")).to_contain_text("cần người thứ hai đồng ý")
    page.fill("#correct-name_raw", case.land_user.name_raw)
    page.fill("#correct-reason", "theo giấy")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(rf"/land-users/{case.land_user.pk}/$"))
    case.land_user.refresh_from_db()
    assert f"{case.land_user.birth_on:%d/%m/%Y}" == "05/06/1980"


def test_the_second_word_is_said_with_one_key_and_a_reason(open_page, look) -> None:
    page = open_page(factories.make_user(Role.REVIEWER))
    page.goto("/second-eyes/")
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(rf"/second-eyes/{look.pk}/$"))
    page.keyboard.press("s")
    page.keyboard.type("cùng số, cùng ngày sinh")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/second-eyes/$"))
    look.refresh_from_db()
    assert (look.state, look.second_reason) == (SecondLook.State.AGREED, "cùng số, cùng ngày sinh")


def test_a_former_value_is_proposed_and_agreed_to_by_keyboard_alone(open_page, case) -> None:
    edits.correct(case.land_user, {"birth_raw": "1976"}, by=factories.make_user(Role.REVIEWER), reason="thử")
    page = open_page(factories.make_user(Role.REVIEWER))
    page.goto(f"/land-users/{case.land_user.pk}/timeline/?kind=correction")
    page.locator("summary", has_text="Khôi phục giá trị cũ").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("giá trị cũ đúng")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Đã gửi đề nghị khôi phục", timeout=20_000)
    second = open_page(factories.make_user(Role.SENIOR_REVIEWER))
    second.goto("/corrections/")
    second.get_by_role("button", name="Đồng ý", exact=True).press("Enter")
    expect(second.get_by_text("Đã ghi ý kiến.")).to_be_visible(timeout=20_000)
    case.land_user.refresh_from_db()
    assert case.land_user.birth_raw == "1975"


@pytest.mark.parametrize("width", [1920, 1366])
def test_papers_map_and_history_come_when_they_are_in_view(open_page, case, width: int) -> None:
    page = open_page(factories.make_user(Role.REVIEWER))
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(f"/land-users/{case.land_user.pk}/")
    beside = page.locator(".beside")
    beside.scroll_into_view_if_needed()
    expect(beside.get_by_role("heading", name="Lịch sử hồ sơ")).to_be_visible()
    expect(beside.locator("svg.map")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [each["id"] for each in axe(page)] == []
