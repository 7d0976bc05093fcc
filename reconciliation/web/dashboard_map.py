"""The communes as circles at their label points: size by plots, class and figure by the share of group 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext

from landdb.templatetags.landdb import num, percent

from .dashboard_table import Row

#: The drawing, in its own units; longitude is shortened as it is at this latitude.
WIDTH, HEIGHT, EDGE = 600.0, 380.0, 24.0
_SHORTER = math.cos(math.radians(21.2))
_SMALLEST, _LARGEST = 5.5, 15.0
#: From this radius on a figure stands in the circle.
_HOLDS_FIGURE = 9.5
#: Beyond this part of the width a name stands before its circle.
_RIGHTMOST = 0.85
#: Lower ends of the four classes of shares.
CLASSES = (0.0, 0.25, 0.5, 0.75)
#: Points behind the plan from which on a circle gets a ring, and circles that are named beside.
LATE, NAMED = -10.0, 6


@dataclass(frozen=True, slots=True)
class Bubble:
    """A commune on the map."""

    row: Row
    title: str
    x: str
    y: str
    r: str
    ring: str
    step: int
    figure: int | None
    label_x: str
    label_y: str
    #: A name at the right edge stands before its circle.
    is_before: bool


def bubbles(rows: Sequence[Row]) -> list[Bubble]:
    """Large ones first, so that small ones lie on top; none where fewer than two have a place."""
    placed = [
        row for row in rows if row.unit.map_lon is not None and row.unit.map_lat is not None and row.plots
    ]
    if len(placed) < 2:
        return []
    xs = [(row.unit.map_lon or 0.0) * _SHORTER for row in placed]
    ys = [-(row.unit.map_lat or 0.0) for row in placed]
    scale = min(
        (WIDTH - 2 * EDGE) / ((max(xs) - min(xs)) or 1e-9),
        (HEIGHT - 2 * EDGE) / ((max(ys) - min(ys)) or 1e-9),
    )
    left = (WIDTH - scale * (max(xs) - min(xs))) / 2
    top = (HEIGHT - scale * (max(ys) - min(ys))) / 2
    most = max(row.plots for row in placed)
    named = {row.unit.pk for row in sorted(placed, key=lambda row: row.rank)[:NAMED]}
    found = []
    for row, lon, lat in zip(placed, xs, ys, strict=True):
        x, y = left + scale * (lon - min(xs)), top + scale * (lat - min(ys))
        r = max(_SMALLEST, _LARGEST * math.sqrt(row.plots / most))
        is_before = x > WIDTH * _RIGHTMOST
        label_x = x - r - 4 if is_before else x + r + 4
        is_late = row.gap is not None and row.gap < LATE
        share = row.share or 0.0
        found.append(
            Bubble(
                row, _title(row), f"{x:.1f}", f"{y:.1f}", f"{r:.1f}", f"{r + 2.5:.1f}" if is_late else "",
                sum(share >= lower for lower in CLASSES),
                round(100 * share) if r >= _HOLDS_FIGURE else None,
                f"{label_x:.1f}" if row.unit.pk in named else "", f"{y + 4:.1f}", is_before,
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: -each.row.plots)


def _title(row: Row) -> str:
    plots = ngettext("%(plots)s thửa", "%(plots)s thửa", row.plots) % {"plots": num(row.plots)}
    return f"{row.unit.name}: {percent(row.share)}, {plots}"


def classes() -> list[tuple[int, int | None, int | None]]:
    """The legend: class, lower and upper end in percent, None at the open ends."""
    lower = [round(100 * each) for each in CLASSES]
    return [
        (step + 1, lower[step] or None, lower[step + 1] if step + 1 < len(lower) else None)
        for step in range(len(lower))
    ]
