"""The population of a commune: families in villages."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np

from . import names, rates
from .draw import Days, Floats, Ints, Topic, scrambled, stream, weighted, within
from .places import Commune, Villages

#: The day on which the province stands still; every age is counted from here.
TODAY = np.datetime64("2025-11-15")
YEAR = 2025
HEAD, SPOUSE, CHILD, PARENT = 0, 1, 2, 3
ALIVE, DECEASED, CANCELLED, ABROAD = 0, 1, 2, 3
STATUSES = ("alive", "deceased", "cancelled", "abroad")

#: Households of one to seven people.
_SIZES = (0.08, 0.17, 0.23, 0.29, 0.14, 0.07, 0.02)
_WITH_GRANDPARENT = 0.35
_BIRTHS_ELSEWHERE = 0.08
#: Old numbers began with three digits of the province (120–122 Bắc Giang, 125 Bắc Ninh; domain.md 4).
_FORMER_PREFIXES = {24: (120, 121, 122), 27: (125, 126)}


@dataclass(slots=True)
class Population:
    """People side by side, one array per fact. `household` and `village` count from 0 in the commune."""

    household: Ints
    role: Ints
    sex: Ints
    born: Days
    name: names.NameParts
    number: Ints
    former: Ints
    status: Ints
    died: Days
    village: Ints

    def __len__(self) -> int:
        return len(self.sex)

    @property
    def birth_year(self) -> Ints:
        return self.born.astype("datetime64[Y]").astype(np.int64) + 1970

    def take(self, index: Ints) -> Population:
        """Some of these people, in the order asked."""
        taken = {
            field.name: getattr(self, field.name)[index] for field in fields(self) if field.name != "name"
        }
        return Population(name=self.name.take(index), **taken)

    @staticmethod
    def together(parts: list[Population]) -> Population:
        """Several populations one after the other."""
        joined = {
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Population)
            if field.name != "name"
        }
        return Population(name=names.NameParts(np.concatenate([part.name.words for part in parts])), **joined)


@lru_cache(maxsize=1)
def _head_years() -> tuple[Ints, Floats]:
    """Birth years of heads of household: few of the oldest, most between 1955 and 1985."""
    years = np.arange(1928, 1991)
    weights = np.interp(years, [1928, 1940, 1955, 1975, 1990], [0.05, 0.4, 1.0, 1.1, 0.6])
    return years, weights


def residents(commune: Commune, places: Villages, seed: int, count: int, first: int) -> Population:
    """`count` residents; `first` is how many the communes before this one have (numbers are given once)."""
    rng = stream(seed, commune.number, Topic.RESIDENTS)
    sizes = weighted(rng, max(1, count), _SIZES) + 1
    household = np.repeat(np.arange(len(sizes)), sizes)[:count]
    village = np.sort(rng.integers(0, len(places.names), len(sizes)))
    drawn = _family(rng, household)
    born = _birthdays(rng, drawn["year"])
    status, died = _statuses(rng, drawn["year"])
    return Population(
        household,
        drawn["role"],
        drawn["sex"],
        born,
        names.draw(rng, drawn["surname"], drawn["sex"], drawn["year"]),
        _numbers(rng, commune, drawn["sex"], drawn["year"], seed),
        _former_numbers(rng, commune, drawn["year"], first, seed),
        status,
        died,
        village[household],
    )


def strangers(commune: Commune, places: Villages, seed: int, count: int) -> Population:
    """People whom the registry does not know: moved away long ago, or dead before it was digitised."""
    rng = stream(seed, 10_000 + commune.number, Topic.RESIDENTS)
    household = np.arange(count)
    year = rng.integers(1918, 1978, count)
    sex = (rng.random(count) < 0.35).astype(np.int64)
    surname = names.vocabulary().surnames.draw(rng, count)
    # Registered in a province where no resident was, so that no resident has the number.
    place = rng.choice([40, 42, 44], count)
    number = ((place * 10 + sex) * 100 + year % 100) * 1_000_000 + rng.integers(0, 1_000_000, count)
    never = np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")
    former = rng.choice([111, 112, 145, 151, 162], count) * 1_000_000 + rng.integers(0, 1_000_000, count)
    return Population(
        household,
        np.zeros(count, dtype=np.int64),
        sex,
        _birthdays(rng, year),
        names.draw(rng, surname, sex, year),
        number,
        former,
        np.zeros(count, dtype=np.int64),
        never,
        rng.integers(0, len(places.names), count),
    )


def _family(rng: np.random.Generator, household: Ints) -> dict[str, Ints]:
    """Role, sex, birth year and surname of everybody: husband, wife, children, perhaps a grandparent."""
    place = within(household)
    homes = int(household[-1]) + 1 if len(household) else 0
    size = np.bincount(household, minlength=homes)
    years, weights = _head_years()
    head_year = years[weighted(rng, homes, weights)]
    wife_year = np.clip(head_year + np.rint(rng.normal(2, 3, homes)).astype(np.int64), 1926, 1995)
    head_sex = ((size == 1) & (rng.random(homes) < 0.5)).astype(np.int64)
    grand = (size >= 4) & (rng.random(homes) < _WITH_GRANDPARENT) & (head_year >= 1950)

    role = np.select([place == 0, place == 1], [HEAD, SPOUSE], CHILD)
    role[grand[household] & (place == size[household] - 1)] = PARENT
    count = len(household)
    child_year = wife_year[household] + rng.integers(19, 33, count) + 2 * (place - 2).clip(0)
    too_young = child_year > 2015
    child_year = np.where(too_young, rng.integers(2003, 2016, count), child_year)
    parent_year = np.maximum(1925, head_year[household] - rng.integers(19, 33, count))
    year = np.select(
        [role == HEAD, role == SPOUSE, role == PARENT],
        [head_year[household], wife_year[household], parent_year],
        child_year,
    )
    either = (rng.random(count) < 0.5).astype(np.int64)
    sex = np.select([role == HEAD, role == SPOUSE], [head_sex[household], 1], either)
    surnames = names.vocabulary().surnames
    family = surnames.draw(rng, homes)[household]
    own = surnames.draw(rng, count)
    married_in = (role == SPOUSE) | ((role == PARENT) & (sex == 1))
    return {"role": role, "sex": sex, "year": year, "surname": np.where(married_in, own, family)}


def _birthdays(rng: np.random.Generator, year: Ints) -> Days:
    """A day of the year; every thirtieth has been registered on 1 January."""
    day = np.where(rng.random(len(year)) < 1 / 30, 0, rng.integers(0, 365, len(year)))
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    days: Days = first + day.astype("timedelta64[D]")
    return days


def _statuses(rng: np.random.Generator, year: Ints) -> tuple[Ints, Days]:
    """Registry status by age, and the day of death of the deceased."""
    count = len(year)
    dying = np.interp(YEAR - year, [0, 40, 60, 75, 90, 100], [0.001, 0.006, 0.03, 0.12, 0.45, 0.8])
    drawn = rng.random(count)
    rest = rng.random(count)
    status = np.select(
        [drawn < dying, rest < rates.CANCELLED, rest < rates.CANCELLED + rates.ABROAD],
        [DECEASED, CANCELLED, ABROAD],
        ALIVE,
    )
    died = TODAY - rng.integers(30, 3_600, count).astype("timedelta64[D]")
    died[status != DECEASED] = np.datetime64("NaT")
    return status, died


def _numbers(rng: np.random.Generator, commune: Commune, sex: Ints, year: Ints, seed: int) -> Ints:
    """Twelve digits: place of birth registration, century and sex, year, six more that nobody shares."""
    count = len(sex)
    elsewhere = rng.choice([1, 30, 33, 19, 20, 26, 34, 36, 38], count)
    place = np.where(rng.random(count) < _BIRTHS_ELSEWHERE, elsewhere, commune.birth_code)
    cell = (place * 10 + sex + 2 * (year >= 2000)) * 100 + year % 100
    order = np.argsort(cell, kind="stable")
    turn = np.empty(count, dtype=np.int64)
    turn[order] = within(cell[order])
    # Every commune has a block of its own in each cell.
    slot = (commune.number * 10_000 + turn + cell * 7_919) % 1_000_000
    return cell * 1_000_000 + scrambled(slot, 1_000_000, seed)


def _former_numbers(rng: np.random.Generator, commune: Commune, year: Ints, first: int, seed: int) -> Ints:
    """The nine-digit number of most people born before 2001; 0 for the others."""
    prefixes = np.array(_FORMER_PREFIXES[commune.birth_code])
    slot = scrambled(first + np.arange(len(year)), len(prefixes) * 1_000_000, seed)
    number = prefixes[slot // 1_000_000] * 1_000_000 + slot % 1_000_000
    has = rng.random(len(year)) < np.interp(year, [1995, 2000, 2001], [0.93, 0.6, 0.0])
    return np.where(has, number, 0)
