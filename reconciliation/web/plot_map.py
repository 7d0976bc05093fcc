"""A small map of a plot and its neighbours, as shapes for an SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.db import connection
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from landdb.models import User
from landdb.models.box import BoxField
from landdb.templatetags.landdb import group_mark
from parcels import plot_numbers
from parcels.models import Plot

#: The picture in its own units; the frame is this wide around the plot, at least, in metres.
WIDTH, HEIGHT, MARGIN = 400.0, 260.0, 25.0
MOST = 120
#: A plot so wide in the picture has room for its group and number.
ROOM = 42
#: Polygons, of one part or of several.
_AREAS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)

Frame = tuple[float, float, float, float]


class Drawn(NamedTuple):
    """A plot as a picture needs it; `geometry` is its outline as WKB, None where it has none."""

    pk: int
    commune: int
    srid: int | None
    sheet: int | None
    number: int | None
    group: int | None
    geometry: bytes | None

    @property
    def long_number(self) -> str:
        """ "Thửa 12, tờ 5"."""
        return plot_numbers.long(self.sheet, self.number)


# Read without an instance for each, as all shapes are worked out together: a picture has fifty plots, a dense
# one more than a hundred.
_DRAWN = """
    SELECT p.id, p.commune_id, p.srid, p.sheet, p.number, s."group",
        CASE WHEN p.box IS NOT NULL THEN p.geometry END
    FROM {plots} AS p LEFT JOIN reconciliation_plotstatus AS s ON s.plot_id = p.id {which}
"""
# The planner takes any frame for a two-hundredth of all plots, and would read all of the commune as well, or
# call in other processes: that few are wanted of the frame tells it to look there alone.
_IN_FRAME = "(SELECT * FROM parcels_plot WHERE box && %(frame)s::box LIMIT %(enough)s)"
_NEAR = """
    WHERE p.commune_id = %(commune)s AND p.srid IS NOT DISTINCT FROM %(srid)s
    AND p.state = 'live' AND p.id <> %(pk)s
    AND (%(communes)s::bigint[] IS NULL OR p.commune_id = ANY (%(communes)s::bigint[]))
    LIMIT %(most)s
"""
_FIRST_OF_LAND_USER = """
    JOIN landdb_adminunit AS unit ON unit.id = p.commune_id
    WHERE p.id = ANY (ARRAY(SELECT plot_id FROM parcels_holding WHERE land_user_id = %(pk)s))
    AND p.state = 'live' AND p.geometry IS NOT NULL
    AND (%(communes)s::bigint[] IS NULL OR p.commune_id = ANY (%(communes)s::bigint[]))
    ORDER BY unit.sort_key, p.sheet, p.number, p.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """One plot in the picture."""

    plot: Drawn
    points: str
    x: float
    y: float
    is_this: bool
    has_room: bool

    @property
    def group(self) -> int | None:
        return self.plot.group

    @property
    def number(self) -> str:
        return "–" if self.plot.number is None else str(self.plot.number)

    # Written here and not by a template, for the same reason as above.

    def drawn(self, address: str, label: str) -> str:
        """The plot as SVG: a link with its outline, and where there is room, group and number."""
        kind = f"plot s{self.group or ''}{' this' if self.is_this else ''}"
        mark = text = ""
        if self.group and self.has_room:
            at = f'x="{self.x - 21:.1f}" y="{self.y - 7:.1f}"'
            mark = f'<use href="#g{self.group}" {at} width="13" height="13"/>'
        if self.has_room or self.is_this:
            x = self.x + 5 if self.has_room else self.x
            text = f'<text x="{x:.1f}" y="{self.y + 4:.1f}">{self.number}</text>'
        return (
            f'<a href="{address}" aria-label="{label}">'
            f'<polygon class="{kind}" points="{self.points}"/>{mark}{text}</a>'
        )

    def line(self, address: str, mark: str) -> str:
        """The plot in the list below the picture."""
        return f'<li><a class="grow" href="{address}">{escape(self.plot.long_number)}</a>{mark}</li>'


@dataclass(frozen=True, slots=True)
class PlotMap:
    """The shapes, the scale bar (its length in the picture and in metres) and how many of each group."""

    shapes: list[Shape]
    bar: float
    bar_metres: int
    counts: dict[int, int]

    @property
    def drawn(self) -> SafeString:
        """All shapes as SVG."""
        # What those hear who do not see the picture; numbers need no escape.
        words, address = escape(_("Thửa %(number)s, nhóm %(group)s")), _Address()
        parts = (
            shape.drawn(address.of(shape), words % {"number": shape.number, "group": shape.group or "–"})
            for shape in self.shapes
        )
        return mark_safe("".join(parts))  # noqa: S308  escaped there

    @property
    def lines(self) -> SafeString:
        """The neighbours as lines of a list."""
        address, marks = _Address(), {group: group_mark(group) for group in self.counts}
        others = (shape for shape in self.shapes if not shape.is_this)
        parts = (shape.line(address.of(shape), marks.get(shape.group or 0, "")) for shape in others)
        return mark_safe("".join(parts))  # noqa: S308  escaped there

    @property
    def bar_start(self) -> float:
        return round(WIDTH - 10 - self.bar, 1)

    @property
    def board(self) -> float:
        """Width of the small board that keeps the scale legible over the plots."""
        return round(max(self.bar, 34.0) + 12, 1)

    @property
    def board_start(self) -> float:
        return round(self.bar_middle - self.board / 2, 1)

    @property
    def bar_middle(self) -> float:
        return round(WIDTH - 10 - self.bar / 2, 1)


