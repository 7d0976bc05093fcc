"""Rows of a registry extract, read. Runs in import processes: no Django models here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple

import pyarrow as pa

from landdb.intake.headers import Column
from landdb.intake.outcome import Problem
from landdb.intake.rows import Layout
from landdb.intake.staging import PERSON, Columns, person_values, stage
from landdb.intake.tables import Batch
from landdb.normalise import dates, people
from landdb.normalise.addresses import Gazetteer
from landdb.normalise.gazetteer import Found
from landdb.normalise.text import fold
from landdb.reference.gazetteer import gazetteer

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

#: Staging columns, with their PostgreSQL and Arrow types.
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
}


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
    key, status_word = key.strip(), fold(status)
    person = people.person(name, dob, sex, cccd, village, cmnd, gazetteer=gazetteer())
    state = STATUSES.get(status_word, "deceased" if died.strip() else "alive" if not status_word else "")
    if not key or not person.name or not state:
        at = ("resident_id", "key_missing", key) if not key else ("full_name", "name_missing", name)
        column, problem, value = at if not key or not person.name else ("status", "status_unknown", status)
        problems.append(Problem("rejected", number, problem, column, value[:200]))
        return None
    where = commune_of(code.strip(), commune.strip(), old_commune.strip(), old_district.strip())
    if where.state in ("ambiguous", "not_found") and (code or commune or old_commune):
        unclear = "commune_ambiguous" if where.state == "ambiguous" else "commune_unknown"
        value = ", ".join(filter(None, (code, commune, old_commune, old_district)))
        problems.append(Problem("warning", number, unclear, "commune", value[:200]))
    died_on: date | None = None
    if died.strip():
        died_on = dates.parse(died).on
        if died_on is None:
            problems.append(Problem("warning", number, "died_on_unreadable", "died_on", died[:200]))
    former = ", ".join(filter(None, (old_commune, old_district)))
    where_raw = (
        communes.get(where.code),
        former_code(where.code, old_commune, old_district),
        commune,
        former,
    )
    return (number, key, *person_values(person), *where_raw, state, died_on)


@lru_cache(maxsize=65536)
def former_code(code: str, old_commune: str, old_district: str) -> str:
    """The code of the commune of before the merger, where it is one that went into today's commune."""
    found = gazetteer().find(old_commune.strip(), old_district.strip()) if old_commune.strip() else None
    return found.former_code if found and found.code == code else ""


@lru_cache(maxsize=65536)
def commune_of(code: str, commune: str, old_commune: str, old_district: str) -> Found:
    """Today's commune by code and name; where these leave a doubt, by the former names."""
    units: Gazetteer = gazetteer()
    found = units.find(f"{code} {commune}".strip())
    if found.state == "resolved" or not old_commune:
        return found
    former = units.find(old_commune, old_district)
    if former.state == "resolved" and (not found.candidates or former.code in found.candidates):
        return former
    return found if found.candidates else former
