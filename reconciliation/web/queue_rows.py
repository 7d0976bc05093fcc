"""The rows of the list of plots: the plot, who holds it, what stands in its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from parcels.models import LandUser

from ..actions.rebuilds import stamp
from ..models import PlotStatus
from ..queue_page import Flagged, holders
from ..rules import catalogue


@dataclass(frozen=True, slots=True)
class Row:
    """A flagged plot in the list."""

    status: Flagged
    holders: list[str]
    reasons: list[catalogue.Rule]

    @property
    def ticked(self) -> str:
        """What ticking the row posts: the plot, and the stamp of what is shown of it."""
        shown = self.status
        seen = PlotStatus(group=shown.group, since=shown.since, rules=shown.rules, unjudged=shown.unjudged)
        return f"{shown.plot_id}:{stamp(seen)}"


def rows(statuses: list[Flagged], in_short: Callable[[str], str] | None = None) -> list[Row]:
    """The plots with their holders and reasons; names of people `in_short`, where told how."""
    held: dict[int, list[str]] = {status.plot_id: [] for status in statuses}
    for plot_id, name, kind in holders(list(held)):
        shown = in_short(name) if in_short and kind == LandUser.Kind.INDIVIDUAL else name
        if shown not in held[plot_id]:
            held[plot_id].append(shown)
    return [Row(status, held[status.plot_id], catalogue.known(status.rules)) for status in statuses]
