"""The communes on a small map: pattern and figure by the share of group 1.

Drawn in their own boundaries where the province has taken those in; else as circles at their label points, of
a size by plots.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from django.utils.translation import ngettext

from landdb.models import AdminUnit, CommuneOutline
from landdb.templatetags.landdb import num, percent

from ..campaign.course import whole
from . import dashboard_names
from .dashboard_names import Place, Spot
from .dashboard_table import Row, slowest

#: The drawing, in its own units; longitude is shortened as it is at this latitude.
WIDTH, HEIGHT, EDGE = 600.0, 380.0, 24.0
_SHORTER = math.cos(math.radians(21.2))
_SMALLEST, _LARGEST = 5.5, 15.0
#: From this radius on a figure stands in the circle; from this width and height on in an outline.
_HOLDS_FIGURE, _WIDE, _HIGH = 9.5, 20.0, 15.0
#: Lower ends of the four classes of shares.
CLASSES = (0.0, 0.25, 0.5, 0.75)
#: Points behind the plan from which on a commune is marked, and communes that are named beside.
LATE, NAMED = -10.0, 6
#: Outlines are kept in hundred-thousandths of a degree.
_TO_DEGREES = 1e-5


@dataclass(frozen=True, slots=True)
class Frame:
    """From degrees to the drawing: what is to be seen fills it, and keeps its shape."""

    west: float
    north: float
    scale: float
    left: float
    top: float

    @classmethod
    def around(cls, xs: Sequence[float], ys: Sequence[float]) -> Frame:
        """`xs`: longitudes, shortened; `ys`: latitudes, downwards."""
        width, height = max(xs) - min(xs), max(ys) - min(ys)
        scale = min((WIDTH - 2 * EDGE) / (width or 1e-9), (HEIGHT - 2 * EDGE) / (height or 1e-9))
        return cls(min(xs), min(ys), scale, (WIDTH - scale * width) / 2, (HEIGHT - scale * height) / 2)

    def x(self, lon: float) -> float:
        return self.left + self.scale * (lon * _SHORTER - self.west)

    def y(self, lat: float) -> float:
        return self.top + self.scale * (-lat - self.north)


@dataclass(frozen=True, slots=True)
class Outline:
    """A commune's boundary as it is drawn: its path, its middle, how wide and high it is."""

    path: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bubble:
    """A commune on the map: a path, or a circle of radius `r`; `ring` around one that is late."""

    row: Row
    title: str
    path: str
    x: str
    y: str
    r: str
    is_late: bool
    ring: str
    step: int
    figure: int | None
    label_x: str
    label_y: str
    #: How the name is aligned where it stands (`dashboard_names`).
    anchor: str


@dataclass(frozen=True, slots=True)
class Ground:
    """The communes that have a place on the map, and when those with a boundary got it."""

    placed: list[Row]
    own: dict[int, dt.datetime]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Ground:
        own = _outlined(row.unit.pk for row in rows)
        return cls([row for row in rows if row.plots and (row.unit.pk in own or _has_point(row.unit))], own)

    @property
    def is_map(self) -> bool:
        """One alone is no map."""
        return len(self.placed) > 1


def bubbles(ground: Ground) -> list[Bubble]:
    """Large ones first, so that small ones lie on top."""
    placed, own = ground.placed, ground.own
    frame, outlines = _drawn(frozenset(own.items()), _points(placed, own))
    most = max(row.plots for row in placed)
    # The slowest first: of two names of which only one has room it is the one to be read.
    order = sorted(placed, key=slowest)
    named = {row.unit.pk for row in order[:NAMED]}
    spots = [
        _spot(row, frame, outlines.get(row.unit.pk), most, is_named=row.unit.pk in named) for row in order
    ]
    labels = dashboard_names.places(spots, WIDTH, HEIGHT)
    found = [
        _bubble(row, spot, outlines.get(row.unit.pk), label)
        for row, spot, label in zip(order, spots, labels, strict=True)
    ]
    return sorted(found, key=lambda each: -each.row.plots)


def _spot(row: Row, frame: Frame, outline: Outline | None, most: int, *, is_named: bool) -> Spot:
    """Where a commune is, how large its circle would be, and its name where that is to be shown."""
    unit, r = row.unit, max(_SMALLEST, _LARGEST * math.sqrt(row.plots / most))
    if unit.map_lon is not None and unit.map_lat is not None:
        x, y = frame.x(unit.map_lon), frame.y(unit.map_lat)
    elif outline is not None:
        x, y = outline.x, outline.y
    else:
        raise ValueError("a commune without a place is not drawn")
    return Spot(x, y, r, unit.short_name if is_named else "", outline is not None)


