"""Cells of a workbook that two sides changed differently: side by side, chosen singly or by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from landdb.models import User

from ..actions.upload_compare import REGISTER, WORKBOOK
from ..models import CorrectionBatch, CorrectionRow
from . import upload_subjects
from .upload_subjects import Subject
from .upload_words import Change, hidden, of_cell, title

#: Rows in conflict shown at a time.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell on its three sides; `change` has the register's side and the workbook's, with what differs."""

    line: CorrectionRow
    subject: Subject
    title: str
    given: str
    change: Change
    input: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column in which cells are in conflict, on all pages."""

    field: str
    title: str
    cells: int


def conflicts(batch: CorrectionBatch, user: User, *, is_revealed: bool = False) -> list[Conflict]:
    """The first cells in conflict, in the order of the workbook."""
    lines = list(_lines(batch)[:SHOWN])
    subjects = upload_subjects.of(lines, user)
    return [
        Conflict(
            line,
            subjects[line.pk],
            title(name),
            given if is_revealed else hidden(name, given),
            of_cell(name, register, typed, is_revealed=is_revealed),
            f"pick-{line.pk}-{name}",
        )
        for line in lines
        for name, given, register, typed in _cells(line)
    ]


def columns(batch: CorrectionBatch) -> list[Column]:
    """Those in which anything is in conflict, the most frequent first."""
    found = Counter(cell[0] for line in _lines(batch) for cell in _cells(line))
    return [Column(name, title(name), n) for name, n in found.most_common()]


def chosen(batch: CorrectionBatch, told: QueryDict) -> dict[int, dict[str, str]]:
    """Line → field → side, as a form says it: cell by cell, for one column ("column"), or for all ("all")."""
    column, _colon, of_column = told.get("column", "").partition(":")
    found: dict[int, dict[str, str]] = {}
    for line in _lines(batch):
        for name, *_sides in _cells(line):
            side = told.get(f"pick-{line.pk}-{name}", "")
            side = of_column if name == column else told.get("all") or side
            if side in (REGISTER, WORKBOOK):
                found.setdefault(line.pk, {})[name] = side
    return found


def _lines(batch: CorrectionBatch) -> Any:
    return batch.lines.filter(state=CorrectionRow.State.CONFLICT).order_by("pk")


def _cells(line: CorrectionRow) -> Iterator[tuple[str, str, str, str]]:
    for name, given, register, typed in line.cells:
        side, seen = line.picks.get(name, ("", ""))
        if given != register and not (side in (REGISTER, WORKBOOK) and seen == register):
            yield name, given, register, typed
