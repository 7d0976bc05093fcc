"""Rows of a list of land users, read. Runs in import processes: no Django models here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import NamedTuple

import pyarrow as pa

from landdb.intake.headers import Column
from landdb.intake.outcome import Problem
from landdb.intake.rows import Layout
from landdb.intake.staging import PERSON, Columns, Read, person_values, stage
from landdb.intake.tables import Batch
from landdb.normalise import addresses, people
from landdb.normalise.gazetteer import Found, commune_prefix
from landdb.normalise.text import fold
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
    where, is_contradicted = home_of(village.strip(), commune.strip(), district.strip())
    value = ", ".join(filter(None, (commune, district)))
    if where.state in ("ambiguous", "not_found"):
        unclear = "commune_ambiguous" if where.state == "ambiguous" else "commune_unknown"
        problems.append(Problem("warning", number, unclear, "commune", value[:200]))
    elif is_contradicted:
        both = f"{value} / {village.strip()}"
        problems.append(Problem("warning", number, "commune_contradicted", "commune", both[:200]))
    raw = (name, birth, sex, id_number, village, commune, district)
    # "Hộ ông A" is the person A: that a household holds the land stands in the holding.
    kind = "individual" if person.kind == "household" else person.kind
    place = (communes.get(where.code), where.former_code)
    return (number, key, *raw, *place, kind, person.second_name, *person_values(person))


_UNSAID = Found("", "", (), False)
_NOT_OURS = Found("not_found", "", (), False)


class Home(NamedTuple):
    """Where a land user lives; `is_contradicted` where the commune's cell and the address do not agree."""

    found: Found
    is_contradicted: bool = False


def commune_of(address: str, commune: str, district: str) -> Found:
    """Today's commune where a land user lives and that of before, as `home_of` finds them."""
    return home_of(address, commune, district).found


@lru_cache(maxsize=65536)
def home_of(address: str, commune: str, district: str) -> Home:
    """Today's commune where a land user lives and that of before, by the address and the commune's own cell.

    Where both name one and they differ, the address has it: it is the permanent one, and residents are found
    where they live. A name there that nothing marks as a commune's may be a village's: then the cell has it,
    as it has where the address is of another province.
    """
    units = gazetteer()
    said = units.find(commune, district) if commune else _UNSAID
    own = addresses.parse(address, units)
    lives = units.find(own.commune_text, own.district_text) if own.state == "resolved" else _UNSAID
    if said.state in ("", "not_found"):
        joined = _joined(address, commune, district)
        if joined.state != "resolved" and lives.code:
            return Home(lives, is_contradicted=True)
        return Home(joined)
    if addresses.is_elsewhere(own.province_text):
        # "Quang Trung" of another province is not ours, however well the cell repeats it.
        is_repeated = fold(commune) == fold(own.commune_text)
        return Home(_NOT_OURS) if is_repeated else Home(said, is_contradicted=True)
    if not lives.code:
        return Home(said, is_contradicted=_excludes(own, said))
    if lives.code not in said.candidates:
        is_marked = commune_prefix(own.commune_text) or own.district_text or own.province_text
        return Home(lives if is_marked or said.state != "resolved" else said, is_contradicted=True)
    formers = {lives.former_code, said.former_code} - {""}
    former = lives.former_code or (said.former_code if said.state == "resolved" else "")
    return Home(lives._replace(former_code=former), is_contradicted=len(formers) > 1)


def _excludes(own: addresses.Address, said: Found) -> bool:
    """The address fits several communes, and the cell's is none of them."""
    if own.state != "ambiguous":
        return False
    fitting = gazetteer().find(own.commune_text, own.district_text).candidates
    return not set(fitting) & set(said.candidates)


def _joined(address: str, commune: str, district: str) -> Found:
    """What address and cells tell together, where the commune's cell alone tells nothing."""
    if not (commune or address):
        return _UNSAID
    whole = addresses.parse(", ".join(filter(None, (address, commune, district))), gazetteer())
    if not commune and whole.state != "resolved":
        return _UNSAID
    return Found(whole.state, whole.code, (), False, whole.former_code)
