"""The plots that a plot lies over, for its page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from landdb.models import User
from parcels.models import Plot, PlotOverlap

#: Shown, the widest first.
MOST = 20


@dataclass(frozen=True, slots=True)
class Overlapping:
    """Another plot and the area (m²) in common. A plot of another territory is named, and has no page."""

    plot: Plot
    area: Decimal
    is_visible: bool
    is_elsewhere: bool


def overlapping(plot: Plot, user: User) -> list[Overlapping]:
    """Who lies over a plot, as far as outlines have been looked at."""
    pairs = list(
        PlotOverlap.objects.filter(Q(first=plot) | Q(second=plot))
        .select_related("first__commune", "second__commune")
        .defer("first__geometry", "second__geometry")
        .order_by("-area", "id")[:MOST]
    )
    others = [pair.second if pair.first_id == plot.pk else pair.first for pair in pairs]
    near = Plot.objects.visible_to(user).filter(pk__in=[other.pk for other in others])
    visible = set(near.values_list("pk", flat=True))
    return [
        Overlapping(other, pair.area, other.pk in visible, other.commune_id != plot.commune_id)
        for pair, other in zip(pairs, others, strict=True)
    ]
