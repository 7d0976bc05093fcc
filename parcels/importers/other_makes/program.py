"""The program that reads an .xls or .ods: writes its visible sheets to standard output as JSON.

Runs alone (`python -I program.py PATH MEMORY SECONDS IS_SOUGHT`), under limits that it sets for itself. Of
each sheet: name, rows, merged ranges, and where IS_SOUGHT is 1 its formulas and errors.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any

#: How the program ends where a workbook has more formulas than it may.
TOO_MANY_FORMULAS = 3


def main(path: str, memory: str, seconds: str, is_sought: str) -> int:
    for limit, most in (
        (resource.RLIMIT_AS, int(memory)),
        (resource.RLIMIT_CPU, int(seconds)),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    # Isolated, Python does not look for our packages by itself.
    sys.path.append(str(Path(__file__).parents[3]))
    from parcels.importers.formula_cells import TooManyFormulas

    try:
        json.dump(_sheets(path, is_sought == "1"), sys.stdout)
    except TooManyFormulas:
        return TOO_MANY_FORMULAS
    return 0


def _sheets(path: str, is_sought: bool) -> list[Any]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    found = []
    formulas: dict[int, list[Any]] = {}
    is_zip = zipfile.is_zipfile(path)
    if is_sought and is_zip:
        # Before all values lie in memory too.
        formulas = _of_open_document(path)
    with Path(path).open("rb") as file:
        book = CalamineWorkbook.from_filelike(file)
        visible = [
            place
            for place, about in enumerate(book.sheets_metadata)
            if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible
        ]
        if is_sought and not is_zip:
            formulas = _of_xls(path, visible)
        for place in visible:
            sheet = book.get_sheet_by_index(place)
            rows = [[_plain(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
            while rows and not any(value != "" for value in rows[-1]):
                rows.pop()
            found.append([sheet.name, rows, _merged(sheet), formulas.get(place, [])])
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return {"at": value.isoformat()}
    if isinstance(value, dt.date):
        return {"on": value.isoformat()}
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    return value


def _merged(sheet: Any) -> list[list[int]]:
    try:
        return [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
    except Exception:  # a reader that knows none says so in its own way
        return []


def _of_open_document(path: str) -> dict[int, list[Any]]:
    """Place of a sheet → its formulas and errors."""
    from parcels.importers.other_makes import open_document

    with zipfile.ZipFile(path) as archive:
        return dict(enumerate(open_document.formula_cells(archive.read("content.xml"))))


def _of_xls(path: str, visible: list[int]) -> dict[int, list[Any]]:
    """Place of a sheet → its formulas and errors."""
    from parcels.importers.formula_cells import MOST, TooManyFormulas
    from parcels.importers.other_makes import biff

    book = biff.stream(path)
    begins, found, count = biff.sheets(book), dict[int, list[Any]](), 0
    for place in visible:
        found[place] = []
        for cell in biff.formula_cells(book, begins[place]) if place < len(begins) else ():
            count += 1
            if count > MOST:
                raise TooManyFormulas
            found[place].append(cell)
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
