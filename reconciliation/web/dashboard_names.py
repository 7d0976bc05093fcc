"""Where the names of communes stand on the map: beside, over or under their circle, on no other name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: A letter's width and a name's height in the drawing's units, on the ample side.
_LETTER, _HIGH = 6.6, 11.0
_GAP = 4.0


@dataclass(frozen=True, slots=True)
class Spot:
    """What a name belongs to: a circle (or the middle of an outline, `is_wide`) and its radius."""

    x: float
    y: float
    r: float
    name: str = ""
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The point of a name on its base line, and how it is aligned there: "" begins, "mid", "end"."""

    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, place: Place, name: str) -> _Box:
        width = len(name) * _LETTER
        left = place.x - {"": 0.0, "mid": width / 2, "end": width}[place.anchor]
        return cls(left, place.y - _HIGH + 2, left + width, place.y + 2)

    def meets(self, other: _Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def covers(self, spot: Spot) -> bool:
        """Does a circle reach into it?"""
        near_x = min(max(spot.x, self.left), self.right)
        near_y = min(max(spot.y, self.top), self.bottom)
        return (spot.x - near_x) ** 2 + (spot.y - near_y) ** 2 < spot.r**2


def places(spots: Sequence[Spot], width: float, height: float) -> list[Place | None]:
    """A place for the name of each spot, those first in the row first; None where there is no free one, and
    for who has no name."""
    taken: list[_Box] = []
    found: list[Place | None] = []
    for spot in spots:
        best = _best(spot, spots, taken, (width, height)) if spot.name else None
        if best is not None:
            taken.append(_Box.of(best, spot.name))
        found.append(best)
    return found


def _best(
    spot: Spot, spots: Sequence[Spot], taken: Sequence[_Box], size: tuple[float, float]
) -> Place | None:
    """Of the places on no other name the one over the fewest circles; an outline has no circles about it."""
    free: list[tuple[int, int, Place]] = []
    for order, place in enumerate(_around(spot)):
        box = _Box.of(place, spot.name)
        inside = box.left >= 0 and box.right <= size[0] and box.top >= 0 and box.bottom <= size[1]
        if inside and not any(box.meets(other) for other in taken):
            struck = sum(box.covers(other) for other in spots if other is not spot and not other.is_wide)
            free.append((struck, order, place))
    return min(free, key=lambda each: each[:2])[2] if free else None


def _around(spot: Spot) -> list[Place]:
    beside, level = spot.r + _GAP, spot.y + 4
    if spot.is_wide:
        return [Place(spot.x, spot.y + 15, "mid"), Place(spot.x, spot.y - 9, "mid")]
    return [
        Place(spot.x + beside, level, ""),
        Place(spot.x - beside, level, "end"),
        Place(spot.x, spot.y + beside + _HIGH - 2, "mid"),
        Place(spot.x, spot.y - beside - 1, "mid"),
    ]
