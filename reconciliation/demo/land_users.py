"""Rows of parcels_landuser: what was typed, and what the importer's own functions read out of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landdb.normalise import addresses, id_numbers, people
from landdb.reference.gazetteer import gazetteer
from parcels.importers.land_user_rows import commune_of

from . import columns as col
from . import dirt, organisations, rates
from .dirt import Typed
from .draw import Flags, Ints, Texts, Topic, stream, weighted
from .holders import CASES, COMMUNITY, NEIGHBOUR, NOBODY, ORGANISATION, Holders
from .places import Commune, Villages

_KINDS = ("individual", "organisation", "community")
_PHONES = ("090", "091", "097", "098", "035", "038", "070", "081")


class Home(NamedTuple):
    """A commune with its villages."""

    commune: Commune
    places: Villages


class _Where(NamedTuple):
    """Where a land user lives: as written, and the codes of the communes of today and of before."""

    village: str
    village_fold: str
    commune: str
    district: str
    code: str
    former: str


def rows(
    communes: Mapping[str, int],
    homes: tuple[Home, Home],
    holders: Holders,
    keys: Ints,
    seed: int,
    first_id: int,
    file_id: int,
) -> tuple[pa.Table, pa.Table]:
    """Land users of the first of two homes (the second is the neighbours'), and the truth, kept apart.

    `communes`: ids by code. `keys`: the resident numbers of the pool, 0 for people whom the registry does not
    know.
    """
    commune, places = homes[0]
    rng = stream(seed, commune.number, Topic.DIRT)
    count = len(holders)
    written = dirt.typed(rng, holders)
    nobody = np.flatnonzero(holders.case == NOBODY)
    written.name[nobody] = organisations.named(rng, commune, places, holders.form[nobody])
    written.number[nobody] = organisations.tax_codes(rng, holders.form[nobody])
    address = _addresses(rng, homes, holders)
    where = [_where(text, commune) for text in address.to_pylist()]
    kind = np.select([holders.form == ORGANISATION, holders.form == COMMUNITY], [1, 2], 0)
    source_key = col.joined("L", col.padded(first_id + np.arange(count), 8))
    phone = col.joined(
        col.picked(_PHONES, rng.integers(0, len(_PHONES), count)),
        col.padded(rng.integers(0, 10**7, count), 7),
    )
    table = pa.table(
        {
            "id": col.integers(first_id + np.arange(count)),
            "source_key": source_key,
            "commune_id": pa.array([communes[each.code] for each in where], pa.int64()),
            "kind": col.picked(_KINDS, kind),
            "phone": col.blank_unless(phone, rng.random(count) < rates.PHONE),
            "name_raw": col.texts(written.name),
            "birth_raw": col.texts(written.birth),
            "sex_raw": col.texts(written.sex),
            "id_number_raw": col.texts(written.number),
            "address_raw": address,
            "former_commune": col.texts([each.former for each in where]),
            "commune_raw": col.texts([each.commune for each in where]),
            "district_raw": col.texts([each.district for each in where]),
            "file_id": col.same(file_id, count),
            **_read(written, where, kind),
        }
    )
    return table, _truth(source_key, holders, keys)


def _truth(source_key: pa.Array, holders: Holders, keys: Ints) -> pa.Table:
    """Who each land user really is, and which kind of case."""
    resident = np.where(holders.person >= 0, keys[np.maximum(holders.person, 0)], 0)
    return pa.table(
        {
            "source_key": source_key,
            "resident_key": pc.if_else(
                pa.array(resident > 0), col.joined("R", col.padded(resident, 8)), pa.scalar(None, pa.string())
            ),
            "case": col.picked(CASES, holders.case),
        }
    )


def _addresses(rng: np.random.Generator, homes: tuple[Home, Home], holders: Holders) -> pa.Array:
    """Addresses in the styles of `rates.ADDRESS_STYLES`."""
    count = len(holders)
    style = np.where(
        holders.in_order,
        weighted(rng, count, rates.ADDRESSES_IN_ORDER),
        weighted(rng, count, rates.ADDRESSES_OTHERS),
    )
    village = np.full(count, "", dtype=object)
    tail = np.full(count, f", {homes[0].commune.name}, tỉnh Bắc Ninh", dtype=object)
    away = holders.case == NEIGHBOUR
    for home, lives_here in zip(homes, (~away & (holders.person >= 0), away), strict=True):
        who = np.flatnonzero(lives_here)
        place = holders.pool.village[holders.person[who]]
        village[who] = np.array(home.places.names, dtype=object)[place]
        new = f", {home.commune.name}, tỉnh Bắc Ninh"
        old = _old_tails(home.commune)[home.places.unit[place]]
        tail[who] = np.select(
            [style[who] == number for number in range(4)], [new, old, f", {home.commune.name}", ""], ""
        )
    bare = np.array([text.split(" ", 1)[-1].removeprefix("phố ") for text in village], dtype=object)
    typed = np.where(style == 2, bare, village)
    typed[style == 4] = ""
    return pc.utf8_ltrim(col.texts(typed + tail), " ,")


def _where(address: str, register: Commune) -> _Where:
    """An address as importers read it; the register's commune where it names none."""
    read = addresses.parse(address, gazetteer())
    found = commune_of(address, read.commune_text, read.district_text)
    return _Where(
        read.village,
        read.village_fold,
        read.commune_text or register.name,
        read.district_text,
        found.code or register.code,
        found.former_code,
    )


def _old_tails(commune: Commune) -> Texts:
    """The three levels of before the merger, per former unit."""
    province = "tỉnh Bắc Ninh" if commune.in_old_bac_ninh else "tỉnh Bắc Giang"
    return np.array([f", {unit.name}, {unit.district}, {province}" for unit in commune.former], dtype=object)


def _read(written: Typed, where: list[_Where], kind: Ints) -> dict[str, pa.Array]:
    """The normalised columns, by the function that importers use."""
    read = [
        people.person(*values, "")
        for values in zip(written.name, written.birth, written.sex, written.number, strict=True)
    ]
    numbers = [row.id_number for row in read]
    kinds = [row.id_kind for row in read]
    for place in np.flatnonzero(kind > 0):
        numbers[place] = written.number[place]
        kinds[place] = _tax_kind(numbers[place]).value
    warnings = _warnings([row.warnings for row in read], kind > 0)
    return {
        "name": col.texts([row.name for row in read]),
        "name_key": col.texts([row.name_key for row in read]),
        "name_fold": col.texts([row.name_fold for row in read]),
        "second_name": col.texts([row.second_name for row in read]),
        "birth_on": pa.array([row.birth_on for row in read], pa.date32()),
        "birth_year": pa.array([row.birth_year for row in read], pa.int64()),
        "sex": col.texts([row.sex for row in read]),
        "id_number": col.texts(numbers),
        "id_kind": col.texts(kinds),
        "former_number": col.texts([row.former_number for row in read]),
        "village": col.texts([each.village for each in where]),
        "village_fold": col.texts([each.village_fold for each in where]),
        "warnings": warnings,
    }


def _tax_kind(number: str) -> id_numbers.Kind:
    """What an organisation's number is."""
    if not number:
        return id_numbers.Kind.EMPTY
    return id_numbers.Kind.TAX if id_numbers.tax_code_valid(number) else id_numbers.Kind.MALFORMED


def _warnings(found: list[tuple[str, ...]], is_body: Flags) -> pa.Array:
    """Array literals; what a number column says of a person says nothing of an organisation."""
    return col.texts(
        ["{}" if body else "{" + ",".join(codes) + "}" for codes, body in zip(found, is_body, strict=True)]
    )
