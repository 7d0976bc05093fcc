"""Entries side by side, worked by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from landdb.models import Role
from parcels.models import LandUser
from reconciliation import duplicates
from reconciliation.models import Decision, Duplicate
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> list[LandUser]:
    commune = factories.make_commune()
    number = {"id_number_raw": "024175123456", "sex_raw": "Nữ"}
    found = [
        factories.make_land_user(commune, name_raw="Nguyễn Thị Duyên", **number),
        factories.make_land_user(commune, name_raw="NGUYEN THI DUYEN", birth_raw="1975", **number),
    ]
    factories.make_holding(factories.make_plot(commune), found[1])
    duplicates.refresh([person.pk for person in found])
    return found


def test_from_the_list_to_a_merge_and_back(open_page, people) -> None:
    page = open_page(factories.make_user(Role.REVIEWER))
    page.goto("/duplicates/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Gần như chắc một người")
    page.keyboard.press("2")
    expect(page.get_by_role("radio", name="2")).to_be_checked()
    page.keyboard.press("m")
    page.keyboard.type("cùng số, cùng tên")
    page.keyboard.press("Enter")
    expect(page.get_by_text("đã gộp vào")).to_be_visible()
    assert list(LandUser.objects.live()) == [people[1]]
    page.keyboard.press("z")
    expect(page.get_by_text("Đã hoàn tác.")).to_be_visible()
    assert LandUser.objects.live().count() == 2
    page.keyboard.press("a")
    page.keyboard.type("khác nơi ở")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Khác người")
    assert Duplicate.objects.get().state == Duplicate.State.APART
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Không còn bản ghi trùng")).to_be_visible()


def test_enter_alone_decides_nothing(open_page, people) -> None:
    page = open_page(factories.make_user(Role.REVIEWER))
    page.goto(f"/duplicates/{Duplicate.objects.get().pk}/")
    page.get_by_label("Lý do").fill("lý do")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert not Decision.objects.exists()
