"""A commune's workbook by keyboard: asked for, uploaded, sent, approved, taken back; no page at fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from landdb.jobs import engine
from landdb.models import Job
from parcels.models import LandUser
from reconciliation.actions import uploads
from reconciliation.models import CorrectionBatch, Workbook
from tests.workbooks.ground import Ground, filled, give_out, make_ground, row_of, send_up

from .test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
State = CorrectionBatch.State


@pytest.fixture
def ground(settings, tmp_path: Path) -> Ground:
    settings.FILES_DIR = tmp_path / "files"
    return make_ground()


@pytest.fixture
def work() -> Callable[[], None]:
    def run() -> None:
        while job := Job.objects.open().order_by("id").first():
            while engine.step(job.pk):
                pass

    return run


def _tab_to(page: Page, selector: str) -> None:
    """Go on with the tabulator until the wanted control has the focus."""
    for _n in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} is not reached by keyboard")


def _send(page: Page) -> None:
    """Enter on what has the focus, and wait for the page that answers."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_whole_way_by_keyboard(open_page, ground: Ground, work, tmp_path: Path) -> None:
    page = open_page(ground.official)
    page.goto("/uploads/")
    found = faults(page)
    _tab_to(page, "#purpose")
    page.keyboard.type("sửa số vào sổ")
    _send(page)
    work()
    page.goto("/uploads/")
    found += faults(page)
    _tab_to(page, "#workbooks a.btn")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".xlsx")
    workbook = Workbook.objects.get()
    content = filled(
        workbook,
        {
            (row_of(workbook, ground.holdings[0]), "book_number"): "CH00001",
            (row_of(workbook, ground.holdings[1]), "birth"): "13/03/1975",
            (row_of(workbook, ground.holdings[2]), "issued"): "30/02/2018",
        },
    )
    (tmp_path / "sua.xlsx").write_bytes(content)
    page.goto("/uploads/")
    page.locator("#workbook").set_input_files(tmp_path / "sua.xlsx")
    page.locator("#workbook").focus()
    _tab_to(page, "form[enctype] button.primary")
    _send(page)
    work()
    page.reload()
    found += faults(page)
    _tab_to(page, "button[value=send]")
    _send(page)
    batch = CorrectionBatch.objects.get()
    assert batch.state == State.WAITING

    office = open_page(ground.reviewer)
    office.goto(f"/uploads/{batch.pk}/rows/?kind=birth")
    found += faults(office)
    _tab_to(office, "input[name=line]")
    office.keyboard.press("Space")
    _tab_to(office, "form .act-bar button.primary")
    _send(office)
    office.goto(f"/uploads/{batch.pk}/")
    found += faults(office)
    _tab_to(office, "#reason")
    office.keyboard.type("đã đối chiếu")
    _tab_to(office, "button[value=apply]")
    _send(office)
    work()
    office.reload()
    found += faults(office)
    batch.refresh_from_db()
    assert batch.state == State.APPLIED
    assert batch.lines.filter(state="applied").count() == 2
    _tab_to(office, "form[action$='/undo/'] button")
    _send(office)
    work()
    batch.refresh_from_db()
    assert batch.state == State.UNDONE
    assert found == []


def _wait_for_another(page: Page, before: str) -> str:
    page.wait_for_function(
        "before => (document.querySelector('.look')?.dataset.look ?? before) !== before",
        arg=before,
    )
    return str(page.evaluate("document.querySelector('.look').dataset.look ?? ''"))


def test_rows_are_looked_at_and_decided_by_keys_alone(open_page, ground: Ground) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings[:3]]
    typed = {(row, "birth"): f"1{n}/03/1975" for n, row in enumerate(rows, 3)}
    batch = uploads.send(send_up(ground, filled(workbook, typed)), by=ground.official)
    first, second, third = (str(pk) for pk in batch.lines.filter(kind="birth").values_list("pk", flat=True))
    page = open_page(ground.reviewer)
    page.goto(f"/uploads/{batch.pk}/rows/?kind=birth")
    found = faults(page)
    page.keyboard.press("Enter")
    assert _wait_for_another(page, "") == first
    found += faults(page)
    page.keyboard.press("j")
    assert _wait_for_another(page, first) == second
    page.keyboard.press("k")
    assert _wait_for_another(page, second) == first
    page.keyboard.press("?")
    keys = page.locator("#keys").inner_text()
    assert "duyệt dòng này" in keys
    assert "trả lại xã, có lý do" in keys
    page.keyboard.press("Escape")

    page.keyboard.press("s")
    assert _wait_for_another(page, first) == second
    assert page.locator(f"#word-{first}").inner_text().startswith("đã duyệt")
    assert page.locator(f"#tick-{first} input").is_checked()

    page.keyboard.press("b")
    found += faults(page)
    page.keyboard.press("3")
    page.keyboard.press("Control+Enter")
    assert _wait_for_another(page, second) == third
    assert "khác dữ liệu dân cư" in str(page.locator(f"#word-{second}").text_content())

    page.keyboard.press("z")
    assert _wait_for_another(page, third) == second
    assert {line.row: (line.is_approved, line.why) for line in batch.lines.filter(kind="birth")} == {
        rows[0]: (True, ""),
        rows[1]: (False, ""),
        rows[2]: (False, ""),
    }
    page.keyboard.press("Escape")
    assert page.locator(".look").count() == 0
    assert page.evaluate("document.activeElement.closest('tr').id") == f"row-{second}"
    assert found == []


