"""A workbook given back: its cells as they came, those that were turned away marked with the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string

from .answers import remembered
from .archive import Limits
from .cells import shown
from .fields import FIELDS
from .giving import LISTS, SPARE_ROWS, drop_down
from .headers import Header, find, header_key
from .pen import Pen, lines
from .workbook import Sheet, sheets

SUMMARY = "TomTat"
_MOST_WIDTH, _TELL_EVERY = 40, 500
#: Looks, the gravest first.
_GRAVE = ("rejected", "warned", "asked")


@dataclass(frozen=True, slots=True)
class Note:
    """What is said of a cell: its sheet, row, column, the look, and the words.

    `column`: its letters, or the name of its field; "" = the row.
    """

    sheet: str
    row: int
    column: str
    look: str
    words: str


#: Row key → field → the text that was given out in a cell to be mended, and why and how.
Asked = Mapping[str, Mapping[str, tuple[str, str]]]


def annotate(
    source: Path,
    target: Path,
    notes: Sequence[Note],
    summary: Sequence[Sequence[str]],
    *,
    asked: Asked = MappingProxyType({}),
    commune: Any = None,
    limits: Limits | None = None,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Write the workbook anew with its notes and a sheet that sums them up, ready to be filled in again.

    Cells that were to be mended (`asked`) and still say what they said are marked again. Whatever it came
    as, it goes back as .xlsx, its values as texts. Refused where it cannot be read.
    """
    found = sheets(source, limits or Limits())
    answers = {header_key(header): name for header, name in remembered(commune).items()}
    by_cell: dict[tuple[str, int], list[Note]] = defaultdict(list)
    for note in notes:
        by_cell[note.sheet, note.row].append(note)
    book: Any = Workbook(write_only=True)
    pen = Pen(book)
    _sum_up(book, pen, summary)
    lists = next((sheet for sheet in found if sheet.name == LISTS), None)
    total, done = sum(len(sheet.rows) for sheet in found), 0
    for sheet in found:
        if sheet.name == SUMMARY:
            continue
        header = find(sheet, answers)
        hidden = header.fields["row_key"].place if header and "row_key" in header.fields else -1
        heads = header.first_data_row if header else 0
        page = _page(book, sheet, hidden, heads)
        fields = {name: column.place for name, column in header.fields.items()} if header else {}
        if header and hidden >= 0:
            _drop_down(page, sheet, header, lists)
        for place, row in enumerate(sheet.rows):
            done += 1
            texts = [shown(value) for value in row]
            if place < heads:
                page.append([pen.head(page, text) if text else None for text in texts])
            else:
                said = [*by_cell.get((sheet.name[:60], place + 1), []), *_still(texts, fields, asked)]
                page.append(_row(page, pen, texts, _by_place(said, texts, fields, hidden)))
            if done % _TELL_EVERY == 0:
                tell(done, total)
    # The rows first, as they came; what sums them up last.
    book._sheets.append(book._sheets.pop(0))
    book.save(target)


def _sum_up(book: Any, pen: Pen, summary: Sequence[Sequence[str]]) -> None:
    told: Any = book.create_sheet(SUMMARY)
    for letter, width in (("A", 14), ("B", 60), ("C", 60)):
        told.column_dimensions[letter].width = width
    lines(told, pen, list(summary))


def _page(book: Any, sheet: Sheet, hidden: int, heads: int) -> Any:
    page: Any = book.create_sheet("".join("_" if c in r"[]:*?/\'" else c for c in sheet.name)[:31] or "Sheet")
    for place in range(sheet.width):
        column = page.column_dimensions[get_column_letter(place + 1)]
        column.number_format = "@"
        column.hidden = place == hidden
        sample = [len(shown(row[place])) for row in sheet.rows[heads : heads + 20]]
        column.width = min(max([*sample, 8]) + 3, _MOST_WIDTH)
    for top, left, bottom, right in sheet.merged:
        if bottom < heads and (top, left) != (bottom, right):
            first, last = get_column_letter(left + 1), get_column_letter(right + 1)
            page.merged_cells.add(f"{first}{top + 1}:{last}{bottom + 1}")
    if heads:
        page.freeze_panes = f"C{heads + 1}"
    return page


def _drop_down(page: Any, sheet: Sheet, header: Header, lists: Sheet | None) -> None:
    """In a workbook of ours the columns choose from its sheet of lists, as when it was given out."""
    columns = [] if lists is None else list(zip(*lists.rows, strict=True))
    titles = [shown(column[0]) for column in columns]
    last = len(sheet.rows) + SPARE_ROWS
    for name, column in header.fields.items():
        if FIELDS[name].header in titles:
            source = titles.index(FIELDS[name].header)
            choices = sum(1 for cell in columns[source][1:] if shown(cell))
            drop_down(page, column.place, source, choices, first=header.first_data_row + 1, last=last)


def _still(texts: Sequence[str], fields: Mapping[str, int], asked: Asked) -> Iterator[Note]:
    """The cells of a row of ours that are to be mended, and that nobody touched."""
    if "row_key" not in fields:
        return
    for name, (given, words) in asked.get(texts[fields["row_key"]], {}).items():
        if name in fields and texts[fields[name]] == given:
            yield Note("", 0, name, "asked", words)


def _row(page: Any, pen: Pen, texts: Sequence[str], said: Mapping[int, tuple[str, str]]) -> list[Any]:
    cells: list[Any] = [pen.text(page, text) if text else None for text in texts]
    for place, (look, words) in said.items():
        if place < len(cells):
            cells[place] = pen.text(page, texts[place], look, words)
    return cells


def _by_place(
    notes: Sequence[Note], texts: Sequence[str], fields: Mapping[str, int], hidden: int
) -> Mapping[int, tuple[str, str]]:
    """Column → look and words, the gravest look first; what is said of the whole row, or of a cell that
    nobody sees, stands at its first filled cell."""
    first = next((place for place, text in enumerate(texts) if text), 0)
    found: dict[int, tuple[str, str]] = {}
    for note in sorted(notes, key=lambda each: _GRAVE.index(each.look)):
        if note.column in fields:
            place = fields[note.column]
        else:
            place = column_index_from_string(note.column) - 1 if note.column.isupper() else first
        place = first if place == hidden else place
        look, words = found.get(place, (note.look, ""))
        found[place] = (look, f"{words}\n{note.words}".strip())
    return found
