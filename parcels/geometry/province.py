"""Where the province lies, near enough to tell a plot that was thrown out of it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely
from shapely.affinity import scale

from landdb.models import AdminUnit

#: Kilometres of a degree of latitude; of longitude at the equator.
_KM_LAT, _KM_LON = 110.7, 111.32
#: A circle of this many times a commune's mean radius around its label point holds all of it: the circles
#: together cover the 99 published borders whole, and nowhere reach more than 12 km beyond.
_REACH = 2.0


def province() -> shapely.Geometry | None:
    """The communes in force as circles around their label points, in degrees; None where none is known."""
    known = AdminUnit.objects.in_force().filter(
        map_lon__isnull=False, map_lat__isnull=False, area_km2__isnull=False
    )
    return around(tuple(known.values_list("map_lon", "map_lat", "area_km2")))


@lru_cache(maxsize=4)
def around(places: tuple[tuple[float, float, float], ...]) -> shapely.Geometry | None:
    """Circles around (longitude, latitude, km²) as one prepared outline in degrees."""
    circles = []
    for lon, lat, area in places:
        reach = _REACH * float(np.sqrt(area / np.pi))
        wide, tall = reach / (_KM_LON * float(np.cos(np.radians(lat)))), reach / _KM_LAT
        circles.append(scale(shapely.Point(lon, lat).buffer(1), wide, tall))
    if not circles:
        return None
    outline = shapely.union_all(circles)
    shapely.prepare(outline)
    return outline
