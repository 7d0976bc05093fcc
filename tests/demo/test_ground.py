"""Plots on the ground and their codes."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from reconciliation.demo import geohash, grid
from reconciliation.demo.places import communes


@pytest.fixture(scope="module")
def ground() -> grid.Ground:
    return grid.lay_out(np.random.default_rng(3), communes()[50], 3_000)


def test_codes_meet_the_published_vectors() -> None:
    codes = geohash.encode(np.array([57.64911, 21.2731]), np.array([10.40744, 106.1946]))
    assert codes.tolist() == [b"u4pruydqqvj8", b"w7g9088sc92b"]


def test_geometry_is_written_as_shapely_reads_it(ground: grid.Ground) -> None:
    read = shapely.from_wkb([text[2:] for text in grid.wkb_hex(ground.corners).to_pylist()])
    assert np.allclose(shapely.area(read), grid.areas(ground.corners))
    assert shapely.is_valid(read).all()


def test_plots_touch_their_neighbours_and_overlap_nobody(ground: grid.Ground) -> None:
    shapes = shapely.polygons(ground.corners)
    tree = shapely.STRtree(shapes)
    first, second = tree.query(shapes, predicate="intersects")
    pairs = first < second
    over = shapely.area(shapely.intersection(shapes[first[pairs]], shapes[second[pairs]]))
    assert over.max() < 1e-6
    assert pairs.sum() > 2 * len(ground)


def test_plots_are_numbered_from_one_on_every_sheet(ground: grid.Ground) -> None:
    for sheet in np.unique(ground.sheet):
        numbers = ground.number[ground.sheet == sheet]
        assert numbers.tolist() == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("number", [0, 40, 70, 98])
def test_plots_lie_around_the_label_point_of_their_commune(number: int) -> None:
    commune = communes()[number]
    ground = grid.lay_out(np.random.default_rng(1), commune, 40_000)
    middle = ground.corners.mean(axis=1)
    lon, lat = grid.to_wgs84(commune.srid).transform(middle[:, 0], middle[:, 1])
    reach = np.sqrt(commune.area_km2 / np.pi) / 111
    assert np.hypot((lon - commune.lon) * np.cos(np.radians(commune.lat)), lat - commune.lat).max() < reach
    assert abs(lon.mean() - commune.lon) < reach / 4
    assert abs(lat.mean() - commune.lat) < reach / 4
