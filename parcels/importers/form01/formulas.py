"""Formulas of a workbook: where they stand in an .xlsx, and what of them the grid of values has to tell."""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import IO, Any, NamedTuple
from xml.parsers import expat

from landdb.intake.outcome import Refused

from ..formula_cells import MOST, CellError, FormulaCell, Kind, TooManyFormulas, Unsaved, formula
from .archive import too_wide

#: Row → its columns with formulas, from 0.
Places = Mapping[int, frozenset[int]]

_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHEET_DATA = re.compile(rb"<((?:\w+:)?)sheetData\b")
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"']")
_ROW_PLACE = re.compile(rb"\sr\s*=\s*[\"']([0-9]{1,7})[\"']")
_IS_TEXT = re.compile(rb"\st\s*=\s*[\"']str[\"']")


class _Patterns(NamedTuple):
    """Of a sheet whose tags have a certain prefix. Each is linear: no two parts of it match the same."""

    formula: re.Pattern[bytes]
    cell: re.Pattern[bytes]
    body: re.Pattern[bytes]
    tags: re.Pattern[bytes]


class XlsxFormulas:
    """The formulas of an .xlsx whose parts have been checked, sheet by sheet; no tree is made of its XML."""

    def __init__(self, content: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(content)
        self._parts = _parts(self._archive)
        self._count = 0

    def of(self, sheet: str) -> list[FormulaCell]:
        """The formulas of the sheet of that name. TooManyFormulas where all so far are too many."""
        part = self._parts.get(sheet)
        found = []
        for cell in in_sheet(self._archive.read(part)) if part else ():
            self._count += 1
            if self._count > MOST:
                raise TooManyFormulas
            found.append(cell)
        return found


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of a sheet → the part of the archive that holds it."""
    names = {name.lower(): name for name in archive.namelist()}
    if _LINKS not in names:
        return {}
    targets = {
        about.get("Id", ""): about.get("Target", "")
        for about in _elements(archive.read(names[_LINKS]), "Relationship")
    }
    found: dict[str, str] = {}
    for about in _elements(archive.read(names[_BOOK]), "sheet"):
        path = posixpath.normpath(posixpath.join("/xl", targets.get(about.get("id", ""), ""))).lstrip("/")
        if path.lower() in names:
            found.setdefault(about.get("name", ""), names[path.lower()])
    return found


def _elements(content: bytes, wanted: str) -> list[dict[str, str]]:
    """The attributes of all elements of a name, whatever the prefixes. expat.ExpatError."""
    found: list[dict[str, str]] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name.rpartition(" ")[2] == wanted:
            found.append({key.rpartition(" ")[2]: value for key, value in attributes.items()})

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.Parse(content, True)
    return found


@lru_cache(maxsize=8)
def _patterns(prefix: bytes) -> _Patterns:
    p = re.escape(prefix)
    return _Patterns(
        re.compile(rb"<%bf[\s/>]" % p),
        re.compile(rb"<%bc(\s[^<>]*)?>\s*" % p),
        # The formula, perhaps its result, perhaps a text in the cell itself.
        re.compile(
            rb"<%bf(?:[\s/][^<>]*)?>([^<]*)(?:</%bf\s*>)?\s*(?:<%bv(?:[\s/][^<>]*)?>([^<]*)(?:</%bv\s*>)?\s*)?(<%bis\b)?"
            % (p, p, p, p, p)
        ),
        re.compile(rb"<%b(row|c|f)((?:[\s/][^<>]*)?)>" % p),
    )


def in_sheet(content: bytes) -> Iterator[FormulaCell]:
    """The cells with formulas of a sheet's XML."""
    data = _SHEET_DATA.search(content)
    patterns = _patterns(data[1] if data else b"")
    if data is None or not patterns.formula.search(content, data.end()):
        return
    for row, column, attributes, start in _places(content, data.end(), patterns):
        body = patterns.body.match(content, start)
        if body is None:
            continue
        words, result, text = body.groups()
        if result or text or (result is not None and _IS_TEXT.search(attributes)):
            yield FormulaCell(row, column, Kind.SAVED)
        else:
            yield FormulaCell(
                row, column, Kind.UNSAVED, formula(html.unescape(words[:2_000].decode("utf-8", "replace")))
            )


def _places(content: bytes, begin: int, patterns: _Patterns) -> Iterator[tuple[int, int, bytes, int]]:
    """Row, column and attributes of each cell with a formula, and where the formula begins."""
    for count, at in enumerate(patterns.formula.finditer(content, begin)):
        if count >= MOST:
            raise TooManyFormulas
        cell = patterns.cell.fullmatch(content, content.rfind(b"<", begin, at.start()), at.start())
        if cell is None:
            continue
        attributes = cell[1] or b""
        place = _PLACE.search(attributes)
        if place is None:
            # Cells may leave out where they stand: then all have to be counted.
            yield from _counted(content, begin, patterns, at.start())
            return
        yield int(place[2]) - 1, _column(place[1]), attributes, at.start()


def _counted(
    content: bytes, begin: int, patterns: _Patterns, first: int
) -> Iterator[tuple[int, int, bytes, int]]:
    """As `_places`, from the formula at `first` on, where a cell may be one further to the right."""
    row = at_row = column = -1
    count = 0
    cell: re.Match[bytes] | None = None
    for tag in patterns.tags.finditer(content, begin):
        name, attributes = tag[1], tag[2]
        if name == b"row":
            place = _ROW_PLACE.search(attributes)
            row, column, cell = int(place[1]) - 1 if place else row + 1, -1, None
        elif name == b"c":
            place = _PLACE.search(attributes)
            # A cell in a row that is not its own does not move those behind it there.
            at_row = int(place[2]) - 1 if place else row
            column = _column(place[1]) if place else column + 1
            cell = None if attributes.endswith(b"/") else tag
        else:
            count += 1
            if count > MOST:
                raise TooManyFormulas
            if cell is None:
                continue
            if tag.start() >= first and not content[cell.end() : tag.start()].strip():
                yield at_row, column, cell[2], tag.start()
            cell = None


def _column(letters: bytes) -> int:
    """A is 0, Z 25, AA 26."""
    place = 0
    for letter in letters.upper():
        place = place * 26 + letter - 64
    return place - 1


def _widen(rows: list[list[Any]], cells: Sequence[FormulaCell], most: int) -> None:
    """Room for all these cells, blank where nothing stands."""
    there = (len(rows[0]) if rows else 0, len(rows))
    width = max([there[0], *(cell.column + 1 for cell in cells)])
    height = max([there[1], *(cell.row + 1 for cell in cells)])
    if (width, height) == there:
        return
    if width * height > most:
        raise Refused(too_wide())
    for row in rows:
        row += [""] * (width - len(row))
    rows += [[""] * width for _row in range(height - len(rows))]


def lay_over(rows: list[list[Any]], cells: Sequence[FormulaCell], most: int) -> Places:
    """Put errors and formulas without a result into the grid, which readers leave empty there.

    The places of the formulas. Refused where the grid would come to have more cells than `most`.
    """
    told = [cell for cell in cells if cell.kind != Kind.SAVED]
    _widen(rows, told, most)
    for row, column, kind, text in told:
        if kind == Kind.ERROR:
            rows[row][column] = CellError(text)
        elif rows[row][column] == "":
            rows[row][column] = Unsaved(text)
    found: dict[int, frozenset[int]] = {}
    shared: dict[frozenset[int], frozenset[int]] = {}
    for row, group in groupby(cells, attrgetter("row")):
        columns = frozenset(cell.column for cell in group if cell.kind != Kind.ERROR) | found.get(
            row, frozenset()
        )
        # Nearly all rows have formulas in the same columns.
        if columns:
            found[row] = shared.setdefault(columns, columns)
    return found
