"""The main job by keyboard: sign in, queue, plot, match, the group changes, and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from landdb.models import Role
from reconciliation import classification
from reconciliation.actions import matches
from reconciliation.models import Decision, GroupMove
from tests import factories
from tests.actions.cast import make_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_signing_in_to_group_one_and_back(open_page) -> None:
    case = make_case()
    reviewer = factories.make_user(Role.REVIEWER, commune=case.commune)
    page = open_page()
    page.goto("/")
    page.get_by_label("Tên đăng nhập").fill(reviewer.username)
    page.locator("input[type=password]").fill(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue/people/")
    page.goto("/queue/")

    page.keyboard.press("j")
    expect(page.locator("tr.at")).to_contain_text("Nguyễn Thị Duyên")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/plots/{case.plots[0].pk}/")
    expect(page.locator(".group.big")).to_contain_text("Nhóm 2")
    page.get_by_role("link", name="Xét người này").click()
    page.wait_for_url(f"**/land-users/{case.land_user.pk}/")

    page.keyboard.press("r")
    reason = page.get_by_label("Ghi thêm lý do")
    expect(reason).to_be_focused()
    page.keyboard.type("sdun: cùng người, đã xem hồ sơ")
    expect(reason).to_have_value("sdun: cùng người, đã xem hồ sơ")
    page.keyboard.press("Enter")
    assert not Decision.objects.exists()
    page.keyboard.press("s")
    expect(page.get_by_text("1 thửa lên nhóm 1")).to_be_visible()
    assert case.groups() == [1]
    assert Decision.objects.get().reason == "sdun: cùng người, đã xem hồ sơ"

    page.keyboard.press("z")
    expect(page.get_by_text("Đã hoàn tác.")).to_be_visible()
    assert case.groups() == [2]


def test_enter_in_the_reason_alone_decides_nothing(open_page) -> None:
    case = make_case()
    page = open_page(factories.make_user(Role.REVIEWER))
    page.goto(f"/land-users/{case.land_user.pk}/")
    page.get_by_label("Ghi thêm lý do").fill("chưa chọn gì")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert not Decision.objects.exists()
    page.keyboard.press("d")
    expect(page.locator(".last")).to_contain_text("khác người")
    assert Decision.objects.get().kind == Decision.Kind.DIFFERENT


def test_without_script_a_reason_and_a_button_do_the_same(open_page) -> None:
    case = make_case()
    page = open_page(factories.make_user(Role.REVIEWER), java_script_enabled=False)
    page.goto("/queue/")
    page.locator("#group-3").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto(f"/land-users/{case.land_user.pk}/")
    page.get_by_label("Ghi thêm lý do").fill("đã xem hồ sơ")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert not Decision.objects.exists()
    page.get_by_role("button", name="Cùng người").click()
    expect(page.get_by_text("1 thửa lên nhóm 1")).to_be_visible()


def test_a_page_overtaken_by_another_keeps_what_was_typed(open_page) -> None:
    case = make_case()
    page = open_page(factories.make_user(Role.REVIEWER))
    page.goto(f"/land-users/{case.land_user.pk}/")
    seen = matches.stamp(case.match)
    matches.decide(case.match, Decision.Kind.UNSURE, by=factories.make_user(), reason="người khác", seen=seen)
    page.keyboard.press("r")
    page.keyboard.type("lý do của tôi")
    page.keyboard.press("Enter")
    page.keyboard.press("s")
    expect(page.get_by_role("alert")).to_contain_text("đã thay đổi")
    expect(page.get_by_label("Ghi thêm lý do")).to_have_value("lý do của tôi")
    assert case.groups() == [2]


def test_numbers_are_shown_by_a_key_and_hidden_again(open_page) -> None:
    case = make_case()
    page = open_page(factories.make_user(Role.REVIEWER))
    page.clock.install()
    page.goto(f"/land-users/{case.land_user.pk}/")
    number = page.get_by_text("024175123456")
    expect(number).to_have_count(0)
    page.keyboard.press("h")
    expect(number).to_have_count(2)
    page.clock.run_for(31_000)
    expect(number).to_have_count(0)
    expect(page.get_by_role("button", name="Hiện số")).to_be_visible()


def test_facets_swap_the_list_and_the_back_button_brings_it_back(open_page) -> None:
    commune = factories.make_commune()
    plots = [factories.make_drawn_plot(commune), factories.make_ready_plot(commune, code="")]
    classification.refresh([plot.pk for plot in plots], cause=GroupMove.Cause.FIRST)
    page = open_page(factories.make_user(Role.REVIEWER))
    page.goto("/queue/")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("#group-2").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert page.url.endswith("/queue/?group=3")
    page.locator("#rule-map_only").click()
    expect(page.locator(".chip")).to_have_count(2)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(1)
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator(".topbar")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("jk/?")
    expect(page.locator("#q")).to_have_value("jk/?")
