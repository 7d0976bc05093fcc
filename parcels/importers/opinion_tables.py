"""The table of plan 2959 as it comes: sheets of a workbook, CSV or Parquet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path

from django.utils.translation import gettext as _

from landdb.intake.headers import key, locate
from landdb.intake.outcome import Refused
from landdb.intake.sources import Kind, Source, examine
from landdb.intake.tables import BATCH, Batch, Table, open_table

from .form01.archive import Limits
from .form01.workbook import Cell, Sheet, sheets
from .formula_cells import CellError, Unsaved, is_error
from .opinion_rows import COLUMNS, SheetBatch

_ZIP = b"PK\x03\x04"
#: Rows among which the header is looked for.
_TOP = 10
_KNOWN = frozenset().union(*(column.keys for column in COLUMNS))


@dataclass(frozen=True, slots=True)
class SheetTable(Table):
    """A sheet of a workbook; `top` is the place of its header, from 0."""

    sheet: Sheet = field(default_factory=lambda: Sheet("", [], ()))
    top: int = 0

    def batches(self) -> Iterator[Batch]:
        rows = self.sheet.rows
        for start in range(self.top + 1, len(rows), BATCH):
            yield Batch(start + 1, [tuple(map(_text, row)) for row in rows[start : start + BATCH]])


@dataclass(frozen=True, slots=True)
class Opened:
    """The tables of a file in their order, and the sheets of it that hold something else."""

    tables: list[Table]
    other_sheets: list[str] = field(default_factory=list)

    def name(self, place: int) -> str:
        """The sheet of a table; files without sheets have no names."""
        table = self.tables[place]
        return table.sheet.name if isinstance(table, SheetTable) else ""

    def batches(self) -> Iterator[SheetBatch]:
        """All rows of all tables."""
        for place, table in enumerate(self.tables):
            for batch in table.batches():
                yield SheetBatch(batch, place, self.name(place), table.layout)


def open_tables(path: Path | str) -> Opened:
    """Find the tables in a file; Refused with one sentence where there is none.

    A workbook is read into memory and held to the limits of the other workbooks; a table of the whole
    province comes as CSV or Parquet.
    """
    path = Path(path)
    if not _is_workbook(path):
        return Opened([open_table(examine(path), COLUMNS)])
    with path.open("rb") as content:
        digest = file_digest(content, "sha256").hexdigest()
    source = Source(path, Kind.WORKBOOK, digest, path.stat().st_size)
    tables: list[Table] = []
    others: list[str] = []
    refused: Refused | None = None
    for sheet in sheets(path, Limits()):
        if not any(map(any, sheet.rows)):
            continue
        try:
            tables.append(_sheet_table(source, sheet))
        except Refused as why:
            refused = refused or why
            others.append(sheet.name)
    if not tables:
        raise refused or Refused(_("Sổ Excel không có dòng nào."))
    return Opened(tables, others)


def _is_workbook(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as content:
        return content.read(len(_ZIP)) == _ZIP


def _sheet_table(source: Source, sheet: Sheet) -> Table:
    """The sheet under the row that holds most of the known headers."""
    tops = [tuple(map(_text, row)) for row in sheet.rows[:_TOP]]
    top = max(range(len(tops)), key=lambda place: _known(tops[place]))
    headers = tops[top]
    return SheetTable(source, headers, locate(headers, COLUMNS), COLUMNS, sheet=sheet, top=top)


def _known(row: Sequence[str]) -> int:
    return sum(key(cell) in _KNOWN for cell in row)


def _text(cell: Cell) -> str:
    """A cell as somebody would have typed it; an error and an unsaved formula stay what they are."""
    if isinstance(cell, Unsaved):
        return cell
    if is_error(cell):
        return CellError(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)
