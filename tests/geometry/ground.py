"""Plots on the ground for tests: squares in a grid around the label point of their commune."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from django.db import connection

from landdb.models import AdminUnit
from parcels.models import Plot, PlotOutline, PlotOverlap
from tests import factories

#: In metres of EPSG:9209, near the label point of `make_commune`.
X, Y = 558_100.0, 2_342_600.0


def make_commune(**fields: Any) -> AdminUnit:
    return factories.make_commune(map_lon=106.06, map_lat=21.18, area_km2=20.0, **fields)


def square(x: float, y: float = 0.0, wide: float = 10.0, tall: float = 10.0) -> bytes:
    return bytes(shapely.box(X + x, Y + y, X + x + wide, Y + y + tall).wkb)


def make_plot(commune: AdminUnit, geometry: bytes | None, srid: int | None = 9209, **fields: Any) -> Plot:
    """A plot as an import leaves it: an outline in its system, and nothing worked out of it."""
    nothing = {"box": None, "lon": None, "lat": None, "measured_area": None, "overlap_area": None}
    return factories.make_plot(commune, **nothing | {"geometry": geometry, "srid": srid} | fields)


def pairs() -> dict[tuple[int, int], float]:
    return {
        (first, second): float(area)
        for first, second, area in PlotOverlap.objects.values_list("first_id", "second_id", "area")
    }


def totals() -> dict[int, float | None]:
    return {
        pk: None if area is None else float(area)
        for pk, area in Plot.objects.values_list("pk", "overlap_area")
    }


def versions() -> list[tuple[str, list[tuple[object, ...]]]]:
    """Which version of every row stands: a row written again has another."""
    found = []
    with connection.cursor() as cursor:
        for model in (Plot, PlotOutline, PlotOverlap):
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(f"SELECT {key}, xmin::text, ctid::text FROM {table} ORDER BY 1")
            found.append((table, cursor.fetchall()))
    return found


def by_comparing_each_with_each() -> tuple[dict[tuple[int, int], float], dict[int, float | None]]:
    """Pairs and totals as a slow pass over all live plots in one system has them."""
    plots = [
        (plot.pk, shapely.make_valid(shapely.from_wkb(bytes(plot.geometry))))
        for plot in Plot.objects.live().filter(geometry__isnull=False, srid=9209).order_by("pk")
    ]
    found: dict[tuple[int, int], float] = {}
    sums: dict[int, float | None] = dict.fromkeys((pk for pk, _shape in plots), 0.0)
    for place, (first, one) in enumerate(plots):
        for second, other in plots[place + 1 :]:
            area = float(np.round(shapely.area(shapely.intersection(one, other)), 2))
            if area > 0:
                found[first, second] = area
                sums[first] = round((sums[first] or 0) + area, 2)
                sums[second] = round((sums[second] or 0) + area, 2)
    return found, sums
