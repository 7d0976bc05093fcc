"""Cells that leave the house: whatever they hold, no program can take them for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

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


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """CSV in UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
