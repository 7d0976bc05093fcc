"""The work list by keyboard: walk, tick, preview a bulk decision; nothing of it has a fault."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from landdb.models import Role
from reconciliation.actions import leases
from reconciliation.models import BulkDecision, Lease, WorkItem
from tests import factories

from .test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def items() -> list[WorkItem]:
    people = [factories.make_land_user() for _n in range(4)]
    return [
        WorkItem.objects.create(
            land_user=person,
            commune=person.commune,
            plots=9 - n,
            outcome="not_found",
            opened_at=timezone.now(),
        )
        for n, person in enumerate(people)
    ]


def test_rows_are_ticked_by_key_and_previewed_together(open_page, items) -> None:
    other = factories.make_user(Role.REVIEWER, full_name="Ngô Minh")
    leases.take(Lease.Kind.PERSON, items[1].land_user_id, by=other)
    page = open_page(factories.make_user(Role.SENIOR_REVIEWER))
    page.goto("/queue/people/?outcome=not_found")
    found = faults(page)
    for key in "jxjxjx":
        page.keyboard.press(key)
    assert page.locator("[data-chosen]").inner_text() == "Đã chọn 2"
    assert page.locator("tr[aria-selected=true]").count() == 2
    found += faults(page)
    page.locator("button[value=chosen]").click()
    page.wait_for_load_state()
    found += faults(page)
    page.locator("#id_why_commune").select_option("commune_papers")
    page.locator("button[value=commune]").click()
    page.wait_for_url("**/queue/bulk/*/")
    found += faults(page)
    decision = BulkDecision.objects.get()
    assert set(decision.items.values_list("item_id", flat=True)) == {items[0].pk, items[2].pk}
    for path in ("/queue/supervise/", "/queue/bulk/", "/queue/people/?outcome=deceased"):
        page.goto(path)
        found += faults(page)
    assert found == []


def test_each_key_of_the_list_is_told_once(open_page, items) -> None:
    page = open_page(factories.make_user(Role.REVIEWER))
    page.goto("/queue/people/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    caps = page.locator("#keys dt:visible").all_inner_texts()
    told = page.locator("#keys dd:visible").all_inner_texts()
    assert caps.count("/") == 1
    assert "tìm người" in told
    assert {"chọn dòng", "mở dòng", "dòng sau, dòng trước"} <= set(told)


def test_enter_opens_the_row_and_without_one_begins_the_first_free_item(open_page, items) -> None:
    page = open_page(factories.make_user(Role.REVIEWER))
    page.goto("/queue/people/?outcome=not_found")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/land-users/{items[1].land_user_id}/?outcome=not_found")
    page.goto("/queue/people/?outcome=not_found")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/land-users/{items[0].land_user_id}/?outcome=not_found")
    assert Lease.objects.filter(record_id=items[0].land_user_id).exists()


def test_the_slash_goes_to_the_search_by_name(open_page, items) -> None:
    page = open_page(factories.make_user(Role.REVIEWER))
    page.goto("/queue/people/")
    page.keyboard.press("/")
    page.keyboard.type("thu")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert "thu" not in page.url.partition("q=")[0].partition("?")[2]
