"""Which outlines lie over each other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely
from shapely import affinity

from parcels.geometry import outlines, overlaps, systems

X, Y = 558_000.0, 2_342_000.0


def find(*shapes: shapely.Geometry, srid: list[int] | None = None) -> list[tuple[int, int, float]]:
    ground = outlines.ground(np.array(shapes, dtype=object))
    ids = np.arange(1, len(shapes) + 1)
    systems = np.array(srid or [9209] * len(shapes))
    return rows(overlaps.find(ids, ground, systems))


def rows(found: overlaps.Overlaps) -> list[tuple[int, int, float]]:
    return list(zip(found.first.tolist(), found.second.tolist(), found.area.tolist(), strict=True))


def box(x: float, y: float, wide: float, tall: float) -> shapely.Polygon:
    return shapely.box(X + x, Y + y, X + x + wide, Y + y + tall)


def test_borders_and_corners_that_touch_are_no_overlap() -> None:
    assert find(box(0, 0, 10, 10), box(10, 0, 10, 10), box(10, 10, 5, 5), box(0, 10, 10, 5)) == []


def test_a_border_with_a_corner_on_one_side_only_is_no_overlap() -> None:
    odd = shapely.Polygon([(X + 10, Y), (X + 20, Y), (X + 20, Y + 10), (X + 10, Y + 10), (X + 9.9995, Y + 5)])
    assert find(box(0, 0, 10, 10), odd) == []


def test_a_strip_is_measured() -> None:
    assert find(box(0, 0, 10, 10), box(9.5, 0, 10, 10)) == [(1, 2, 5.0)]


def test_one_inside_another_and_two_alike_overlap_whole() -> None:
    assert find(box(0, 0, 10, 10), box(2, 2, 2, 2), box(0, 0, 10, 10)) == [
        (1, 2, 4.0),
        (1, 3, 100.0),
        (2, 3, 4.0),
    ]


def test_a_plot_in_the_hole_of_another_does_not_lie_over_it() -> None:
    yard = shapely.Polygon(box(0, 0, 10, 10).exterior.coords, [box(2, 2, 4, 4).exterior.coords])
    assert find(yard, box(2, 2, 4, 4)) == []


def test_an_invalid_outline_takes_part_with_the_ground_that_it_covers() -> None:
    bow_tie = shapely.Polygon([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)])
    assert find(bow_tie, box(0, 0, 10, 10)) == [(1, 2, 50.0)]


def test_what_has_no_ground_or_no_system_takes_no_part() -> None:
    line = shapely.LineString([(X, Y), (X + 5, Y + 5)])
    assert find(line, box(0, 0, 10, 10), shapely.Polygon()) == []
    assert find(box(0, 0, 10, 10), box(0, 0, 10, 10), srid=[9209, 0]) == []
    assert find() == []


def test_plots_in_two_systems_are_measured_in_that_of_the_first_whoever_asks() -> None:
    first = box(0, 0, 10, 10)
    second = systems.moved(np.array([box(8, 0, 10, 10)], dtype=object), 9209, 9214)[0]
    assert find(first, second, srid=[9209, 9214]) == [(1, 2, pytest.approx(20, abs=0.01))]
    ids, ground = np.array([4, 2]), np.array([first, second], dtype=object)
    asked = [
        rows(overlaps.find(ids, ground, np.array([9209, 9214]), np.array(places)))
        for places in ([0], [1], [0, 1])
    ]
    assert asked[0] == asked[1] == asked[2] == [(2, 4, pytest.approx(20, abs=0.01))]


@pytest.mark.parametrize("seed", range(12))
def test_every_pair_is_found_as_by_comparing_each_with_each(seed: int) -> None:
    """Random grids whose plots were shifted, turned, twisted; symmetric, whoever asks, in any order."""
    rng = np.random.default_rng(seed)
    shapes: list[shapely.Geometry] = []
    for place in range(49):
        plot = box(10 * (place % 7), 12 * (place // 7), 10, 12)
        chance = rng.random()
        if chance < 0.25:
            plot = affinity.translate(plot, *rng.uniform(-6, 6, 2))
        elif chance < 0.35:
            plot = affinity.rotate(plot, rng.uniform(0, 90))
        elif chance < 0.42:
            corners = list(plot.exterior.coords)[:4]
            plot = shapely.Polygon([corners[i] for i in (0, 2, 1, 3)])
        elif chance < 0.5:
            plot = shapely.MultiPolygon([plot, affinity.translate(plot, 25, 3)])
        shapes.append(plot)
    order = rng.permutation(len(shapes))
    ids = np.sort(rng.choice(10_000, len(shapes), replace=False))[order]
    ground = outlines.ground(np.array(shapes, dtype=object))[order]
    srid = np.full(len(ids), 9209)

    slow = {}
    for one, other in combinations(range(len(ids)), 2):
        area = round(ground[one].intersection(ground[other]).area, 2)
        if area > 0:
            slow[min(ids[one], ids[other]), max(ids[one], ids[other])] = area
    found = overlaps.find(ids, ground, srid)
    fast = {(first, second): area for first, second, area in rows(found)}
    assert fast.keys() == slow.keys()
    assert all(fast[pair] == pytest.approx(slow[pair], abs=0.011) for pair in slow)
    assert (found.first < found.second).all()
    assert len(fast) == len(found)

    some = np.flatnonzero(rng.random(len(ids)) < 0.3)
    near = {pair for pair in fast if not set(pair).isdisjoint(ids[some].tolist())}
    assert {row[:2]: row[2] for row in rows(overlaps.find(ids, ground, srid, some))} == {
        pair: fast[pair] for pair in near
    }
