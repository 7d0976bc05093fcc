"""Cells that leave the house: whatever they hold, no program can take them for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

#: First characters with which spreadsheet programs begin a formula, or an exchange with another program.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def looks_like_formula(value: str) -> bool:
    """A program may take this text for a formula."""
    return value.lstrip().startswith(_FORMULA)


def text_cell(sheet: Any, value: str, *, style: str = "") -> Any:
    """A cell that is text and stays text, also when somebody edits it."""
    cell = WriteOnlyCell(sheet, value="")
    cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)[:32_767]
    cell.data_type = "s"
    cell.number_format = "@"
    if looks_like_formula(value):
        cell.quotePrefix = True
    if style:
        cell.style = style
    return cell


def plain(value: str) -> str:
    """A value for CSV: what looks like a formula begins with an apostrophe, as Excel itself shows text."""
    return f"'{value}" if looks_like_formula(value) else value


def unplain(value: str) -> str:
    """The value again, without the apostrophe that `plain` put there."""
    return value[1:] if value.startswith("'") and looks_like_formula(value[1:]) else value


def csv_bytes(rows: Iterable[Sequence[str]], *, begins: bool = True) -> bytes:
    """CSV in UTF-8 with the mark by which Excel knows it, where a file `begins` with it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return (b"\xef\xbb\xbf" if begins else b"") + text.getvalue().encode()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list that leaves the house; numbers stay numbers, all else is text."""

    title: str
    width: float = 16
    format: str = "@"


def workbook(
    name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], notes: Sequence[tuple[str, str]]
) -> bytes:
    """A list as .xlsx: one sheet with the rows under their heads, one that says what they are."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    head = [text_cell(sheet, column.title) for column in columns]
    for cell in head:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="D9E1F2")
    sheet.append(head)
    for row in rows:
        sheet.append([_cell(sheet, value, column) for value, column in zip(row, columns, strict=True)])
    about = book.create_sheet(_("Ghi chú"))
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 24, 100
    for title, words in notes:
        about.append([text_cell(about, title), text_cell(about, words)])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _cell(sheet: Any, value: Any, column: Column) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        return text_cell(sheet, value)
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = column.format
    return cell
