"""Cells with formulas, whatever format they were found in. Also runs in a process apart: no Django here."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

#: Formulas and errors of one workbook: more need more memory and time than a workbook may have.
MOST = 600_000
#: Characters of a formula that are shown.
_LONGEST = 200
#: A formula whose text the file keeps elsewhere, or not in words.
NO_TEXT = "=…"


class Kind(StrEnum):
    """What a file keeps of a cell: a result (also an empty text), none, or an error."""

    SAVED = "saved"
    UNSAVED = "unsaved"
    ERROR = "error"


class FormulaCell(NamedTuple):
    """A place, from 0, and what stands there; `text` is the formula of UNSAVED and what ERROR shows."""

    row: int
    column: int
    kind: Kind
    text: str = ""


class TooManyFormulas(Exception):
    """The workbook has more than MOST."""


def formula(text: str) -> str:
    """A formula in one line, as it is shown to people."""
    found = " ".join(text.split())[:_LONGEST]
    return f"={found.removeprefix('=')}" if found else NO_TEXT
