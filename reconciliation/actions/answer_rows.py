"""One row of an answer file: which line it means, what it says, or why it cannot be used."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from landdb.intake.headers import Column, key
from landdb.intake.outcome import Problem, Refused
from landdb.normalise import dates, id_numbers, line_keys, people
from landdb.normalise.text import clean, fold
from parcels.importers.formula_cells import Unsaved, has_no_value

from ..models import PoliceWord
from . import answer_problems as why
from .answer_tables import LONGEST

W = PoliceWord
COLUMNS = (
    Column("key", ("Mã dòng", "line key", "mã", "ma dong", "mã số dòng", "id dòng")),
    Column(
        "word",
        ("Kết quả xác minh", "kết quả", "trả lời", "trạng thái", "kết quả trả lời", "answer", "result"),
    ),
    Column("asked_name", ("Họ và tên", "họ tên", "full name", "họ và tên trong danh sách")),
    Column("name", ("Họ và tên đúng", "họ tên đúng", "tên đúng", "correct name")),
    Column("birth", ("Ngày sinh đúng", "năm sinh đúng", "ngày tháng năm sinh đúng", "correct birth")),
    Column("sex", ("Giới tính đúng", "correct sex")),
    Column(
        "id_number",
        ("Số định danh đúng", "số CCCD đúng", "CCCD đúng", "số định danh cá nhân đúng", "correct number"),
    ),
    Column(
        "address", ("Nơi thường trú hiện nay", "nơi thường trú đúng", "nơi ở hiện nay", "correct address")
    ),
    Column("died_on", ("Mất ngày", "ngày mất", "ngày chết", "đã mất ngày", "died on")),
    Column("note", ("Ghi chú", "note", "notes")),
    Column("said_by", ("Người xác minh", "cán bộ xác minh", "verified by")),
)
#: Columns in which something is said beside the word.
_SAID = ("name", "birth", "sex", "id_number", "address", "died_on")
_WORDS = {
    W.CONFIRMED: ("dung", "dung thong tin", "khop", "xac nhan", "xac nhan dung", "da xac minh dung",
                  "chinh xac", "confirmed", "correct", "dung nguoi"),
    W.CORRECTED: ("sai", "sai da sua", "da sua", "sua", "sai thong tin", "dinh chinh", "da dinh chinh",
                  "corrected", "sai sua lai"),
    W.NO_SUCH: ("khong co", "khong co nguoi nay", "khong tim thay", "khong ton tai", "khong co trong dan cu",
                "no such person", "khong co ai"),
    W.DECEASED: ("da mat", "da chet", "mat", "chet", "tu vong", "da tu vong", "qua doi", "deceased"),
    W.SEVERAL: ("co nhieu nguoi", "nhieu nguoi", "trung", "trung nhieu nguoi", "several"),
    W.UNDETERMINED: ("chua xac dinh", "chua xac dinh duoc", "khong xac dinh duoc", "chua ro", "khong ro",
                     "undetermined", "chua co ket qua"),
}  # fmt: skip
_BY_WORD = {fold(text): word for word, texts in _WORDS.items() for text in texts}
_MARKS = frozenset(("x", "v", "✓", "✔", "1", "có", "co"))
_DIED = re.compile(
    r"(?P<word>[^\d]+?)\s*(?:ngày|ngay|năm|nam|:|,|-)?\s*(?P<day>\d[\d/.\-\s]{3,})$", re.IGNORECASE
)

KNOWN = frozenset(name for column in COLUMNS for name in column.keys) | frozenset(_BY_WORD)


@dataclass(frozen=True, slots=True)
class Places:
    """Which column holds which field; `marks`: columns that are ticked, by the word that they stand for."""

    fields: dict[str, int]
    marks: dict[int, PoliceWord]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says; names and addresses as typed, the others read. `asked_name`: of whom it was asked."""

    row: int
    sheet: str
    key: str
    word: PoliceWord
    asked_name: str = ""
    name: str = ""
    birth: str = ""
    sex: str = ""
    id_number: str = ""
    address: str = ""
    died_on: dt.date | None = None
    note: str = ""
    said_by: str = ""


def locate(headers: Sequence[str]) -> Places:
    """Find the columns; Refused where there is no key, no answer, or two columns that mean the same."""
    keys = [key(header) if len(header) < 100 else "" for header in headers]
    fields: dict[str, int] = {}
    for column in COLUMNS:
        meant = [place for place, found in enumerate(keys) if found and found in column.keys]
        if len(meant) > 1 and column.field != "asked_name":
            raise Refused(
                _("Nhiều cột cùng là “%(column)s”; hãy giữ một cột.")
                % {"column": headers[meant[0]].strip()[:60]}
            )
        if meant:
            fields[column.field] = meant[0]
    taken = set(fields.values())
    marks = {
        place: _BY_WORD[found] for place, found in enumerate(keys) if found in _BY_WORD and place not in taken
    }
    if "key" not in fields or ("word" not in fields and not marks):
        missing = _("Mã dòng") if "key" not in fields else _("Kết quả xác minh")
        raise Refused(_("Bảng thiếu cột “%(column)s”.") % {"column": missing})
    unknown = tuple(
        header.strip()[:200]
        for place, header in enumerate(headers)
        if header.strip() and place not in taken and place not in marks
    )
    return Places(fields, marks, unknown)


def read(row: int, sheet: str, cells: Sequence[str], places: Places) -> tuple[Said | None, list[Problem]]:
    """What the row says, or why it says nothing; warnings stand beside what is said."""
    if any(len(cell) > LONGEST for cell in cells):
        return None, [Problem("rejected", row, why.TOO_LONG, sheet=sheet)]
    if problem := _of_formula(row, sheet, cells, places):
        return None, [problem]
    at = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.fields.items()}
    told = any(at.get(name) for name in _SAID)
    word, wrong, day = _word(at, cells, places)
    problem = _of_key(row, sheet, at, bool(word or wrong or told)) or _of_word(
        row, sheet, at, word, wrong, told
    )
    if problem is not None or word is None:
        return None, [problem] if problem else []
    return _values(row, sheet, at, word, day)


