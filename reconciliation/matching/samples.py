"""What the fit learns from: land users with their candidates, and pairs that are true for certain."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from . import coincidences
from .ladders import LADDERS, SAME_FOLD
from .steps import MISSING, Ladder
from .weights import Weights

KINDS = ("number", "former", "none")
#: Ladders whose steps are learnt from all land users; the others from those whom no number finds, since those
#: whom a number finds need no other field, and their records are in better order.
OF_ALL = ("number", "former_number")
_SAME_YEAR = ("same_day", "swapped", "same_year", "near_day", "other_day")
FIELDS = [ladder.field for ladder in LADDERS]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(slots=True)
class Tied:
    """Pairs that are true for certain: tied by a number, or (for the numbers) by name, full day and village.

    `codes` (pair × ladder) as in Sample; `by_number` tells which kind each is.
    """

    codes: npt.NDArray[np.int8]
    by_number: npt.NDArray[np.bool_]

    def told(self, ladder: Ladder) -> tuple[npt.NDArray[np.int8], Floats]:
        """The steps that speak for one ladder, each of weight one; what ties a pair is left out."""
        code = self.codes[:, FIELDS.index(ladder.field)]
        used = (code >= 0) & (self.by_number ^ (ladder.field in OF_ALL))
        if ladder.field == "name":
            # Of the same sex: husband and wife of one year take each other's number.
            used &= self._among("birth", _SAME_YEAR) & self._among("sex", ("same",))
        elif ladder.field == "birth":
            used &= self._among("name", SAME_FOLD)
        return code[used], np.ones(int(used.sum()))

    def _among(self, field: str, levels: Collection[str]) -> npt.NDArray[np.bool_]:
        place = FIELDS.index(field)
        steps = [nth for nth, step in enumerate(LADDERS[place].steps) if step.level in levels]
        return np.isin(self.codes[:, place], steps)


@dataclass(slots=True)
class Sample:
    """The candidates of some land users, side by side; `starts` is where each land user's begin.

    `codes` (candidate × ladder) are places in the ladder, −1 where missing; `known` holds what the weights of
    a candidate tell beside m and u (natural logarithms); `kind` is the land user's place in KINDS, `nobody`
    the logarithm of (registry's size × how much the name is at home in the commune). `lonely` counts those of
    each kind
    without any candidate; `is_crowd` marks all namesakes elsewhere, taken as one; `resident` and `ids` name
    both.
    """

    land_user: Ints
    codes: npt.NDArray[np.int8]
    known: Floats
    is_found: npt.NDArray[np.bool_]
    kind: Ints
    nobody: Floats
    lonely: Ints
    is_crowd: npt.NDArray[np.bool_]
    resident: Ints
    ids: Ints
    pattern: Ints

    def retold(self, old: Weights, new: Weights) -> Sample:
        """The same candidates where agreement by chance weighs otherwise."""
        more = np.array(new.coincidence) - np.array(old.coincidence)
        known = self.known + np.where(self.is_crowd, 0, _BIT * more[self.pattern])
        return replace(self, known=known)


def tables(weights: Weights, what: str) -> list[Floats]:
    """The m or the u of every step, ladder by ladder."""
    return [
        np.array([float(weights.levels[ladder.field][step.level][what]) for step in ladder.steps])
        for ladder in LADDERS
    ]


def sample_of(session: duckdb.DuckDBPyConnection, weights: Weights) -> Sample:
    """What `engine.compare` has left in a session, as a sample."""
    told = ", ".join(f"w_{field}" for field in FIELDS)
    rows: dict[str, Any] = session.execute(
        f"SELECT land_user, resident, people, w_coincidence, {coincidences.PATTERN} AS pattern,"  # noqa: S608
        f" {_CODES}, {told} FROM weighed ORDER BY land_user"
    ).fetchnumpy()
    chance: dict[str, Any] = session.execute(
        "SELECT land_user, kind, nobody - ln(absent / (1 - absent)) AS nobody FROM chance ORDER BY land_user"
    ).fetchnumpy()
    ids, at = np.unique(rows["land_user"], return_inverse=True)
    m, u = tables(weights, "m"), tables(weights, "u")
    codes = _codes(rows)
    known = np.log(rows["people"].astype(float)) + _BIT * rows["w_coincidence"]
    for place, field in enumerate(FIELDS):
        code = codes[:, place]
        known += np.where(code >= 0, _BIT * rows[f"w_{field}"] - np.log(m[place] / u[place])[code], 0.0)
    has = np.isin(chance["land_user"], ids)
    kind = np.asarray(chance["kind"], dtype=np.int64)
    number, former = (codes[:, FIELDS.index(field)] for field in OF_ALL)
    found = np.bincount(at, (number == 0) | (former == 0), len(ids)) > 0
    return Sample(
        at, codes, known, found[at], kind[has], np.asarray(chance["nobody"], dtype=float)[has],
        np.bincount(kind[~has], minlength=len(KINDS)), rows["resident"] == 0, rows["resident"], ids,
        np.asarray(rows["pattern"], dtype=np.int64),
    )  # fmt: skip


def tied_by_number(session: duckdb.DuckDBPyConnection) -> Tied:
    """The pairs of a session that its `decided` names (compared without their numbers)."""
    rows = session.execute(
        f"SELECT {_CODES} FROM weighed w SEMI JOIN decided d"  # noqa: S608
        " ON d.land_user = w.land_user AND d.resident = w.resident"
    ).fetchnumpy()
    return Tied(_codes(rows), np.ones(len(rows["c_name"]), dtype=bool))


def tied_by_day(session: duckdb.DuckDBPyConnection) -> Tied:
    """The pairs of a session that agree in name, full day of birth and village."""
    rows = session.execute(
        f"SELECT {_CODES} FROM weighed WHERE is_fold AND c_birth = 'a' AND c_village = 'a'"  # noqa: S608
    ).fetchnumpy()
    return Tied(_codes(rows), np.zeros(len(rows["c_name"]), dtype=bool))


def together(first: Tied, second: Tied) -> Tied:
    """Both, one after the other."""
    return Tied(
        np.concatenate([first.codes, second.codes]), np.concatenate([first.by_number, second.by_number])
    )


_BIT = np.log(2) / 100
_CODES = ", ".join(f"c_{field}" for field in FIELDS)


def _codes(rows: dict[str, Any]) -> npt.NDArray[np.int8]:
    """Letters as places in their ladders, −1 where missing."""
    codes = np.empty((len(rows["c_name"]), len(LADDERS)), dtype=np.int8)
    for place, ladder in enumerate(LADDERS):
        letters = np.array([MISSING, *(step.code for step in ladder.steps)])
        order = np.argsort(letters)
        said = np.asarray(rows[f"c_{ladder.field}"], dtype="U1")
        codes[:, place] = order[np.searchsorted(letters[order], said)] - 1
    return codes
