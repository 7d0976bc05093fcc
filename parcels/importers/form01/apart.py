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
from typing import Any

from django.utils.translation import gettext as _

from landdb.intake.outcome import Refused

#: Bytes of address space, seconds of a processor, seconds altogether, bytes of its answer.
_MEMORY, _PROCESSOR, _SECONDS, _ANSWER = 900 * 2**20, 20, 28, 256 * 2**20
_READ = """
import datetime, json, resource, sys
memory, seconds = int(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum
def plain(value):
    if isinstance(value, datetime.datetime): return {"at": value.isoformat()}
    if isinstance(value, datetime.date): return {"on": value.isoformat()}
    if isinstance(value, (datetime.time, datetime.timedelta)): return str(value)
    return value
with open(sys.argv[1], "rb") as file:
    book = CalamineWorkbook.from_filelike(file)
    found = []
    for place, about in enumerate(book.sheets_metadata):
        if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible: continue
        sheet = book.get_sheet_by_index(place)
        rows = [[plain(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        while rows and not any(value != "" for value in rows[-1]): rows.pop()
        try: merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
        except Exception: merged = []
        found.append([about.name, rows, merged])
    json.dump(found, sys.stdout)
"""

#: Name, rows, merged ranges of each visible sheet.
Grid = tuple[str, list[list[Any]], tuple[tuple[int, int, int, int], ...]]


def grids(path: Path) -> list[Grid]:
    """The visible sheets of a workbook; Refused with one sentence where the limits do not suffice."""
    command = [sys.executable, "-I", "-c", _READ, str(path), str(_MEMORY), str(_PROCESSOR)]
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Refused(_too_much()) from None
    if done.returncode < 0 or b"MemoryError" in done.stderr or b"memory allocation" in done.stderr:
        raise Refused(_too_much())
    if done.returncode or len(done.stdout) > _ANSWER:
        raise Refused(_("Tệp hỏng, có mật khẩu hoặc chưa tải xong; hãy mở bằng Excel, lưu lại dạng .xlsx."))
    return [
        (name, [[_cell(value) for value in row] for row in rows], tuple(map(tuple, merged)))
        for name, rows, merged in json.loads(done.stdout)
    ]


def _too_much() -> str:
    return _("Tệp phình ra quá lớn khi mở; hãy xoá dòng, cột trống đã định dạng rồi lưu lại dạng .xlsx.")


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        if "on" in value:
            return dt.date.fromisoformat(value["on"])
        return dt.datetime.fromisoformat(value["at"])
    return value
