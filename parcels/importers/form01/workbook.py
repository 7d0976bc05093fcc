"""The sheets of a checked workbook as grids of values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from landdb.intake.outcome import Refused

from ..formula_cells import MOST, TooManyFormulas
from . import apart, plain
from .archive import Limits, check_sheet_of_other_make, checked
from .formulas import Places, XlsxFormulas, lay_over
from .kinds import FileKind, kind_of

#: Characters that Excel allows in a cell.
LONGEST_CELL = 32_767
#: Of the name by which a sheet is told.
_LONGEST_NAME = 60

Cell = str | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet from A1 on; places are counted from 0. `merged` holds (top, left, bottom, right).

    Errors and formulas without a saved result stand in `rows` as what they are (`cells`).
    """

    name: str
    rows: list[list[Cell]]
    merged: tuple[tuple[int, int, int, int], ...]
    formulas: Places = field(default_factory=dict)

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


def sheets(path: Path, limits: Limits) -> list[Sheet]:
    """The visible worksheets of a workbook of any kind; Refused with one sentence where it cannot be read."""
    try:
        return _sheets(path, limits)
    except TooManyFormulas:
        most = f"{MOST:,}".replace(",", ".")
        raise Refused(
            _("Sổ có hơn %(most)s ô công thức; hãy dán giá trị thay công thức rồi gửi lại.") % {"most": most}
        ) from None


def _sheets(path: Path, limits: Limits) -> list[Sheet]:
    kind = kind_of(path, limits.max_bytes)
    if kind == FileKind.CSV:
        rows: list[list[Cell]] = [list(row) for row in plain.rows(path, limits.max_rows)]
        return [Sheet(path.stem[:_LONGEST_NAME], rows, ())]
    if kind in (FileKind.XLS, FileKind.ODS):
        may_have_formulas = check_sheet_of_other_make(path, limits)
        return _told_apart(_squared(apart.grids(path, may_have_formulas=may_have_formulas), limits))
    content = checked(path, limits)
    try:
        book = CalamineWorkbook.from_filelike(content.archive)
        found = list(_worksheets(book, XlsxFormulas(content.archive), limits))
    except (Refused, TooManyFormulas):
        raise
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the reader's own language is no Exception
        raise Refused(_("Nội dung sổ Excel bị lỗi; hãy mở bằng Excel, lưu lại rồi gửi lại.")) from None
    if not found:
        raise Refused(_("Sổ Excel không có trang tính nào đang hiện."))
    for sheet in found if content.may_hold_long_cells else ():
        _check_cells(sheet)
    return _told_apart(found)


def _told_apart(found: list[Sheet]) -> list[Sheet]:
    """Names by which a row's sheet is told: short, and no two the same."""
    names: set[str] = set()
    told = []
    for place, sheet in enumerate(found, 1):
        name = sheet.name[:_LONGEST_NAME]
        if name in names:
            name = f"{name[: _LONGEST_NAME - 5]}~{place}"
        names.add(name)
        told.append(replace(sheet, name=name))
    return told


def _squared(found: list[apart.Grid], limits: Limits) -> list[Sheet]:
    """Sheets that another process read."""
    if not found:
        raise Refused(_("Sổ Excel không có trang tính nào đang hiện."))
    squared = []
    for name, rows, merged, formulas in found:
        width = max(map(len, rows), default=0)
        even: list[list[Cell]] = [row + [""] * (width - len(row)) for row in rows]
        inside = tuple(span for span in merged if span[2] < len(even) and span[3] < width)
        squared.append(Sheet(name, even, inside, lay_over(even, formulas, limits.cells)))
    for sheet in squared:
        _check_cells(sheet)
    return squared


def _worksheets(book: CalamineWorkbook, formulas: XlsxFormulas, limits: Limits) -> Iterator[Sheet]:
    for index, about in enumerate(book.sheets_metadata):
        if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_index(index)
        merged = tuple(
            (top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        )
        rows = sheet.to_python(skip_empty_area=False)
        yield Sheet(about.name, rows, merged, lay_over(rows, formulas.of(about.name), limits.cells))


def _check_cells(sheet: Sheet) -> None:
    for place, row in enumerate(sheet.rows):
        for column, value in enumerate(row):
            if type(value) is str and len(value) > LONGEST_CELL:
                where = f"{get_column_letter(column + 1)}{place + 1}"
                raise Refused(
                    _("Ô %(where)s của trang “%(sheet)s” dài hơn 32.767 ký tự; hãy rút gọn rồi gửi lại.")
                    % {"where": where, "sheet": sheet.name[:60]}
                )
