"""What a work list is asked for by and answers with: a place in its order, the counts of its facets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: What the facet "with whom" knows beside the receivers: too late an answer, and everything.
OVERDUE, ANYWHERE = "overdue", "all"


@dataclass(frozen=True, slots=True)
class At:
    """A place in the order: the value that orders, and the work item."""

    value: int
    pk: int

    @classmethod
    def read(cls, raw: str) -> At | None:
        found = re.fullmatch(r"(\d{1,18})\.(\d{1,18})", raw)
        return cls(int(found[1]), int(found[2])) if found else None

    def __str__(self) -> str:
        return f"{self.value}.{self.pk}"


@dataclass(frozen=True, slots=True)
class Counts:
    """Work items under the other facets, by what a facet offers; `plots` wait on those in the list."""

    outcomes: Mapping[str, int]
    stages: Mapping[str, int]
    communes: Mapping[int, int]
    withs: Mapping[str, int]
    total: int
    plots: int
