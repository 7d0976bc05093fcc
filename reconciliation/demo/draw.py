"""Repeatable chance: every commune and topic draws from its own stream of one seed."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Texts = npt.NDArray[np.object_]


class Topic(IntEnum):
    """What a stream is for; no number is given twice, so that a change of one leaves the others alone."""

    PLACES = 1
    RESIDENTS = 2
    HOLDERS = 3
    DIRT = 4
    PLOTS = 5
    PAPERS = 6
    USES = 7
    CROSSWALK = 8
    DEFECTS = 9


def stream(seed: int, commune: int, topic: Topic) -> np.random.Generator:
    """The random numbers of one commune's topic."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, commune, int(topic)])))


def weighted(rng: np.random.Generator, count: int, weights: Sequence[float] | Floats) -> Ints:
    """`count` positions drawn by weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    places: Ints = np.minimum(drawn, len(edges) - 1).astype(np.int64)
    return places


def apportion(total: int, weights: Floats) -> Ints:
    """Whole numbers that add up to `total`, near to the weights, none empty where the total allows it."""
    least = 1 if total >= len(weights) else 0
    exact = weights / weights.sum() * (total - least * len(weights))
    counts = np.floor(exact).astype(np.int64)
    rest = total - least * len(weights) - int(counts.sum())
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[:rest]] += 1
    shares: Ints = counts + least
    return shares


def scrambled(index: Ints, size: int, seed: int) -> Ints:
    """Distinct indices below `size` to distinct, random-looking ones below `size` (a linear congruence)."""
    if len(index) and int(index.max()) >= size:
        raise ValueError(f"{int(index.max())} does not fit below {size}")
    factor = 611_953 + 2 * (seed % 1000)
    while np.gcd(factor, size) != 1:
        factor += 1
    shift = (seed * 7_919 + 104_729) % size
    return (index * factor + shift) % size


def within(groups: Ints) -> Ints:
    """For a sorted array of group numbers: the place of every element in its group, from 0."""
    if not len(groups):
        return groups
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    lengths = np.diff(np.r_[starts, len(groups)])
    return np.arange(len(groups)) - np.repeat(starts, lengths)
