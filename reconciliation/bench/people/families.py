"""Everyone who belongs to a commune, in households: couples, children, grandparents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import names
from .draws import Flags, Ints, Rng, draw_rows, ranks
from .places import Commune

#: The population is that of this day.
TODAY = np.datetime64("2025-11-01", "D")
HUSBAND, WIFE, GRANDFATHER, GRANDMOTHER, CHILD = range(5)
CHILDREN = 4
_ROLES = np.array([HUSBAND, WIFE, GRANDFATHER, GRANDMOTHER] + [CHILD] * CHILDREN)
#: Of a household's children, those that have not moved out: by age from, share.
_AT_HOME = ((0, 0.97), (20, 0.6), (26, 0.35), (32, 0.12), (40, 0.05))

Days = npt.NDArray[np.datetime64]


@dataclass
class People:
    """The people of a commune, one place in every array for each."""

    household: Ints
    role: Ints
    male: Ints
    born: Days
    year: Ints
    village: Ints
    former: Ints
    name: pa.Array
    spouse: Ints
    relative: Ints

    def __len__(self) -> int:
        return len(self.role)


def people(rng: Rng, commune: Commune, count: int) -> People:
    """`count` people in households; the last household may be cut short."""
    households = count // 2 + 10
    year, male, there = _slots(rng, households)
    rows, slots = np.nonzero(there)
    rows, slots = rows[:count], slots[:count]
    if len(rows) < count:
        raise AssertionError("households are larger than two on average")
    role, born_in, sex = _ROLES[slots], year[rows, slots], male[rows, slots]
    share = np.array([village.share for village in commune.villages])
    home = rng.choice(len(share), size=households, p=share / share.sum())
    village = home[rows]
    former = np.array([place.former for place in commune.villages])[village]
    clans = names.clans(rng, commune)
    family = draw_rows(rng, clans.surnames, home)[rows]
    # Wives and grandmothers married in: from this village, or from another of the commune.
    origin = np.where(rng.random(count) < 0.5, village, rng.integers(0, len(share), count))
    own = draw_rows(rng, clans.surnames, origin)
    surname = np.where((role == WIFE) | (role == GRANDMOTHER), own, family)
    return People(
        household=rows,
        role=role,
        male=sex,
        born=_days(rng, born_in),
        year=born_in,
        village=village,
        former=former,
        name=names.full_names(rng, clans, former, village, surname, sex, born_in),
        spouse=_spouses(rows, role),
        relative=_relatives(rows),
    )


def _slots(rng: Rng, count: int) -> tuple[Ints, Ints, Flags]:
    """Birth years, sexes and presence, household by household, in the order of the roles."""
    this_year = 2025
    husband = this_year - np.rint(24 + 62 * rng.beta(1.6, 2.1, count)).astype(np.int64)
    wife = np.minimum(husband + np.rint(rng.normal(2.5, 2.8, count)).astype(np.int64), this_year - 20)
    grandfather = husband - rng.integers(21, 36, count)
    grandmother = grandfather + rng.integers(-1, 6, count)
    first = np.maximum(wife, husband) + 20 + rng.poisson(3, count)
    gaps = 1 + rng.poisson(2.4, (count, CHILDREN))
    children = first[:, None] + np.cumsum(gaps, axis=1) - gaps[:, :1]
    years = np.column_stack([husband, wife, grandfather, grandmother, children])
    male = np.zeros(years.shape, np.int64)
    male[:, [0, 2]] = 1
    male[:, 4:] = rng.random(children.shape) < 0.52
    there = np.empty(years.shape, bool)
    kind = rng.random(count)
    there[:, 0], there[:, 1] = kind < 0.87, (kind < 0.82) | (kind >= 0.87)
    young = this_year - husband < 60
    there[:, 2] = young & (rng.random(count) < 0.2)
    there[:, 3] = young & (rng.random(count) < 0.3)
    born = rng.poisson(np.where(wife < 1965, 3.2, 2.1))
    ages = this_year - children
    stays = np.zeros(children.shape)
    for age, share in _AT_HOME:
        stays[ages >= age] = share
    there[:, 4:] = (np.arange(CHILDREN) < born[:, None]) & (rng.random(children.shape) < stays)
    there[:, 4:] &= children <= this_year
    there &= years >= 1915
    return years, male, there


def _days(rng: Rng, years: Ints) -> Days:
    start = (years - 1970).astype("M8[Y]").astype("M8[D]")
    # Of this year's children, those born already.
    return np.minimum(start + rng.integers(0, 365, len(years)), TODAY - rng.integers(1, 250, len(years)))


def _spouses(household: Ints, role: Ints) -> Ints:
    """The place of husband or wife, of grandfather or grandmother; -1 where there is none."""
    spouse = np.full(len(role), -1)
    for one, other in ((HUSBAND, WIFE), (GRANDFATHER, GRANDMOTHER)):
        here = np.flatnonzero(role[:-1] == one)
        pair = here[(role[here + 1] == other) & (household[here + 1] == household[here])]
        spouse[pair], spouse[pair + 1] = pair + 1, pair
    return spouse


def _relatives(household: Ints) -> Ints:
    """The next person of the same household, and the first for the last; oneself where alone."""
    size = np.bincount(household)[household]
    place = ranks(household)
    return np.arange(len(household)) - place + (place + 1) % size
