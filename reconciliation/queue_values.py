"""What the list of flagged plots is counted under, a place in its order, and a page of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from .queue_page import Flagged


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the queue begins or ends: a commune and a plot in it."""

    commune_id: int
    plot_id: int

    @classmethod
    def read(cls, raw: str) -> Place | None:
        found = re.fullmatch(r"(\d{1,5})\.(\d{1,18})", raw)
        return cls(int(found[1]), int(found[2])) if found else None

    def __str__(self) -> str:
        return f"{self.commune_id}.{self.plot_id}"


@dataclass(slots=True)
class QueuePage:
    """A page of the queue and the places to go on from."""

    statuses: list[Flagged]
    before: Place | None
    after: Place | None


class Under(NamedTuple):
    """What plots are counted under beside group and commune: a rule, or a dimension, or neither."""

    rule: str = ""
    dimension: str = ""


ALL = Under()
