"""The lines of a facet, the same on every list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from landdb.models import AdminUnit

from ..filters import address
from ..plot_search import EXACT


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a facet: what it says, how many, the address that sets or clears it."""

    key: str
    label: str
    count: int
    is_on: bool
    query: str
    #: Counted up to EXACT only.
    is_capped: bool = False

    @property
    def is_cut(self) -> bool:
        return self.is_capped and self.count > EXACT

    @property
    def shown(self) -> int:
        return EXACT if self.is_cut else self.count


def commune_options(
    communes: Mapping[int, AdminUnit],
    chosen: Collection[int],
    counts: Mapping[int, int],
    base: Mapping[str, list[str]],
) -> list[Option]:
    """Communes that hold something or are chosen: the chosen first, then those that hold most."""
    on = set(chosen)
    found = [
        Option(
            unit.code,
            unit.name,
            counts.get(pk, 0),
            pk in on,
            address(base, commune=[communes[other].code for other in sorted(on ^ {pk})]),
        )
        for pk, unit in communes.items()
        if counts.get(pk) or pk in on
    ]
    return sorted(found, key=lambda option: (not option.is_on, -option.count))