class _Address:
    """The pages of plots: their pattern is looked up once for a picture."""

    def __init__(self) -> None:
        self._before, self._after = reverse("plot", args=[0]).split("0", 1)

    def of(self, shape: Shape) -> str:
        return f"{self._before}{shape.plot.pk}{self._after}"


def first_of_land_user(pk: int, user: User) -> Drawn | None:
    """The first of a land user's plots of the territory, as the desk lists them, that has an outline."""
    return next(_read(_FIRST_OF_LAND_USER, user, {"pk": pk}), None)


def plot_map(plot: Plot, user: User) -> PlotMap | None:
    """The plot and its neighbours within the frame, or None where it has no drawable geometry."""
    status = getattr(plot, "status", None)
    group = status.group if status else None
    geometry = bytes(plot.geometry) if plot.geometry and plot.box is not None else None
    drawn = Drawn(plot.pk, plot.commune_id, plot.srid, plot.sheet, plot.number, group, geometry)
    return around(drawn, user)


def around(plot: Drawn, user: User) -> PlotMap | None:
    """The picture of a plot that is read already."""
    known, outlines = _outlines([plot])
    if not known:
        return None
    x1, y1, x2, y2 = outlines[0].bounds
    half = max((x2 - x1) / 2 + MARGIN, ((y2 - y1) / 2 + MARGIN) * WIDTH / HEIGHT)
    cx, cy, ratio = (x1 + x2) / 2, (y1 + y2) / 2, WIDTH / (2 * half)
    tall = half * HEIGHT / WIDTH
    frame = (cx - half, cy - tall, cx + half, cy + tall)
    box = BoxField().get_prep_value(frame)
    place = {"commune": plot.commune, "srid": plot.srid, "frame": box}
    near = _read(_NEAR, user, {**place, "pk": plot.pk, "most": MOST, "enough": 10 * MOST}, plots=_IN_FRAME)
    shapes = _shapes([*near, plot], frame, ratio, this=plot.pk)
    counts = {group: sum(shape.group == group for shape in shapes) for group in (1, 2, 3)}
    metres = next(step for step in (500, 200, 100, 50, 20, 10, 5) if step * ratio <= WIDTH / 3 or step == 5)
    return PlotMap(shapes, metres * ratio, metres, counts)


def _read(which: str, user: User, values: dict[str, Any], *, plots: str = "parcels_plot") -> Iterator[Drawn]:
    ids = user.commune_ids()
    told = {**values, "communes": None if ids is None else list(ids)}
    with connection.cursor() as cursor:
        cursor.execute(_DRAWN.format(plots=plots, which=which), told)
        return map(Drawn._make, cursor.fetchall())


def _outlines(plots: Sequence[Drawn]) -> tuple[list[Drawn], Any]:
    """Those that have an outline that can be drawn, and their outlines."""
    outlines = shapely.from_wkb([plot.geometry or None for plot in plots], on_invalid="ignore")
    is_area = np.isin(shapely.get_type_id(outlines), _AREAS) & ~shapely.is_empty(outlines)
    return [plot for plot, is_one in zip(plots, is_area.tolist(), strict=True) if is_one], outlines[is_area]


def _shapes(plots: Sequence[Drawn], frame: Frame, ratio: float, *, this: int) -> list[Shape]:
    known, outlines = _outlines(plots)
    bounds = shapely.bounds(outlines)
    has_room = (bounds[:, 2] - bounds[:, 0]) * ratio > ROOM
    # A point inside is known of a valid outline alone.
    labels, is_valid = shapely.centroid(outlines), shapely.is_valid(outlines)
    labels[is_valid] = shapely.point_on_surface(outlines[is_valid])
    at = _in_picture(shapely.get_coordinates(labels), frame, ratio)
    rings = shapely.get_exterior_ring(shapely.get_geometry(outlines, 0))
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    points = [f"{x:.1f},{y:.1f}" for x, y in _in_picture(corners, frame, ratio)]
    ends = np.searchsorted(ring, range(len(known) + 1)).tolist()
    return [
        Shape(plot, " ".join(points[ends[n] : ends[n + 1]]), round(x, 1), round(y, 1), plot.pk == this, room)
        for n, (plot, (x, y), room) in enumerate(zip(known, at, has_room.tolist(), strict=True))
    ]


def _in_picture(points: Any, frame: Frame, ratio: float) -> list[tuple[float, float]]:
    x, y = (points[:, 0] - frame[0]) * ratio, (frame[3] - points[:, 1]) * ratio
    return list(zip(x.tolist(), y.tolist(), strict=True))
