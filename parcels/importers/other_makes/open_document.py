"""Formulas and errors of an .ods: one walk over the tags of its XML.

A parser that called us for every tag would take three times as long as the reading of all values.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from parcels.importers.formula_cells import MOST, FormulaCell, Kind, TooManyFormulas, formula

from .biff import ERRORS

_REST = rb"((?:[\s/](?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)?)>"
#: Opening tags; no two parts of them match the same, and none is given back.
_TABLE_OR_ROW = re.compile(rb"<table:table(-row)?" + _REST)
_CELL = re.compile(rb"<table:(?:covered-)?table-cell" + _REST)
_MARK = b"table:formula"
_FORMULA = re.compile(rb"\stable:formula\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_COLUMNS = re.compile(rb"\stable:number-columns-repeated\s*=\s*[\"']([0-9]{1,8})[\"']")
_ROWS = re.compile(rb"\stable:number-rows-repeated\s*=\s*[\"']([0-9]{1,8})[\"']")
_HAS_TYPE = re.compile(rb"\soffice:value-type\s*=")
_IS_ERROR = re.compile(rb"\scalcext:value-type\s*=\s*[\"']error[\"']")
_PARAGRAPH, _COMMENT_END = b"<text:p", b"</office:annotation>"
_ANY_TAG = re.compile(rb"<[^<>]*>")
#: What the office programs show, in whatever language: "#DIV/0!", "Err:502".
_ERROR = re.compile(r"Err:\d{3}")
_SHOWN_ERRORS = frozenset(ERRORS.values())
#: Bytes of a cell that are looked at, characters of an error that are kept.
_LONGEST_CELL, _LONGEST_ERROR = 100_000, 40
#: "of:=TRIM([.B5])" is shown as "=TRIM(B5)".
_DIALECT, _REFERENCE = re.compile(r"^\w*:(?==)"), re.compile(r"\[\.?([^\[\]]*)\]")


def formula_cells(content: bytes) -> list[list[FormulaCell]]:
    """Of each sheet in order its formulas and errors. TooManyFormulas."""
    sheets: list[list[FormulaCell]] = []
    row = count = 0
    for tag, end in _tables_and_rows(content):
        if not tag[1]:
            sheets.append([])
            row = 0
            continue
        rows = _repeated(_ROWS, tag[2])
        for column, columns, kind, text in _in_row(content, tag.end(), end) if sheets else ():
            count += columns * rows
            if count > MOST:
                raise TooManyFormulas
            sheets[-1] += [
                FormulaCell(row + below, column + beside, kind, text)
                for below in range(rows)
                for beside in range(columns)
            ]
        row += rows
    return sheets


def _tables_and_rows(content: bytes) -> Iterator[tuple[re.Match[bytes], int]]:
    """The opening tags, and where the next one begins."""
    before: re.Match[bytes] | None = None
    for tag in _TABLE_OR_ROW.finditer(content):
        if before is not None:
            yield before, tag.start()
        before = tag
    if before is not None:
        yield before, len(content)


def _in_row(content: bytes, begin: int, end: int) -> Iterator[tuple[int, int, Kind, str]]:
    """Of the cells with formulas of a row: column, how often, and what the file keeps."""
    last = content.rfind(_MARK, begin, end)
    column, waiting = 0, None
    for cell in _CELL.finditer(content, begin, end) if last >= 0 else ():
        if waiting is not None:
            yield *waiting[:2], *_kept(waiting[2], _inside(content, waiting[2], cell.start()))
            waiting = None
        if cell.start() > last:
            return
        columns = _repeated(_COLUMNS, cell[1])
        if _MARK in cell[1]:
            waiting = (column, columns, cell)
        column += columns
    if waiting is not None:
        yield *waiting[:2], *_kept(waiting[2], _inside(content, waiting[2], end))


def _inside(content: bytes, cell: re.Match[bytes], next_tag: int) -> bytes:
    """What stands in a cell, cut."""
    return b"" if cell[1].endswith(b"/") else content[cell.end() : min(next_tag, cell.end() + _LONGEST_CELL)]


def _kept(cell: re.Match[bytes], inside: bytes) -> tuple[Kind, str]:
    """What the file keeps of a cell with a formula; where not even an empty text is shown, nothing."""
    attributes = cell[1]
    # A comment on the cell stands before what the cell shows.
    paragraph = inside.find(_PARAGRAPH, max(inside.rfind(_COMMENT_END), 0))
    shown = _plain(_ANY_TAG.sub(b"", inside[paragraph:])) if paragraph >= 0 else ""
    if _IS_ERROR.search(attributes) or shown in _SHOWN_ERRORS or _ERROR.fullmatch(shown):
        return Kind.ERROR, (shown or "#N/A")[:_LONGEST_ERROR]
    if paragraph >= 0 or _HAS_TYPE.search(attributes):
        return Kind.SAVED, ""
    found = _FORMULA.search(attributes)
    words = _plain((found[1] or found[2] or b"")[:2_000]) if found else ""
    return Kind.UNSAVED, formula(_REFERENCE.sub(r"\1", _DIALECT.sub("", words)).replace(":.", ":"))


def _plain(content: bytes) -> str:
    return html.unescape(content.decode("utf-8", "replace")).strip()


def _repeated(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    """How often a cell or row stands there; once where it says nothing that could be."""
    found = pattern.search(attributes) if b"-repeated" in attributes else None
    return (int(found[1]) or 1) if found else 1
