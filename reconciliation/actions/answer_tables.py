"""The tables of an answer file: workbook or CSV, whatever stands above, beside and below them."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from landdb.intake.headers import key
from landdb.intake.outcome import Refused
from landdb.spreadsheets import unplain
from parcels.importers.form01.archive import Limits
from parcels.importers.form01.cells import shown
from parcels.importers.form01.workbook import Cell, sheets
from parcels.importers.formula_cells import CellError, Unsaved

#: Rows looked through for the header.
_HEAD = 30
#: Columns of a table; more is no list of people.
_WIDEST = 300
#: Characters of a cell; more is no answer.
LONGEST = 2_000
#: Bytes that an answer file may inflate to: rows of people are no pictures.
_INFLATED = 250 * 2**20


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a header as texts; `first` is the number of the first row, from 1 as programs count.

    An error, and a formula whose result was not saved, stay what they are (`CellError`, `Unsaved`).
    """

    sheet: str
    headers: tuple[str, ...]
    first: int
    rows: Sequence[Sequence[str]]


def tables(path: Path, name: str, known: frozenset[str]) -> list[Table]:
    """Every table whose header has known words (`headers.key`); Refused with one sentence where none has."""
    head = path.read_bytes()[:8] if path.stat().st_size else b""
    is_book = head.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    grids = _of_workbook(path) if is_book else _of_csv(path)
    found = [table for sheet, rows in grids if (table := _table(sheet, rows, known))]
    if not found:
        raise Refused(
            _("Tệp “%(name)s” không có bảng nào có cột “Mã dòng” và “Kết quả xác minh”.")
            % {"name": name[:80]}
        )
    total = sum(len(table.rows) for table in found)
    if total > settings.WORKBOOK_MAX_ROWS:
        raise _too_long()
    return found


def _too_long() -> Refused:
    most = f"{settings.WORKBOOK_MAX_ROWS:,}".replace(",", ".")
    return Refused(_("Tệp có hơn %(most)s dòng: chia thành nhiều tệp.") % {"most": most})


def _of_workbook(path: Path) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
    limits = Limits(settings.WORKBOOK_MAX_BYTES, settings.WORKBOOK_MAX_ROWS + _HEAD, _INFLATED)
    for sheet in sheets(path, limits):
        yield sheet.name, [[_text(cell) for cell in row[:_WIDEST]] for row in sheet.rows]


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, CellError | Unsaved) else shown(cell)


def _of_csv(path: Path) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
    size = path.stat().st_size
    if size > settings.WORKBOOK_MAX_BYTES:
        raise Refused(
            _("Tệp lớn hơn %(mb)d MB: chia thành nhiều tệp.") % {"mb": settings.WORKBOOK_MAX_BYTES // 2**20}
        )
    text = _decoded(path.read_bytes())
    if text.count("\n") + text.count("\r") > 3 * (settings.WORKBOOK_MAX_ROWS + _HEAD):
        raise _too_long()
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([unplain(cell.strip()) for cell in row[:_WIDEST]])
            if len(rows) > settings.WORKBOOK_MAX_ROWS + _HEAD:
                raise _too_long()
    except csv.Error:
        raise Refused(
            _("Tệp CSV hỏng ở khoảng dòng %(line)s: có lẽ thiếu một dấu ngoặc kép đóng.")
            % {"line": len(rows) + 1}
        ) from None
    yield "", rows


def _decoded(content: bytes) -> str:
    """UTF-8, or UTF-16 with its mark (Excel's "Unicode text"); else Refused: nothing is guessed."""
    if not content.strip():
        raise Refused(_("Tệp rỗng, không có nội dung nào."))
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            _("Tệp không ở mã UTF-8; trong Excel chọn “Lưu thành” → “CSV UTF-8” hoặc .xlsx rồi nộp lại.")
        ) from None
    if "\x00" in text:
        raise Refused(_("Tệp không phải văn bản CSV; hãy lưu lại dạng .xlsx hoặc “CSV UTF-8”."))
    return text


def _table(sheet: str, rows: Sequence[Sequence[str]], known: frozenset[str]) -> Table | None:
    """The table of a sheet: its header is the row with the most known words, at least two."""
    best, place = 1, -1
    for number, row in enumerate(rows[:_HEAD]):
        hits = sum(len(cell) < 100 and key(cell) in known for cell in row if cell)
        if hits > best:
            best, place = hits, number
    if place < 0:
        return None
    return Table(sheet, tuple(rows[place]), place + 2, rows[place + 1 :])