def _bubble(row: Row, spot: Spot, outline: Outline | None, label: Place | None) -> Bubble:
    share, r = row.share or 0.0, spot.r
    holds = (outline.width >= _WIDE and outline.height >= _HIGH) if outline else r >= _HOLDS_FIGURE
    is_late = row.gap is not None and row.gap < LATE
    return Bubble(
        row,
        _title(row),
        outline.path if outline else "",
        f"{spot.x:.1f}",
        f"{spot.y:.1f}",
        f"{r:.1f}",
        is_late,
        f"{r + 2.5:.1f}" if is_late else "",
        sum(share >= lower for lower in CLASSES),
        whole(100 * share) if holds else None,
        f"{label.x:.1f}" if label else "",
        f"{label.y:.1f}" if label else "",
        label.anchor if label else "",
    )


def _has_point(unit: AdminUnit) -> bool:
    return unit.map_lon is not None and unit.map_lat is not None


def _outlined(units: Iterable[int]) -> dict[int, dt.datetime]:
    """Those of the communes that have their boundary, and when it was changed last."""
    found = CommuneOutline.objects.filter(unit__in=list(units))
    return dict(found.values_list("unit", "changed_at"))


def _points(placed: Sequence[Row], own: Collection[int]) -> tuple[tuple[float, float], ...]:
    """Label points of communes that have no boundary of their own."""
    units = [row.unit for row in placed if row.unit.pk not in own]
    return tuple((unit.map_lon or 0.0, unit.map_lat or 0.0) for unit in units)


@lru_cache(maxsize=64)
def _drawn(
    outlined: frozenset[tuple[int, dt.datetime]], points: tuple[tuple[float, float], ...]
) -> tuple[Frame, dict[int, Outline]]:
    """The outlines of some communes within the drawing; the same until one of them changes."""
    units = [pk for pk, _changed_at in outlined]
    rings = dict(CommuneOutline.objects.filter(unit__in=units).values_list("unit", "rings"))
    lons = [value * _TO_DEGREES for each in rings.values() for ring in each for value in ring[::2]]
    lats = [value * _TO_DEGREES for each in rings.values() for ring in each for value in ring[1::2]]
    frame = Frame.around(
        [lon * _SHORTER for lon in (*lons, *(lon for lon, _lat in points))],
        [-lat for lat in (*lats, *(lat for _lon, lat in points))],
    )
    return frame, {pk: _outline(each, frame) for pk, each in rings.items()}


def _outline(rings: Sequence[Sequence[int]], frame: Frame) -> Outline:
    xs = [[frame.x(value * _TO_DEGREES) for value in ring[::2]] for ring in rings]
    ys = [[frame.y(value * _TO_DEGREES) for value in ring[1::2]] for ring in rings]
    west, east = min(map(min, xs)), max(map(max, xs))
    north, south = min(map(min, ys)), max(map(max, ys))
    path = "".join(_path(of_x, of_y) for of_x, of_y in zip(xs, ys, strict=True))
    return Outline(path, (west + east) / 2, (north + south) / 2, east - west, south - north)


def _path(xs: Sequence[float], ys: Sequence[float]) -> str:
    """A closed ring as steps of tenths, each from where the one before has led."""
    points = [(round(10 * x), round(10 * y)) for x, y in zip(xs[:-1], ys[:-1], strict=True)]
    steps = [(x - a, y - b) for (a, b), (x, y) in pairwise(points)]
    start = f"M{points[0][0] / 10:g} {points[0][1] / 10:g}"
    return start + "".join(f"l{x / 10:g} {y / 10:g}" for x, y in steps if x or y) + "z"


def _title(row: Row) -> str:
    plots = ngettext("%(plots)s thửa", "%(plots)s thửa", row.plots) % {"plots": num(row.plots)}
    return f"{row.unit.name}: {percent(row.share)}, {plots}"


def classes() -> list[tuple[int, int | None, int | None]]:
    """The legend: class, lower and upper end in percent, None at the open ends."""
    lower = [round(100 * each) for each in CLASSES]
    return [
        (step + 1, lower[step] or None, lower[step + 1] if step + 1 < len(lower) else None)
        for step in range(len(lower))
    ]
