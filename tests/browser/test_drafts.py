"""What somebody has typed is theirs: it comes back to them, and to nobody else at the same machine."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from landdb.models import Role, User
from reconciliation.actions import leases
from reconciliation.models import Lease, PlotStatus
from tests import factories
from tests.actions.cast import Case, make_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "ông này nhờ hàng xóm nói giúp"
KEPT = "Object.keys(sessionStorage).filter(key => key.startsWith('draft.')).length"


def sign_in(page: Page, user: User) -> None:
    """By the form, in the tab as it is."""
    if "/sign-in/" not in page.url:
        page.goto("/sign-in/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/sign-in/" not in address)


def sign_out(page: Page) -> None:
    page.locator(".who-menu > summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/sign-in/**")


def type_a_reason(page: Page, case: Case) -> None:
    page.goto(f"/land-users/{case.land_user.pk}/")
    page.keyboard.press("r")
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")


@pytest.fixture
def case() -> Case:
    return make_case()


@pytest.fixture
def officer() -> User:
    return factories.make_user(Role.REVIEWER)


def test_after_signing_out_nothing_typed_is_left_in_the_tab(open_page, case, officer) -> None:
    page = open_page()
    sign_in(page, officer)
    type_a_reason(page, case)
    assert page.evaluate(KEPT) == 1
    sign_out(page)
    assert page.evaluate("sessionStorage.length") == 0
    sign_in(page, officer)
    page.goto(f"/land-users/{case.land_user.pk}/")
    expect(page.locator("#reason")).to_have_value("")


@pytest.mark.parametrize("ending", ["signs out", "loses the session"])
def test_who_sits_down_next_sees_nothing_of_it(open_page, case, officer, ending: str) -> None:
    page = open_page()
    sign_in(page, officer)
    type_a_reason(page, case)
    if ending == "signs out":
        sign_out(page)
    else:
        Session.objects.all().delete()
    leases.release(Lease.Kind.PERSON, case.land_user.pk, by=officer)
    sign_in(page, factories.make_user(Role.SENIOR_REVIEWER))
    page.goto(f"/land-users/{case.land_user.pk}/")
    expect(page.locator("#reason")).to_have_value("")
    assert WORDS not in page.evaluate("JSON.stringify(sessionStorage)")


def test_whose_session_ends_finds_the_words_again_and_is_told_so(open_page, case, officer) -> None:
    page = open_page()
    sign_in(page, officer)
    type_a_reason(page, case)
    Session.objects.all().delete()
    page.keyboard.press("u")
    page.wait_for_url("**/sign-in/**")
    sign_in(page, officer)
    page.goto(f"/land-users/{case.land_user.pk}/")
    expect(page.locator("#reason")).to_have_value(WORDS)
    expect(page.locator(".came-back")).to_have_text("Chữ gõ dở đã trở lại.")
    page.keyboard.press("u")
    page.wait_for_url("**/end/**")
    assert page.evaluate(KEPT) == 0


def test_of_a_number_in_free_text_nothing_is_kept(open_page, case, officer) -> None:
    page = open_page(officer)
    page.goto(f"/land-users/{case.land_user.pk}/")
    page.keyboard.press("r")
    page.keyboard.type("số 024 175 123 456 đúng")
    kept = page.evaluate("Object.entries(sessionStorage).find(([key]) => key.startsWith('draft.'))[1]")
    assert kept == "số  đúng"


def test_the_page_names_nobody_in_what_it_keeps(open_page, case, officer) -> None:
    page = open_page(officer)
    type_a_reason(page, case)
    whose = page.locator("body").get_attribute("data-person") or ""
    assert len(whose) == 20
    assert officer.username not in page.evaluate("JSON.stringify(sessionStorage)")


def test_a_correction_that_was_left_half_typed_comes_back_with_a_word(open_page, case, officer) -> None:
    page = open_page(officer)
    page.goto(f"/land-users/{case.land_user.pk}/correct/")
    page.fill("#correct-birth_raw", "5.6.80")
    page.fill("#correct-phone", "0912345678")
    page.fill("#correct-reason", "theo giấy khai sinh")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/land-users/{case.land_user.pk}/")
    assert "0912345678" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.keyboard.press("e")
    expect(page.locator("#correct-birth_raw")).to_have_value("5.6.80")
    expect(page.locator("#correct-reason")).to_have_value("theo giấy khai sinh")
    expect(page.locator("#correct-phone")).to_have_value("")
    words = ["Chữ gõ dở đã trở lại. Trang ghi: 1975", "Chữ gõ dở đã trở lại."]
    expect(page.locator(".came-back")).to_have_text(words)
    # The table tells at once what it would be read as, though nobody types.
    expect(page.locator("#reads-birth_raw")).to_have_text("05/06/1980")
    page.locator("#correct-reason").press("Control+Enter")
    page.wait_for_url(f"**/land-users/{case.land_user.pk}/")
    assert page.evaluate(KEPT) == 0


def test_asking_what_would_be_read_is_not_sending(open_page, case, officer) -> None:
    page = open_page(officer)
    page.goto(f"/land-users/{case.land_user.pk}/correct/")
    with page.expect_response("**/read/"):
        page.locator("#correct-birth_raw").press_sequentially("9")
    page.reload()
    expect(page.locator("#correct-birth_raw")).to_have_value("91975")


@pytest.mark.parametrize("act", ["waive", "confirm"])
def test_the_reason_on_a_plot_outlives_the_session(open_page, case, officer, act: str) -> None:
    plot = case.plots[0]
    PlotStatus.objects.filter(plot=plot).update(group=3)
    field = "#confirm-reason" if act == "confirm" else f"#reason-{plot.findings.get().pk}"
    page = open_page()
    sign_in(page, officer)
    page.goto(f"/plots/{plot.pk}/")
    if act == "waive":
        page.locator("summary", has_text="Đề nghị bỏ qua").click()
        page.locator("[name=until]").fill("31/12/2099")
    page.fill(field, WORDS)
    Session.objects.all().delete()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/**")
    sign_in(page, officer)
    page.goto(f"/plots/{plot.pk}/")
    expect(page.locator(field)).to_have_value(WORDS)
    expect(page.locator(field)).to_be_visible()
    expect(page.locator(f"{field} + .came-back")).to_be_visible()


def test_the_note_of_a_bulk_decision_is_kept_until_its_preview(open_page, case, officer) -> None:
    page = open_page(officer)
    for typed, found in ((WORDS, ""), ("", WORDS)):
        page.goto("/queue/people/?outcome=ambiguous")
        page.get_by_role("button", name="Quyết định chung cho cả").click()
        expect(page.locator("#id_note")).to_have_value(found)
        page.locator("#id_note").press_sequentially(typed)
    page.locator("[name=act][value=assign]").click()
    page.wait_for_url("**/queue/bulk/*/")
    assert page.evaluate(KEPT) == 0
