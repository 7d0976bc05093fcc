"""The report's numbers as a workbook: the figures with their definitions, then a sheet for each table."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from landdb.spreadsheets import text_cell

from .report_pack import fixed
from .report_parts import CHANGE, COUNT, DAY, POINTS, SHARE, UNKNOWN, Report, Table, Value

#: How the program shows a value; what lies in the cell is the number itself.
_FORMATS = {
    COUNT: "#,##0",
    CHANGE: "+#,##0;-#,##0;0",
    SHARE: "0.0%",
    POINTS: "+0.0;-0.0;0.0",
    DAY: "dd/mm/yyyy",
}
_LINE = Side(style="thin", color="FF999999")
_BORDER = Border(_LINE, _LINE, _LINE, _LINE)
_SHADE = PatternFill("solid", fgColor="FFE7ECF1")
_PLAIN = Font(name="Times New Roman", size=11)
_BOLD = Font(name="Times New Roman", size=11, bold=True)


class Look(NamedTuple):
    format: str = "@"
    is_bold: bool = False
    is_lined: bool = False
    is_head: bool = False


_HEAD = Look(is_bold=True, is_lined=True, is_head=True)


def xlsx(report: Report) -> bytes:
    """The same report gives the same bytes."""
    book = Workbook(write_only=True)
    book.properties.creator = "landdb"
    book.properties.title = report.letter.subject
    _figures(book, report)
    for table in (*report.tables.values(), *report.annexes):
        if table.rows:
            _table(book, table, report.note)
    packed = io.BytesIO()
    book.save(packed)
    return fixed(packed.getvalue(), f"{report.letter.day:%Y-%m-%d}T00:00:00Z")


def _figures(book: Workbook, report: Report) -> None:
    sheet = book.create_sheet("Số liệu")
    _lay(sheet, (24, 42, 18, 70), "A5")
    sheet.append([_text(sheet, report.letter.subject, bold=True)])
    sheet.append([_text(sheet, report.note)])
    sheet.append([_text(sheet, "; ".join(report.reasons))] if report.reasons else [])
    sheet.append(_heads(sheet, ("Mã", "Số liệu", "Giá trị", "Định nghĩa")))
    for each in report.figures.values():
        value = _value(sheet, UNKNOWN if each.value is None else each.value, each.kind)
        cells = [_text(sheet, words, lined=True) for words in (each.key, each.name, each.definition)]
        sheet.append([cells[0], cells[1], value, cells[2]])


def _table(book: Workbook, table: Table, note: str) -> None:
    sheet = book.create_sheet(table.name[:31])
    widths = [max(12 if column.is_number else 24, min(len(column.title) + 2, 22)) for column in table.columns]
    _lay(sheet, widths, "A4")
    sheet.append([_text(sheet, table.caption, bold=True)])
    sheet.append([_text(sheet, f"{table.note} {note}".strip())])
    sheet.append(_heads(sheet, [column.title for column in table.columns]))
    for row in table.rows:
        sheet.append(_row(sheet, row, table))
    if table.foot:
        sheet.append(_row(sheet, table.foot, table, bold=True))


def _lay(sheet: Any, widths: Iterable[float], frozen: str) -> None:
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = frozen
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{int(frozen[1:]) - 1}:{int(frozen[1:]) - 1}"


def _heads(sheet: Any, titles: Sequence[str]) -> list[Any]:
    return [_worn(text_cell(sheet, title), _HEAD) for title in titles]


def _row(sheet: Any, row: Sequence[Value], table: Table, *, bold: bool = False) -> list[Any]:
    return [
        _value(sheet, value, column.kind, bold=bold) for value, column in zip(row, table.columns, strict=True)
    ]


def _value(sheet: Any, value: Value, kind: str, *, bold: bool = False) -> Any:
    look = Look(_FORMATS.get(kind, "@" if isinstance(value, str) else "General"), bold, is_lined=True)
    if isinstance(value, str):
        return _worn(text_cell(sheet, value), look)
    moment = dt.datetime.combine(value, dt.time.min) if isinstance(value, dt.date) else value
    return _worn(WriteOnlyCell(sheet, value=moment), look)


def _text(sheet: Any, value: str, *, bold: bool = False, lined: bool = False) -> Any:
    return _worn(text_cell(sheet, value), Look("@", bold, lined))


def _worn(cell: Any, look: Look) -> Any:
    """The cell in that look. What is put on part by part costs ten times as much, so each look is made once
    in a workbook; a cell that must not be taken for a formula keeps its mark."""
    known = cell.parent.parent.__dict__.setdefault("_landdb_looks", {})
    key = (look, cell.quotePrefix)
    if key not in known:
        cell.font, cell.number_format = _BOLD if look.is_bold else _PLAIN, look.format
        if look.is_lined:
            cell.border = _BORDER
        if look.is_head:
            cell.fill, cell.alignment = (
                _SHADE,
                Alignment(horizontal="center", vertical="center", wrap_text=True),
            )
        known[key] = cell._style
    cell._style = copy(known[key])
    return cell
