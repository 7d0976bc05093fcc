"""One row of a plan's workbook: whose target it is and what it says, or why it cannot be used."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter

from landdb.intake.outcome import Problem
from landdb.intake.problems import declare
from landdb.models import AdminUnit, AdminUnitName
from landdb.normalise import dates
from landdb.normalise.text import clean, fold
from landdb.spreadsheets import looks_like_formula
from parcels.importers.form01.cells import shown
from parcels.importers.form01.workbook import Cell
from parcels.importers.formula_cells import has_no_value

from ..models import Task
from .plan import MOST_ASSIGNED, is_plausible
from .plan_workbook import TITLES, Table

CODE_MISSING = declare(
    "plan_code_missing", _("thiếu mã xã, phường"), _("ghi mã đơn vị hành chính năm chữ số, ví dụ 09163")
)
CODE_UNKNOWN = declare(
    "plan_code_unknown",
    _("không phải mã của một xã, phường hiện nay trong địa bàn của bạn"),
    _("xem mã ở bảng tải từ trang kế hoạch"),
)
NAME_OTHER = declare(
    "plan_name_other",
    _("tên và mã chỉ hai xã, phường khác nhau"),
    _("sửa tên hoặc mã cho cùng một xã, phường"),
)
TASK_UNKNOWN = declare(
    "plan_task_unknown", _("không phải một trong năm việc"), _("ghi tên việc như ở trang kế hoạch")
)
NUMBER_UNREADABLE = declare(
    "plan_number_unreadable",
    _("không phải số nguyên từ 0 đến 10.000.000"),
    _("ghi số nguyên, ví dụ 1.200 hoặc 1200"),
)
NUMBER_MISSING = declare(
    "plan_number_missing", _("thiếu số được giao"), _("ghi số được giao; không giao thì ghi 0")
)
DATE_UNREADABLE = declare(
    "plan_date_unreadable", _("không phải một ngày rõ ràng"), _("ghi ngày/tháng/năm, ví dụ 31/12/2026")
)
DATE_IMPLAUSIBLE = declare(
    "plan_date_implausible",
    _("trước 01/01/2020 hoặc sau hôm nay quá ba năm"),
    _("xem lại năm; ghi ngày của kế hoạch, ví dụ 31/12/2026"),
)
DATE_MISSING = declare("plan_date_missing", _("thiếu ngày"), _("ghi ngày/tháng/năm, ví dụ 31/12/2026"))
DUE_BEFORE_START = declare("plan_due_before_start", _("hạn trước ngày bắt đầu"), _("sửa một trong hai ngày"))
TEXT_TOO_LONG = declare("plan_text_too_long", _("dài hơn 120 ký tự"), _("rút gọn"))
FORMULA = declare(
    "plan_formula",
    _("ô là công thức lỗi hoặc chưa có kết quả trong tệp"),
    _("dán giá trị thay công thức"),
)
TEXT_FORMULA = declare(
    "plan_text_formula", _("bắt đầu như một công thức (=, +, -, @)"), _("ghi tên bằng chữ")
)
REPEATED = declare(
    "plan_repeated", _("xã, phường và việc này đã có ở dòng trước"), _("giữ một dòng cho mỗi xã và việc")
)
NOTHING = declare("plan_nothing", _("chưa giao gì ở dòng này"), _("không cần làm gì"))

_LONGEST = 120
_PLAIN = re.compile(r"\d{1,8}")
_GROUPED = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*")


@dataclass(frozen=True)
class Said:
    """What a row says of a commune's task; fields whose column the sheet lacks are not in `values`."""

    sheet: str
    row: int
    commune: AdminUnit
    task: Task
    values: dict[str, Any]
    places: dict[str, str] = field(default_factory=dict)


class Wrong(Exception):
    """A cell that cannot be used: the field, the code of the problem, what stands there."""

    def __init__(self, field_name: str, code: str, value: str = "", level: str = "rejected") -> None:
        super().__init__(code)
        self.field, self.code, self.value, self.level = field_name, code, value, level


