"""A commune's workbook by keyboard: asked for, uploaded, sent, approved, taken back; no page at fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from landdb.jobs import engine
from landdb.models import Job
from reconciliation.models import CorrectionBatch, Workbook
from tests.workbooks.ground import Ground, filled, make_ground, row_of

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
