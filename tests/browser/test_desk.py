"""The desk by keyboard alone: twenty people judged, handed on and gone back to; nothing typed is lost."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from citizens.models import Resident
from landdb.models import Role, User
from reconciliation.actions import leases, settling
from reconciliation.models import Decision, Lease, Match, WorkItem
from tests import factories
from tests.actions.cast import Case, make_case

from .test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: What is pressed on each of the twenty, in the order of the list, and the decision that stands then.
TWENTY = [
    ("s", "same"),
    ("d! d", "different"),
    ("u", "unsure"),
    ("n", "not_in_registry"),
    ("m", "deceased"),
    ("m", "deceased"),
    ("p 2 Control+Enter", "police"),
    ("b 2 Control+Enter", "commune"),
    ("l 1 Control+Enter", "later"),
    ("c 3 Control+Enter", "citizen"),
    ("2 s", "same"),
    ("f s", "same"),
    ("r text Enter s", "same"),
    ("p Tab text Escape s", "same"),
    ("b s Escape d! d", "different"),
    ("l 2 Control+Enter", "later"),
    ("n", "not_in_registry"),
    ("h u", "unsure"),
    ("s", "same"),
    ("b 4 8 6 Control+Enter", "commune"),
]
FAMILIES = ("Nguyễn Thị", "Trần Thị", "Lê Thị", "Phạm Thị")
GIVEN = ("Duyên", "Hoà", "Mơ", "Tươi", "Xuyến")
#: The one of the twenty whom the registry records as deceased.
DEAD = 4
#: The one of whom the second candidate is picked.
SECOND = 10
#: Every control that has no name for those who listen.
_NAMELESS = """() => [...document.querySelectorAll('a[href], button, input, select, textarea')]
    .filter(each => each.getClientRects().length && !(each.getAttribute('aria-label') || each.title
        || [...(each.labels || [])].some(label => label.textContent.trim()) || each.textContent.trim()))
    .map(each => each.outerHTML.slice(0, 200))"""


def people(n: int) -> list[Case]:
    """As many with a name of their own each, so that none is the other's candidate."""
    names = [f"{family} {given}" for family in FAMILIES for given in GIVEN][:n]
    return [make_case(name=name, number=f"0241751{each:05}") for each, name in enumerate(names)]


def address(case: Case) -> str:
    return f"**/land-users/{case.land_user.pk}/**"


def strike(page: Page, keys: str) -> None:
    """Press keys one after the other; "text" types some words. Digits that pick a candidate open a page, as
    does what ends in "!".
    """
    for key in keys.split():
        if key == "text":
            page.keyboard.type("sdun pbl: xem giấy gốc")
        elif key[-1] == "!" or (key in ("h", "2") and not page.locator(".sheet:visible").count()):
            with page.expect_navigation():
                page.keyboard.press(key[0])
        else:
            page.keyboard.press(key)


@pytest.fixture
def officer() -> User:
    return factories.make_user(Role.REVIEWER)


def test_twenty_are_judged_without_a_mouse(open_page, officer) -> None:
    cases = people(len(TWENTY))
    dead, second = cases[DEAD].match.resident_id, cases[SECOND].matches[1]
    Resident.objects.filter(pk=dead).update(status="deceased", died_on=dt.date(2024, 5, 6))
    page = open_page(officer)
    page.goto("/queue/people/start/?outcome=ambiguous")
    for number, (case, (keys, kind)) in enumerate(zip(cases, TWENTY, strict=True), 1):
        page.wait_for_url(address(case))
        strike(page, keys)
        page.wait_for_url("**/end/**" if number == len(cases) else address(cases[number]))
        last = Decision.objects.first()
        assert (last.land_user_id, last.kind) == (case.land_user.pk, kind), (number, keys)
        if number == 3:
            # Z leads back to the one just judged; the same key judges it again.
            page.keyboard.press("z")
            page.wait_for_url(address(case))
            expect(page.get_by_text("Đã hoàn tác.")).to_be_visible()
            page.keyboard.press("u")
            page.wait_for_url(address(cases[number]))
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã đến cuối bộ lọc")
    # One was judged again; two were different people from either of their candidates.
    assert Decision.objects.filter(by=officer).count() == len(TWENTY) + 3
    assert Match.objects.get(land_user=cases[SECOND].land_user, state="accepted") == second
    assert Decision.objects.get(land_user=cases[12].land_user).reason == "sdun pbl: xem giấy gốc"
    assert WorkItem.objects.get(land_user=cases[DEAD].land_user).waits_with == ""
    assert WorkItem.objects.get(land_user=cases[DEAD + 1].land_user).waits_with == "police"
    assert WorkItem.objects.get(land_user=cases[6].land_user).waits_why == "police_absent"
    assert WorkItem.objects.get(land_user=cases[-1].land_user).waits_fields == ["birth", "id_number"]
    assert not Lease.objects.exists()


