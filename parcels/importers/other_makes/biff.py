"""Formulas and errors of an .xls: the records of its BIFF stream (Excel 95 to 2003)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from parcels.importers.formula_cells import NO_TEXT, FormulaCell, Kind

#: What each code of an error shows in its cell.
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A",
}  # fmt: skip
_STREAMS = ("Workbook", "Book")
# Records, by their numbers.
_FORMULA, _EOF, _UNCALCULATED, _SHEET, _ERROR, _STRING, _BEGIN = 0x06, 0x0A, 0x5E, 0x85, 0x205, 0x207, 0x809
#: May stand between a formula and the text that it resulted in: shared formula, array, table, continuation.
_BETWEEN = frozenset((0x4BC, 0x221, 0x236, 0x3C))
#: Results that are no number, by their first byte.
_TEXT, _IS_ERROR, _BLANK = 0, 2, 3


class _Record(NamedTuple):
    number: int
    start: int
    length: int


def stream(path: str) -> bytes:
    """The stream of records in the container of an .xls; b"" where it has none."""
    import olefile

    with olefile.OleFileIO(path) as container:
        name = next((name for name in _STREAMS if container.exists(name)), "")
        return bytes(container.openstream(name).read()) if name else b""


def sheets(book: bytes) -> list[int]:
    """Where each sheet begins, in the order of the workbook."""
    return [
        struct.unpack_from("<I", book, record.start)[0]
        for record in _records(book, 0)
        if record.number == _SHEET and record.length >= 4
    ]


def formula_cells(book: bytes, begin: int) -> Iterator[FormulaCell]:
    """The formulas and errors of the sheet that begins there."""
    is_calculated, awaited = True, None
    for number, start, length in _records(book, begin):
        if awaited is not None and number not in _BETWEEN:
            saved = FormulaCell(*awaited, Kind.SAVED)
            yield saved if number == _STRING else FormulaCell(*awaited, Kind.UNSAVED, NO_TEXT)
            awaited = None
        if number == _FORMULA and length >= 14:
            row, column, _style, kind, _, code = struct.unpack_from("<HHHBBB", book, start)
            if book[start + 12 : start + 14] != b"\xff\xff":
                yield FormulaCell(row, column, Kind.SAVED)
            elif kind == _TEXT:
                awaited = (row, column)
            elif kind == _IS_ERROR:
                yield FormulaCell(row, column, Kind.ERROR, ERRORS.get(code, "#N/A"))
            elif kind == _BLANK and not is_calculated:
                yield FormulaCell(row, column, Kind.UNSAVED, NO_TEXT)
            else:
                yield FormulaCell(row, column, Kind.SAVED)
        elif number == _ERROR and length >= 8 and book[start + 7]:
            row, column, _style, code = struct.unpack_from("<HHHB", book, start)
            yield FormulaCell(row, column, Kind.ERROR, ERRORS.get(code, "#N/A"))
        elif number == _UNCALCULATED:
            is_calculated = False
    if awaited is not None:
        yield FormulaCell(*awaited, Kind.UNSAVED, NO_TEXT)


def _records(book: bytes, start: int) -> Iterator[_Record]:
    """The records from a beginning to its end, those of charts inside left out."""
    depth = 0
    while 0 <= start <= len(book) - 4:
        number, length = struct.unpack_from("<HH", book, start)
        start += 4
        if start + length > len(book):
            return
        if number == _BEGIN:
            depth += 1
        elif number == _EOF:
            depth -= 1
        if depth <= 0:
            return
        if depth == 1:
            yield _Record(number, start, length)
        start += length
