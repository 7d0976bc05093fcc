"""What an outline says by itself: whether it is valid, how large it is, where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import shapely

from . import systems
from .systems import Flags, Floats, Ints, Shapes, Texts

NO_FAULT, INVALID, OUTSIDE, NO_SYSTEM = "", "invalid", "outside", "no_system"
#: Reasons beside those of GEOS.
UNREADABLE, EMPTY, NO_POLYGON, NO_AREA = "Unreadable", "Empty", "Not a polygon", "No area"
_POLYGONAL = (shapely.GeometryType.POLYGON.value, shapely.GeometryType.MULTIPOLYGON.value)


@dataclass(frozen=True, slots=True)
class Outlines:
    """Facts of many outlines, by place. NaN stands for what is not known.

    `ground` is what each covers, for laying plots over each other: the outline itself, a mended copy of an
    invalid one, None where there is none or its system is unknown. `box` (n, 4) is in metres of the outline's
    own system, `area` in m² of the map, `lon` and `lat` in degrees (WGS 84).
    """

    ground: Shapes
    fault: Texts
    reason: Texts
    box: Floats
    area: Floats
    lon: Floats
    lat: Floats

    def __len__(self) -> int:
        return len(self.ground)

    def take(self, which: Flags) -> Outlines:
        return Outlines(*(getattr(self, field.name)[which] for field in fields(self)))


def parse(wkb: Sequence[bytes | str]) -> Shapes:
    """Shapes from WKB (bytes or hexadecimal); None where it cannot be read, as with a ring left open."""
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers
        read = shapely.from_wkb(np.array(wkb, dtype=object), on_invalid="ignore")
    shapes: Shapes = np.asarray(read, dtype=object)
    return shapes


def look(wkb: Sequence[bytes | str], srid: Ints, province: shapely.Geometry | None) -> Outlines:
    """The facts of outlines in the systems `srid` (0: none given).

    `province` is the province in degrees (WGS 84); without one nothing is outside. An outline in no known
    system has neither area nor place, an invalid one has a place but encloses no area that can be measured.
    The place is the centre of gravity where that is inside, else another point inside.
    """
    shapes = parse(wkb)
    count = len(shapes)
    is_known = np.isin(srid, list(systems.KNOWN))
    reason = _reasons(shapes)
    is_valid = reason == ""
    cover = ground(shapes, reason)
    cover[~is_known] = None
    x, y = places(cover)
    lon, lat = np.full(count, np.nan), np.full(count, np.nan)
    for system in np.unique(srid[is_known]):
        here = np.flatnonzero((srid == system) & np.isfinite(x))
        lon[here], lat[here] = systems.to_wgs84(int(system), x[here], y[here])
    is_outside = np.zeros(count, dtype=np.bool_)
    if province is not None:
        placed = np.flatnonzero(~np.isnan(lon))
        is_outside[placed] = ~shapely.contains_xy(province, lon[placed], lat[placed])
    # The gravest last: of a plot in no known system nothing else can be said.
    fault = np.full(count, NO_FAULT, dtype=object)
    fault[~is_valid] = INVALID
    fault[is_outside] = OUTSIDE
    fault[~is_known] = NO_SYSTEM
    lon[is_outside] = lat[is_outside] = np.nan
    area = np.where(is_valid & is_known, np.round(shapely.area(shapes), 2), np.nan)
    return Outlines(cover, fault, reason, boxes(shapes), area, np.round(lon, 9), np.round(lat, 9))


def boxes(shapes: Shapes) -> Floats:
    """Bounding boxes (n, 4): min x, min y, max x, max y; NaN where there is none, or a coordinate is NaN."""
    bounds: Floats = shapely.bounds(shapes)
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    bounds[owner[~np.isfinite(points).all(axis=1)]] = np.nan
    return bounds


def ground(shapes: Shapes, reason: Texts | None = None) -> Shapes:
    """What each outline covers: itself, or a mended copy of an invalid one."""
    broken = np.flatnonzero((_reasons(shapes) if reason is None else reason) != "")
    cover = shapes.copy()
    cover[broken] = _mended(shapes[broken])
    return cover


def _reasons(shapes: Shapes) -> Texts:
    """Why each is no valid outline of a plot; empty where it is."""
    reasons = np.full(len(shapes), "", dtype=object)
    kind = shapely.get_type_id(shapes)
    is_valid = shapely.is_valid(shapes)
    reasons[is_valid & (shapely.area(shapes) == 0)] = NO_AREA
    crooked = np.flatnonzero(~is_valid)
    reasons[crooked] = shapely.is_valid_reason(shapes[crooked])
    reasons[~np.isin(kind, _POLYGONAL)] = NO_POLYGON
    reasons[shapely.is_empty(shapes)] = EMPTY
    reasons[shapely.is_missing(shapes)] = UNREADABLE
    return reasons


def _mended(shapes: Shapes) -> Shapes:
    """The ground that invalid outlines cover; None where they cover none."""
    mended = np.full(len(shapes), None, dtype=object)
    for place in np.flatnonzero(~np.isnan(boxes(shapes)[:, 0])):
        made = shapely.make_valid(shapes[place])
        parts = [one for one in shapely.get_parts(made) if shapely.get_type_id(one) in _POLYGONAL]
        cover = shapely.union_all(parts) if parts else None
        mended[place] = cover if cover is not None and cover.area > 0 else None
    return mended


def places(ground: Shapes) -> tuple[Floats, Floats]:
    """A point inside each, by x and y; NaN without ground."""
    points = np.asarray(shapely.centroid(ground), dtype=object)
    astray = np.flatnonzero(~shapely.is_missing(ground) & ~shapely.contains(ground, points))
    points[astray] = shapely.point_on_surface(ground[astray])
    return shapely.get_x(points), shapely.get_y(points)
