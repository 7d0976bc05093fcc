"""Coordinate systems of plot outlines: VN-2000 in its projections, by EPSG code."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

#: VN-2000 as maps are drawn in it: UTM 48 and 49, TM-3 by zone and by central meridian, 103°00′ to 108°30′
#: (EPSG registry; the meridian of each province: circular 973/2001/TT-TCĐC). 4756 counts degrees, not metres.
KNOWN = frozenset({3405, 3406, *range(5896, 5900), *range(9205, 9219)})
#: The systems of the two provinces that became one: old Bắc Ninh 105°30′, old Bắc Giang 107°00′. Plots in one
#: of them are compared with plots in the other.
AT_HOME = (9209, 9214)

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]
Shapes = npt.NDArray[np.object_]
Box = tuple[float, float, float, float]


@lru_cache(maxsize=64)
def _transformer(source: int, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def to_wgs84(srid: int, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude in degrees of points in a known system; infinite where they lie beyond it."""
    lon, lat = _transformer(srid, 4326).transform(x, y)
    return np.asarray(lon), np.asarray(lat)


def moved(shapes: Shapes, source: int, target: int) -> Shapes:
    """Outlines of one system in the coordinates of another; no shift of datum, less than 1 mm off."""

    def project(points: Any) -> Any:
        return np.stack(_transformer(source, target).transform(points[:, 0], points[:, 1]), axis=1)

    moved: Shapes = np.asarray(shapely.transform(shapes, project), dtype=object)
    return moved


def moved_box(box: Box, source: int, target: int) -> Box:
    """The box around a box of another system."""
    x1, y1, x2, y2 = _transformer(source, target).transform_bounds(*box, densify_pts=21)
    return x1, y1, x2, y2
