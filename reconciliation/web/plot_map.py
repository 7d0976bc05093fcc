"""A small map of a plot and its neighbours, as shapes for an SVG."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import shapely
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from shapely import MultiPolygon, Polygon

from landdb.models import User
from landdb.templatetags.landdb import group_mark
from parcels.models import Plot

#: The picture in its own units; the frame is this wide around the plot, at least, in metres.
WIDTH, HEIGHT, MARGIN = 400.0, 260.0, 25.0
MOST = 120

Outline = Polygon | MultiPolygon


@dataclass(frozen=True)
class Shape:
    """One plot in the picture."""

    plot: Plot
    group: int | None
    points: str
    x: float
    y: float
    is_this: bool
    has_room: bool

    @cached_property
    def address(self) -> str:
        return reverse("plot", args=[self.plot.pk])

    @property
    def number(self) -> str:
        return "–" if self.plot.number is None else str(self.plot.number)

    @property
    def label(self) -> str:
        """What those hear who do not see the picture."""
        return _("Thửa %(number)s, nhóm %(group)s") % {"number": self.number, "group": self.group or "–"}

    # Written here and not by a template: a picture has fifty of these, a dense one more than a hundred.

    @property
    def drawn(self) -> str:
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
            f'<a href="{self.address}" aria-label="{escape(self.label)}">'
            f'<polygon class="{kind}" points="{self.points}"/>{mark}{text}</a>'
        )

    @property
    def line(self) -> str:
        """The plot in the list below the picture."""
        mark = group_mark(self.group) if self.group else ""
        return f'<li><a class="grow" href="{self.address}">{escape(self.plot.long_number)}</a>{mark}</li>'


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
        return mark_safe("".join(shape.drawn for shape in self.shapes))  # noqa: S308  escaped there

    @property
    def lines(self) -> SafeString:
        """The neighbours as lines of a list."""
        return mark_safe("".join(shape.line for shape in self.shapes if not shape.is_this))  # noqa: S308  escaped there

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


def plot_map(plot: Plot, user: User) -> PlotMap | None:
    """The plot and its neighbours within the frame, or None where it has no drawable geometry."""
    outline = _outline(plot)
    if outline is None or plot.box is None:
        return None
    x1, y1, x2, y2 = outline.bounds
    half = max((x2 - x1) / 2 + MARGIN, ((y2 - y1) / 2 + MARGIN) * WIDTH / HEIGHT)
    cx, cy, ratio = (x1 + x2) / 2, (y1 + y2) / 2, WIDTH / (2 * half)
    tall = half * HEIGHT / WIDTH
    frame = (cx - half, cy - tall, cx + half, cy + tall)
    near = (
        Plot.objects.visible_to(user)
        .live()
        .filter(commune=plot.commune_id, srid=plot.srid, box__touches=frame)
    )
    shapes = []
    drawn = (
        near.exclude(pk=plot.pk).select_related("status").only("sheet", "number", "geometry", "status__group")
    )
    for other in drawn[:MOST]:
        other_outline = _outline(other)
        if other_outline is not None:
            shapes.append(_shape(other, other_outline, frame, ratio, is_this=False))
    shapes.append(_shape(plot, outline, frame, ratio, is_this=True))
    counts = {group: sum(shape.group == group for shape in shapes) for group in (1, 2, 3)}
    metres = next(step for step in (500, 200, 100, 50, 20, 10, 5) if step * ratio <= WIDTH / 3 or step == 5)
    return PlotMap(shapes, metres * ratio, metres, counts)


def _outline(plot: Plot) -> Outline | None:
    if not plot.geometry:
        return None
    shape = shapely.from_wkb(bytes(plot.geometry), on_invalid="ignore")
    return shape if isinstance(shape, Polygon | MultiPolygon) and not shape.is_empty else None


def _shape(
    plot: Plot,
    outline: Outline,
    frame: tuple[float, float, float, float],
    ratio: float,
    *,
    is_this: bool,
) -> Shape:
    ring = outline.exterior if isinstance(outline, Polygon) else outline.geoms[0].exterior
    points = [((x - frame[0]) * ratio, (frame[3] - y) * ratio) for x, y in ring.coords]
    label = shapely.point_on_surface(outline) if outline.is_valid else outline.centroid
    status = getattr(plot, "status", None)
    return Shape(
        plot=plot,
        group=status.group if status else None,
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        x=round((label.x - frame[0]) * ratio, 1),
        y=round((frame[3] - label.y) * ratio, 1),
        is_this=is_this,
        has_room=(outline.bounds[2] - outline.bounds[0]) * ratio > 42,
    )