def _of_formula(row: int, sheet: str, cells: Sequence[str], places: Places) -> Problem | None:
    """What the police meant is not known where a formula shows an error, or its result was not saved."""
    named = {column.field: column.synonyms[0] for column in COLUMNS}
    titles = {place: named[field] for field, place in places.fields.items()}
    titles |= {place: str(word.label) for place, word in places.marks.items()}
    for place, title in titles.items():
        if place < len(cells) and has_no_value(cells[place]):
            code = why.CELL_UNSAVED if isinstance(cells[place], Unsaved) else why.CELL_ERROR
            return Problem("rejected", row, code, title, clean(cells[place])[:200], sheet)
    return None


def _of_key(row: int, sheet: str, at: dict[str, str], told: bool) -> Problem | None:
    raw = at.get("key", "")
    if not raw:
        code = why.KEY_MISSING if told else why.NO_LINE if any(at.values()) else "row_blank"
        return Problem("rejected" if told else "ignored", row, code, "Mã dòng", sheet=sheet)
    if not line_keys.parse(raw):
        return Problem("rejected", row, why.KEY_MISREAD, "Mã dòng", raw[:40], sheet)
    return None


def _word(at: dict[str, str], cells: Sequence[str], places: Places) -> tuple[PoliceWord | None, str, str]:
    """The word, or what is wrong with it, and a day of death written into the same cell."""
    raw = at.get("word", "")
    ticked = {
        word
        for place, word in places.marks.items()
        if place < len(cells) and cells[place].strip().lower() in _MARKS
    }
    if raw:
        day = ""
        found = _BY_WORD.get(fold(clean(raw)))
        if found is None and (inside := _DIED.fullmatch(clean(raw))):
            found, day = _BY_WORD.get(fold(inside["word"])), inside["day"]
            found = found if found == W.DECEASED else None
        if found is None:
            return None, why.WORD_UNKNOWN, ""
        return (None, why.WORDS_SEVERAL, "") if ticked - {found} else (found, "", day)
    if len(ticked) > 1:
        return None, why.WORDS_SEVERAL, ""
    return next(iter(ticked), None), "", ""


def _of_word(
    row: int, sheet: str, at: dict[str, str], word: PoliceWord | None, wrong: str, told: bool
) -> Problem | None:
    if wrong:
        return Problem("rejected", row, wrong, "Kết quả xác minh", at.get("word", "")[:200], sheet)
    if word is None:
        code = why.WORD_MISSING if told else why.NOT_GIVEN
        return Problem("rejected" if told else "ignored", row, code, "Kết quả xác minh", sheet=sheet)
    return None


def _values(
    row: int, sheet: str, at: dict[str, str], word: PoliceWord, day: str
) -> tuple[Said | None, list[Problem]]:
    problems: list[Problem] = []

    def wrong(code: str, column: str, value: str = "", level: str = "rejected") -> None:
        problems.append(Problem(level, row, code, column, value[:200], sheet))

    birth = at.get("birth", "")
    born = dates.parse(birth, birth=True)
    if birth and not born.iso:
        wrong(why.BIRTH_UNREADABLE, "Ngày sinh đúng", birth)
    sex = people.parse_sex(at.get("sex", ""))
    if at.get("sex") and not sex:
        wrong(why.SEX_UNREADABLE, "Giới tính đúng", at["sex"])
    number = id_numbers.parse(at.get("id_number", ""))
    if number.kind not in (id_numbers.Kind.CITIZEN, id_numbers.Kind.CMND, id_numbers.Kind.EMPTY):
        wrong(why.NUMBER_BAD, "Số định danh đúng", at["id_number"])
    elif "padded" in number.warnings:
        wrong(why.NUMBER_PADDED, "Số định danh đúng", level="warning")
    if number.kind == id_numbers.Kind.CITIZEN and id_numbers.contradicts(number.number, born.year, sex):
        wrong(why.NUMBER_CONTRADICTS, "Số định danh đúng")
    died = at.get("died_on", "") or day
    died_on, in_year = _died(died)
    if in_year is None:
        wrong(why.DIED_UNREADABLE, "Mất ngày", died)
    elif died and word != W.DECEASED:
        wrong(why.DIED_BUT_OTHER, "Mất ngày")
    if any(problem.level == "rejected" for problem in problems):
        return None, problems[:1]
    said = Said(
        row,
        sheet,
        line_keys.parse(at["key"]),
        word,
        asked_name=at.get("asked_name", "")[:400],
        name=clean(at.get("name", ""))[:400],
        birth=_birth_text(born),
        sex=sex,
        id_number=number.number,
        address=clean(at.get("address", ""))[:300],
        died_on=died_on,
        note=" · ".join(filter(None, (clean(at.get("note", "")), in_year)))[:300],
        said_by=clean(at.get("said_by", ""))[:120],
    )
    return said, problems


def _birth_text(born: dates.PartialDate) -> str:
    return f"{born.on:%d/%m/%Y}" if born.on else str(born.year or "")


def _died(raw: str) -> tuple[dt.date | None, str | None]:
    """The day; where only the year is known, a note of it; (None, None) for what is no day of a death."""
    if not raw:
        return None, ""
    found, today = dates.parse(raw), timezone.localdate()
    if not found.year or not 1900 <= found.year <= today.year or (found.on and found.on > today):
        return None, None
    return (found.on, "") if found.on else (None, _("mất năm %(year)d") % {"year": found.year})
