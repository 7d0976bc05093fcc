"""Rows of a list of land users, read. Runs in import processes: no Django models here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial

import pyarrow as pa

from landdb.intake.headers import Column
from landdb.intake.outcome import Problem
from landdb.intake.rows import Layout
from landdb.intake.staging import PERSON, Columns, Read, person_values, stage
from landdb.intake.tables import Batch
from landdb.normalise import addresses, people
from landdb.normalise.gazetteer import Found
from landdb.reference.gazetteer import gazetteer

COLUMNS = (
    Column(
        "owner_id", ("mã chủ", "mã chủ sử dụng", "mã người sử dụng", "mã", "id"), required=True, longest=60
    ),
    Column("full_name", ("họ và tên", "họ tên", "tên chủ", "tên", "name"), required=True, longest=400),
    Column("birth", ("ngày sinh", "năm sinh", "ngày tháng năm sinh", "dob", "birth date"), longest=60),
    Column("sex", ("giới tính", "gender", "giới"), longest=20),
    Column(
        "id_number", ("số giấy tờ", "số cccd", "cccd", "số cmnd", "số định danh", "cmnd cccd"), longest=60
    ),
    Column("village", ("thôn", "thôn khu phố", "địa chỉ", "address", "tổ dân phố"), longest=300),
    Column("commune", ("xã", "xã phường", "phường xã", "tên xã"), longest=120),
    Column("district", ("huyện", "quận huyện", "huyện cũ"), longest=120),
)

#: Where the value of each field stays as it came.
RAW = {
    "full_name": "name_raw",
    "birth": "birth_raw",
    "sex": "sex_raw",
    "id_number": "id_number_raw",
    "village": "address_raw",
    "commune": "commune_raw",
    "district": "district_raw",
}

#: Staging columns, with their PostgreSQL and Arrow types.
STAGED: Columns = {
    "row": ("integer", pa.int32()),
    "source_key": ("text", pa.string()),
    **{column: ("text", pa.string()) for column in RAW.values()},
    "commune_id": ("smallint", pa.int16()),
    "former_commune": ("text", pa.string()),
    "kind": ("text", pa.string()),
    "second_name": ("text", pa.string()),
    **PERSON,
}


def read(batch: Batch, *, layout: Layout, communes: Mapping[str, int]) -> Read:
    """Normalise a batch; `communes` maps today's codes to ids."""
    return stage(batch, layout, STAGED, partial(_land_user, communes=communes))


def _land_user(
    number: int, cells: tuple[str, ...], problems: list[Problem], communes: Mapping[str, int]
) -> tuple[object, ...] | None:
    """The staged row, or None where the row cannot be used (a problem says why)."""
    key, name, birth, sex, id_number, village, commune, district = cells
    key = key.strip()
    if not key or not name.strip():
        column, code = ("owner_id", "key_missing") if not key else ("full_name", "name_missing")
        problems.append(Problem("rejected", number, code, column))
        return None
    person = people.person(name, birth, sex, id_number, village, gazetteer=gazetteer())
    if max(len(person.name), len(person.name_key), len(person.name_fold), len(person.second_name)) > 200:
        problems.append(Problem("rejected", number, "cell_too_long", "full_name", name[:200]))
        return None
    where = commune_of(village.strip(), commune.strip(), district.strip())
    if where.state in ("ambiguous", "not_found"):
        unclear = "commune_ambiguous" if where.state == "ambiguous" else "commune_unknown"
        value = ", ".join(filter(None, (commune, district)))
        problems.append(Problem("warning", number, unclear, "commune", value[:200]))
    raw = (name, birth, sex, id_number, village, commune, district)
    # "Hộ ông A" is the person A: that a household holds the land stands in the holding.
    kind = "individual" if person.kind == "household" else person.kind
    place = (communes.get(where.code), where.former_code)
    return (number, key, *raw, *place, kind, person.second_name, *person_values(person))


_UNSAID = Found("", "", (), False)


@lru_cache(maxsize=65536)
def commune_of(village: str, commune: str, district: str) -> Found:
    """Today's commune and that of before; the address says it where the commune's own cell does not."""
    units = gazetteer()
    if commune:
        found = units.find(commune, district)
        if found.state != "not_found":
            return found
    if not (commune or village):
        return _UNSAID
    whole = addresses.parse(", ".join(filter(None, (village, commune, district))), units)
    if not commune and whole.state != "resolved":
        return _UNSAID
    return Found(whole.state, whole.code, (), False, whole.former_code)
