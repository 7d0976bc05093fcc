"""Where the headers of a sheet stand and which field each column holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from openpyxl.utils import get_column_letter

from landdb.normalise.text import clean, fold

from .cells import shown
from .vocabulary import Doubt, Guess, vocabulary
from .workbook import Sheet

#: Headers begin and end within the first ten rows, in at most four of them.
_FIRST_ROWS, _DEEPEST = 10, 4
#: Fewer known columns than these are no form.
_FEWEST_FIELDS = 3
#: A text over so many columns, and this share of them, is the sheet's title and no group.
_TITLE_COLUMNS, _TITLE_SHARE = 8, 0.7
#: What the model keeps of a header path.
_LONGEST_PATH = 300


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its place (from 0), its header path as written, its field ("" unknown).

    `doubt` says why a person has to confirm the field, `likely` what else it may be. `is_answered`: a person
    said it. `mark` tells columns of the same path apart.
    """

    place: int
    path: tuple[str, ...]
    field: str
    doubt: Doubt = Doubt.NONE
    likely: tuple[str, ...] = ()
    is_answered: bool = False
    mark: str = ""

    @property
    def letter(self) -> str:
        return letter(self.place)

    @property
    def header(self) -> str:
        """The whole path in one line, as it is shown and remembered."""
        return path_text(self.path)[: _LONGEST_PATH - len(self.mark)] + self.mark

    @property
    def title(self) -> str:
        """Letter and own header: "J · Ngày, tháng, năm sinh"."""
        return f"{self.letter} · {self.path[-1]}"[:160]


@dataclass(frozen=True, slots=True)
class Header:
    """The headers of a sheet, and the first row (from 0) of its data."""

    columns: tuple[Column, ...]
    first_data_row: int
    top: int
    texts: frozenset[str] = field(default_factory=frozenset)

    @property
    def fields(self) -> dict[str, Column]:
        return {column.field: column for column in self.columns if column.field}


def letter(place: int) -> str:
    """A for 0, BI for 60."""
    return str(get_column_letter(place + 1))


def path_text(path: tuple[str, ...]) -> str:
    return " / ".join(path)


def header_key(header: str) -> str:
    """Under this key a person's answer about a header path is remembered."""
    return fold(header)


def find(sheet: Sheet, answers: Mapping[str, str]) -> Header | None:
    """The headers of a sheet; None where it holds none. `answers`: key of a path → field, "" = leave out."""
    best, place = (0, 0), (0, 0)
    texts = [[clean(shown(value)) for value in row] for row in sheet.rows[:_FIRST_ROWS]]
    for top in range(min(_FIRST_ROWS, len(sheet.rows))):
        for bottom in range(top, min(top + _DEEPEST, _FIRST_ROWS, len(sheet.rows))):
            # What a person said to leave out is a known header, too: without it others might be taken.
            columns = _columns(sheet, texts[top : bottom + 1], top, answers, near=False)
            known = {c.field or c.header for c in columns if c.field or c.is_answered}
            if (len(known), bottom - top) > best:
                best, place = (len(known), bottom - top), (top, bottom)
    if best[0] < _FEWEST_FIELDS:
        return None
    top, bottom = place
    found = tuple(_columns(sheet, texts[top : bottom + 1], top, answers, near=True))
    return Header(
        found,
        _after_items(sheet, bottom + 1, found),
        top,
        frozenset(fold(text) for column in found for text in column.path),
    )


def _columns(
    sheet: Sheet, texts: Sequence[Sequence[str]], top: int, answers: Mapping[str, str], *, near: bool
) -> list[Column]:
    """The columns as the rows from `top` on name them, whose `texts` are given."""
    grid, filled = _spread(sheet, texts, top)
    titles = _titles(grid)
    headed = []
    for place in range(sheet.width):
        levels = _levels([(row[place], (i, place) in filled) for i, row in enumerate(grid)], titles)
        if levels:
            headed.append((place, tuple(text for text, _is_filled in levels), levels))
    repeated = Counter(header_key(path_text(path)) for _place, path, _levels in headed)
    found = []
    for place, path, levels in headed:
        # Of columns of the same path only the place tells which is which: elsewhere it is asked again.
        is_repeated = repeated[header_key(path_text(path))] > 1
        column = Column(place, path, "", mark=f" (cột {letter(place)})" if is_repeated else "")
        said = answers.get(header_key(column.header))
        guess = _guess(levels, near=near) if said is None else Guess(said)
        found.append(
            replace(
                column,
                field=guess.field,
                doubt=guess.doubt,
                likely=guess.likely,
                is_answered=said is not None,
            )
        )
    return found


