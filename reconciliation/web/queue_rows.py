"""The rows of the list of plots: the plot, who holds it, what stands in its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from parcels.models import Holding, LandUser

from ..actions.rebuilds import stamp
from ..models import PlotStatus
from ..rules import catalogue


@dataclass(frozen=True, slots=True)
class Row:
    """A flagged plot in the list."""

    status: PlotStatus
    holders: list[str]
    reasons: list[catalogue.Rule]

    @property
    def ticked(self) -> str:
        """What ticking the row posts: the plot, and the stamp of what is shown of it."""
        return f"{self.status.plot_id}:{stamp(self.status)}"


def rows(statuses: list[PlotStatus], in_short: Callable[[str], str] | None = None) -> list[Row]:
    """The plots with their holders and reasons; names of people `in_short`, where told how."""
    holders: dict[int, list[str]] = {status.plot_id: [] for status in statuses}
    names = (
        Holding.objects.filter(plot__in=holders, land_user__isnull=False)
        .order_by("plot_id", "id")
        .values_list("plot_id", "land_user__name", "land_user__kind")
    )
    for plot_id, name, kind in names:
        shown = in_short(name) if in_short and kind == LandUser.Kind.INDIVIDUAL else name
        if shown not in holders[plot_id]:
            holders[plot_id].append(shown)
    return [Row(status, holders[status.plot_id], catalogue.known(status.rules)) for status in statuses]
