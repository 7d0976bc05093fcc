"""Rows fit to be read further. Runs in import processes: no Django here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .outcome import Problem

#: Characters of any cell above which its row is turned away.
LONGEST = 2_000


class Layout(NamedTuple):
    """How many cells a row has; each field's place (−1: the file has none) and its most characters."""

    width: int
    fields: tuple[tuple[str, int, int], ...]

    @property
    def present(self) -> frozenset[str]:
        return frozenset(field for field, place, _longest in self.fields if place >= 0)


class Picked(NamedTuple):
    """Rows with the cells of the fields in order, their numbers, and what became of the others."""

    numbers: list[int]
    rows: list[tuple[str, ...]]
    problems: list[Problem]


def pick(first: int, rows: Sequence[Sequence[str]], layout: Layout) -> Picked:
    """Take each row's fields, '' for those that the file lacks; say which rows are blank or unusable."""
    numbers: list[int] = []
    kept: list[tuple[str, ...]] = []
    problems: list[Problem] = []
    places = [place for _field, place, _longest in layout.fields]
    for number, row in enumerate(rows, first):
        wrong = _wrong(number, row, layout)
        if wrong is not None:
            problems.append(wrong)
            continue
        numbers.append(number)
        kept.append(tuple([row[place] if place >= 0 else "" for place in places]))
    return Picked(numbers, kept, problems)


def _wrong(number: int, row: Sequence[str], layout: Layout) -> Problem | None:
    width = layout.width
    if len(row) != width and (len(row) < width or any(map(str.strip, row[width:]))):
        if not any(map(str.strip, row)):
            return Problem("ignored", number, "row_blank")
        return Problem("rejected", number, "row_length", value=str(len(row)))
    if max(map(len, row), default=0) > LONGEST:
        place = max(range(len(row)), key=lambda at: len(row[at]))
        named = {at: field for field, at, _longest in layout.fields}
        return Problem("rejected", number, "cell_too_long", named.get(place, ""), row[place][:200])
    for field, place, longest in layout.fields:
        if place >= 0 and len(row[place]) > longest:
            return Problem("rejected", number, "cell_too_long", field, row[place][:200])
    text = "".join(row)
    if "\x00" in text:
        field = next((f for f, place, _l in layout.fields if place >= 0 and "\x00" in row[place]), "")
        return Problem("rejected", number, "control_character", field)
    if not text or text.isspace():
        return Problem("ignored", number, "row_blank")
    return None
