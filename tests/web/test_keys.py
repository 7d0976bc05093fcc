"""In a real browser: single keys, the row cursor, the live panel, and what axe can find."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from landdb.models import Job, Role
from tests import factories

PAGES = (
    "/overview/",
    "/jobs/",
    "/accounts/",
    "/accounts/new/",
    "/access-log/",
    "/password/",
    "/sign-in/",
    "/nowhere/",
)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser_page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    yield page
    page.close()


@pytest.fixture
def page(browser_page: Page, live_server: LiveServer) -> Page:
    """A page of a signed-in administrator."""
    client = Client()
    client.force_login(factories.make_user(Role.ADMINISTRATOR, full_name="Đỗ Văn Quản"))
    browser_page.context.clear_cookies()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    browser_page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    return browser_page


def test_j_and_k_move_and_enter_opens(page: Page, live_server: LiveServer) -> None:
    first = factories.make_user(full_name="Một")
    second = factories.make_user(full_name="Hai")
    page.goto(f"{live_server.url}/accounts/")
    at = page.locator("tr.at th")
    page.keyboard.press("j")
    expect(at).to_have_text(second.username)
    page.keyboard.press("j")
    expect(at).to_have_text(first.username)
    page.keyboard.press("k")
    expect(at).to_have_text(second.username)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/accounts/{second.pk}/")
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{live_server.url}/accounts/")


def test_keys_sleep_in_fields_and_slash_goes_to_the_search(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/accounts/")
    page.keyboard.press("/")
    search = page.locator("[data-search]")
    expect(search).to_be_focused()
    page.keyboard.type("nn?")
    expect(search).to_have_value("nn?")
    expect(page).to_have_url(f"{live_server.url}/accounts/")
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()
    page.keyboard.press("n")
    expect(page).to_have_url(f"{live_server.url}/accounts/new/")


def test_the_question_mark_lists_the_keys_of_the_page(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/accounts/")
    page.keyboard.press("?")
    dialog = page.locator("#keys")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Tài khoản mới")
    expect(dialog).to_contain_text("dòng sau, dòng trước")
    page.keyboard.press("n")
    expect(page).to_have_url(f"{live_server.url}/accounts/")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_jobs_panel_follows_a_job_to_its_end(page: Page, live_server: LiveServer) -> None:
    job = Job.objects.create(kind="classify")
    page.goto(f"{live_server.url}/jobs/")
    expect(page.locator("#jobs-panel")).to_contain_text("Chờ chạy")
    Job.objects.filter(pk=job.pk).update(state=Job.State.CANCELLED)
    expect(page.locator("#jobs-panel")).to_contain_text("Đã dừng", timeout=5000)
    expect(page.locator("#jobs-panel")).not_to_have_attribute("hx-trigger", "every 2s")


@pytest.mark.parametrize(
    "address",
    [
        "/overview/",
        "/jobs/",
        "/accounts/",
        "/accounts/new/",
        "/access-log/",
        "/password/",
        "/sign-in/",
        "/nowhere/",
    ],
)
def test_pages_have_no_violation_that_axe_can_find(page: Page, live_server: LiveServer, address: str) -> None:
    Job.objects.create(kind="classify", state=Job.State.FAILED)
    if address == "/sign-in/":
        page.context.clear_cookies()
    problems: list[str] = []
    page.once("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{live_server.url}{address}")
    found = Axe().run(page)
    assert not found.violations_count, found.generate_report()
    assert not problems
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_all_keys_are_told_without_their_caps(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/accounts/")
    page.keyboard.press("?")
    told = page.locator("#keys dd:visible").all_inner_texts()
    assert "Tài khoản mới" in told
    assert "dòng sau, dòng trước" in told
