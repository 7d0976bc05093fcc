"""Rows of parcels_plot: what is drawn, what is known, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from parcels.geometry import outlines, overlaps
from parcels.geometry.systems import Shapes

from . import columns as col
from . import geohash, grid
from .draw import Flags, Floats, Ints
from .grid import Ground
from .land import Land
from .places import Commune
from .rates import Kind
from .register import Register

#: How far a swapped or unknown coordinate system throws a plot, in metres.
_ASTRAY = 900_000.0
_FAULTS = ("", "invalid", "outside", "no_system")
_TWISTED, _OUTSIDE, _UNKNOWN = 1, 2, 3


@dataclass(slots=True)
class PlotFacts:
    """What other tables need of the plots: the legal area, and today's and the old sheet."""

    legal_area: Floats
    sheet: Ints
    old_sheet: Ints
    number: Ints


def rows(rng: np.random.Generator, land: Land) -> tuple[pa.Table, PlotFacts]:
    """The live plots of a commune."""
    commune, ground, register = land.commune, land.ground, land.register
    count = len(land)
    has = register.has_attributes
    corners, fault = _shapes(ground, register)
    undrawn = register.defective("geometry_missing") | (register.kind == Kind.UNLOCATABLE)
    facts = _facts(land, np.round(grid.areas(ground.corners), 2))
    unnumbered = (register.kind == Kind.UNLOCATABLE) | register.defective("sheet_ambiguous")
    middle = corners.mean(axis=1)
    code_lon, code_lat = grid.to_wgs84(commune.srid).transform(middle[:, 0], middle[:, 1])
    lon, lat = _places(commune, corners, fault)
    unplaced = undrawn | (fault == _UNKNOWN)
    nowhere = undrawn | (register.kind == Kind.IMPOSSIBLE)
    old_map = register.kind == Kind.OBSOLETE_MAP
    source = np.where(old_map, np.where(rng.random(count) < 0.7, 2, 3), 1)
    table = pa.table(
        {
            "id": col.integers(land.first.plot + np.arange(count)),
            "commune_id": col.same(land.commune_id, count),
            "sheet": col.integers(facts.sheet, unnumbered),
            "number": col.integers(facts.number, register.kind == Kind.UNLOCATABLE),
            "source_key": col.same("", count),
            "code": _codes(rng, register, code_lat, code_lon, nowhere),
            "legal_area": col.decimals(facts.legal_area, ~has | register.defective("area_missing")),
            "measured_area": col.decimals(grid.areas(corners), unplaced | (fault == _TWISTED)),
            "address": col.texts(_addresses(land), ~has | register.defective("plot_address_missing")),
            "geometry": pc.if_else(pa.array(undrawn), None, grid.wkb_hex(corners)),
            "srid": col.integers(np.full(count, commune.srid), unplaced),
            "box": pc.if_else(pa.array(undrawn), None, _boxes(corners)),
            "lon": pa.array(np.round(lon, 9), mask=nowhere),
            "lat": pa.array(np.round(lat, 9), mask=nowhere),
            "geometry_fault": col.picked(_FAULTS, np.where(undrawn, 0, fault)),
            "overlap_area": col.decimals(_overlaps(land, corners, fault, undrawn), unplaced),
            "map_source": col.picked(("", "cadastral", "299", "1994"), source),
            "state": col.same("live", count),
            "version": col.same(1, count),
            "file_id": col.same(land.file, count),
        }
    )  # fmt: skip
    return table, facts


def retired(land: Land, facts: PlotFacts, which: Ints) -> pa.Table:
    """Plots that were merged away, one behind each of `which`: their old numbers, no drawing any more."""
    count = len(which)
    return pa.table(
        {
            "id": col.integers(land.first.plot + len(land) + np.arange(count)),
            "commune_id": col.same(land.commune_id, count),
            "sheet": col.integers(facts.sheet[which]),
            "number": col.integers(facts.number[which] + 1000),
            "source_key": col.same("", count),
            "code": col.same("", count),
            "legal_area": col.decimals(facts.legal_area[which]),
            "address": col.same("", count),
            "geometry_fault": col.same("", count),
            "map_source": col.same("cadastral", count),
            "state": col.same("retired", count),
            "version": col.same(2, count),
            "file_id": col.same(land.file, count),
        }
    )


def _facts(land: Land, measured: Floats) -> PlotFacts:
    ground, sheets, register = land.ground, land.sheets, land.register
    place = ground.sheet - 1
    sheet, number = ground.sheet.copy(), ground.number.copy()
    old = register.defective("unit_obsolete") & sheets.is_renumbered_away[place]
    sheet[old] = sheets.old[place[old]]
    twice = np.flatnonzero(register.defective("plot_duplicated") & (ground.number > 1))
    number[twice] = ground.number[twice - 1]
    legal = np.round(measured, 1)
    differs = register.defective("area_differs_from_map")
    legal[differs] = np.round(measured[differs] * np.where(number[differs] % 2, 1.18, 0.86) + 3, 1)
    return PlotFacts(legal, sheet, sheets.old[place], number)


