"""The same checks done in other ways: how long they take, and that they find the same."""

from __future__ import annotations

from typing import NamedTuple


class Run(NamedTuple):
    """What a rival did: seconds of each part, findings of each rule that it can say."""

    seconds: dict[str, float]
    found: dict[str, int]
