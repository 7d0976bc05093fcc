"""What an outline says by itself."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from parcels.geometry import outlines, province

PROVINCE = province.around(((106.06, 21.18, 50.0), (106.2, 21.3, 30.0)))
#: A place in it, in metres of EPSG:9209.
X, Y = 558_100.0, 2_342_600.0
SQUARE = shapely.box(X, Y, X + 10, Y + 12)
BOW_TIE = shapely.Polygon([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)])
with np.errstate(invalid="ignore"):
    NO_NUMBER = shapely.Polygon([(X, Y), (X + 5, Y), (np.nan, Y + 5)])
#: A ring of four points that does not come back to its first.
UNCLOSED = (
    bytes.fromhex("01030000000100000004000000")
    + np.array([X, Y, X + 10, Y, X + 10, Y + 10, X, Y + 10], dtype="<f8").tobytes()
)


def look(*shapes: shapely.Geometry | bytes, srid: int = 9209) -> outlines.Outlines:
    wkb = [shape if isinstance(shape, bytes) else shape.wkb for shape in shapes]
    return outlines.look(wkb, np.full(len(wkb), srid), PROVINCE)


def test_a_sound_outline_has_an_area_a_box_and_a_place_inside() -> None:
    seen = look(SQUARE)
    assert (seen.fault[0], seen.reason[0], seen.area[0]) == ("", "", 120.0)
    assert seen.box[0].tolist() == [X, Y, X + 10, Y + 12]
    assert seen.lon[0] == pytest.approx(106.06, abs=0.01)
    assert seen.lat[0] == pytest.approx(21.18, abs=0.01)


def test_the_place_of_a_hooked_plot_lies_inside_it() -> None:
    hook = shapely.Polygon([(0, 0), (30, 0), (30, 2), (2, 2), (2, 28), (30, 28), (30, 30), (0, 30)])
    hook = shapely.transform(hook, lambda points: points + np.array([X, Y]))
    assert not hook.contains(hook.centroid)
    seen = look(hook)
    x, y = pyproj.Transformer.from_crs(4326, 9209, always_xy=True).transform(seen.lon[0], seen.lat[0])
    assert hook.contains(shapely.Point(x, y))


def test_several_parts_and_holes_are_one_plot() -> None:
    ring = shapely.Polygon(SQUARE.exterior.coords, [shapely.box(X + 2, Y + 2, X + 4, Y + 4).exterior.coords])
    seen = look(shapely.MultiPolygon([ring, shapely.box(X + 20, Y, X + 25, Y + 5)]))
    assert (seen.fault[0], seen.area[0]) == ("", 120 - 4 + 25)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (BOW_TIE, "Self-intersection"),
        (UNCLOSED, outlines.UNREADABLE),
        (b"\x01nonsense", outlines.UNREADABLE),
        (shapely.Polygon(), outlines.EMPTY),
        (shapely.LineString([(X, Y), (X + 1, Y)]), outlines.NO_POLYGON),
        (shapely.Polygon([(X, Y), (X + 5, Y), (X + 10, Y)]), "Too few points|Self-intersection|No area"),
        (NO_NUMBER, "Invalid Coordinate"),
    ],
)
def test_an_invalid_outline_says_why_and_has_no_area(shape: shapely.Geometry | bytes, reason: str) -> None:
    seen = look(shape)
    assert seen.fault[0] == outlines.INVALID
    assert any(seen.reason[0].startswith(one) for one in reason.split("|")), seen.reason[0]
    assert np.isnan(seen.area[0])


def test_a_bow_tie_still_has_its_ground_and_its_place() -> None:
    seen = look(BOW_TIE)
    assert shapely.area(seen.ground[0]) == pytest.approx(50)
    assert np.isfinite(seen.lon[0])


def test_a_plot_of_the_neighbouring_zone_or_thrown_far_lies_outside_and_keeps_its_area() -> None:
    thrown = shapely.transform(SQUARE, lambda points: points + 900_000)
    for seen in (look(SQUARE, srid=9214), look(thrown)):
        assert seen.fault[0] == outlines.OUTSIDE
        assert np.isnan(seen.lon[0])
        assert seen.area[0] == pytest.approx(120)


def test_without_a_known_system_there_is_neither_area_nor_place_nor_ground() -> None:
    for srid in (0, 4326, 3857, 4756):
        seen = look(SQUARE, srid=srid)
        assert seen.fault[0] == outlines.NO_SYSTEM
        assert np.isnan([seen.area[0], seen.lon[0]]).all()
        assert seen.ground[0] is None
        assert seen.box[0].tolist() == [X, Y, X + 10, Y + 12]


def test_nothing_is_outside_a_province_of_which_no_place_is_known() -> None:
    assert province.around(()) is None
    seen = outlines.look([SQUARE.wkb], np.array([9214]), None)
    assert seen.fault[0] == ""


def test_nothing_to_look_at_is_no_error() -> None:
    assert len(look()) == 0
