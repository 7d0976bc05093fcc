"""Which people a land office has on record, where, since when, and how carefully."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .draws import Dirt, Flags, Floats, Ints, Rng
from .families import CHILD, GRANDFATHER, GRANDMOTHER, HUSBAND, WIFE, People
from .places import Commune

#: Land users whom the registry does not hold, and those who share a resident with another land user.
STRANGERS, SHARING = 0.07, 0.17
#: Years in which records were made: from, to, share, and how careless they are.
_ERAS = ((1993, 2004, 0.25, 1.6), (2004, 2014, 0.35, 1.0), (2014, 2026, 0.40, 0.6))
_OWNING = {HUSBAND: 6.0, WIFE: 2.5, GRANDFATHER: 5.0, GRANDMOTHER: 3.5, CHILD: 0.5}
_NEAR = 0.7

Words = npt.NDArray[np.object_]


@dataclass
class Holders:
    """The land users who belong to a commune, one place in every array for each record."""

    person: Ints
    stranger: Flags
    era: Ints
    haste: Floats
    male: Ints
    year: Ints
    dead: Flags
    names: list[str]
    spouse_names: Words
    keeper: Ints
    village: Ints

    def __len__(self) -> int:
        return len(self.person)


def strangers(rng: Rng, everyone: People, count: int) -> Flags:
    """Who moved away or died before the registry began: the old more often."""
    age = 2025 - everyone.year
    weight = np.interp(age, [0, 24, 25, 50, 70, 90], [1e-9, 1e-9, 0.5, 1.0, 3.0, 8.0])
    weight *= np.where(everyone.role == CHILD, 0.3, 1.0)
    absent = np.zeros(len(everyone), bool)
    absent[heaviest(rng, weight, count)] = True
    return absent


def heaviest(rng: Rng, weight: Floats, count: int) -> Ints:
    """`count` different places, each chosen with its weight, in no order."""
    keys = rng.gumbel(size=len(weight)) + np.log(weight)
    found: Ints = (
        rng.permutation(np.argpartition(-keys, count - 1)[:count]) if count else np.empty(0, np.int64)
    )
    return found


def records(rng: Rng, everyone: People, absent: Flags, count: int) -> Ints:
    """The person of every record; some are recorded twice or three times."""
    away = np.flatnonzero(absent)
    here = count - len(away)
    sharing = min(int(np.ceil(SHARING * count)), here)
    threes = sharing // 12
    twos = -(-(sharing - 3 * threes) // 2)
    twos -= 3 * threes + 2 * twos > here
    once = here - 3 * threes - 2 * twos
    weight = np.array([_OWNING[role] for role in range(5)])[everyone.role]
    weight *= np.interp(2025 - everyone.year, [0, 19, 20, 30], [1e-9, 1e-9, 0.3, 1.0])
    weight[absent] = 1e-30
    people = heaviest(rng, weight, once + twos + threes)
    times = np.ones(len(people), np.int64)
    times[:threes], times[threes : threes + twos] = 3, 2
    return rng.permutation(np.r_[np.repeat(people, times), away])


def eras(rng: Rng, year: Ints, stranger: Flags) -> tuple[Ints, Floats]:
    """The year of each record and its haste; nobody holds land before the age of twenty."""
    shares = np.cumsum([share for _, _, share, _ in _ERAS])
    # Those who are gone were recorded long ago.
    at = np.searchsorted(shares, rng.random(len(year)) * np.where(stranger, 0.75, 1.0)).clip(
        0, len(_ERAS) - 1
    )
    starts, ends = (np.array([era[side] for era in _ERAS])[at] for side in (0, 1))
    made = np.minimum(np.maximum(rng.integers(starts, ends), year + 20), 2025)
    haste = np.select([made < 2004, made < 2014], [_ERAS[0][3], _ERAS[1][3]], _ERAS[2][3])
    haste = haste * rng.lognormal(0.0, 0.6, len(year))
    return made, haste / (haste.mean() if len(haste) else 1.0)


def keepers(rng: Rng, dirt: Dirt, home: Commune, communes: list[Commune], village: Ints) -> tuple[Ints, Ints]:
    """The commune that keeps each record, and the village that it names."""
    near = [other.number for other in communes if other.district == home.district and other is not home]
    far = [other.number for other in communes if other is not home]
    count = len(village)
    close = rng.random(count) < _NEAR
    other = np.where(close, rng.choice(near or far, count), rng.choice(far, count))
    moved = dirt.count("elsewhere", dirt.hits("elsewhere"))
    keeper = np.where(moved, other, home.number)
    villages = np.array([len(commune.villages) for commune in communes])
    return keeper, np.where(moved, rng.integers(0, villages[keeper]), village)


def holders(
    rng: Rng,
    everyone: People,
    absent: Flags,
    status: Ints,
    person: Ints,
    era: Ints,
    haste: Floats,
    where: tuple[Ints, Ints],
) -> Holders:
    """Gather what the clerk has before his eyes."""
    names = everyone.name.take(pa.array(person))
    spouse = everyone.spouse[person]
    beside = pc.if_else(pa.array(spouse < 0), "", everyone.name.take(pa.array(np.maximum(spouse, 0))))
    old = 2025 - everyone.year[person] > 70
    return Holders(
        person=person,
        stranger=absent[person],
        era=era,
        haste=haste,
        male=everyone.male[person],
        year=everyone.year[person],
        dead=(status[person] == 1) | (absent[person] & old & (rng.random(len(person)) < 0.5)),
        names=names.to_pylist(),
        spouse_names=np.array(beside.to_pylist(), dtype=object),
        keeper=where[0],
        village=where[1],
    )
