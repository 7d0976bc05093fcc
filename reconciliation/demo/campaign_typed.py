"""What an official types into a workbook that was given out: most of what it lacks, some of it badly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from django.conf import settings
from openpyxl import load_workbook

from parcels.importers.form01.giving import COLUMNS, FIRST_ROW

from ..models import Workbook, WorkbookRow

#: What is asked of these rules an official can look up in papers at hand.
MENDED = (
    "book_number_missing", "book_number_placeholder", "book_number_long", "issue_date_missing",
    "certificate_date_impossible", "sex_missing", "holder_address_missing", "plot_address_missing",
    "origin_missing", "term_missing", "term_placeholder",
)  # fmt: skip
#: Of so many rows one comes back as it went, and one bears a day that no calendar has.
_LEFT, _UNREADABLE = 9, 12
_PLACE = {name: place + 1 for place, name in enumerate(COLUMNS)}


def fill_in(workbook: Workbook, seed: str) -> bytes:
    """The workbook as it comes back from the commune."""
    book = load_workbook(Path(settings.FILES_DIR) / workbook.path)
    sheet = book.worksheets[0]
    for n, row in enumerate(WorkbookRow.objects.filter(workbook=workbook).order_by("pk")):
        for name, text in _typed(row, n, str(workbook.commune), seed):
            sheet.cell(FIRST_ROW + n, _PLACE[name], text)
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


def _typed(row: WorkbookRow, n: int, commune: str, seed: str) -> Iterator[tuple[str, str]]:
    """The cells of a row that are filled in."""
    if n % _LEFT == _LEFT - 1:
        return
    for name in row.asks:
        if name in _PLACE and (text := _text(name, row, commune, seed)):
            yield name, text
    if n % _UNREADABLE == _UNREADABLE // 2:
        yield "issued", "31/02/2019"


def _text(name: str, row: WorkbookRow, commune: str, seed: str) -> str:
    """What belongs into a cell; '' where the official does not know it.

    Rows of one paper, or of one person, say the same of it.
    """
    if name.endswith("_term"):
        return "Lâu dài"
    if name.endswith("_origin"):
        return "CNQ-KTT"
    cells = row.cells
    of_paper = random.Random(f"{seed} {cells.get('serial') or row.plot}")
    of_person = random.Random(f"{seed} {cells.get('name')} {cells.get('id_number')}")
    known = {
        "book_number": f"CH{of_paper.randrange(10_000, 99_999)}",
        "issued": _issued(cells.get("serial", ""), of_paper),
        "sex": "Nữ" if " thị " in f" {cells.get('name', '').lower()} " else "Nam",
        "address": commune,
        "plot_address": commune,
        "phone": f"09{of_person.randrange(10**8):08}" if of_person.random() < 0.6 else "",
    }
    return known.get(name, "")


def _issued(serial: str, draw: random.Random) -> str:
    """A day on which certificates with such a serial were issued."""
    year = 2025 if sum(map(str.isdigit, serial)) == 8 else 2019
    return f"{draw.randrange(1, 29):02}/{draw.randrange(1, 10):02}/{year}"
