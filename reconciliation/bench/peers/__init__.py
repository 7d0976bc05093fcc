"""Other programs for the same work. They know nothing of our engine, only of the stored columns."""

from __future__ import annotations

from typing import NamedTuple


class Run(NamedTuple):
    """What a peer did: seconds of each part, the table of best candidates."""

    seconds: dict[str, float]
    table: str
