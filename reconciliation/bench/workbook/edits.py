"""What an official types into the workbook, and what the office changes meanwhile."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook

from parcels.importers.form01.giving import COLUMNS, FIRST_ROW
from parcels.models import Plot

from ...models import Workbook, WorkbookRow

_PLACE = {name: place + 1 for place, name in enumerate(COLUMNS)}
#: One row in so many is left as it is, gets something that cannot be read, or is changed by the office too.
LEFT, UNREADABLE, ALSO_OFFICE = 10, 50, 100


@dataclass
class Expected:
    """How many rows should come to what."""

    unchanged: int = 0
    rejected: int = 0
    conflict: int = 0
    proposed: int = 0


def fill_in(source: Path, target: Path, workbook: Workbook, seed: int) -> Expected:
    """Fill in what the rows lack; the office changes some addresses that the workbook changes too."""
    chance, expected = random.Random(seed), Expected()
    book = load_workbook(source)
    sheet = book.worksheets[0]
    given = list(WorkbookRow.objects.filter(workbook=workbook).order_by("pk"))
    for n, row in enumerate(given):
        line = FIRST_ROW + n
        cells = row.cells
        if n % LEFT == 0:
            expected.unchanged += 1
            continue
        sheet.cell(line, _PLACE["phone"], f"09{chance.randrange(10**8):08}")
        if not cells.get("book_number"):
            sheet.cell(line, _PLACE["book_number"], f"CH{10_000 + n}")
        if not cells.get("issued"):
            sheet.cell(line, _PLACE["issued"], "12/03/2019")
        if not cells.get("sex"):
            sheet.cell(line, _PLACE["sex"], "Nam")
        if n % UNREADABLE == 1:
            sheet.cell(line, _PLACE["issued"], "31/02/2019")
            expected.rejected += 1
        elif n % ALSO_OFFICE == 7:
            sheet.cell(line, _PLACE["plot_address"], f"Ngõ {n}, đường Lý Thái Tổ")
            Plot.objects.filter(pk=row.plot).update(address=f"Số {n}, đường Nguyễn Du")
            expected.conflict += 1
        else:
            expected.proposed += 1
    book.save(target)
    return expected
