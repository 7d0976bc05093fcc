"""Identity numbers as they are issued: twelve digits, and the nine of before."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .draws import Flags, Ints, Rng, ranks, stream, words
from .families import WIFE, People
from .places import Commune

_SERIALS = 1_000_000
#: Where people who were not born in the province come from, the neighbours more often.
_FAR = words(
    "001 001 030 030 019 020 022 031 033 034 038 040 026 025 036 035 008 004 006 014 010 037 042 "
    "079 074 075 066"
)
#: Prefixes of the nine digits: Hà Bắc's first, Bắc Ninh's own after the province was divided in 1997.
_FORMER = {"024": ("121", "120"), "027": ("125", "122")}


@cache
def _shuffled(seed: int, topic: str, size: int) -> Ints:
    """The numbers below `size` in no order, so that no two people get the same."""
    return stream(seed, "", topic).permutation(size)


def citizen_numbers(rng: Rng, seed: int, commune: Commune, communes: int, everyone: People) -> pa.Array:
    """Province of birth, century and sex, year, six digits: no two alike in the whole province."""
    count = len(everyone)
    local = rng.random(count) < np.where(everyone.role == WIFE, 0.88, 0.96)
    provinces = sorted({commune.province, *_FAR})
    place = np.array(provinces.index(commune.province))
    far = np.array([provinces.index(code) for code in _FAR])[rng.integers(0, len(_FAR), count)]
    province = np.where(local, place, far)
    century = (everyone.year // 100 - 19) * 2 + 1 - everyone.male
    # The stretch of serials that is this commune's: every `communes`-th one.
    bucket = (province * 10 + century) * 100 + everyone.year % 100
    serial = _shuffled(seed, "serials", _SERIALS)[ranks(bucket) * communes + commune.number]
    serial = (serial + bucket * 7919) % _SERIALS
    tail = (century * 100 + everyone.year % 100) * _SERIALS + serial
    return pc.binary_join_element_wise(pa.array(provinces).take(pa.array(province)), _padded(tail, 9), "")


def former_numbers(rng: Rng, seed: int, commune: Commune, issued: Counter[str], everyone: People) -> pa.Array:
    """Nine digits for most who came of age before the twelve; empty for the others.

    `issued` counts those of each province so far, so that no two people get the same while there are enough.
    """
    count = len(everyone)
    has = rng.random(count) < np.select(
        [everyone.year < 1935, everyone.year < 1994, everyone.year < 2000, everyone.year < 2002],
        [0.85, 0.96, 0.85, 0.4],
        0.0,
    )
    room = 2 * _SERIALS
    at = _shuffled(seed, "former" + commune.province, room)[
        (issued[commune.province] + np.cumsum(has)) % room
    ]
    issued[commune.province] += int(has.sum())
    prefix = np.array([int(code) for code in _FORMER[commune.province]])[at // _SERIALS]
    # Wives from elsewhere brought theirs along.
    far = rng.random(count) < np.where(everyone.role == WIFE, 0.1, 0.03)
    prefix = np.where(far, rng.integers(1, 380, count), prefix)
    return blanked(_padded(prefix * _SERIALS + at % _SERIALS, 9), ~has)


def blanked(values: pa.Array, empty: Flags) -> pa.Array:
    """The values, and nothing where `empty`."""
    return pc.if_else(pa.array(empty), "", values)


def _padded(numbers: Ints, width: int) -> pa.Array:
    return pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