def _spread(
    sheet: Sheet, texts: Sequence[Sequence[str]], top: int
) -> tuple[list[list[str]], set[tuple[int, int]]]:
    """Header cells with merged ranges spread; without any, each group reaches to the next one on its right.

    The second answer names the cells (row, column) that were only filled from the left.
    """
    grid, bottom = [list(row) for row in texts], top + len(texts) - 1
    spans = [span for span in sheet.merged if span[0] <= bottom and span[2] >= top]
    filled: set[tuple[int, int]] = set()
    for first_row, left, last_row, right in spans:
        text = clean(shown(sheet.rows[first_row][left])) if left < sheet.width else ""
        for place in range(max(first_row, top), min(last_row, bottom) + 1):
            for column in range(left, min(right + 1, sheet.width)):
                grid[place - top][column] = text
    if not spans:
        for depth, row in enumerate(grid[:-1]):
            for column in range(1, sheet.width):
                if not row[column] and row[column - 1] and any(below[column] for below in grid[depth + 1 :]):
                    row[column] = row[column - 1]
                    filled.add((depth, column))
    return grid, filled


def _titles(grid: list[list[str]]) -> set[str]:
    """Texts above the last row that stand over nearly all columns, or alone over the first one."""
    columns = sum(1 for column in zip(*grid, strict=True) if any(column))
    first = next((place for place, column in enumerate(zip(*grid, strict=True)) if any(column)), 0)
    titles: set[str] = set()
    for row in grid[:-1]:
        if row and list(filter(None, row)) == [row[first]] and fold(row[first]) not in vocabulary().groups:
            titles.add(row[first])
        for text, count in Counter(filter(None, row)).items():
            if count >= max(_TITLE_COLUMNS, columns * _TITLE_SHARE):
                titles.add(text)
    return titles


def _levels(cells: list[tuple[str, bool]], titles: set[str]) -> list[tuple[str, bool]]:
    """The texts above a column, without repetitions and titles, and whether each was only filled in."""
    levels: list[tuple[str, bool]] = []
    for text, is_filled in cells:
        if text and text not in titles and (not levels or fold(levels[-1][0]) != fold(text)):
            levels.append((text, is_filled))
    return levels


def _guess(levels: list[tuple[str, bool]], *, near: bool) -> Guess:
    """What the words mean; else what they mean without filled-in groups, which may not reach so far."""
    folded = tuple(filter(None, (fold(text) for text, _is_filled in levels)))
    if not folded:
        return Guess("", Doubt.UNKNOWN)
    whole = vocabulary().recognise(folded, near=near)
    own = tuple(filter(None, (fold(text) for text, is_filled in levels if not is_filled)))
    if whole.field or own == folded or not own:
        return whole
    alone = vocabulary().recognise(own, near=near)
    if alone.field and not alone.doubt and not vocabulary().can_mean_one_thing(own[-1]):
        return replace(alone, doubt=Doubt.GROUP)
    return alone if alone.field or alone.likely else whole


def _after_items(sheet: Sheet, row: int, columns: tuple[Column, ...]) -> int:
    """The row behind the item numbers, where there are any."""
    if row >= len(sheet.rows):
        return row
    cells = [shown(sheet.rows[row][column.place]).strip("()[] ") for column in columns]
    numbers = [int(cell) for cell in cells if cell.isascii() and cell.isdigit() and len(cell) <= 3]
    is_items = (
        len(numbers) >= _FEWEST_FIELDS
        and len(numbers) == sum(1 for cell in cells if cell)
        and all(later - earlier in (0, 1, 2, 3) for earlier, later in pairwise(numbers))
    )
    return row + 1 if is_items else row
