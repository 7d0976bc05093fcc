"""Formulas in cells, whatever format they came in: what they show, and what the file keeps of them.

Also used in import processes and the one that reads .xls and .ods: no Django here.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

#: Formulas and errors of one workbook: more need more memory and time than a workbook may have.
MOST = 600_000
#: Characters of a formula that are shown.
_LONGEST = 200
_ERRORS = frozenset(
    {
        "#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!",
        "#GETTING_DATA", "#BUSY!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#EXTERNAL!", "#TIMEOUT!",
        "#PYTHON!",
    }
)  # fmt: skip
#: A formula whose text the file keeps elsewhere, or not in words.
NO_TEXT = "=…"


#: A formula that was typed into a cell of text, where a spreadsheet keeps it as it is: "=TRIM(B5)", "=$A$2".
_AS_TEXT = re.compile(r"=\s*[-+(]*[A-Za-z0-9$']")


class CellError(str):
    """An error that a formula shows, in whatever words: "#REF!", "Err:502"."""

    __slots__ = ()


class Unsaved(str):
    """A formula whose result the file does not hold, as it was typed: "=TRIM(B5)"."""

    __slots__ = ()


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


def is_error(value: object) -> bool:
    """A formula's error, such as #REF!."""
    if isinstance(value, CellError):
        return True
    return type(value) is str and value.startswith("#") and value.strip().upper() in _ERRORS


def is_unsaved(value: object) -> bool:
    """A formula whose result the file does not hold: never calculated, or typed into a cell of text."""
    if isinstance(value, Unsaved):
        return True
    return type(value) is str and value.startswith("=") and _AS_TEXT.match(value) is not None


def has_no_value(value: object) -> bool:
    """Does a formula stand there of which nobody knows what it should have said?"""
    return is_unsaved(value) or is_error(value)


def formula(text: str) -> str:
    """A formula in one line, as it is shown to people."""
    found = " ".join(text.split())[:_LONGEST]
    return f"={found.removeprefix('=')}" if found else NO_TEXT
