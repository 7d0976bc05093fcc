"""What somebody has typed is theirs: it comes back to them, and to nobody else at the same machine."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from landdb.models import Role, User
from reconciliation.actions import leases
from reconciliation.models import Lease
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
