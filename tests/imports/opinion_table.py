"""Made-up rows of the classification table of plan 2959, and what became of them."""

from __future__ import annotations

from typing import Any

from landdb.intake.outcome import Outcome
from landdb.models import RowProblem
from parcels.models import Plot

HEADERS = (
    "Mã xã",
    "Số tờ",
    "Số thửa",
    "Đã xuất sổ địa chính điện tử",
    "Chưa được xuất sổ địa chính điện tử",
    "Đồng bộ 3 khối thông tin (không gian, thuộc tính, phi cấu trúc)",
    "Không đồng bộ 3 khối thông tin (không gian, thuộc tính, phi cấu trúc)",
    "Chỉ có dữ liệu thuộc tính (thiếu dữ liệu không gian)",
    "Khớp người sử dụng đất trong CSDLQG về dân cư",
    "Chưa khớp người sử dụng đất trong CSDLQG về dân cư",
    "Không xác định được người sử dụng đất trong CSDLQG về dân cư",
    "Được vận hành 24/7",
    "Không được vận hành 24/7",
    "Phân loại kế hoạch 2959",
)
#: Places of the columns, as the plan numbers them.
BOOK, NO_BOOK, STEP, NO_STEP, BARE, MATCHED, DIFFERS, NOT_FOUND, ON, OFF = range(4, 14)
GOOD = (BOOK, STEP, MATCHED, ON)


def row(plot: Plot, *marks: int, group: str = "NHÓM 1", mark: str = "x") -> dict[str, Any]:
    """A row of the table: a mark in each of these columns."""
    cells: dict[str, Any] = dict.fromkeys(HEADERS, "")
    cells |= {"Mã xã": plot.commune.code, "Số tờ": plot.sheet, "Số thửa": plot.number}
    cells |= {HEADERS[place - 1]: mark for place in marks}
    return cells | {"Phân loại kế hoạch 2959": group}


def counts(outcome: Outcome) -> tuple[int, ...]:
    """(rows, applied, unchanged, rejected, ignored), which add up."""
    file = outcome.file
    assert file.rows == file.applied + file.unchanged + file.proposed + file.rejected + file.ignored
    return file.rows, file.applied, file.unchanged, file.rejected, file.ignored


def told(outcome: Outcome) -> list[tuple[str, int, str, str]]:
    """(code, row, column, value) of each kept problem."""
    kept = RowProblem.objects.filter(file=outcome.file)
    return [(each.code, each.row, each.column, each.value) for each in kept]
