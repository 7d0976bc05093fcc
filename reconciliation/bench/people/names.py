"""Names by sex and generation, in clans that keep to their villages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landdb.reference.tables import rows

from .draws import Floats, Ints, Rng, draw_rows
from .places import Commune

GENERATIONS = ("born before 1990", "born 1990-2004", "born after 2004")
#: Columns of the given names, the best source of each generation first.
_GIVEN = (
    ("weight_b1940_1985", "pct_b1991_2002_dak_lak"),
    ("pct_b1991_2002_dak_lak", "weight_b1940_1985"),
    ("pct_b2007_2011_hcmc", "pct_b1991_2002_dak_lak"),
)
SEXES = ("female", "male")
#: Kinds of people: sex × generation, in the order of the tables below.
KINDS = [(sex, generation) for sex in SEXES for generation in range(3)]
#: Four words rather than three, two rather than three, of each kind of people.
_FOUR = (0.06, 0.16, 0.35, 0.02, 0.06, 0.15)
_TWO = (0.015, 0.01, 0.005, 0.015, 0.01, 0.005)
#: Sons who bear the middle name of their clan.
_CLAN_MIDDLE = 0.35


@dataclass(frozen=True)
class Stock:
    """The names there are, with a weight for every kind of people."""

    surnames: list[str]
    surname_weights: Floats
    middles: list[str]
    middle_weights: Floats
    givens: list[str]
    given_weights: Floats


@cache
def stock() -> Stock:
    surnames, middles, givens = rows("names_surname"), rows("names_middle"), rows("names_given")
    middle_names = sorted({row["middle_name"] for row in middles} - {"(none)"})
    given_names = sorted({row["name"] for row in givens})
    middle_weights = np.zeros((len(KINDS), len(middle_names)))
    given_weights = np.zeros((len(KINDS), len(given_names)))
    for kind, (sex, generation) in enumerate(KINDS):
        for row in middles:
            if (row["sex"], row["birth_cohort"]) == (sex, GENERATIONS[generation]) and row[
                "middle_name"
            ] != "(none)":
                middle_weights[kind, middle_names.index(row["middle_name"])] = float(row["weight_pct"])
        for main, rest in [_GIVEN[generation]]:
            for row in givens:
                if row["sex"] == sex:
                    # A name that the generation's own source leaves out is rare in it, not absent.
                    weight = float(row[main] or 0) or 0.1 * float(row[rest] or 0)
                    given_weights[kind, given_names.index(row["name"])] = weight
    return Stock(
        [row["surname"] for row in surnames],
        np.array([float(row["weight"]) for row in surnames]),
        middle_names,
        middle_weights,
        given_names,
        given_weights,
    )


@dataclass(frozen=True)
class Clans:
    """The names of a commune: clans by village, given names by former commune."""

    surnames: Floats
    middles: Ints
    givens: Floats


def clans(rng: Rng, commune: Commune) -> Clans:
    """A few clans make up most of a village; what children are called differs between former communes."""
    names, villages = stock(), len(commune.villages)
    surnames = names.surname_weights**0.9 * rng.gamma(0.4, size=(villages, len(names.surnames)))
    men = names.middle_weights[KINDS.index(("male", 0))]
    middles = rng.choice(len(men), size=(villages, len(names.surnames)), p=men / men.sum())
    givens = names.given_weights * rng.gamma(1.5, size=(len(commune.formers), 1, len(names.givens)))
    return Clans(surnames, middles, givens.reshape(-1, len(names.givens)))


def kind_of(male: Ints, year: Ints) -> Ints:
    """Row of the tables for each person."""
    return male * 3 + (year >= 1990) + (year >= 2005)


def full_names(
    rng: Rng, there: Clans, former: Ints, village: Ints, surname: Ints, male: Ints, year: Ints
) -> pa.Array:
    """A full name for everyone, of the surname given."""
    names, kind, count = stock(), kind_of(male, year), len(surname)
    middle = draw_rows(rng, names.middle_weights, kind)
    of_clan = (male == 1) & (rng.random(count) < _CLAN_MIDDLE) & (year < 2005)
    middle = np.where(of_clan, there.middles[village, surname], middle)
    given = draw_rows(rng, there.givens, former * len(KINDS) + kind)
    second = draw_rows(rng, names.middle_weights, np.full(count, 2) + male * 3)
    chance = rng.random(count)
    two = chance < np.array(_TWO)[kind]
    four = (chance > 1 - np.array(_FOUR)[kind]) & (second != middle)
    spaced = pa.array([f"{word} " for word in names.middles] + [""])
    blank = len(names.middles)
    return pc.binary_join_element_wise(
        pa.array(names.surnames).take(pa.array(surname)),
        pc.binary_join_element_wise(
            spaced.take(pa.array(np.where(two, blank, middle))),
            spaced.take(pa.array(np.where(four & ~two, second, blank))),
            pa.array(names.givens).take(pa.array(given)),
            "",
        ),
        " ",
    )
