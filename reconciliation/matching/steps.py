"""What a ladder is: the steps by which one field of a land user and a resident agree, from best to worst."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

EXACT, NEAR, CLASH, NONE = "exact", "near", "clash", "none"
#: The code of a field that one of the two leaves empty.
MISSING = "-"


class Step(NamedTuple):
    """One step of a ladder: its id, its stored code, its word, what it says, and when it holds."""

    level: str
    code: str
    word: StrOrPromise
    sign: str
    when: str


@dataclass(frozen=True)
class Ladder:
    """A field with its steps from best to worst; `missing` says when there is nothing to compare."""

    field: str
    title: StrOrPromise
    missing: str
    missing_word: StrOrPromise
    steps: tuple[Step, ...]

    @property
    def code_sql(self) -> str:
        """The code of a pair's level as an SQL expression."""
        steps = "".join(f" WHEN {step.when} THEN '{step.code}'" for step in self.steps)
        return f"CASE WHEN {self.missing} THEN '{MISSING}'{steps} END"

    def step(self, level: str) -> Step:
        """The step of a level; a level that this version no longer knows is shown by its id."""
        for step in self.steps:
            if step.level == level:
                return step
        return Step(level, MISSING, self.missing_word if level == "missing" else level, NONE, "")

    def level_of(self, code: str) -> str:
        """The level of a stored code; "missing" where there was nothing to compare."""
        return next((step.level for step in self.steps if step.code == code), "missing")

    def codes(self, *levels: str) -> list[str]:
        """The codes of some levels."""
        return [step.code for step in self.steps if step.level in levels]
