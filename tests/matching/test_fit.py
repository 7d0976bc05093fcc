"""The fit finds again what the data was drawn from; the bands hold what they promise."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.matching import bands, fit
from reconciliation.matching.bands import Curve
from reconciliation.matching.fit import OPINION
from reconciliation.matching.ladders import LADDERS
from reconciliation.matching.samples import FIELDS, KINDS, Sample, Tied, tables
from reconciliation.matching.weights import Weights, load

few = settings(max_examples=4, derandomize=True)
#: Candidates of every land user; the truth, where it is in the registry, is one of them.
CANDIDATES = 5
#: Told by tied pairs, and so left out of the candidates that the fit weighs.
_NUMBERS = ("number", "former_number")
seeds = st.integers(0, 2**32 - 1)


def told(ladder, what: str) -> np.ndarray:
    """A column of the version file."""
    levels = load().levels[ladder.field]
    return np.array([levels[step.level][what] for step in ladder.steps])


def of_strangers(ladder) -> np.ndarray:
    """How often a stranger reaches each step: as the file says where the fit is free to learn it."""
    levels = load().levels[ladder.field]
    free = np.array([bool(levels[step.level].get("free")) for step in ladder.steps])
    shares = told(ladder, "u")
    if ladder.field == "status":
        return np.where(free, shares, 0)
    if free.any():
        return np.where(free, shares, (1 - shares[free].sum()) / max((~free).sum(), 1))
    return halved(ladder, np.full(len(shares), 1 / len(shares)))


def halved(ladder, shares: np.ndarray) -> np.ndarray:
    """Shares in which another field says more in half of the cases, for strangers and the true alike."""
    if ladder.field not in fit._FINER:
        return shares / shares.sum()
    finer, coarser = fit._FINER[ladder.field]
    levels = [step.level for step in ladder.steps]
    fine, coarse = np.isin(levels, finer), levels.index(coarser)
    agree = shares[fine].sum() + shares[coarse]
    split = shares.copy()
    split[fine] *= agree / 2 / shares[fine].sum()
    split[coarse] = agree / 2
    return split / split.sum()


class Drawn:
    """Land users whose true m and absent share are known."""

    def __init__(self, seed: int, size: int, absent: float = 0.2, fields=FIELDS) -> None:
        draw = np.random.default_rng(seed)
        self.m = [self._true(ladder, draw) for ladder in LADDERS]
        rows = size * CANDIDATES
        at = np.repeat(np.arange(size), CANDIDATES)
        there = draw.random(size) >= absent
        self.is_true = np.tile(np.arange(CANDIDATES) == 0, size) & there[at]
        codes, known = np.full((rows, len(LADDERS)), -1, dtype=np.int8), np.zeros(rows)
        for place, ladder in enumerate(LADDERS):
            if ladder.field in _NUMBERS or ladder.field not in fields:
                continue
            strange = of_strangers(ladder)
            code = np.where(
                self.is_true,
                draw.choice(len(strange), rows, p=self.m[place]),
                draw.choice(len(strange), rows, p=strange / strange.sum()),
            )
            codes[:, place] = code
            even = np.maximum(fit._even(ladder, strange), 1e-12)
            known += np.log(told(ladder, "u") / even)[code]
        zeros = np.zeros(rows, dtype=bool)
        self.sample = Sample(
            at, codes, known, zeros, np.full(size, KINDS.index("none")), np.full(size, np.log(CANDIDATES)),
            np.zeros(len(KINDS), dtype=np.int64), zeros, np.arange(rows), np.arange(size),
            np.zeros(rows, dtype=int),
        )  # fmt: skip
        self.tied = Tied(
            np.stack([draw.choice(len(m), size, p=m) for m in self.m], axis=1).astype(np.int8),
            draw.random(size) < 0.5,
        )

    def _true(self, ladder, draw) -> np.ndarray:
        """Not what the file holds, but of its kind; steps that are fixed keep their share."""
        levels = load().levels[ladder.field]
        fixed = np.array([bool(levels[step.level].get("fixed")) for step in ladder.steps])
        shares = told(ladder, "m") * np.where(fixed, 1, np.exp(0.7 * draw.standard_normal(len(fixed))))
        if ladder.field == "status":
            shares = np.where([step.level == "minor" for step in ladder.steps], 0, shares)
        return halved(ladder, shares)

    def weights(self, absent: float) -> Weights:
        """The weights that are right of these land users, where so many more are not in the registry."""
        levels = {
            ladder.field: {
                step.level: {**load().levels[ladder.field][step.level], "m": max(float(share), 1e-9)}
                for step, share in zip(ladder.steps, fit._even(ladder, self.m[place]), strict=True)
            }
            for place, ladder in enumerate(LADDERS)
        }
        return load().fitted(levels=levels, absent=dict.fromkeys(KINDS, absent))


def m_of(weights: Weights, ladder) -> np.ndarray:
    return np.array([weights.levels[ladder.field][step.level]["m"] for step in ladder.steps])


@few
@given(seeds, st.sampled_from([0.05, 0.2, 0.4]))
def test_the_fit_finds_the_shares_that_the_data_was_drawn_from(seed, absent) -> None:
    drawn = Drawn(seed, 12_000, absent)
    fitted = fit.fit(drawn.sample, drawn.tied, load())
    for place, ladder in enumerate(LADDERS):
        true = fit._even(ladder, drawn.m[place])
        assert m_of(fitted, ladder) == pytest.approx(true, abs=0.03), ladder.field
    assert fitted.absent["none"] == pytest.approx(absent, abs=0.02)


@few
@given(seeds, st.integers(1, 10))
def test_more_opinion_than_data_changes_little(seed, size) -> None:
    drawn = Drawn(seed, size)
    fitted = fit.fit(drawn.sample, drawn.tied, load())
    most = 2 * size / OPINION
    for ladder in LADDERS:
        plain = fit._even(
            ladder, fit._plain(ladder, told(ladder, "m")) / fit._plain(ladder, told(ladder, "m")).sum()
        )
        assert m_of(fitted, ladder) == pytest.approx(plain, abs=2 * most), ladder.field
    for kind in KINDS:
        assert fitted.absent[kind] == pytest.approx(load().absent[kind], abs=most)


#: Few enough fields that mistakes happen among the sure.
_WEAK = ("name", "birth", "commune", "village")


@few
@given(seeds)
def test_the_right_weights_are_believed_and_inflated_ones_less(seed) -> None:
    drawn = Drawn(seed, 40_000, 0, _WEAK)
    weights = drawn.weights(0.1)
    right = fit.caution(drawn.sample, drawn.is_true, weights)
    # As if every field were counted half as much again.
    more = 0.5 * (_evidence(drawn.sample, weights) - drawn.sample.nobody[drawn.sample.land_user])
    inflated = fit.caution(replace(drawn.sample, known=drawn.sample.known + more), drawn.is_true, weights)
    assert right >= 0.85
    assert inflated < right - 0.1


def _evidence(sample: Sample, weights: Weights) -> np.ndarray:
    """What all fields of each candidate say together."""
    told = sample.known.copy()
    for place, (hit, chance) in enumerate(zip(*(tables(weights, what) for what in "mu"), strict=True)):
        code = sample.codes[:, place]
        told += np.where(code >= 0, np.log(hit / chance)[code], 0)
    return told


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """The curve of land users whose best candidates have some scores."""
    scores = np.array(draw(st.lists(st.floats(0, 40), max_size=60)))
    starts = bands.STEP * np.arange(bands._POINTS)
    doubt = 1 / (1 + np.exp(scores))
    return Curve(
        len(scores) + draw(st.integers(0, 20)),
        [int((scores >= start).sum()) for start in starts],
        [float(doubt[scores >= start].sum()) for start in starts],
    )


@given(curves(), st.lists(st.floats(0.9, 0.99999), min_size=2, max_size=8))
def test_a_higher_target_accepts_from_higher_on_and_is_kept(curve, targets) -> None:
    implied = [curve.implied(target) for target in sorted([*targets, *bands.TARGETS])]
    for lower, higher in pairwise(implied):
        assert lower.score <= higher.score
        assert lower.settled >= higher.settled
    for each in implied:
        assert each.score >= load().bands["accept_least"]
        assert 0 <= each.settled <= 1
        assert each.wrong <= 1 - each.target
