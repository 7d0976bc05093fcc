"""The plan as a workbook: a row for every commune and task, and where they stand in one that comes back."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill

from landdb.intake.headers import Column, key, locate
from landdb.intake.outcome import Refused
from landdb.spreadsheets import text_cell
from parcels.importers.form01.archive import Limits
from parcels.importers.form01.kinds import FileKind, kind_of
from parcels.importers.form01.workbook import Cell, sheets

from .plan import Line

#: A province has some hundred communes with five tasks each.
MAX_BYTES, MAX_ROWS, _INFLATED = 5 * 2**20, 5_000, 100 * 2**20
#: Rows among which the header is looked for.
_TOP = 15

TITLES: dict[str, Any] = {
    "code": gettext_lazy("Mã xã, phường"),
    "commune": gettext_lazy("Xã, phường"),
    "task": gettext_lazy("Việc được giao"),
    "assigned": gettext_lazy("Số được giao"),
    "unit": gettext_lazy("Đơn vị chịu trách nhiệm"),
    "leader": gettext_lazy("Người phụ trách"),
    "starts_on": gettext_lazy("Bắt đầu"),
    "due_on": gettext_lazy("Hạn"),
}
_WIDTHS = (14, 26, 30, 14, 34, 28, 13, 13)
#: The headers that are understood, in both languages.
COLUMNS = (
    Column("code", ("Mã xã, phường", "mã xã", "mã đvhc", "commune code", "code of the commune")),
    Column("commune", ("Xã, phường", "tên xã", "xã", "commune", "name")),
    Column("task", ("Việc được giao", "việc", "nhiệm vụ", "task")),
    Column("assigned", ("Số được giao", "được giao", "chỉ tiêu", "assigned", "target")),
    Column("unit", ("Đơn vị chịu trách nhiệm", "đơn vị", "responsible unit", "unit")),
    Column("leader", ("Người phụ trách", "phụ trách", "person in charge", "leader")),
    Column("starts_on", ("Bắt đầu", "ngày bắt đầu", "start", "begins")),
    Column("due_on", ("Hạn", "hạn hoàn thành", "đến hạn", "due", "deadline")),
)
_REQUIRED = ("code", "task", "assigned")
_KNOWN = frozenset().union(*(column.keys for column in COLUMNS))


@dataclass(frozen=True)
class Table:
    """A sheet with a plan: where each field stands, from 0, and its rows with the number of the first."""

    sheet: str
    places: dict[str, int]
    unknown: tuple[str, ...]
    first: int
    rows: Sequence[Sequence[Cell]]


def written(lines: Iterable[Line]) -> bytes:
    """The plan as .xlsx, in the reader's language; what is not assigned yet is left blank to be filled in."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Kế hoạch"))
    sheet.freeze_panes = "D2"
    for place, width in enumerate(_WIDTHS):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    head = [text_cell(sheet, str(title)) for title in TITLES.values()]
    for cell in head:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="D9E1F2")
    sheet.append(head)
    for line in lines:
        sheet.append(_row(sheet, line))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _row(sheet: Any, line: Line) -> list[Any]:
    unit, target = line.unit, line.target
    named = [unit.code, unit.name] if unit else ["", ""]
    cells = [text_cell(sheet, text) for text in (*named, str(line.task.label))]
    if target is None:
        return [*cells, None, text_cell(sheet, ""), text_cell(sheet, "")]
    return [
        *cells,
        _formatted(sheet, target.assigned, "#,##0"),
        text_cell(sheet, target.unit),
        text_cell(sheet, target.leader),
        _formatted(sheet, target.starts_on, "dd/mm/yyyy"),
        _formatted(sheet, target.due_on, "dd/mm/yyyy"),
    ]


def _formatted(sheet: Any, value: Any, pattern: str) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = pattern
    return cell


def tables(path: Path) -> list[Table]:
    """The sheets that hold a plan; Refused with one sentence where there is none."""
    if kind_of(path, MAX_BYTES) != FileKind.XLSX:
        raise Refused(_("Tệp không phải là sổ Excel .xlsx; hãy lưu lại từ Excel ở dạng .xlsx."))
    found: list[Table] = []
    refused: Refused | None = None
    for sheet in sheets(path, Limits(MAX_BYTES, MAX_ROWS, _INFLATED)):
        if not any(map(any, sheet.rows)):
            continue
        try:
            found.append(_table(sheet.name, sheet.rows))
        except Refused as why:
            refused = refused or why
    if not found:
        raise refused or Refused(_("Sổ Excel không có dòng nào."))
    if sum(len(table.rows) for table in found) > MAX_ROWS:
        raise Refused(
            _("Tệp có hơn %(most)s dòng: chia thành nhiều tệp.") % {"most": f"{MAX_ROWS:,}".replace(",", ".")}
        )
    return found


def _table(name: str, rows: Sequence[Sequence[Cell]]) -> Table:
    """The rows below the one that holds most of the known headers."""
    top = max(range(min(len(rows), _TOP)), key=lambda place: _known(rows[place]))
    headers = [cell.strip() if isinstance(cell, str) else "" for cell in rows[top]]
    located = locate(headers, COLUMNS)
    missing = [f"“{TITLES[field]}”" for field in _REQUIRED if field not in located.places]
    if missing:
        raise Refused(
            _("Bảng thiếu cột %(columns)s; tải kế hoạch ở trang này về để có sẵn các cột.")
            % {"columns": ", ".join(missing)}
        )
    return Table(name, located.places, located.unknown, top + 2, rows[top + 1 :])


def _known(row: Sequence[Cell]) -> int:
    return sum(isinstance(cell, str) and len(cell) < 100 and key(cell) in _KNOWN for cell in row)
