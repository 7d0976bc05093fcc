"""A population, its land users and the truth, commune by commune into three files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from . import (
    dirt_addresses,
    dirt_births,
    dirt_names,
    dirt_numbers,
    families,
    holders,
    numbers,
    places,
    registry,
)
from .draws import Dirt, Flags, Ints, stream, words
from .kinds import DIRT

LAND_USERS = pa.schema(
    [
        (column, pa.string())
        for column in words("owner_id full_name birth sex id_number village commune district")
    ]
)
TRUTH = pa.schema([(column, pa.string()) for column in ("owner_id", "resident_id", "case")])
#: What a record offers to find its person by.
CASES = ("number_birth", "number_only", "former_number", "full_birth", "year_only", "bare", "couple")


@dataclass
class Counts:
    """What was written."""

    owners: int = 0
    residents: int = 0
    communes: int = 0
    #: Land users whom the registry does not hold.
    strangers: int = 0
    #: Land users whose resident another land user is too.
    sharing: int = 0
    cases: Counter[str] = field(default_factory=Counter)
    #: Land users with each kind of dirt.
    dirt: Counter[str] = field(default_factory=Counter)


def generate(folder: Path, owners: int, residents: int, seed: int, dirt: Mapping[str, float] = {}) -> Counts:
    """Write residents, land users and truth as Parquet into `folder`; the same for the same numbers.

    `dirt` multiplies the rates of the kinds that it names; a rate ends at 1.
    """
    _refuse(owners, residents, dirt)
    communes = places.communes(residents, seed)
    shares = np.rint(np.cumsum([commune.residents for commune in communes]) * (owners / residents)).astype(
        int
    )
    quotas = np.diff(shares, prepend=0).tolist()
    order = stream(seed, "", "owners").permutation(owners)
    counts = Counts(owners, residents, len(communes))
    folder.mkdir(parents=True, exist_ok=True)
    with (
        pq.ParquetWriter(folder / "residents.parquet", registry.SCHEMA) as registry_file,
        pq.ParquetWriter(folder / "land_users.parquet", LAND_USERS) as users_file,
        pq.ParquetWriter(folder / "truth.parquet", TRUTH) as truth_file,
    ):
        first = done = 0
        issued: Counter[str] = Counter()
        for commune, quota in zip(communes, quotas, strict=True):
            keys = _keys("LU", order[done : done + quota])
            people, users, truth = _commune(seed, commune, communes, keys, first, issued, dirt, counts)
            for file, table in ((registry_file, people), (users_file, users), (truth_file, truth)):
                file.write_table(table)
            first, done = first + commune.residents, done + quota
    return counts


def _refuse(owners: int, residents: int, dirt: Mapping[str, float]) -> None:
    if owners < 1 or residents < 1.5 * owners:
        raise ValueError(
            f"{owners} land users need at least {-(-max(owners, 1) * 3 // 2)} residents, not {residents}"
        )
    if unknown := sorted(set(dirt) - set(DIRT)):
        raise ValueError(f"no such kind of dirt: {', '.join(unknown)}")
    if negative := sorted(kind for kind, factor in dirt.items() if not factor >= 0):
        raise ValueError(f"a multiplier is 0 or more: {', '.join(negative)}")


def _commune(
    seed: int,
    commune: places.Commune,
    communes: list[places.Commune],
    keys: list[str],
    first: int,
    former_issued: Counter[str],
    multipliers: Mapping[str, float],
    counts: Counts,
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Residents, land users and truth of the people of one commune."""
    count = len(keys)
    gone = round(holders.STRANGERS * count)
    everyone = families.people(stream(seed, commune.code, "people"), commune, commune.residents + gone)
    absent = holders.strangers(stream(seed, commune.code, "strangers"), everyone, gone)
    rng = stream(seed, commune.code, "numbers")
    citizen = numbers.citizen_numbers(rng, seed, commune, len(communes), everyone)
    former = numbers.former_numbers(rng, seed, commune, former_issued, everyone)
    # Strangers have a key that nothing shows.
    resident = pa.array(_keys("R", first + np.cumsum(~absent)))
    rng = stream(seed, commune.code, "registry")
    table, status = registry.residents(
        rng, commune, everyone, resident, citizen, former, np.flatnonzero(~absent)
    )
    rng = stream(seed, commune.code, "holders")
    person = holders.records(rng, everyone, absent, count)
    era, haste = holders.eras(rng, everyone.year[person], absent[person])
    dirt = Dirt(seed, commune.code, multipliers, haste)
    where = holders.keepers(rng, dirt, commune, communes, everyone.village[person])
    users = holders.holders(rng, everyone, absent, status, person, era, haste, where)
    issued = dirt_numbers.issued(citizen, former)
    written, case = _write(keys, users, everyone, issued, communes, dirt)
    truth = pa.table(
        [pa.array(keys), resident.take(pa.array(person, mask=users.stranger)), case], schema=TRUTH
    )
    counts.strangers += int(users.stranger.sum())
    counts.sharing += int((np.bincount(person)[person] > 1).sum())
    counts.cases.update(case.to_pylist())
    counts.dirt.update(dirt.counted)
    return table, written, truth


def _write(
    keys: list[str],
    users: holders.Holders,
    everyone: families.People,
    issued: dirt_numbers.Issued,
    communes: list[places.Commune],
    dirt: Dirt,
) -> tuple[pa.Table, pa.Array]:
    """The records as they were typed, and the case of each."""
    births, full, missing = dirt_births.write_births(dirt, users, everyone.born[users.person])
    sexes = dirt_births.write_sexes(dirt, users)
    cells, twelve, former = dirt_numbers.write_numbers(dirt, users, everyone, issued)
    names, couples = dirt_names.write_names(dirt, users)
    address = dirt_addresses.write_addresses(dirt, users, communes)
    columns = [keys, names, births, sexes, cells, *address]
    written = pa.table([pa.array(column, pa.string()) for column in columns], schema=LAND_USERS)
    return written, _cases(couples, twelve, former, full, missing)


def _cases(couples: Flags, twelve: Flags, former: Flags, full: Flags, missing: Flags) -> pa.Array:
    conditions = [couples, twelve & ~missing, twelve, former, full, ~missing]
    labels = ["couple", "number_birth", "number_only", "former_number", "full_birth", "year_only"]
    return pa.array(np.select(conditions, labels, "bare").tolist(), pa.string())


def _keys(letters: str, at: Ints) -> list[str]:
    return [f"{letters}{number:08}" for number in at.tolist()]
