"""A commune whose register lacks things, and the short ways of its official with a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from landdb.models import AdminUnit, Role, User
from parcels.importers.form01.giving import COLUMNS, FIRST_ROW
from parcels.models import Holding, LandUser, Plot
from reconciliation.actions import row_words, uploads, workbooks
from reconciliation.actions.workbook_rows import Wanted
from reconciliation.models import CorrectionBatch, Workbook, WorkbookRow
from tests import factories
from tests.actions.cast import judge

PLACE = {name: place + 1 for place, name in enumerate(COLUMNS)}
Typed = Mapping[tuple[int, str], Any]


@dataclass
class Ground:
    """The commune, its official, a reviewer, and holdings that lack their book number, in order."""

    commune: AdminUnit
    official: User
    reviewer: User
    holdings: list[Holding]

    @property
    def plots(self) -> list[Plot]:
        return [holding.plot for holding in self.holdings]

    @property
    def people(self) -> list[LandUser]:
        return [holding.land_user for holding in self.holdings if holding.land_user]


def make_ground(rows: int = 4) -> Ground:
    """Each plot is in order but for the book number of its certificate."""
    factories.make_codes()
    commune = factories.make_commune()
    ground = Ground(
        commune,
        factories.make_user(Role.COMMUNE_OFFICIAL, commune=commune),
        factories.make_user(Role.REVIEWER, commune=commune),
        [],
    )
    for _n in range(rows):
        plot = factories.make_plot(commune)
        person = factories.make_land_user(commune, phone="")
        factories.make_resident(person)
        paper = factories.make_certificate(commune, book_number="", book_number_raw="")
        ground.holdings.append(factories.make_holding(plot, person, paper))
        judge(person, plot)
    return ground


def give_out(ground: Ground, wanted: Wanted | None = None) -> Workbook:
    workbook = workbooks.ask(ground.commune, wanted or Wanted(), by=ground.official, purpose="kiểm thử")
    workbooks.make(workbook)
    workbook.refresh_from_db()
    assert workbook.state == Workbook.State.READY, workbook.message
    return workbook


def path_of(workbook: Workbook) -> Path:
    return Path(settings.FILES_DIR) / workbook.path


def row_of(workbook: Workbook, holding: Holding) -> int:
    """The row of the sheet in which a holding stands."""
    keys = list(
        WorkbookRow.objects.filter(workbook=workbook).order_by("pk").values_list("holding", flat=True)
    )
    return FIRST_ROW + keys.index(holding.pk)


def filled(workbook: Workbook, typed: Typed) -> bytes:
    """The workbook with texts typed into cells: (row, field) → text."""
    book = openpyxl.load_workbook(path_of(workbook))
    sheet = book.worksheets[0]
    for (row, name), text in typed.items():
        sheet.cell(row, PLACE[name]).value = text
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def send_up(
    ground: Ground, content: bytes, name: str = "bieu.xlsx", *, by: User | None = None, **more: Any
) -> CorrectionBatch:
    """Uploaded and read."""
    who = by or ground.official
    assert who.commune is not None
    batch = uploads.receive(SimpleUploadedFile(name, content), who.commune, by=who, **more)
    uploads.read(batch)
    batch.refresh_from_db()
    return batch


def states(batch: CorrectionBatch) -> dict[int, str]:
    """Row → what became of it."""
    return dict(batch.lines.values_list("row", "state"))


def whys(batch: CorrectionBatch) -> dict[int, str]:
    return {row: why for row, why in batch.lines.values_list("row", "why") if why}


def apply(batch: CorrectionBatch, by: User, *, tick: bool = True) -> CorrectionBatch:
    """Sent, every row ticked, approved and applied."""
    sent = uploads.send(batch, by=batch.uploaded_by)
    if sent.state == CorrectionBatch.State.WAITING:
        if tick:
            row_words.tick(sent, list(sent.lines.values_list("pk", flat=True)), by=by, is_approved=True)
        uploads.approve(sent, by=by, reason="đã kiểm tra")
    uploads.carry_out(sent)
    batch.refresh_from_db()
    return batch


def adds_up(batch: CorrectionBatch) -> bool:
    """Rows in = applied + unchanged + proposed + rejected + ignored, and every row stands there once."""
    file = batch.file
    file.refresh_from_db()
    told = file.applied + file.unchanged + file.proposed + file.rejected + file.ignored
    return file.rows == told == batch.lines.count()
