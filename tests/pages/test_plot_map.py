"""The small map of a plot: which outlines it draws, and where."""

from __future__ import annotations

import pytest
import shapely

from landdb.models import Role
from reconciliation.web.plot_map import plot_map
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune():
    return factories.make_commune()


@pytest.fixture
def plot(commune):
    return factories.make_drawn_plot(commune)


def beside(plot, outline, **fields):
    """A neighbour of this outline."""
    box = plot.box
    return factories.make_drawn_plot(plot.commune, geometry=shapely.to_wkb(outline), box=box, **fields)


def test_outlines_of_several_parts_and_crossed_ones_are_drawn_and_others_left_out(commune, plot) -> None:
    x, y, _right, top = plot.box
    near = shapely.box(x + 12, y, x + 22, top)
    parts = beside(plot, shapely.MultiPolygon([near, shapely.box(x + 30, y, x + 31, top)]))
    crossed = beside(plot, shapely.Polygon([(x, y), (x + 4, y + 4), (x + 4, y), (x, y + 4)]))
    beside(plot, shapely.Point(x, y))
    beside(plot, shapely.Polygon())
    factories.make_drawn_plot(commune, geometry=b"nonsense", box=plot.box)
    drawn = plot_map(plot, factories.make_user(Role.REVIEWER))
    assert drawn is not None
    assert [shape.plot.pk for shape in drawn.shapes if shape.is_this] == [plot.pk]
    assert {shape.plot.pk for shape in drawn.shapes} == {plot.pk, parts.pk, crossed.pk}
    first = next(shape for shape in drawn.shapes if shape.plot.pk == parts.pk)
    assert len(first.points.split()) == len(near.exterior.coords)


def test_the_number_stands_inside_its_plot(commune, plot) -> None:
    drawn = plot_map(plot, factories.make_user(Role.REVIEWER))
    assert drawn is not None
    (shape,) = drawn.shapes
    corners = [tuple(map(float, point.split(","))) for point in shape.points.split()]
    assert shapely.Polygon(corners).contains(shapely.Point(shape.x, shape.y))
    # The plot is the middle of the picture.
    assert (round(shape.x), round(shape.y)) == (200, 130)


def test_neighbours_of_another_system_and_what_is_no_outline_make_no_picture(commune, plot) -> None:
    beside(plot, shapely.box(*plot.box), srid=9214)
    drawn = plot_map(plot, factories.make_user(Role.REVIEWER))
    assert drawn is not None
    assert len(drawn.shapes) == 1
    assert plot_map(factories.make_drawn_plot(commune, box=None), factories.make_user(Role.REVIEWER)) is None
    bare = factories.make_drawn_plot(commune, geometry=shapely.to_wkb(shapely.Polygon()))
    assert plot_map(bare, factories.make_user(Role.REVIEWER)) is None