def _covered(page: Page) -> list[str]:
    """Rows on which the cursor came to stand below the bar, or below the window, walking down the list."""
    hidden = []
    for _n in range(page.locator("[data-rows] tbody tr").count()):
        page.keyboard.press("j")
        row = page.locator("tr.at")
        row.evaluate("row => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        place = row.bounding_box()
        bar = page.locator(".of-rows .act-bar").bounding_box()
        assert place
        assert bar
        if place["y"] + place["height"] > bar["y"] + 1:
            hidden.append(str(row.get_attribute("id")))
    return hidden


def test_the_row_under_the_cursor_is_never_below_the_bar(open_page) -> None:
    ground = make_ground(20)
    workbook = give_out(ground)
    typed = {(row_of(workbook, holding), "birth"): "13/03/1975" for holding in ground.holdings}
    batch = uploads.send(send_up(ground, filled(workbook, typed)), by=ground.official)
    page = open_page(ground.reviewer)
    page.goto(f"/uploads/{batch.pk}/rows/?kind=birth")
    assert _covered(page) == []
    # With a row open beside it the list is narrow, and its bar takes more lines.
    last = batch.lines.latest("pk").pk
    page.goto(f"/uploads/{batch.pk}/rows/{last}/?kind=birth")
    row, bar = page.locator("tr.at").bounding_box(), page.locator(".of-rows .act-bar").bounding_box()
    assert row
    assert bar
    assert row["y"] + row["height"] <= bar["y"] + 1


def test_numbers_are_shown_by_one_key_and_hidden_again(open_page, ground: Ground) -> None:
    workbook = give_out(ground)
    number = ground.people[0].id_number
    slip = f"{number[:5]}{(int(number[5]) + 1) % 10}{number[6:]}"
    typed = {(row_of(workbook, ground.holdings[0]), "id_number"): slip}
    batch = uploads.send(send_up(ground, filled(workbook, typed)), by=ground.official)
    page = open_page(ground.reviewer)
    page.clock.install()
    page.goto(f"/uploads/{batch.pk}/rows/")
    page.locator("[data-rows] a[data-open]").first.click()
    page.wait_for_selector(".look")
    assert slip not in page.locator(".look").inner_text()
    page.keyboard.press("h")
    page.wait_for_selector("[data-while-revealed]")
    assert slip in page.locator(".look").inner_text()
    page.clock.fast_forward(31_000)
    assert slip not in page.locator(".look").inner_text()


def test_without_script_a_row_opens_and_is_decided_too(open_page, ground: Ground) -> None:
    workbook = give_out(ground)
    typed = {(row_of(workbook, holding), "birth"): "13/03/1975" for holding in ground.holdings[:2]}
    batch = uploads.send(send_up(ground, filled(workbook, typed)), by=ground.official)
    page = open_page(ground.reviewer, java_script_enabled=False)
    page.goto(f"/uploads/{batch.pk}/rows/?kind=birth")
    page.locator("a[data-open]").first.click()
    page.get_by_role("button", name="Duyệt dòng này").click()
    page.get_by_role("link", name="B Trả lại xã").click()
    page.get_by_label("khác dữ liệu dân cư").check()
    page.locator("#sheet-refuse button").click()
    assert [(line.is_approved, line.why) for line in batch.lines.filter(kind="birth").order_by("pk")] == [
        (True, ""),
        (False, "refused_by_registry"),
    ]


def test_conflicts_are_chosen_by_column_and_shown_in_full_by_one_key(open_page, ground: Ground, work) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings[:2]]
    LandUser.objects.filter(pk__in=[person.pk for person in ground.people[:2]]).update(phone="0914345678")
    batch = send_up(ground, filled(workbook, {(row, "phone"): "0913345678" for row in rows}))
    page = open_page(ground.official)
    page.goto(f"/uploads/{batch.pk}/")
    found = faults(page)
    page.keyboard.press("h")
    page.wait_for_url("**/reveal/")
    assert "0914345678" in page.locator(".three").inner_text()
    found += faults(page)
    _tab_to(page, "button[name=column][value='phone:workbook']")
    _send(page)
    work()
    page.reload()
    assert page.locator(".three").count() == 0
    assert batch.lines.filter(state="proposed").count() == 2
    assert found == []
