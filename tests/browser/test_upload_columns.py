"""A layout of a commune's own by keyboard: unsure columns confirmed, a sure one changed, one forgotten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page

from landdb.jobs import engine
from landdb.models import AdminUnit, Job, Role, User
from parcels.importers.form01 import layout
from parcels.models import HeaderMapping
from reconciliation.actions import uploads
from reconciliation.models import CorrectionBatch
from tests import factories
from tests.form01.conftest import row

from .test_axe import faults
from .test_workbooks import _send, _tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
State = CorrectionBatch.State
#: A slip of the pen, a group that nobody knows, a column of the commune's own, and one that comes twice.
OWN = {
    "E2": "Số vào sổ GCNN", "BJ2": "Số phát hành", "BK1": "Ghi thêm", "BK2": "Số điện thoại",
    "BL1": "Ý kiến của thôn",
}  # fmt: skip


@pytest.fixture
def commune(settings, tmp_path: Path) -> AdminUnit:
    settings.FILES_DIR = tmp_path / "files"
    factories.make_codes()
    return factories.make_commune()


@pytest.fixture
def work() -> Callable[[], None]:
    def run() -> None:
        while job := Job.objects.open().order_by("id").first():
            while engine.step(job.pk):
                pass

    return run


def own_layout(commune: AdminUnit, by: User, folder: Path) -> CorrectionBatch:
    """An uploaded workbook in a layout that is not sure in every column; it is read already."""
    path = folder / "cua-xa.xlsx"
    births = ["Nam", "12/03/1975", "1975"]
    rows = [row(n, commune_code=commune.code, birth=births[n % 3]) for n in range(1, 16)]
    layout.write(path, rows, layout.Layout())
    book = openpyxl.load_workbook(path)
    for place, text in OWN.items():
        book["Sheet1"][place] = text
    for n in range(5, 20):
        for column, text in {"BJ": f"AA {n:08}", "BK": f"09120000{n:02}", "BL": f"ý kiến {n}"}.items():
            book["Sheet1"][f"{column}{n}"] = text
    book.save(path)
    batch = uploads.receive(SimpleUploadedFile("cua-xa.xlsx", path.read_bytes()), commune, by=by)
    uploads.read(batch)
    return batch


def _choose(page: Page, letter: str, key: str) -> None:
    """Reach the choice of a column with the tabulator, and type what it is."""
    label = page.locator("#columns label", has_text=f"{letter} ·").first
    _tab_to(page, f"#{label.get_attribute('for')}")
    page.keyboard.type(key)


def test_unsure_columns_are_confirmed_by_keyboard(
    open_page, commune: AdminUnit, work, tmp_path: Path
) -> None:
    official = factories.make_user(Role.COMMUNE_OFFICIAL, commune=commune)
    batch = own_layout(commune, official, tmp_path)
    page = open_page(official)
    page.goto(f"/uploads/{batch.pk}/")
    found = faults(page)
    assert page.locator("#columns tbody tr").count() == 6
    # What is not chosen yet is asked for before anything leaves the page.
    _tab_to(page, "#columns button.primary")
    page.keyboard.press("Enter")
    assert page.locator("#columns select:invalid").count() == 2
    page.locator("#columns").evaluate("form => form.querySelector('a, select').focus()")
    _choose(page, "BJ", "Bỏ cột")
    page.locator("h1").evaluate("title => { title.tabIndex = -1; title.focus() }")
    _choose(page, "C", "Số phát hành")
    _tab_to(page, "#columns button.primary")
    _send(page)
    work()
    page.reload()
    found += faults(page)
    batch.refresh_from_db()
    assert batch.state == State.CHECKED
    assert HeaderMapping.objects.get(header__endswith="Số phát hành").field == ""

    page.locator("h1").evaluate("title => { title.tabIndex = -1; title.focus() }")
    _tab_to(page, "details.in > summary")
    page.keyboard.press("Enter")
    found += faults(page)
    _tab_to(page, "details.in a.btn")
    _send(page)
    assert page.locator("#columns tbody tr").count() == 1
    found += faults(page)

    page.goto("/uploads/headers/")
    found += faults(page)
    before = HeaderMapping.objects.count()
    _tab_to(page, "td form button")
    _send(page)
    assert HeaderMapping.objects.count() == before - 1
    assert found == []
