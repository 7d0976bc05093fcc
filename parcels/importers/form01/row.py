"""One row on its way from cells to an entry: values by field, and the problems met while reading them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from landdb.intake.outcome import Problem
from landdb.normalise.text import clean

from ..formula_cells import is_error, is_unsaved
from . import problems
from .cells import shown
from .entries import Known
from .fields import IDENTITY, UNUSED
from .headers import Column

#: Characters of a value that a report shows.
_LONGEST_VALUE = 200

Level = Literal["rejected", "warning", "ignored"]


class RowRejected(Exception):
    """The row cannot be used; its problem is noted."""


@dataclass(slots=True)
class Row:
    """The cells of a row by field. Once errors are checked, their cells are empty.

    Whoever amends rows before they are read may lay other texts over their cells (`overlay`), say that a row
    is one of ours (`known`), or set it aside (`is_left`). `noted` are the fields of the problems, `present`
    those that have a header, also where no row has a value. `formulas` are the places of cells with formulas.
    """

    sheet: str
    number: int
    cells: list[object]
    columns: Mapping[str, Column]
    problems: list[Problem] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    present: frozenset[str] = frozenset()
    formulas: frozenset[int] = frozenset()
    overlay: Mapping[str, object] | None = None
    known: Known | None = None
    is_left: bool = False

    def value(self, name: str) -> object:
        """The cell as the workbook holds it; None where there is none."""
        if self.overlay is not None:
            return self.overlay.get(name) or None
        return self.typed(name)

    def typed(self, name: str) -> object:
        """The cell as it came, whatever lies over it."""
        column = self.columns.get(name)
        if column is None:
            return None
        cell = self.cells[column.place]
        return None if cell == "" else cell

    def says_of(self, fields: frozenset[str]) -> bool:
        """Does it say anything of these that the register does not have? Only rows of ours may not."""
        return self.known is None or self.known.says(fields)

    @property
    def is_settled(self) -> bool:
        """A row of ours of which only the changed cells are read."""
        return self.known is not None and self.known.is_settled

    def leaves(self, fields: frozenset[str]) -> bool:
        """A settled row in which nobody touched any of these."""
        return self.is_settled and not self.says_of(fields)

    def raw(self, name: str, longest: int) -> str:
        """The cell as it is shown, line breaks kept, cut to what the register can hold."""
        return self._cut(name, shown(self.value(name)), longest)

    def text(self, name: str, longest: int) -> str:
        """The cell in one tidy line."""
        value = self.value(name)
        return self._cut(name, clean(shown(value)), longest) if value is not None else ""

    def _cut(self, name: str, text: str, longest: int) -> str:
        if len(text) <= longest:
            return text
        self.warn(problems.TEXT_CUT, name)
        return text[:longest]

    def warn(self, code: str, name: str) -> None:
        self.note("warning", code, name)

    def reject(self, code: str, name: str = "", about: str = "") -> RowRejected:
        """Note why; to be raised by the caller. `about`: the rows with which it does not go together."""
        self.note("rejected", code, name, about)
        return RowRejected(code)

    def note(self, level: Level, code: str, name: str = "", about: str = "") -> None:
        column = self.columns.get(name)
        value = clean(shown(self.cells[column.place]))[:_LONGEST_VALUE] if column else ""
        title = column.title if column else ""
        self.problems.append(Problem(level, self.number, code, title, value, self.sheet[:60], about))
        self.noted.append(name)

    def check_errors(self) -> None:
        """Errors, and formulas without a saved result: in a cell that says whose row it is they are fatal,
        elsewhere the cell is empty. Of a formula with a result it is said that this was taken.
        """
        columns = self.columns
        if self.overlay is not None and self.known:
            columns = {name: column for name, column in columns.items() if name in self.known.changed}
        for name, column in columns.items():
            if name in UNUSED:
                continue
            cell = self.cells[column.place]
            if is_unsaved(cell):
                self._empty(name, problems.IDENTITY_UNSAVED, problems.FORMULA_UNSAVED)
            elif is_error(cell):
                self._empty(name, problems.IDENTITY_ERROR, problems.CELL_ERROR)
            elif column.place in self.formulas and shown(cell):
                self.warn(problems.FORMULA, name)

    def _empty(self, name: str, fatal: str, warning: str) -> None:
        if name in IDENTITY:
            raise self.reject(fatal, name)
        self.warn(warning, name)
        self.cells[self.columns[name].place] = ""
