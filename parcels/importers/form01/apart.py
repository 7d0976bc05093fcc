"""Reading .xls and .ods in a process of its own, with a lid on its memory and its time.

Both formats can say in a few bytes that a sheet is huge, and the reader believes them; here that ends a child
and nothing else.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from landdb.intake.outcome import Refused

from ..formula_cells import FormulaCell, Kind, TooManyFormulas
from ..other_makes import program

#: Bytes of address space, seconds of a processor, seconds altogether, bytes of its answer.
_MEMORY, _PROCESSOR, _SECONDS, _ANSWER = 900 * 2**20, 20, 28, 256 * 2**20


class Grid(NamedTuple):
    """A visible sheet as it came: merged ranges are (top, left, bottom, right)."""

    name: str
    rows: list[list[Any]]
    merged: tuple[tuple[int, int, int, int], ...]
    formulas: list[FormulaCell]


def grids(path: Path, *, may_have_formulas: bool = True) -> list[Grid]:
    """The visible sheets of a workbook. Refused with one sentence where the limits do not suffice;
    TooManyFormulas."""
    command = [sys.executable, "-I", program.__file__, str(path), str(_MEMORY), str(_PROCESSOR)]
    command.append(str(int(may_have_formulas)))
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Refused(_too_much()) from None
    if done.returncode == program.TOO_MANY_FORMULAS:
        raise TooManyFormulas
    if done.returncode < 0 or b"MemoryError" in done.stderr or b"memory allocation" in done.stderr:
        raise Refused(_too_much())
    if done.returncode or len(done.stdout) > _ANSWER:
        raise Refused(_("Tệp hỏng, có mật khẩu hoặc chưa tải xong; hãy mở bằng Excel, lưu lại dạng .xlsx."))
    return [
        Grid(
            name,
            [[_cell(value) for value in row] for row in rows],
            tuple(map(tuple, merged)),
            [FormulaCell(row, column, Kind(kind), text) for row, column, kind, text in formulas],
        )
        for name, rows, merged, formulas in json.loads(done.stdout)
    ]


def _too_much() -> str:
    return _("Tệp phình ra quá lớn khi mở; hãy xoá dòng, cột trống đã định dạng rồi lưu lại dạng .xlsx.")


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        if "on" in value:
            return dt.date.fromisoformat(value["on"])
        return dt.datetime.fromisoformat(value["at"])
    return value
