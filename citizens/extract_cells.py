"""Cells of a row that hold what cannot be read. Runs in import processes: no Django models here."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from landdb.intake.outcome import Problem
from landdb.normalise.dates import PartialDate
from landdb.normalise.text import fold

#: Words with which registries write that there is nothing.
_NONE = frozenset(
    ("", "khong", "khong co", "khong co so", "chua co", "chua cap", "null", "none", "nan", "n a")
)


class Unread:
    """The cells of one row that cannot be read, each told once.

    `kept` are the resident's columns that such cells speak of: one who is known keeps the values there.
    """

    def __init__(self, row: int, problems: list[Problem]) -> None:
        self.kept: set[str] = set()
        self._row, self._problems = row, problems

    def tell(self, code: str, column: str, text: str, *kept: str) -> None:
        """Tell of a cell, and which of the resident's columns it leaves as they are."""
        self._problems.append(Problem("warning", self._row, code, column, text[:200]))
        self.kept.update(kept)


@lru_cache(maxsize=65536)
def is_empty(cell: str) -> bool:
    """Is there nothing in the cell: blanks, signs alone, or a word for "none"?"""
    return fold(cell) in _NONE


def is_future(day: PartialDate) -> bool:
    """Does it lie after today as a whole, as far as it is known?"""
    return day.year is not None and date(day.year, day.month or 1, day.day or 1) > date.today()
