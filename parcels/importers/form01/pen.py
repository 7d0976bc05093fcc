"""Cells of workbooks that go out: always text, never a formula, some of them marked with a comment."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

#: Colours: asked for, sent back, to look at, heads.
ASKED, REJECTED, WARNED, HEAD = "FFF2CC", "F8CBAD", "FFE699", "DDEBF7"
_AUTHOR = "landdb"
_LONGEST = 32_767
#: What a spreadsheet takes for the beginning of a formula once somebody edits the cell or saves it as text.
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_LINE = Side(style="thin", color="BFBFBF")


class Pen:
    """Writes cells of one workbook; the styles are made once."""

    def __init__(self, book: Workbook) -> None:
        sheet: Any = book.create_sheet("_")
        self._styles = {
            name: self._style(sheet, fill)
            for name, fill in {"": "", "asked": ASKED, "rejected": REJECTED, "warned": WARNED}.items()
        }
        self._risky = {name: self._quoted(style) for name, style in self._styles.items()}
        head: Any = WriteOnlyCell(sheet)
        head.font, head.fill = Font(bold=True), PatternFill("solid", HEAD)
        head.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        head.border = Border(_LINE, _LINE, _LINE, _LINE)
        self._head = copy(head._style)
        book.remove(sheet)

    def text(self, sheet: WriteOnlyWorksheet, value: str, look: str = "", comment: str = "") -> Any:
        """A cell that holds text whatever it looks like; `look` is asked, rejected, warned or nothing."""
        cell: Any = WriteOnlyCell(sheet)
        shown = harmless(value)
        if shown:
            cell._value, cell.data_type = shown, "s"
        cell._style = (self._risky if shown.startswith(_RISKY) else self._styles)[look]
        if comment:
            cell.comment = Comment(harmless(comment)[:1000], _AUTHOR, height=90, width=300)
        return cell

    def head(self, sheet: WriteOnlyWorksheet, value: str) -> Any:
        """A cell of the headers."""
        cell: Any = WriteOnlyCell(sheet)
        if value:
            cell._value, cell.data_type = harmless(value), "s"
        cell._style = self._head
        return cell

    @staticmethod
    def _style(sheet: WriteOnlyWorksheet, fill: str) -> Any:
        cell: Any = WriteOnlyCell(sheet)
        cell.number_format = "@"
        if fill:
            cell.fill = PatternFill("solid", fill)
            cell.border = Border(_LINE, _LINE, _LINE, _LINE)
        return copy(cell._style)

    @staticmethod
    def _quoted(style: Any) -> Any:
        quoted = copy(style)
        quoted.quotePrefix = 1
        return quoted


def harmless(value: str) -> str:
    """A text that a workbook can hold: without control characters, not longer than a cell."""
    return ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST]


def lines(sheet: WriteOnlyWorksheet, pen: Pen, rows: Sequence[Sequence[str]], *, heads: int = 1) -> None:
    """A plain table; the first `heads` rows are its headers."""
    for place, row in enumerate(rows):
        sheet.append([(pen.head if place < heads else pen.text)(sheet, text) for text in row])
