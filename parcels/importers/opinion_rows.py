"""Rows of the classification table of plan 2959, read. Runs in import processes: no Django models here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from itertools import compress
from typing import NamedTuple

import pyarrow as pa

from landdb.intake.headers import Column
from landdb.intake.outcome import Problem
from landdb.intake.rows import Layout
from landdb.intake.staging import Columns, Read, stage
from landdb.intake.tables import Batch
from landdb.normalise.text import clean, fold
from landdb.reference.gazetteer import gazetteer

from .formula_cells import Unsaved

#: Rows that a sheet of a workbook may have; row numbers of later sheets begin above it.
PER_SHEET = 2**21

COMMUNE, SHEET, NUMBER, GROUP = "mã xã", "số tờ", "số thửa", "phân loại kế hoạch 2959"

#: The questions of the table: the header of each answer and the value that a mark there means.
_BOOK = {"đã xuất sổ địa chính điện tử": True, "chưa được xuất sổ địa chính điện tử": False}
_STEP = {"đồng bộ 3 khối thông tin": True, "không đồng bộ 3 khối thông tin": False}
_BARE = {"chỉ có dữ liệu thuộc tính": True}
_POPULATION = {
    "khớp người sử dụng đất": "matched",
    "chưa khớp người sử dụng đất": "differs",
    "không xác định được người sử dụng đất": "not_found",
}
_ALWAYS = {"được vận hành 24/7": True, "không được vận hành 24/7": False}
QUESTIONS: tuple[Mapping[str, object], ...] = (_BOOK, _STEP, _BARE, _POPULATION, _ALWAYS)
ANSWERS = tuple(answer for question in QUESTIONS for answer in question)

_BLOCKS = "(không gian, thuộc tính, phi cấu trúc)"
_IN_POPULATION = "trong CSDLQG về dân cư"
_IN_WHOLE = "trong cơ sở dữ liệu quốc gia về dân cư"

#: Other headers that mean the same.
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "đã xuất sổ địa chính điện tử": ("đã được xuất sổ địa chính điện tử", "đã xuất"),
    "chưa được xuất sổ địa chính điện tử": ("chưa xuất sổ địa chính điện tử", "chưa được xuất", "chưa xuất"),
    "đồng bộ 3 khối thông tin": (f"đồng bộ 3 khối thông tin {_BLOCKS}", "đồng bộ", "đồng bộ 3 khối"),
    "không đồng bộ 3 khối thông tin": (
        f"không đồng bộ 3 khối thông tin {_BLOCKS}",
        "không đồng bộ",
        "không đồng bộ 3 khối",
    ),
    "chỉ có dữ liệu thuộc tính": ("chỉ có dữ liệu thuộc tính (thiếu dữ liệu không gian)",),
    **{
        f"{word}người sử dụng đất": (
            *(f"{word}người sử dụng đất {whose}" for whose in (_IN_POPULATION, _IN_WHOLE)),
            word.strip(),
        )
        for word in ("khớp ", "chưa khớp ", "không xác định được ")
    },
    "được vận hành 24/7": ("vận hành 24/7",),
    "không được vận hành 24/7": ("không vận hành 24/7", "chưa được vận hành 24/7"),
}

COLUMNS = (
    Column(
        COMMUNE, ("mã xã phường", "mã đvhc", "mã đvhc cấp xã", "commune_code"), required=True, longest=120
    ),
    Column(
        SHEET, ("tờ", "số tờ bản đồ", "số hiệu tờ bản đồ", "tờ bản đồ số", "sheet"), required=True, longest=40
    ),
    Column(
        NUMBER, ("thửa", "số thửa đất", "số thứ tự thửa", "thửa đất số", "plot"), required=True, longest=40
    ),
    *(Column(answer, _SYNONYMS.get(answer, ()), longest=200) for answer in ANSWERS),
    Column(
        GROUP,
        ("phân loại", "phân loại theo kế hoạch 2959", "nhóm", "phân loại 2959"),
        required=True,
        longest=60,
    ),
)

#: Staging columns, with their PostgreSQL and Arrow types.
#: Under a `former_code` sheet and number are those of before the merger.
STAGED: Columns = {
    "row": ("integer", pa.int32()),
    "commune_id": ("smallint", pa.int16()),
    "former_code": ("text", pa.string()),
    "sheet": ("integer", pa.int32()),
    "number": ("integer", pa.int32()),
    "group": ("smallint", pa.int16()),
    "has_book": ("boolean", pa.bool_()),
    "is_in_step": ("boolean", pa.bool_()),
    "is_attributes_only": ("boolean", pa.bool_()),
    "population": ("text", pa.string()),
    "is_always_on": ("boolean", pa.bool_()),
}

_YES = frozenset(("x", "v", "c", "1", "co", "true", "yes", "y", "da", "ok")) | frozenset("*+✓✔√☑●•×")
_NO = frozenset(("0", "khong", "false", "no", "n")) | frozenset("-–—☐○")
_GROUPS = {"": 0, "nhom 1": 1, "nhom1": 1, "nhom 2": 2, "nhom2": 2}


class SheetBatch(NamedTuple):
    """A batch of the sheet at a `place` (from 0): problems name the sheet, numbers of rows hold the place."""

    batch: Batch
    place: int
    sheet: str
    layout: Layout


def read(given: SheetBatch, *, communes: Mapping[str, int]) -> Read:
    """Read every usable row; `communes` maps today's codes to ids."""
    rows, problems = stage(given.batch, given.layout, STAGED, partial(_opinion, communes=communes))
    if given.sheet:
        problems = [Problem(p.level, p.row, p.code, p.column, p.value, given.sheet) for p in problems]
    if given.place:
        shifted = pa.array([row + given.place * PER_SHEET for row in rows["row"].to_pylist()], pa.int32())
        rows = rows.set_column(0, "row", shifted)
    return Read(rows, problems)


