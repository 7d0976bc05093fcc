"""A workbook of V1 to be mended: rows pre-filled, the cells to look at marked, lists to choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from .fields import FIELDS, MENDING, V1, Kind
from .layout import DEPTH, Layout
from .pen import Pen, lines

#: V1, then the telephone number, and what the office and the commune say to each other.
COLUMNS = (*(each.name for each in V1), "phone", *(each.name for each in MENDING))
LAYOUT = Layout(columns=COLUMNS)
FIRST_ROW = DEPTH + 2
GUIDE, LISTS = "HuongDan", "DanhMuc"
#: Rows beyond the last one for which the lists still drop down.
SPARE_ROWS = 500
_WIDE = {Kind.NAME: 26, Kind.ADDRESS: 34, Kind.PERSON_NUMBER: 17, Kind.SERIAL: 15, Kind.DATE: 13}
_WIDTHS = {"needs": 60, "uncollectable": 28, "scans": 28, "no": 7, "row_key": 4, "guid": 12}
#: Rows told to the caller at a time.
_TELL_EVERY = 500


@dataclass(slots=True)
class Given:
    """A row: its cells (field → text), the marked ones (field → why and how), its key."""

    key: str
    cells: Mapping[str, str]
    marks: Mapping[str, str] = field(default_factory=dict)


def write_given(
    path: Path,
    rows: Sequence[Given],
    *,
    guide: Iterable[Sequence[str]],
    lists: Mapping[str, Sequence[str]],
    tell: Callable[[int], None] = lambda _done: None,
) -> None:
    """Write the workbook. `guide`: lines of the sheet of instructions; `lists`: field → its choices."""
    book = Workbook(write_only=True)
    pen = Pen(book)
    sheet: Any = book.create_sheet(LAYOUT.sheet)
    _arrange(sheet, len(rows), lists)
    _heads(sheet, pen)
    for done, row in enumerate(rows, 1):
        sheet.append(_row(sheet, pen, row, done))
        if done % _TELL_EVERY == 0:
            tell(done)
    told: Any = book.create_sheet(GUIDE)
    told.column_dimensions["A"].width, told.column_dimensions["B"].width = 34, 100
    lines(told, pen, list(guide))
    _lists(book.create_sheet(LISTS), pen, lists)
    book.save(path)


def _heads(sheet: Any, pen: Pen) -> None:
    for span in LAYOUT.merged_ranges():
        sheet.merged_cells.add(span)
    for level in zip(*LAYOUT.heads(), strict=True):
        sheet.append([pen.head(sheet, text) for text in level])
    sheet.append([pen.head(sheet, FIELDS[name].item) for name in COLUMNS])


def _row(sheet: Any, pen: Pen, row: Given, number: int) -> list[Any]:
    values = {**row.cells, "no": str(number), "row_key": row.key}
    found = []
    for name in COLUMNS:
        mark, value = row.marks.get(name, ""), values.get(name, "")
        if mark:
            found.append(pen.text(sheet, value, "asked", mark))
        else:
            found.append(pen.text(sheet, value) if value else None)
    return found


def _arrange(sheet: Any, rows: int, lists: Mapping[str, Sequence[str]]) -> None:
    """Widths, text columns, the hidden key, panes, and the lists that drop down."""
    last = FIRST_ROW + rows + SPARE_ROWS
    for place, name in enumerate(COLUMNS):
        letter = get_column_letter(place + 1)
        column = sheet.column_dimensions[letter]
        column.width = _WIDTHS.get(name) or _WIDE.get(FIELDS[name].kind, 13)
        column.number_format = "@"
        column.hidden = name == "row_key"
        if name in lists:
            source = list(lists).index(name)
            drop_down(sheet, place, source, len(lists[name]), first=FIRST_ROW, last=last)
    sheet.freeze_panes = f"C{FIRST_ROW}"


def drop_down(sheet: Any, place: int, source: int, choices: int, *, first: int, last: int) -> None:
    """Let the rows of a column (from 0) choose from a column of the sheet of lists; others may be typed."""
    letter, of = get_column_letter(place + 1), get_column_letter(source + 1)
    listed = DataValidation(
        type="list",
        formula1=f"={LISTS}!${of}$2:${of}${choices + 1}",
        allow_blank=True,
        showErrorMessage=False,
    )
    listed.add(f"{letter}{first}:{letter}{last}")
    sheet.data_validations.append(listed)


def _lists(sheet: Any, pen: Pen, lists: Mapping[str, Sequence[str]]) -> None:
    heads = [FIELDS[name].header for name in lists]
    longest = max(map(len, lists.values()), default=0)
    table = [
        [each[place] if place < len(each) else "" for each in lists.values()] for place in range(longest)
    ]
    for place in range(len(heads)):
        sheet.column_dimensions[get_column_letter(place + 1)].width = 30
    lines(sheet, pen, [heads, *table])