def _shapes(ground: Ground, register: Register) -> tuple[Floats, Ints]:
    """Corners with their faults, and the kind of fault."""
    corners = ground.corners.copy()
    fault = np.zeros(len(ground), dtype=np.int64)
    twisted = register.defective("geometry_invalid")
    corners[twisted] = corners[twisted][:, [0, 2, 1, 3]]
    fault[twisted] = _TWISTED
    # Over the neighbour on the right, or into the road where the line of plots ends.
    over = np.flatnonzero(register.defective("plot_overlaps") & ~twisted & (register.kind == Kind.SUPPLEMENT))
    wide = corners[over, 1] - corners[over, 0]
    corners[over, 1] += wide * 0.2
    corners[over, 2] += wide * 0.2
    lost = np.flatnonzero(register.kind == Kind.IMPOSSIBLE)
    fault[lost] = np.where(lost % 3 == 0, _UNKNOWN, _OUTSIDE)
    corners[lost] = np.where((lost % 3 == 0)[:, None, None], corners[lost] % 10_000, corners[lost] + _ASTRAY)
    return np.round(corners, 3), fault


def _overlaps(land: Land, corners: Floats, fault: Ints, undrawn: Flags) -> Floats:
    """By how much each plot lies over others: only those that were widened do, and those beneath them."""
    ground = _polygons(corners)
    twisted = np.flatnonzero(fault == _TWISTED)
    ground[twisted] = outlines.ground(ground[twisted])
    ground[undrawn | (fault == _UNKNOWN)] = None
    srid = np.full(len(land), land.commune.srid)
    widened = np.flatnonzero(land.register.defective("plot_overlaps"))
    over = overlaps.find(np.arange(len(land)), ground, srid, asked=widened)
    both, area = np.r_[over.first, over.second], np.r_[over.area, over.area]
    totals: Floats = np.bincount(both, area, minlength=len(land)).astype(np.float64)
    return totals


def _polygons(corners: Floats) -> Shapes:
    return np.asarray(shapely.polygons(corners), dtype=object)


def _places(commune: Commune, corners: Floats, fault: Ints) -> tuple[Floats, Floats]:
    """Where each plot lies, in degrees: its centre of gravity, or what is inside one that is twisted."""
    points = grid.centres(corners)
    twisted = fault == _TWISTED
    points[twisted] = np.stack(outlines.places(outlines.ground(_polygons(corners[twisted]))), axis=1)
    lon, lat = grid.to_wgs84(commune.srid).transform(points[:, 0], points[:, 1])
    return lon, lat


def _codes(
    rng: np.random.Generator, register: Register, lat: Floats, lon: Floats, nowhere: Flags
) -> pa.Array:
    """GeoHash of the plot's point, where it has been given; some wrong, some of the plot before."""
    count = len(lat)
    codes = geohash.encode(np.where(nowhere, 21.2, lat), np.where(nowhere, 106.1, lon))
    before = np.maximum(np.arange(count) - 1, 0)
    shared = register.defective("plot_code_shared") & ~nowhere[before]
    codes[shared] = codes[before[shared]]
    text = pa.array(codes.astype("U12"))
    wrong = register.defective("plot_code_wrong")
    bad = pc.if_else(
        pa.array(rng.random(count) < 0.5),
        pc.utf8_slice_codeunits(text, 0, 11),
        pc.replace_substring_regex(text, "^w7", "w6"),
    )
    text = pc.if_else(pa.array(wrong), bad, text)
    missing = nowhere | register.defective("plot_code_missing") | ~register.has_attributes
    return col.texts(text, missing)


def _addresses(land: Land) -> pa.Array:
    commune, names = land.commune.name, land.places.names
    written = [f"{names[village]}, {commune}, tỉnh Bắc Ninh" for village in land.sheets.village]
    return col.picked(written, land.ground.sheet - 1)


def _boxes(corners: Floats) -> pa.Array:
    """PostgreSQL boxes: upper right corner, lower left corner."""
    high = np.round(corners.max(axis=1), 3)
    low = np.round(corners.min(axis=1), 3)
    parts = [pa.array(np.ascontiguousarray(column)).cast(pa.string()) for column in (*high.T, *low.T)]
    return col.joined("(", parts[0], ",", parts[1], "),(", parts[2], ",", parts[3], ")")
