"""What an import did with every row of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import field as _more
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:  # import processes use the rest without Django
    from landdb.models import ReceivedFile


class Refused(Exception):
    """A file that cannot be used at all; `str()` is one clear sentence. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell; the words to `code` stand in `landdb.intake.problems`.

    `about`: the row that it does not go together with.
    """

    level: str  # RowProblem.Level
    row: int
    code: str
    column: str = ""
    value: str = ""
    sheet: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """The file gives another value to a record that is there already: a proposal, never an overwrite."""

    model: str  # "parcels.landuser"
    record_id: int
    field: str
    old: Any
    new: Any
    row: int | None = None
    sheet: str = _more(default="", compare=False)


class RowOutcome(NamedTuple):
    """What a row of a workbook spoke of, and whether it brought a record that was not there."""

    sheet: str
    row: int
    plot: int
    land_user: int | None
    is_new: bool


@dataclass(slots=True)
class Outcome:
    """The received file with its counts, what differs from what is there, and what was touched.

    `problems` may be cut short in long files; `warnings` counts all warnings. `added`: model → ids of records
    that hang on others' records and do not know their file; undoing needs them.
    `created`: how many records of each kind are new. `changes`: what a registry extract changed, by kind.
    `rows`: the rows that were read further, and `new`: model → ids that the file brought.
    """

    file: ReceivedFile
    differences: list[Difference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    plots: list[int] = field(default_factory=list)
    land_users: list[int] = field(default_factory=list)
    communes: list[int] = field(default_factory=list)
    warnings: int = 0
    seconds: float = 0.0
    added: dict[str, list[int]] = field(default_factory=dict)
    created: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    rows: list[RowOutcome] = field(default_factory=list)
    new: dict[str, set[int]] = field(default_factory=dict)
