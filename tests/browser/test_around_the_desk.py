"""Around the desk: in a small window, over to other pages and back, and what the list of keys says of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from citizens.models import Resident
from landdb.models import AccessLog, Role, User
from parcels.models import Holding, LandUser
from reconciliation.models import PlotStatus
from tests import factories

from .test_axe import faults
from .test_desk import address, people, strike

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def officer() -> User:
    return factories.make_user(Role.REVIEWER)


@pytest.mark.parametrize("size", [(683, 384), (960, 540)])
def test_at_twice_the_size_bar_and_sheet_stay_in_sight(open_page, officer, size: tuple[int, int]) -> None:
    case = people(1)[0]
    page = open_page(officer)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"/land-users/{case.land_user.pk}/")
    bar = page.locator(".desk .decide")
    expect(bar).to_be_in_viewport(ratio=1)
    assert bar.bounding_box()["height"] < size[1] / 4
    page.keyboard.press("PageDown")
    page.wait_for_function("scrollY > 100")
    expect(bar).to_be_in_viewport(ratio=1)
    page.keyboard.press("b")
    sheet = page.locator("#sheet-commune")
    expect(sheet.locator(":focus")).to_be_in_viewport(ratio=1)
    page.evaluate("document.querySelector('.beside').scrollIntoView()")
    expect(page.locator(".beside .panel").first).to_be_attached()
    expect(sheet.locator(":focus")).to_be_in_viewport(ratio=1)
    expect(sheet).to_be_in_viewport(ratio=1)
    for part in ("#commune-note", "[type=submit]"):
        sheet.locator(part).focus()
        expect(sheet.locator(part)).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(bar).to_be_in_viewport(ratio=1)


def test_the_back_key_brings_up_no_number_that_was_revealed(open_page, officer) -> None:
    first, second = people(2)
    page = open_page(officer)
    page.goto(f"/land-users/{first.land_user.pk}/?outcome=ambiguous")
    strike(page, "h!")
    assert full_numbers(page)
    page.keyboard.press("j")
    page.wait_for_url(address(second))
    page.go_back()
    page.wait_for_url(re.compile(rf"/land-users/{first.land_user.pk}/\?"))
    assert full_numbers(page) == []
    expect(page.get_by_role("button", name="Hiện số")).to_be_visible()
    looks = AccessLog.objects.filter(subject_id=first.land_user.pk)
    assert list(looks.order_by("pk").values_list("action", flat=True)) == ["view", "reveal", "view"]


def full_numbers(page: Page) -> list[str]:
    """What stands in the evidence with all its twelve digits, also where the mask is only laid over them."""
    return re.findall(r"\d{12}", re.sub(r"\s", "", page.locator("table.evidence").first.text_content() or ""))


def test_from_the_confirmation_of_group_3_one_comes_back_under_the_filter(open_page, officer) -> None:
    case = people(1)[0]
    PlotStatus.objects.filter(plot=case.plots[0]).update(group=3)
    page = open_page(officer)
    page.goto(f"/land-users/{case.land_user.pk}/?commune={case.commune.code}&order=age")
    page.keyboard.press("g")
    page.wait_for_url("**/plots/**")
    page.keyboard.type("giấy đã huỷ")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Đã xác nhận nhóm 3.")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/land-users/{case.land_user.pk}/?commune={case.commune.code}&order=age")


def test_from_a_waiver_that_was_refused_one_comes_back_under_the_filter(open_page, officer) -> None:
    case = people(1)[0]
    page = open_page(officer)
    page.goto(f"/land-users/{case.land_user.pk}/?order=age")
    page.keyboard.press("w")
    page.wait_for_url("**/plots/**")
    page.locator("summary", has_text="Đề nghị bỏ qua").first.click()
    page.get_by_label("Lý do", exact=True).first.fill("giấy còn ở ngân hàng")
    page.get_by_label("Đến hết ngày").first.fill("hôm nào đó")
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings/*/waive/")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/land-users/{case.land_user.pk}/?order=age")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "vi",
            {
                "F": "khi chọn S, sửa luôn sổ đất theo dân cư",
                "↑ ↓": "cuộn chứng cứ từng chút",
                "PgUp PgDn Space": "cuộn chứng cứ từng trang",
                "Ctrl ↵": "gửi biểu đang gõ",
                "Z": "hoàn tác quyết định vừa rồi của tôi"
                " (chưa dùng được: bạn chưa có quyết định nào để hoàn tác)",
                "S": "Cùng người",
                "V": "xem cạnh bản ghi khác của cùng một người (hồ sơ này không cần)",
                "Y": "lấy lại việc đang chờ nơi khác (hồ sơ này không cần)",
            },
        ),
        ("en", {"F": "on S, correct the land register by the registry too"}),
    ],
)
def test_the_list_of_keys_leaves_none_out(open_page, officer, language: str, told: dict[str, str]) -> None:
    case = people(1)[0]
    Resident.objects.update(sex="M")
    page = open_page(officer, language=language)
    page.goto(f"/land-users/{case.land_user.pk}/")
    page.keyboard.press("?")
    caps, words = (page.locator(f"#keys {each}:visible").all_inner_texts() for each in ("dt", "dd"))
    listed = dict(zip(caps, words, strict=True))
    assert told.items() <= listed.items()
    assert all(each.strip() for each in words)
    assert "G" in listed


def test_one_esc_leads_back_from_where_nothing_was_typed(open_page, officer) -> None:
    case = people(1)[0]
    page = open_page(officer)
    for key, field in (("e", "#correct-name_raw"), ("t", "#id_who")):
        page.goto(f"/land-users/{case.land_user.pk}/")
        page.keyboard.press(key)
        expect(page.locator(field)).to_be_focused()
        page.keyboard.press("Escape")
        page.wait_for_url(f"**/land-users/{case.land_user.pk}/")
    page.keyboard.press("e")
    expect(page.locator("#correct-name_raw")).to_be_focused()
    page.keyboard.type("gõ dở")
    page.keyboard.press("Escape")
    expect(page.locator("#correct-name_raw")).not_to_be_focused()
    expect(page.get_by_role("heading", name="Sửa thông tin")).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/land-users/{case.land_user.pk}/")


def test_a_proposal_that_was_sent_leads_back_to_the_desk(open_page, officer) -> None:
    case = people(1)[0]
    page = open_page(officer)
    page.goto(f"/land-users/{case.land_user.pk}/correct/?order=age")
    page.fill("#correct-name_raw", "Trần Văn Bình")
    page.fill("#correct-reason", "theo giấy")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/land-users/{case.land_user.pk}/?order=age")
    expect(page.locator(".toast")).to_contain_text("Đã gửi đề nghị sửa")


def test_a_form_is_sent_by_key_from_a_tick_box_too(open_page, officer) -> None:
    case = people(1)[0]
    page = open_page(officer)
    page.goto(f"/land-users/{case.land_user.pk}/correct/")
    page.fill("#correct-birth_raw", "1980")
    page.fill("#correct-reason", "theo giấy")
    page.locator("input[type=checkbox]:visible").first.focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/land-users/{case.land_user.pk}/")
    assert LandUser.objects.get(pk=case.land_user.pk).birth_raw == "1980"


def test_the_bar_is_seen_and_heard_to_sleep_while_a_sheet_is_open(open_page, officer) -> None:
    case = people(1)[0]
    page = open_page(officer)
    page.goto(f"/land-users/{case.land_user.pk}/")
    same = page.locator(".decide [value=same]")
    page.keyboard.press("p")
    expect(page.locator("#sheet-police")).to_be_visible()
    expect(page.locator(".decide")).to_have_js_property("inert", True)
    assert not same.evaluate("button => (button.focus(), document.activeElement === button)")
    assert float(page.locator(".decide form").evaluate("bar => getComputedStyle(bar).opacity")) < 0.6
    page.keyboard.press("Escape")
    expect(page.locator(".decide")).to_have_js_property("inert", False)
    expect(page.locator("[data-sheet=police]")).to_be_focused()
    page.goto(f"/land-users/{case.land_user.pk}/?sheet=police")
    expect(page.locator(".decide")).to_have_js_property("inert", True)


def test_the_keys_of_the_desk_name_no_rows(open_page, officer) -> None:
    case = people(1)[0]
    page = open_page(officer)
    page.goto(f"/land-users/{case.land_user.pk}/")
    page.keyboard.press("?")
    told = page.locator("#keys dd:visible").all_inner_texts()
    assert "trả về xã" in told
    assert "mở dòng" not in told
    assert "chọn dòng" not in told


def test_the_register_as_written_is_read_whole(open_page, officer) -> None:
    case = people(1)[0]
    LandUser.objects.filter(pk=case.land_user.pk).update(
        commune_raw="Xã Nhân Thắng, trước là xã Thái Bảo và xã Bình Dương",
        address_raw="Khu phố Nguyễn Thị Minh Khai",
    )
    page = open_page(officer)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"/land-users/{case.land_user.pk}/")
    cut = "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)"
    assert page.locator(".evidence td").evaluate_all(cut) == []
    expect(page.locator(".desk .decide")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_all_on_a_certificate_are_decided_together_by_keys_and_esc_leads_back(open_page, officer) -> None:
    first, second = people(2)
    certificate = Holding.objects.filter(land_user=first.land_user).first().certificate
    Holding.objects.filter(land_user=second.land_user).update(certificate=certificate)
    page = open_page(officer)
    home = f"**/land-users/{first.land_user.pk}/**"
    page.goto(f"/land-users/{first.land_user.pk}/?outcome=ambiguous")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 việc")
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.wait_for_url(home)
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 việc")
    page.keyboard.press("b")
    expect(page.locator("#id_why_commune")).to_be_focused()
    page.keyboard.type("Cần bản")
    page.locator("button[value=commune]").press("Enter")
    page.wait_for_url("**/queue/bulk/*/?of=*")
    page.keyboard.press("Enter")
    expect(page.locator("#bulk-state")).not_to_have_text("Xem trước")
    page.keyboard.press("Escape")
    page.wait_for_url(home)
