"""Which outlines lie over each other, and by how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from . import systems
from .systems import Floats, Ints, Shapes

#: Shares a point of the inside, whatever else they share: borders that touch are no overlap.
_INSIDE = "2********"


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Pairs of plots, the smaller id first, and the area in m² to the hundredth, above zero."""

    first: Ints
    second: Ints
    area: Floats

    def __len__(self) -> int:
        return len(self.first)


def find(ids: Ints, ground: Shapes, srid: Ints, asked: Ints | None = None) -> Overlaps:
    """The overlaps among outlines of ground (None: takes no part), each in its own system `srid`.

    `asked` are the places of the outlines that are asked about, all unless told: pairs without one of them
    are left out. What rounds to 0.00 m² is no overlap: coordinates are kept to the millimetre, and a corner
    that one neighbour has and the other has not leaves a sliver of that width. The area of two plots in
    different systems is measured in the system of the smaller id, whoever asks.
    """
    asked = np.arange(len(ids)) if asked is None else asked
    found: list[tuple[Ints, Ints]] = []
    present = np.flatnonzero(~shapely.is_missing(ground) & np.isin(srid, list(systems.KNOWN)))
    for system in np.unique(srid[present]):
        here = present[srid[present] == system]
        found.append(_crossing(ids, ground, here, here[np.isin(here, asked)], ground[here]))
        for other in np.unique(srid[present]):
            if other != system:
                there = present[srid[present] == other]
                moved = systems.moved(ground[there], int(other), int(system))
                lies = np.isfinite(shapely.bounds(moved)).all(axis=1)
                there, moved = there[lies], moved[lies]
                found.append(_crossing(ids, ground, there, here[np.isin(here, asked)], moved))
    if not found:
        none = np.zeros(0, dtype=np.int64)
        return Overlaps(none, none, np.zeros(0))
    left = np.concatenate([pair[0] for pair in found])
    right = np.concatenate([pair[1] for pair in found])
    return _measured(ids, ground, srid, left, right)


def _crossing(ids: Ints, ground: Shapes, among: Ints, asked: Ints, shapes: Shapes) -> tuple[Ints, Ints]:
    """Places of the pairs (asked, among) whose insides meet; `shapes`: `among` in the system of `asked`."""
    tree = shapely.STRtree(shapes)
    one, other = tree.query(ground[asked])
    left, right = asked[one], among[other]
    # Two that are both asked about meet twice.
    twice = np.isin(left, asked) & np.isin(right, asked) & (ids[left] > ids[right])
    keep = (left != right) & ~twice
    left, other = left[keep], other[keep]
    a, b = ground[left], shapes[other]
    shapely.prepare(a)
    meets = shapely.relate_pattern(a, b, _INSIDE)
    return left[meets], among[other[meets]]


def _measured(ids: Ints, ground: Shapes, srid: Ints, left: Ints, right: Ints) -> Overlaps:
    turn = ids[left] > ids[right]
    first, second = np.where(turn, right, left), np.where(turn, left, right)
    keys = np.unique(np.stack([first, second], axis=1), axis=0)
    first, second = keys[:, 0], keys[:, 1]
    under = ground[second].copy()
    for own, other in {(int(a), int(b)) for a, b in zip(srid[first], srid[second], strict=True) if a != b}:
        apart = (srid[first] == own) & (srid[second] == other)
        under[apart] = systems.moved(under[apart], other, own)
    area = np.round(shapely.area(shapely.intersection(ground[first], under)), 2)
    keep = area > 0
    order = np.lexsort((ids[second[keep]], ids[first[keep]]))
    return Overlaps(ids[first[keep]][order], ids[second[keep]][order], area[keep][order])
