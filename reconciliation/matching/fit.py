"""Fit the weights to the land users at hand: expectation and maximisation over each one's candidates.

What is estimated: how often true pairs reach each step of each ladder (m), how often the other candidates do
where the registry cannot tell (u of the levels marked `free`), and how many land users are not in the
registry. The version's own numbers take part as `OPINION` observations, so that little data changes little.
The method is that of Fellegi and Sunter (1969) with Winkler's EM (1988), with one difference: a land user's
candidates and "not in the registry" exclude each other, so that namesakes share one person's probability.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from . import coincidences
from .ladders import CLASH, LADDERS, MISSING, SAME_FOLD, Ladder
from .weights import Levels, Weights

ROUNDS = 12
#: How many mistakes the version's own caution counts for.
OPINION_OF_MISTAKES = 10.0
#: Log-odds up to which the weights are believed as they are.
SURE = 4.0
#: How many land users the version's own opinion counts for.
OPINION = 100.0
KINDS = ("number", "former", "none")
#: Ladders whose steps are learnt from all land users; the others from those whom no number finds, since those
#: whom a number finds need no other field, and their records are in better order.
_OF_ALL = ("number", "former_number")
#: Ladders of which tied pairs tell how often true pairs disagree.
_TIED = ("name", "birth", "number", "former_number")
_SAME_YEAR = ("same_day", "swapped", "same_year", "near_day", "other_day")
FIELDS = [ladder.field for ladder in LADDERS]

#: Steps for which another field must say more (both days, both former communes, an agreeing name), and the
#: step for where it does not: that it does says nothing here, so each side is told as a share of all who
#: agree so far.
_FINER = {
    "birth": (("same_day", "swapped", "near_day", "other_day"), "same_year"),
    "commune": (("same_former", "other_former"), "same"),
    "number": (("same_of_another",), "same"),
    "former_number": (("same_of_another",), "same"),
}

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
        used = (code >= 0) & (self.by_number ^ (ladder.field in _OF_ALL))
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


def fit(sample: Sample, tied: Tied, weights: Weights) -> Weights:
    """The weights fitted to a sample of all land users, and to pairs that are true for certain."""
    opinion, u = _tables(weights, "m"), _tables(weights, "u")
    m = [
        _even(ladder, _shares(*tied.told(ladder), _plain(ladder, told)))
        for ladder, told in zip(LADDERS, opinion, strict=True)
    ]
    fixed = _marked(weights, "fixed")
    m = [np.where(stays, told, learnt) for stays, told, learnt in zip(fixed, opinion, m, strict=True)]
    first_m, first_u = [each.copy() for each in m], [each.copy() for each in u]
    free = _marked(weights, "free")
    # Whom the registry lacks has relatives and namesakes there. Only what tied pairs do tells how often a
    # true pair disagrees: left to itself the fit would take their disagreement for dirt.
    clash = [np.array([s.sign == CLASH for s in ladder.steps]) for ladder in LADDERS]
    absent = np.array([weights.absent[kind] for kind in KINDS])
    first_absent = absent.copy()
    for _round in range(ROUNDS):
        share, nobody = _expect(sample, m, u, absent)
        for place, ladder in enumerate(LADDERS):
            code = sample.codes[:, place]
            if ladder.field not in _OF_ALL:
                used = (code >= 0) & ~sample.is_found
                fitted = _even(ladder, _shares(code[used], share[used], _plain(ladder, first_m[place])))
                m[place] = np.where(clash[place] & (ladder.field in _TIED), first_m[place], fitted)
                m[place] = np.where(fixed[place], opinion[place], m[place])
            if free[place].any():
                used = code >= 0
                told = _shares(code[used], 1 - share[used], first_u[place] / first_u[place].sum())
                u[place] = np.where(free[place], told, first_u[place])
        for kind in range(len(KINDS)):
            here = nobody[sample.kind == kind]
            lonely = sample.lonely[kind]
            absent[kind] = (here.sum() + lonely + OPINION * first_absent[kind]) / (
                len(here) + lonely + OPINION
            )
    return weights.fitted(
        levels=_levels(weights, m, u), absent=dict(zip(KINDS, absent.tolist(), strict=True))
    )


def caution(sample: Sample, is_true: npt.NDArray[np.bool_], weights: Weights) -> float:
    """How much of the log-odds beyond SURE to believe, learnt from pairs whose truth is known (`is_true`).

    Each land user is asked about twice: as he is, and as if his resident were not in the registry. Fields are
    not as independent as the weights hold, so that the surest are a little too sure.
    """
    m, u = _tables(weights, "m"), _tables(weights, "u")
    absent = np.array([weights.absent[kind] for kind in KINDS])
    unseen = weights.absent["none"]
    said, wrong, worth = [], [], []
    for hide, weight in ((False, 1 - unseen), (True, unseen)):
        score, right = _best(sample, m, u, absent, is_true, hide=hide)
        sure = score > SURE
        said.append(score[sure])
        wrong.append(~right[sure])
        worth.append(np.full(int(sure.sum()), weight))
    scores, weight_of, is_wrong = np.concatenate(said), np.concatenate(worth), np.concatenate(wrong)

    def doubt(share: float) -> float:
        return float((weight_of / (1 + np.exp(SURE + (scores - SURE) * share))).sum())

    # Mistakes are few, so the version's own caution takes part as if it had seen some.
    expected, seen = doubt(weights.caution), float(is_wrong.sum())
    mean_weight = float((is_wrong * weight_of).sum()) / max(seen, 1.0)
    opinion = OPINION_OF_MISTAKES * (mean_weight or 1.0)
    aim = expected * (seen * mean_weight + opinion) / (expected + opinion)
    low, high = 0.3, 1.0
    for _step in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if doubt(middle) < aim else (middle, high)
    return round(high, 4)


def _best(
    sample: Sample,
    m: list[Floats],
    u: list[Floats],
    absent: Floats,
    is_true: npt.NDArray[np.bool_],
    *,
    hide: bool,
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Log-odds of every land user's best candidate, and whether it is the true one; the true one hidden or
    not."""
    share, nobody = _expect(sample, m, u, absent, sample.is_crowd | is_true if hide else None)
    order = np.lexsort((share, sample.land_user))
    last = np.append(np.flatnonzero(np.diff(sample.land_user[order])), len(order) - 1)
    best = order[last]
    others = np.bincount(sample.land_user, share, len(nobody)) + nobody
    rest = np.maximum(others[sample.land_user[best]] - share[best], 1e-30)
    return np.log(np.maximum(share[best], 1e-300) / rest), is_true[best]


