"""The sheets of a checked workbook as grids of values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from landdb.intake.outcome import Refused

from .archive import Limits, checked

#: Characters that Excel allows in a cell.
LONGEST_CELL = 32_767

Cell = str | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet from A1 on; places are counted from 0. `merged` holds (top, left, bottom, right)."""

    name: str
    rows: list[list[Cell]]
    merged: tuple[tuple[int, int, int, int], ...]

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


def sheets(path: Path, limits: Limits) -> list[Sheet]:
    """The visible worksheets of a workbook; Refused with one sentence where it cannot be read."""
    content = checked(path, limits)
    try:
        found = list(_worksheets(CalamineWorkbook.from_filelike(content.archive)))
    except Refused:
        raise
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the reader's own language is no Exception
        raise Refused(_("Nội dung sổ Excel bị lỗi; hãy mở bằng Excel, lưu lại rồi gửi lại.")) from None
    if not found:
        raise Refused(_("Sổ Excel không có trang tính nào đang hiện."))
    for sheet in found if content.may_hold_long_cells else ():
        _check_cells(sheet)
    return found


def _worksheets(book: CalamineWorkbook) -> Iterator[Sheet]:
    for index, about in enumerate(book.sheets_metadata):
        if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_index(index)
        merged = tuple(
            (top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        )
        yield Sheet(about.name, sheet.to_python(skip_empty_area=False), merged)


def _check_cells(sheet: Sheet) -> None:
    for place, row in enumerate(sheet.rows):
        for column, value in enumerate(row):
            if type(value) is str and len(value) > LONGEST_CELL:
                where = f"{get_column_letter(column + 1)}{place + 1}"
                raise Refused(
                    _("Ô %(where)s của trang “%(sheet)s” dài hơn 32.767 ký tự; hãy rút gọn rồi gửi lại.")
                    % {"where": where, "sheet": sheet.name[:60]}
                )
