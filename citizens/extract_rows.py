"""Rows of a registry extract, read. Runs in import processes: no Django models here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import NamedTuple

import pyarrow as pa

from landdb.intake.headers import Column
from landdb.intake.outcome import Problem
from landdb.intake.rows import Layout
from landdb.intake.staging import PERSON, Columns, person_values, stage
from landdb.intake.tables import Batch
from landdb.normalise import dates, people
from landdb.normalise.text import fold
from landdb.reference.gazetteer import gazetteer

from .extract_cells import Unread, is_empty, is_future
from .extract_places import place_of

COLUMNS = (
    Column(
        "resident_id", ("mã dân cư", "mã công dân", "id", "mã định danh bản ghi"), required=True, longest=40
    ),
    Column(
        "full_name", ("họ và tên", "họ tên", "họ chữ đệm và tên", "name", "tên"), required=True, longest=200
    ),
    Column("dob", ("ngày sinh", "ngày tháng năm sinh", "năm sinh", "birth", "date of birth")),
    Column("sex", ("giới tính", "gender", "giới")),
    Column("cccd", ("số định danh", "số định danh cá nhân", "số cccd", "căn cước", "id number", "đdcn")),
    Column("cmnd", ("số cmnd", "số cmnd cũ", "chứng minh nhân dân", "former number")),
    Column("village", ("thôn", "thôn khu phố", "thôn xóm", "khu phố", "tổ dân phố", "địa chỉ"), longest=500),
    Column("commune_code", ("mã xã", "mã đvhc", "mã xã phường"), longest=20),
    Column("commune", ("xã", "xã phường", "phường xã", "tên xã"), longest=120),
    Column("old_commune", ("xã cũ", "xã phường cũ", "former commune"), longest=95),
    Column("old_district", ("huyện cũ", "quận huyện cũ", "former district"), longest=95),
    Column("status", ("tình trạng", "trạng thái")),
    Column("died_on", ("ngày mất", "ngày chết", "date of death")),
)

_STATUSES = {
    "alive": "alive,song,con song,dang song,dang cu tru,thuong tru,tam tru,binh thuong,active",
    "deceased": "deceased,dead,died,chet,da chet,mat,da mat,qua doi,tu vong,da tu vong,khai tu",
    "cancelled": "cancelled,canceled,huy,da huy,huy so,da huy so,huy so dinh danh,xoa,da xoa",
    "abroad": "abroad,emigrated,moved abroad,xuat canh,dinh cu nuoc ngoai,ra nuoc ngoai,nuoc ngoai",
}
STATUSES = {word: status for status, words in _STATUSES.items() for word in words.split(",")}

#: Columns of a resident of whom a cell that cannot be read says nothing.
_BIRTH, _NUMBER = ("birth_on", "birth_year"), ("id_number", "id_kind")
_FORMER_PLACE = ("former_commune", "former_commune_raw")
_OF_PLACE = {"commune": ("commune_raw",), "old_commune": _FORMER_PLACE}
_PLACE = ("commune_id", "commune_raw", *_FORMER_PLACE)
KEEPABLE = (*_BIRTH, "sex", *_NUMBER, "former_number", *_PLACE, "status", "died_on")

#: Staging columns, with their PostgreSQL and Arrow types. `kept`: which of KEEPABLE the row says nothing of,
#: since a cell cannot be read.
STAGED: Columns = {
    "row": ("integer", pa.int32()),
    "resident_key": ("text", pa.string()),
    **PERSON,
    "commune_id": ("smallint", pa.int16()),
    "former_commune": ("text", pa.string()),
    "commune_raw": ("text", pa.string()),
    "former_commune_raw": ("text", pa.string()),
    "status": ("text", pa.string()),
    "died_on": ("date", pa.date32()),
    "kept": ("text[]", pa.string()),
}

_FORMER_NUMBER = list(PERSON).index("former_number")


class ReadExtract(NamedTuple):
    """Rows ready for staging, the problems of the batch, and the keys of the rows that were turned away."""

    rows: pa.Table
    problems: list[Problem]
    turned_away: pa.Table


def read(batch: Batch, *, layout: Layout, communes: Mapping[str, int]) -> ReadExtract:
    """Normalise a batch; `communes` maps today's codes to ids."""
    rows, problems = stage(batch, layout, STAGED, partial(_resident, communes=communes))
    place = next(place for field, place, _longest in layout.fields if field == "resident_id")
    cells = [batch.rows[problem.row - batch.first] for problem in problems if problem.level == "rejected"]
    keys = [row[place].replace("\x00", "").strip() for row in cells if len(row) > place]
    return ReadExtract(rows, problems, pa.table({"resident_key": pa.array(keys, pa.string())}))


def _resident(
    number: int, cells: tuple[str, ...], problems: list[Problem], communes: Mapping[str, int]
) -> tuple[object, ...] | None:
    """The staged row, or None where the row cannot be used (a problem says why)."""
    key, name, dob, sex, cccd, cmnd, village, code, commune, old_commune, old_district, status, died = cells
    key = key.strip()
    is_unborn = is_future(dates.parse(dob, birth=True))
    person = people.person(name, "" if is_unborn else dob, sex, cccd, village, cmnd, gazetteer=gazetteer())
    if not key or not person.name:
        at = ("resident_id", "key_missing", key) if not key else ("full_name", "name_missing", name)
        column, problem, value = at
        problems.append(Problem("rejected", number, problem, column, value[:200]))
        return None
    unread = Unread(number, problems)
    values = person_values(person)
    if person.birth_year is None and not is_empty(dob):
        unread.tell("dob_in_future" if is_unborn else "dob_unreadable", "dob", dob, *_BIRTH)
    if not person.sex and not is_empty(sex):
        unread.tell("sex_not_understood", "sex", sex, "sex")
    if not person.id_number and not is_empty(cccd):
        unread.tell("cccd_unreadable", "cccd", cccd, *_NUMBER)
    if not values[_FORMER_NUMBER] and not is_empty(cmnd):
        unread.tell("cmnd_unreadable", "cmnd", cmnd, "former_number")
    where = place_of(
        *("" if is_empty(cell) else cell.strip() for cell in (code, commune, old_commune)),
        old_district.strip(),
    )
    for problem, column, text in where.wrong:
        unread.tell(problem, column, text, *(_OF_PLACE.get(column, ()) if where.code else _PLACE))
    former = ", ".join(filter(None, (old_commune, old_district)))
    place = (communes.get(where.code), where.former_code, commune, former)
    return (
        number,
        key,
        *values,
        *place,
        *_state(unread, status, died),
        "{" + ",".join(sorted(unread.kept)) + "}",
    )


def _state(unread: Unread, status: str, died: str) -> tuple[str, date | None]:
    """The status ('' where nobody can know it) and the day of death; a death is told by its date as well."""
    told = dates.parse(died)
    is_ahead = is_future(told)
    died_on = None if is_ahead else told.on
    if died_on is None and not is_empty(died):
        unread.tell("died_on_in_future" if is_ahead else "died_on_unreadable", "died_on", died, "died_on")
    state = STATUSES.get(fold(status), "")
    if not state and told.year is not None and not is_ahead:
        state = "deceased"
    if not state and is_empty(status) and is_empty(died):
        state = "alive"
    if fold(status) not in STATUSES and not is_empty(status):
        unread.tell("status_unknown", "status", status)
    if not state:
        unread.kept.add("status")
    return state, died_on
