"""Formulas and errors of an .ods: one pass over its XML, without a tree of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO
from xml.parsers import expat

from parcels.importers.formula_cells import MOST, FormulaCell, Kind, TooManyFormulas, formula

from .biff import ERRORS

_TABLES = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_TABLE, _ROW = f"{_TABLES}table", f"{_TABLES}table-row"
_CELLS = frozenset((f"{_TABLES}table-cell", f"{_TABLES}covered-table-cell"))
_FORMULA = f"{_TABLES}formula"
_COLUMNS, _ROWS = f"{_TABLES}number-columns-repeated", f"{_TABLES}number-rows-repeated"
_TYPE, _CALC_TYPE = f"{_OFFICE}value-type", f"{_CALC}value-type"
_PARAGRAPH = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 p"
#: What the office programs show, in whatever language: "#DIV/0!", "Err:502".
_ERROR = re.compile(r"Err:\d{3}")
_SHOWN_ERRORS = frozenset(ERRORS.values())
#: Characters of an error that are kept.
_LONGEST_ERROR = 40
#: "of:=TRIM([.B5])" is shown as "=TRIM(B5)".
_DIALECT, _REFERENCE = re.compile(r"^\w*:(?==)"), re.compile(r"\[\.?([^\[\]]*)\]")


def formula_cells(content: IO[bytes]) -> list[list[FormulaCell]]:
    """Of each sheet in order its formulas and errors. TooManyFormulas; expat.ExpatError."""
    walk = _Walk()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    walk.parser = parser
    parser.ParseFile(content)
    return walk.sheets


class _Walk:
    """Where the pass stands: the row and column from 0, and the cell with a formula around it."""

    parser: expat.XMLParserType

    def __init__(self) -> None:
        self.sheets: list[list[FormulaCell]] = []
        self.count = self.row = self.column = self.rows = self.depth = 0
        self.cell: Mapping[str, str] | None = None
        self.text: list[str] | None = None
        #: Of the row: column, kind and text.
        self.found: list[tuple[int, Kind, str]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self.cell is not None:
            self.depth += 1
            # Of a cell's comment the paragraphs stand deeper.
            if self.depth == 1 and name == _PARAGRAPH:
                self.text = self.text or []
                self.parser.CharacterDataHandler = self.text.append
        elif name in _CELLS:
            if _FORMULA in attributes or attributes.get(_CALC_TYPE) == "error":
                self.cell, self.depth, self.text = attributes, 0, None
            else:
                self.column += _repeated(attributes, _COLUMNS)
        elif name == _ROW:
            self.column, self.rows, self.found = 0, _repeated(attributes, _ROWS), []
        elif name == _TABLE:
            self.row = 0
            self.sheets.append([])

    def end(self, name: str) -> None:
        if self.cell is not None:
            if self.depth:
                self.depth -= 1
                if not self.depth:
                    self.parser.CharacterDataHandler = None
            else:
                self._close(self.cell)
        elif name == _ROW:
            self._close_row()

    def _close(self, cell: Mapping[str, str]) -> None:
        columns = _repeated(cell, _COLUMNS)
        self._count(columns * self.rows)
        kind, text = _kept(cell, None if self.text is None else "".join(self.text).strip())
        self.found += [(self.column + place, kind, text) for place in range(columns)]
        self.column += columns
        self.cell = None

    def _close_row(self) -> None:
        sheet = self.sheets[-1] if self.sheets else []
        if self.found:
            for row in range(self.row, self.row + self.rows):
                sheet += [FormulaCell(row, column, kind, text) for column, kind, text in self.found]
        self.found = []
        self.row += self.rows

    def _count(self, more: int) -> None:
        self.count += more
        if self.count > MOST:
            raise TooManyFormulas


def _kept(cell: Mapping[str, str], shown: str | None) -> tuple[Kind, str]:
    """What the file keeps of a cell; `shown` is None where no text stands in it, not even an empty one."""
    if cell.get(_CALC_TYPE) == "error" or (shown and (shown in _SHOWN_ERRORS or _ERROR.fullmatch(shown))):
        return Kind.ERROR, (shown or "#N/A")[:_LONGEST_ERROR]
    if _TYPE not in cell and shown is None:
        words = _REFERENCE.sub(r"\1", _DIALECT.sub("", cell[_FORMULA][:2_000])).replace(":.", ":")
        return Kind.UNSAVED, formula(words)
    return Kind.SAVED, ""


def _repeated(attributes: Mapping[str, str], name: str) -> int:
    """How often a cell or row stands there; once where it says nothing that could be."""
    told = attributes.get(name, "1")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 and int(told) else 1
