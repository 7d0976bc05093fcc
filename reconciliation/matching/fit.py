"""Fit the weights to the land users at hand: expectation and maximisation over each one's candidates.

What is estimated: how often true pairs reach each step of each ladder (m), how often the other candidates do
where the registry cannot tell (u of the levels marked `free`), and how many land users are not in the
registry. The version's own numbers take part as `OPINION` observations, so that little data changes little.
The method is that of Fellegi and Sunter (1969) with Winkler's EM (1988), with one difference: a land user's
candidates and "not in the registry" exclude each other, so that namesakes share one person's probability.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .ladders import LADDERS
from .samples import KINDS, OF_ALL, Floats, Sample, Tied, tables
from .steps import CLASH, Ladder
from .weights import Levels, Weights

ROUNDS = 12
#: How many mistakes the version's own caution counts for.
OPINION_OF_MISTAKES = 10.0
#: Log-odds up to which the weights are believed as they are.
SURE = 4.0
#: How many land users the version's own opinion counts for.
OPINION = 100.0
#: Ladders of which tied pairs tell how often true pairs disagree.
_TIED = ("name", "birth", "number", "former_number")

#: Steps for which another field must say more (both days, both former communes, an agreeing name), and the
#: step for where it does not: that it does says nothing here, so each side is told as a share of all who
#: agree so far.
_FINER = {
    "birth": (("same_day", "swapped", "near_day", "other_day"), "same_year"),
    "commune": (("same_former", "other_former"), "same"),
    "number": (("same_of_another",), "same"),
    "former_number": (("same_of_another",), "same"),
}


def fit(sample: Sample, tied: Tied, weights: Weights) -> Weights:
    """The weights fitted to a sample of all land users, and to pairs that are true for certain."""
    opinion, u = tables(weights, "m"), tables(weights, "u")
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
            if ladder.field not in OF_ALL:
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
    m, u = tables(weights, "m"), tables(weights, "u")
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
