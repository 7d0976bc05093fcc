"""How much an errand of the campaign takes on, however large the province is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Key = TypeVar("Key")


def first_within(counted: Iterable[tuple[Key, int]], most: int, most_of_one: int) -> list[Key]:
    """The first keys that have `most` together; the first one alone may have up to `most_of_one`."""
    found: list[Key] = []
    together = 0
    for key, n in counted:
        together += n
        if together > (most if found else most_of_one):
            break
        found.append(key)
    return found