class Reader:
    """Reads rows for somebody whose communes these are."""

    def __init__(self, units: Iterable[AdminUnit]) -> None:
        self._units = {unit.code: unit for unit in units}
        self._tasks = task_names()
        self._seen: set[tuple[int, Task]] = set()
        self._names: dict[int, set[str]] = defaultdict(set)
        for unit in self._units.values():
            self._names[unit.pk] |= {fold(unit.name), fold(unit.short_name), fold(unit.tight_name)}
        known = AdminUnitName.objects.filter(unit__in=self._names)
        for pk, name in known.values_list("unit", "name"):
            self._names[pk].add(fold(name))

    def read(self, table: Table) -> Iterable[Said | Problem]:
        """Every row of a sheet in order, as what it says or as what is wrong with it."""
        for number, row in enumerate(table.rows, table.first):
            try:
                yield self._row(table, number, row)
            except Wrong as wrong:
                column = place_of(table.places, wrong.field, number)
                yield Problem(wrong.level, number, wrong.code, column, wrong.value[:200], table.sheet)

    def _row(self, table: Table, number: int, row: Sequence[Cell]) -> Said:
        at = {name: row[place] if place < len(row) else "" for name, place in table.places.items()}
        texts = {name: clean(shown(cell)) for name, cell in at.items()}
        if not any(texts.values()):
            raise Wrong("", "row_blank", level="ignored")
        for name, cell in at.items():
            if has_no_value(cell):
                raise Wrong(name, FORMULA, texts[name])
        commune, task = self._commune(texts), self._task(texts)
        said = [texts.get(name, "") for name in ("assigned", "unit", "leader", "starts_on", "due_on")]
        if not any(said):
            raise Wrong("assigned", NOTHING, level="ignored")
        values = _values(at, texts)
        if (commune.pk, task) in self._seen:
            raise Wrong("task", REPEATED, texts["task"])
        self._seen.add((commune.pk, task))
        places = {name: place_of(table.places, name, number) for name in (*values, "due_on")}
        return Said(table.sheet, number, commune, task, values, places)

    def _commune(self, texts: dict[str, str]) -> AdminUnit:
        code = texts["code"]
        if not code:
            raise Wrong("code", CODE_MISSING)
        # A spreadsheet that took the code for a number has eaten its leading nought.
        unit = self._units.get(code.zfill(5))
        if unit is None:
            raise Wrong("code", CODE_UNKNOWN, code)
        name = texts.get("commune", "")
        if name and fold(name) not in self._names[unit.pk]:
            raise Wrong("commune", NAME_OTHER, name)
        return unit

    def _task(self, texts: dict[str, str]) -> Task:
        task = self._tasks.get(fold(texts["task"]))
        if task is None:
            raise Wrong("task", TASK_UNKNOWN, texts["task"])
        return task


def task_names() -> dict[str, Task]:
    """The names of the tasks in both languages, folded, and their ids."""
    found = {task.value: task for task in Task}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {fold(str(task.label)): task for task in Task}
    return found


def place_of(places: dict[str, int], name: str, row: int) -> str:
    """A cell as people find it: “Số được giao (D12)”."""
    if name not in places:
        return str(TITLES[name]) if name else ""
    return f"{TITLES[name]} ({get_column_letter(places[name] + 1)}{row})"


def whole_number(cell: Cell) -> int | None:
    """A count as a number or as typed, also with thousands apart: 1200, "1.200"; None for anything else."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        # 1.2 may be 1.200 that an English spreadsheet read; nobody guesses.
        value = int(cell) if float(cell).is_integer() else -1
    else:
        text = clean(shown(cell))
        fits = _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text)
        value = int(re.sub(r"\D", "", text)) if fits else -1
    return value if 0 <= value <= MOST_ASSIGNED else None


def _values(at: dict[str, Cell], texts: dict[str, str]) -> dict[str, Any]:
    if not texts["assigned"]:
        raise Wrong("assigned", NUMBER_MISSING)
    assigned = whole_number(at["assigned"])
    if assigned is None:
        raise Wrong("assigned", NUMBER_UNREADABLE, texts["assigned"])
    values: dict[str, Any] = {"assigned": assigned}
    for name in ("unit", "leader"):
        if name in at:
            if len(texts[name]) > _LONGEST:
                raise Wrong(name, TEXT_TOO_LONG, texts[name])
            if looks_like_formula(texts[name]):
                raise Wrong(name, TEXT_FORMULA, texts[name])
            values[name] = texts[name]
    for name in ("starts_on", "due_on"):
        if name in at:
            values[name] = _day(name, at[name], texts[name])
    return values


def _day(name: str, cell: Cell, text: str) -> dt.date:
    if not text:
        raise Wrong(name, DATE_MISSING)
    day = _read(cell, text)
    if day is None:
        raise Wrong(name, DATE_UNREADABLE, text)
    if not is_plausible(day, timezone.localdate()):
        raise Wrong(name, DATE_IMPLAUSIBLE, text)
    return day


def _read(cell: Cell, text: str) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    read = dates.parse(text)
    return None if read.warnings else read.on
