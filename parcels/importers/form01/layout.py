"""Form 01 as it lies in the sheet: writing workbooks of V1, and of the layouts that offices make of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from .fields import FIELDS, V1

#: Rows that V1 needs for its headers; the item numbers stand in the next one.
DEPTH = 3

#: Headers that V1 leaves unmerged although the cell below them is empty.
_UNMERGED = frozenset({"scans", "has_scans", "certificate_kind", "coordinates", "guid"})


@dataclass(frozen=True, slots=True)
class Layout:
    """Where headers stand: V1 unless told otherwise.

    `columns` are field names from left to right. `depth` 3 is group, sub-group, header; 2 keeps the telling
    group alone; 1 has headers alone. `top` and `left` count empty rows and columns before the headers.
    """

    columns: tuple[str, ...] = tuple(field.name for field in V1)
    depth: int = DEPTH
    top: int = 0
    left: int = 0
    merged: bool = True
    items: bool = True
    sheet: str = "Sheet1"
    title: str = ""

    def heads(self) -> list[tuple[str, ...]]:
        """Every column's `depth` header cells from top to bottom; empty where a header spans rows."""
        return [_levels(FIELDS[name].path, self.depth) for name in self.columns]

    def merged_ranges(self) -> list[str]:
        """The merged cells of the headers, as "C1:E1"."""
        if not self.merged:
            return []
        heads = self.heads()
        return [*self._across(heads), *self._down(heads)]

    def _across(self, heads: Sequence[tuple[str, ...]]) -> Iterator[str]:
        """Groups over more than one column."""
        for level in range(self.depth - 1):
            spans = groupby(range(len(heads)), key=lambda place: heads[place][: level + 1])
            for levels, span in spans:
                places = list(span)
                if levels[-1] and len(places) > 1:
                    yield self._range(level, places[0], level, places[-1])

    def _down(self, heads: Sequence[tuple[str, ...]]) -> Iterator[str]:
        """Headers over more than one row."""
        for place, (name, levels) in enumerate(zip(self.columns, heads, strict=True)):
            own = max(level for level, text in enumerate(levels) if text)
            if own < self.depth - 1 and name not in _UNMERGED:
                yield self._range(own, place, self.depth - 1, place)

    def _range(self, row: int, column: int, last_row: int, last_column: int) -> str:
        first = f"{get_column_letter(self.left + column + 1)}{self.top + row + 1}"
        return f"{first}:{get_column_letter(self.left + last_column + 1)}{self.top + last_row + 1}"


def _levels(path: tuple[str, ...], depth: int) -> tuple[str, ...]:
    """A header path laid into `depth` cells; what does not fit loses its inner groups."""
    kept = path if len(path) <= depth else (*path[: depth - 1], path[-1])
    if depth == 2 and len(path) == 3:
        kept = (path[1] if path[1].startswith("Loại đất") else path[0], path[2])
    if depth == 1:
        kept = path[-1:]
    return (*kept, *[""] * (depth - len(kept)))


def write_v1(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """A workbook of V1 exactly; `rows` map field names (`fields.FIELDS`) to values as a clerk typed them."""
    write(path, rows, Layout())


def write(path: Path, rows: Iterable[Mapping[str, object]], layout: Layout) -> None:
    """A workbook of any layout. A row without a value for a column leaves the cell empty."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(layout.sheet)
    for span in layout.merged_ranges():
        sheet.merged_cells.add(span)
    before = [None] * layout.left
    for row in range(layout.top):
        sheet.append([*before, layout.title] if row == 0 and layout.title else [])
    for level in zip(*layout.heads(), strict=True):
        sheet.append([*before, *(text or None for text in level)])
    if layout.items:
        sheet.append([*before, *(_item(FIELDS[name].item) for name in layout.columns)])
    for values in rows:
        sheet.append([*before, *(values.get(name) for name in layout.columns)])
    book.save(path)


def _item(item: str) -> int | None:
    """The item number as a number, as V1 has it."""
    return int(item) if item else None
