"""The order of communes by their plan: on dashboard, report and wall the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Place(Protocol):
    """A commune beside others. `gap`: points from the plan line; `share`: group 1 of all its plots."""

    rank: int | None

    @property
    def gap(self) -> float | None: ...

    @property
    def share(self) -> float | None: ...

    @property
    def sort_key(self) -> str: ...


P = TypeVar("P", bound=Place)


def ranked(places: Iterable[P]) -> list[P]:
    """The best first, each with its rank: 1 is farthest ahead of its plan among these communes.

    Who was assigned nothing comes last and has no rank, nor has who is looked at alone.
    """
    found = sorted(
        places, key=lambda each: (each.gap is None, -(each.gap or 0.0), -(each.share or 0.0), each.sort_key)
    )
    for place, each in enumerate(found, 1):
        each.rank = place if each.gap is not None and len(found) > 1 else None
    return found
