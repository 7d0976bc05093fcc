"""Random numbers with a stream for every commune and topic, and the dirt that is drawn from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from .kinds import EVEN, RATES

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Scale = npt.NDArray[Any] | float
Flags = npt.NDArray[np.bool_]
Rng = np.random.Generator


def words(text: str) -> list[str]:
    return text.split()


def stream(seed: int, commune: str, topic: str) -> Rng:
    """The same numbers for the same seed, commune and topic, whatever else is drawn."""
    return np.random.Generator(
        np.random.SFC64(np.random.SeedSequence([seed, crc32(commune.encode()), crc32(topic.encode())]))
    )


def draw_rows(rng: Rng, weights: Floats, rows: Ints) -> Ints:
    """For each entry of `rows` a column, drawn with the weights of that row of the table."""
    heap = np.cumsum(weights, axis=1)
    heap /= heap[:, -1:]
    flat = (heap + np.arange(len(heap))[:, None]).ravel()
    found = np.searchsorted(flat, rng.random(len(rows)) + rows, side="right")
    drawn: Ints = np.minimum(found - rows * heap.shape[1], heap.shape[1] - 1)
    return drawn


def ranks(groups: Ints) -> Ints:
    """The place of every entry among those of its group: 0, 1, 2 …"""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    new = np.r_[True, ordered[1:] != ordered[:-1]]
    starts = np.flatnonzero(new)
    ranked = np.empty(len(groups), np.int64)
    ranked[order] = np.arange(len(groups)) - np.repeat(starts, np.diff(np.r_[starts, len(groups)]))
    return ranked


class Dirt:
    """The dirt of the land users of one commune: who has which kind, and how many."""

    def __init__(self, seed: int, commune: str, multipliers: Mapping[str, float], haste: Floats) -> None:
        self._seed, self._commune, self._multipliers = seed, commune, multipliers
        #: How careless each record is; 1 on average.
        self.haste = haste
        self.counted: Counter[str] = Counter()

    def hits(self, kind: str, among: Flags | None = None, scale: Scale = 1.0) -> Flags:
        """Which land users have this kind of dirt, uncounted."""
        rate = RATES[kind] * self._multipliers.get(kind, 1.0) * scale
        if kind not in EVEN:
            rate = rate * self.haste
        hit: Flags = stream(self._seed, self._commune, kind).random(len(self.haste)) < rate
        return hit if among is None else hit & among

    def picks(self, kind: str) -> Ints:
        """A number for every land user, to choose the particular slip by."""
        return stream(self._seed, self._commune, kind + "/pick").integers(0, 1 << 31, len(self.haste))

    def count(self, kind: str, hit: Flags) -> Flags:
        """Note who has it."""
        self.counted[kind] += int(hit.sum())
        return hit

    def spoil(
        self,
        kind: str,
        values: list[str],
        change: Callable[[str, int], str],
        among: Flags | None = None,
        scale: Scale = 1.0,
    ) -> Flags:
        """Change the values that are hit; a value that the slip leaves as it is does not count."""
        hit, picks = self.hits(kind, among, scale), self.picks(kind)
        for at in chosen(hit):
            before = values[at]
            values[at] = change(before, int(picks[at]))
            hit[at] = values[at] != before
        return self.count(kind, hit)

    def spoil_too(self, kind: str, values: list[str], change: Callable[[str], str]) -> None:
        """The same land users have it in another of their columns."""
        for at in chosen(self.hits(kind)):
            values[at] = change(values[at])


def chosen(hit: Flags) -> Iterator[int]:
    """The places that are true."""
    rows: Any = np.flatnonzero(hit).tolist()
    return iter(rows)
