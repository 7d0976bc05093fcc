"""Vietnamese names drawn from the published and estimated frequencies of the reference data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landdb.normalise.text import fold, tone_key
from landdb.reference.tables import rows

from .draw import Floats, Ints, weighted

#: First birth years of the cohorts that the name lists tell apart, and the columns of names_given.csv.
COHORTS = (0, 1990, 2005)
_MIDDLE_COHORTS = ("born before 1990", "born 1990-2004", "born after 2004")
_GIVEN_COLUMNS = ("weight_b1940_1985", "pct_b1991_2002_dak_lak", "pct_b2007_2011_hcmc")
_SEXES = ("male", "female")
#: Women's names of four words, by cohort (SG01: 64.56 % of the youngest; rare among the oldest).
FOUR_WORDS = (0.04, 0.3, 0.6)


@dataclass(frozen=True, slots=True)
class Pool:
    """Words (by their place in the vocabulary) with weights."""

    words: Ints
    weights: Floats

    def draw(self, rng: np.random.Generator, count: int) -> Ints:
        return self.words[weighted(rng, count, self.weights)]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every word of a name once: spelt, compared, without diacritics; and the pools by cohort and sex."""

    texts: pa.Array
    keys: pa.Array
    folds: pa.Array
    surnames: Pool
    middles: dict[tuple[int, int], Pool]
    givens: dict[tuple[int, int], Pool]


@dataclass(frozen=True, slots=True)
class NameParts:
    """Names as places in the vocabulary, four per person; −1 where there is no such word."""

    words: Ints

    def take(self, index: Ints) -> NameParts:
        return NameParts(self.words[index])

    def joined(self, spelling: pa.Array) -> pa.Array:
        """The names in one of the vocabulary's spellings."""
        parts = [
            spelling.take(pa.array(column, pa.int64(), mask=column < 0))
            for column in np.ascontiguousarray(self.words.T)
        ]
        return pc.binary_join_element_wise(*parts, " ", null_handling="skip")


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The name lists of the reference data."""
    words: dict[str, int] = {}

    def pool(weights: dict[str, float]) -> Pool:
        places = [-1 if word == "(none)" else words.setdefault(word, len(words)) for word in weights]
        return Pool(np.array(places, dtype=np.int64), np.array(list(weights.values())))

    surnames = pool({row["surname"]: float(row["weight"]) for row in rows("names_surname")})
    middles, givens = {}, {}
    middle_rows, given_rows = rows("names_middle"), rows("names_given")
    for cohort in range(3):
        for sex, said in enumerate(_SEXES):
            middles[cohort, sex] = pool(
                {
                    row["middle_name"]: float(row["weight_pct"])
                    for row in middle_rows
                    if row["sex"] == said and row["birth_cohort"] == _MIDDLE_COHORTS[cohort]
                }
            )
            column = _GIVEN_COLUMNS[min(cohort, 1 if sex == 0 else 2)]
            givens[cohort, sex] = pool(
                {row["name"]: float(row[column]) for row in given_rows if row["sex"] == said and row[column]}
            )
    spelt = list(words)
    return Vocabulary(
        pa.array(spelt),
        pa.array([tone_key(word) for word in spelt]),
        pa.array([fold(word) for word in spelt]),
        surnames,
        middles,
        givens,
    )


def draw(rng: np.random.Generator, surnames: Ints, sex: Ints, birth_year: Ints) -> NameParts:
    """A name for everybody: surnames given, middle and given names by sex and cohort."""
    words = np.full((len(sex), 4), -1, dtype=np.int64)
    words[:, 0] = surnames
    cohorts = np.searchsorted(COHORTS, birth_year, side="right") - 1
    known = vocabulary()
    for cohort in range(3):
        for kind in (0, 1):
            who = np.flatnonzero((cohorts == cohort) & (sex == kind))
            words[who, 1] = known.middles[cohort, kind].draw(rng, len(who))
            words[who, 3] = known.givens[cohort, kind].draw(rng, len(who))
            if kind == 1:
                four = who[rng.random(len(who)) < FOUR_WORDS[cohort]]
                words[four, 2] = known.givens[cohort, kind].draw(rng, len(four))
    return NameParts(words)
