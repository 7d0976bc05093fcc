"""The difficulties that communes noted and that were open when a week closed, for report and meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Noted:
    """`commune` is its id, or None where it is the whole province's; `answer` who does what until when."""

    commune: int | None
    text: str
    answer: str = ""


def noted(communes: Collection[int], last: dt.date) -> list[Noted]:
    """Those of the communes that were open at the end of a day. Nobody can note any yet."""
    return []
