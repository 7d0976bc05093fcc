"""Plots on the ground: sheets of quadrangles between roads, neighbours sharing their corners."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyproj

from .draw import Floats, Ints
from .places import Commune

#: Metres between two sheets (a road), and how far a corner strays, as a share of the plot's width.
ROAD, STRAY = 7.0, 0.06
#: The plots cover this share of a commune at most; the rest is roads, water, hills.
COVER = 0.2
SMALLEST, LARGEST = 50.0, 420.0  # mean plot areas, m²
PLOTS_PER_SHEET = 260
_HEX = np.array([f"{byte:02x}" for byte in range(256)], dtype="S2").view(np.uint16)
_WKB_HEAD = np.frombuffer(bytes.fromhex("01" + "03000000" + "01000000" + "05000000"), dtype=np.uint8)


@dataclass(slots=True)
class Ground:
    """Plots in the order of sheet and number; `corners` (n, 4, 2) in metres of the commune's VN-2000 zone."""

    sheet: Ints
    number: Ints
    corners: Floats

    def __len__(self) -> int:
        return len(self.sheet)


@lru_cache(maxsize=4)
def to_wgs84(srid: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(srid, 4326, always_xy=True)


@lru_cache(maxsize=4)
def _from_wgs84(srid: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(4326, srid, always_xy=True)


def sheet_size(count: int) -> int:
    """Plots per sheet: 100 to 400 in a real commune, fewer in a small trial."""
    return int(np.clip(count // 8, 12, PLOTS_PER_SHEET))


def lay_out(rng: np.random.Generator, commune: Commune, count: int) -> Ground:
    """`count` plots around the commune's label point."""
    size = sheet_size(count)
    columns = max(3, round(math.sqrt(size * 1.3)))
    lines = math.ceil(size / columns)
    sheets = math.ceil(count / size)
    index = np.arange(count)
    sheet, number = index // size, index % size
    area = float(np.clip(COVER * commune.area_km2 * 1e6 / max(count, 1), SMALLEST, LARGEST))
    grid = _corners(rng, sheets, lines, columns, area)
    line, column = number // columns, number % columns
    around = ((0, 0), (0, 1), (1, 1), (1, 0))
    corners = np.stack([grid[sheet, line + down, column + right] for down, right in around], axis=1)
    width = math.ceil(math.sqrt(sheets))
    step = grid.reshape(-1, 2).max(axis=0) + ROAD
    places = np.stack([sheet % width, sheet // width], axis=1) - (width - 1) / 2
    middle = np.array(_from_wgs84(commune.srid).transform(commune.lon, commune.lat))
    corners += (places * step)[:, None, :] + middle - step / 2
    return Ground(sheet + 1, number + 1, np.round(corners, 3))


def _corners(rng: np.random.Generator, sheets: int, lines: int, columns: int, area: float) -> Floats:
    """Corner points of every sheet's own grid, (sheets, lines + 1, columns + 1, 2), from its lower left."""
    width, depth = math.sqrt(area / 2.2), math.sqrt(area * 2.2)

    def edges(count: int, mean: float) -> Floats:
        steps = rng.uniform(0.7, 1.3, (sheets, count)) * mean
        steps *= count * mean / steps.sum(axis=1, keepdims=True)
        return np.concatenate([np.zeros((sheets, 1)), np.cumsum(steps, axis=1)], axis=1)

    across, up = edges(columns, width), edges(lines, depth)
    grid = np.empty((sheets, lines + 1, columns + 1, 2))
    grid[..., 0] = across[:, None, :]
    grid[..., 1] = up[:, :, None]
    stray = rng.uniform(-STRAY, STRAY, grid.shape) * width
    # The sheet's outline stays straight, so that the roads stay free.
    stray[:, (0, -1), :, 1] = 0
    stray[:, :, (0, -1), 0] = 0
    return grid + stray


def areas(corners: Floats) -> Floats:
    """Areas in m²."""
    x, y = corners[..., 0], corners[..., 1]
    x, y = x - x[:, :1], y - y[:, :1]
    sums: Floats = (x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y).sum(axis=1)
    return np.abs(sums) / 2


def centres(corners: Floats) -> Floats:
    """Centres of gravity (n, 2); of a twisted one whose halves cancel out, the mean of its corners."""
    x, y = corners[..., 0], corners[..., 1]
    x, y = x - x[:, :1], y - y[:, :1]
    next_x, next_y = np.roll(x, -1, axis=1), np.roll(y, -1, axis=1)
    cross = x * next_y - next_x * y
    twice = cross.sum(axis=1)
    from_first = np.stack([((x + next_x) * cross).sum(axis=1), ((y + next_y) * cross).sum(axis=1)], axis=1)
    has_area = np.abs(twice) > 1e-6
    centre: Floats = corners[:, 0] + from_first / (3 * np.where(has_area, twice, 1.0)[:, None])
    centre[~has_area] = corners[~has_area].mean(axis=1)
    return centre


def wkb_hex(corners: Floats) -> pa.Array:
    """The quadrangles as WKB polygons in PostgreSQL's hexadecimal notation (`\\x…`)."""
    count = len(corners)
    ring = np.concatenate([corners, corners[:, :1]], axis=1).astype("<f8")
    points = np.ascontiguousarray(ring).view(np.uint8).reshape(count, 80)
    octets = np.concatenate([np.broadcast_to(_WKB_HEAD, (count, len(_WKB_HEAD))), points], axis=1)
    text = np.empty((count, 1 + octets.shape[1]), dtype=np.uint16)
    text[:, 0] = np.frombuffer(b"\\x", dtype=np.uint16)[0]
    text[:, 1:] = _HEX[octets]
    length = 2 * text.shape[1]
    offsets = np.arange(0, (count + 1) * length, length, dtype=np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(text.tobytes()))