def _expect(
    sample: Sample,
    m: list[Floats],
    u: list[Floats],
    absent: Floats,
    hidden: npt.NDArray[np.bool_] | None = None,
) -> tuple[Floats, Floats]:
    """The share of every candidate that is not hidden, and of "not in the registry" of every land user."""
    strength = sample.known.copy()
    for place, (hit, chance) in enumerate(zip(m, u, strict=True)):
        code = sample.codes[:, place]
        strength += np.where(code >= 0, np.log(hit / chance)[code], 0.0)
    start = np.log(absent / (1 - absent))[sample.kind] + sample.nobody
    relative = strength - start[sample.land_user]
    if hidden is not None:
        relative = np.where(hidden, -np.inf, relative)
    top = np.zeros(len(start))
    np.maximum.at(top, sample.land_user, relative)
    each = np.exp(relative - top[sample.land_user])
    none = np.exp(-top)
    total = none + np.bincount(sample.land_user, each, len(start))
    return each / total[sample.land_user], none / total


def _shares(codes: npt.NDArray[np.int8], weight: Floats, opinion: Floats) -> Floats:
    """Shares of the steps, the opinion counted in."""
    told = np.bincount(codes, weight, len(opinion)) + OPINION * opinion / opinion.sum()
    shares: Floats = told / told.sum()
    return shares


def _plain(ladder: Ladder, shares: Floats) -> Floats:
    """An opinion as shares that add up to one: of finer and coarser steps, half each."""
    if ladder.field not in _FINER:
        return shares
    finer, coarser = _FINER[ladder.field]
    halved = np.array([0.5 if s.level in finer or s.level == coarser else 1.0 for s in ladder.steps])
    plain: Floats = shares * halved
    return plain


def _even(ladder: Ladder, shares: Floats) -> Floats:
    """Shares with the finer and the coarser steps of a ladder both told among all who agree so far."""
    if ladder.field not in _FINER:
        return shares
    finer, coarser = _FINER[ladder.field]
    levels = [step.level for step in ladder.steps]
    fine, coarse = np.array([level in finer for level in levels]), levels.index(coarser)
    known, unknown = shares[fine].sum(), shares[coarse]
    told = shares.copy()
    told[fine] *= (known + unknown) / max(known, 1e-9)
    told[coarse] = known + unknown
    return told


def _marked(weights: Weights, mark: str) -> list[npt.NDArray[np.bool_]]:
    """Which steps of each ladder carry a mark."""
    return [
        np.array([bool(weights.levels[ladder.field][step.level].get(mark)) for step in ladder.steps])
        for ladder in LADDERS
    ]


def _tables(weights: Weights, what: str) -> list[Floats]:
    return [
        np.array([float(weights.levels[ladder.field][step.level][what]) for step in ladder.steps])
        for ladder in LADDERS
    ]


def _levels(weights: Weights, m: list[Floats], u: list[Floats]) -> dict[str, Levels]:
    return {
        ladder.field: {
            step.level: {
                **weights.levels[ladder.field][step.level],
                "m": float(f"{m[place][nth]:.6g}"),
                "u": float(f"{u[place][nth]:.6g}"),
            }
            for nth, step in enumerate(ladder.steps)
        }
        for place, ladder in enumerate(LADDERS)
    }


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
    m, u = _tables(weights, "m"), _tables(weights, "u")
    codes = _codes(rows)
    known = np.log(rows["people"].astype(float)) + _BIT * rows["w_coincidence"]
    for place, field in enumerate(FIELDS):
        code = codes[:, place]
        known += np.where(code >= 0, _BIT * rows[f"w_{field}"] - np.log(m[place] / u[place])[code], 0.0)
    has = np.isin(chance["land_user"], ids)
    kind = np.asarray(chance["kind"], dtype=np.int64)
    number, former = (codes[:, FIELDS.index(field)] for field in _OF_ALL)
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
