"""A record that is open on the desk: its clock, how it is given back, and what who loses it is told."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from landdb.models import Role, User
from reconciliation.actions import leases
from reconciliation.models import Lease
from tests import factories

from .test_desk import people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def officer() -> User:
    return factories.make_user(Role.REVIEWER)


def test_the_clock_runs_and_typing_keeps_the_record(open_page, officer) -> None:
    case = people(1)[0]
    page = open_page(officer)
    page.clock.install()
    page.goto(f"/land-users/{case.land_user.pk}/")
    clock = page.locator(".lease.mine [data-clock]")
    expect(clock).to_have_text("10:00")
    page.clock.run_for(106_000)
    expect(clock).to_have_text("08:14")
    until = Lease.objects.get().until
    with page.expect_response("**/hold/"):
        page.keyboard.press("r")
    page.clock.run_for(1_000)
    expect(clock).to_have_text("09:59")
    assert Lease.objects.get().until > until


def test_a_record_that_is_left_by_whatever_way_is_free_at_once(open_page, officer) -> None:
    case = people(1)[0]
    page = open_page(officer)
    home = f"/land-users/{case.land_user.pk}/"

    def is_held() -> bool:
        return Lease.objects.filter(record_id=case.land_user.pk).exists()

    page.goto(home)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert is_held()
    for key in ("e", "t", "i"):
        page.keyboard.press(key)
        page.wait_for_url(lambda address: not address.endswith(home))
        page.wait_for_load_state("networkidle")
        assert is_held(), key
        page.go_back()
        page.wait_for_load_state("networkidle")
    # What opened a sheet led nowhere.
    page.keyboard.press("p")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Thửa đất", exact=True).first.click()
    page.wait_for_load_state("networkidle")
    expect(page).not_to_have_url(re.compile(home))
    assert not is_held()
    page.goto(home)
    assert is_held()
    page.goto("/queue/")
    page.wait_for_load_state("networkidle")
    assert not is_held()


def test_who_lost_the_record_while_typing_is_told_and_keeps_the_words(open_page, officer) -> None:
    case = people(1)[0]
    page = open_page(officer)
    page.clock.install()
    page.goto(f"/land-users/{case.land_user.pk}/")
    senior = factories.make_user(Role.SENIOR_REVIEWER)
    leases.take_over(Lease.Kind.PERSON, case.land_user.pk, by=senior)
    page.clock.run_for(60_000)
    page.keyboard.press("r")
    page.keyboard.type("đang gõ dở")
    expect(page.get_by_role("alert")).to_contain_text(senior.full_name)
    expect(page.get_by_role("button", name="Cùng người")).to_be_disabled()
    expect(page.get_by_label("Ghi thêm lý do")).to_have_value("đang gõ dở")
    assert timezone.now() < Lease.objects.get().until