def _opinion(
    number: int, cells: tuple[str, ...], problems: list[Problem], communes: Mapping[str, int]
) -> tuple[object, ...] | None:
    """The staged row, or None where the row cannot be used (a problem says why)."""
    code, sheet, plot, *marks, group = cells
    commune, former, wrong = _commune(code.strip(), communes)
    numbers = _whole(sheet), _whole(plot)
    says = _GROUPS.get(fold(group))
    found = [_mark(cell) for cell in marks]
    # Only cells that are no plain texts have a type of their own.
    failed = next((place for place, cell in enumerate(cells) if type(cell) is not str), None)
    if failed is not None:
        kind = "opinion_cell_unsaved" if isinstance(cells[failed], Unsaved) else "opinion_cell_error"
        wrong_at = (COLUMNS[failed].field, kind, cells[failed])
    elif wrong:
        wrong_at = (COMMUNE, wrong, code)
    elif None in numbers:
        column, value = (SHEET, sheet) if numbers[0] is None else (NUMBER, plot)
        wrong_at = (column, "opinion_number_unreadable", value)
    elif says is None:
        wrong_at = (GROUP, "opinion_group_unknown", group)
    elif None in found:
        place = found.index(None)
        wrong_at = (ANSWERS[place], "opinion_mark_unclear", marks[place])
    else:
        given = tuple(compress(ANSWERS, found))
        against = _contradiction(given)
        if not against:
            return (number, communes[commune], former, *numbers, says, *_values(given))
        wrong_at = (against[0], "opinion_marks_contradict", " + ".join(against))
    column, problem, value = wrong_at
    problems.append(Problem("rejected", number, problem, column, clean(value)[:200]))
    return None


@lru_cache(maxsize=4096)
def _values(given: tuple[str, ...]) -> tuple[object, ...]:
    """The answers to the questions, in the order of the staging columns."""
    said = [next((value for answer, value in q.items() if answer in given), None) for q in QUESTIONS]
    book, step, bare, population, always = said
    return book, step, bool(bare), population or "", always


@lru_cache(maxsize=4096)
def _contradiction(given: tuple[str, ...]) -> tuple[str, ...]:
    """Marks of which only one can be true, or nothing. Without geometry the three blocks are not in step."""
    for question in (_BOOK, _STEP, _POPULATION, _ALWAYS):
        both = tuple(answer for answer in question if answer in given)
        if len(both) > 1:
            return both
    bare = (next(iter(_STEP)), next(iter(_BARE)))
    return bare if set(bare) <= set(given) else ()


@lru_cache(maxsize=1024)
def _mark(cell: str) -> bool | None:
    """Is the cell marked? None where nobody can know."""
    text = cell.strip()
    if not text:
        return False
    for words, is_so in ((_YES, True), (_NO, False)):
        if text in words or fold(text) in words:
            return is_so
    return None


@lru_cache(maxsize=65536)
def _whole(cell: str) -> int | None:
    """A number of a sheet or plot: at most seven digits, not 0; "12.0" is what a spreadsheet makes of 12."""
    text = cell.strip().removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 and int(text) else None


def _commune(code: str, communes: Mapping[str, int]) -> tuple[str, str, str]:
    """Today's code, the code of before the merger where the row uses it, and what is wrong."""
    code = code.removesuffix(".0")
    if code.isdigit() and code.zfill(5) in communes:
        return code.zfill(5), "", ""
    state, today, former = _find(code)
    if state == "ambiguous":
        return "", "", "commune_ambiguous"
    return (today, former, "") if today in communes else ("", "", "commune_unknown")


@lru_cache(maxsize=4096)
def _find(code: str) -> tuple[str, str, str]:
    found = gazetteer().find(code)
    if found.former and not found.former_code:
        return "ambiguous", "", ""
    return found.state, found.code, found.former_code if found.former else ""