@pytest.mark.parametrize("zoom", [1, 2])
def test_axe_finds_nothing_and_every_control_has_a_name(open_page, officer, zoom: int) -> None:
    first, second, held = people(3)
    other = factories.make_user(Role.SENIOR_REVIEWER)
    leases.take(Lease.Kind.PERSON, held.land_user.pk, by=other)
    page = open_page(officer, device_scale_factor=zoom)
    page.set_viewport_size({"width": 1366 // zoom, "height": 768 // zoom})
    page.goto(f"/land-users/{first.land_user.pk}/?outcome=ambiguous")
    found = faults(page) + page.evaluate(_NAMELESS)
    for key in "pblc":
        page.keyboard.press(key)
        expect(page.locator(".sheet:visible")).to_have_count(1)
        found += faults(page) + page.evaluate(_NAMELESS)
        page.keyboard.press("Escape")
    page.keyboard.press("?")
    found += faults(page)
    assert "trả về xã" in page.locator("#keys dd:visible").all_inner_texts()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.wait_for_url(address(second))
    found += faults(page)
    Match.objects.filter(pk=second.match.pk).update(levels="b" + second.match.levels[1:])
    page.keyboard.press("s")
    page.get_by_role("alert").wait_for()
    found += faults(page) + page.evaluate(_NAMELESS)
    for path in (f"/land-users/{held.land_user.pk}/", "/queue/people/end/?order=age"):
        page.goto(path)
        found += faults(page) + page.evaluate(_NAMELESS)
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_was_typed_in_a_sheet_outlives_closing_and_a_reload(open_page, officer) -> None:
    case = people(1)[0]
    page = open_page(officer)
    page.goto(f"/land-users/{case.land_user.pk}/")
    page.keyboard.press("b")
    page.keyboard.press("3")
    note = page.locator("#commune-note")
    note.focus()
    page.keyboard.type("nhờ xem sổ hộ khẩu")
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    page.reload()
    page.keyboard.press("b")
    expect(note).to_have_value("nhờ xem sổ hộ khẩu")
    expect(page.locator("#sheet-commune [value=commune_user]")).to_be_checked()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/end/**")
    assert WorkItem.objects.get(land_user=case.land_user).waits_note == "nhờ xem sổ hộ khẩu"


def test_what_comes_late_beside_the_evidence_takes_no_key_from_who_is_typing(open_page, officer) -> None:
    case = people(1)[0]
    page = open_page(officer)
    held = []
    page.route("**/beside/", lambda route: held.append(route))
    with page.expect_request("**/beside/"):
        page.goto(f"/land-users/{case.land_user.pk}/")
    page.keyboard.press("b")
    note = page.locator("#commune-note")
    note.focus()
    page.keyboard.type("nhờ xem ")
    with page.expect_response("**/beside/"):
        held[0].continue_()
    expect(page.locator(".beside .panel").first).to_be_visible()
    expect(note).to_be_focused()
    page.keyboard.type("sổ hộ khẩu")
    expect(note).to_have_value("nhờ xem sổ hộ khẩu")


def test_a_key_pressed_twice_decides_once(open_page, officer) -> None:
    first, second = people(2)
    page = open_page(officer)
    page.goto(f"/land-users/{first.land_user.pk}/")
    page.evaluate("['s', 's'].forEach(key => document.dispatchEvent(new KeyboardEvent('keydown', {key})))")
    page.wait_for_url(address(second))
    assert Decision.objects.count() == 1
    expect(page.locator(".last")).to_contain_text("cùng người")


def test_the_evidence_scrolls_by_key_and_esc_leads_back_from_a_plot(open_page, officer) -> None:
    case = people(1)[0]
    page = open_page(officer)
    page.set_viewport_size({"width": 1366, "height": 500})
    page.goto(f"/land-users/{case.land_user.pk}/")
    scrolled = "document.querySelector('.desk-main').scrollTop"
    page.keyboard.press("PageDown")
    page.wait_for_function(f"{scrolled} > 100")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.wait_for_function(f"{scrolled} > 300")
    expect(page.get_by_role("heading", name="Giấy chứng nhận")).to_be_in_viewport()
    page.keyboard.press("Home")
    page.wait_for_function(f"{scrolled} === 0")
    page.keyboard.press("w")
    page.wait_for_url("**/plots/**")
    page.keyboard.press("w")
    expect(page.get_by_label("Lý do").locator("visible=true").first).to_be_focused()
    for _back in range(2):
        page.keyboard.press("Escape")
    page.wait_for_url(address(case))
    page.keyboard.press("e")
    expect(page.get_by_label("Họ và tên")).to_be_focused()


@pytest.mark.settled_later
def test_after_different_the_record_opens_anew_with_its_candidate_and_takes_the_next_word(
    open_page, officer
) -> None:
    (case,) = people(1)
    page = open_page(officer)
    page.goto("/queue/people/start/")
    page.wait_for_url(address(case))
    strike(page, "d!")
    expect(page.get_by_text("Kết luận vừa ghi")).to_be_visible()
    left = page.locator(".decide [name=match]").input_value()
    settling.settle()
    page.wait_for_url(f"**/land-users/{case.land_user.pk}/*candidate={left}*")
    expect(page.get_by_text("chưa thửa nào lên nhóm 1")).to_be_visible()
    page.keyboard.press("s")
    page.wait_for_url("**/end/**")
    assert Match.objects.get(land_user=case.land_user, state="accepted").pk == int(left)


@pytest.mark.settled_later
def test_it_does_not_open_anew_under_the_fingers_of_who_types(open_page, officer) -> None:
    (case,) = people(1)
    page = open_page(officer)
    page.goto("/queue/people/start/")
    page.wait_for_url(address(case))
    strike(page, "d! r text")
    settling.settle()
    expect(page.get_by_text("chưa thửa nào lên nhóm 1")).to_be_visible()
    assert "candidate=" not in page.url
    expect(page.locator("[name=reason]")).to_have_value("sdun pbl: xem giấy gốc")
