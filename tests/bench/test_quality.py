"""The figures of the bench, on links that fit on a hand."""

from __future__ import annotations

import numpy as np
import pytest

from reconciliation.bench import quality
from reconciliation.bench.quality import Links


def links(*rows: tuple[float, bool], wanted: int, accept: float = 0.99) -> Links:
    """Links from probabilities and whether they are right; the score is the probability's log-odds."""
    probability = np.array([row[0] for row in rows], dtype=np.float64)
    right = np.array([row[1] for row in rows], dtype=np.bool_)
    score = np.log(probability / (1 - probability))
    return Links(score, probability, right, probability >= accept, wanted)


FIVE = links((0.999, True), (0.99, True), (0.9, False), (0.8, True), (0.3, False), wanted=4)


def test_f1_is_that_of_the_best_threshold() -> None:
    # Down to 0.8: three of four links are right, three of four residents are found.
    assert quality.measure(FIVE)["f1"] == pytest.approx(0.75)
    # One threshold higher it would be 2 · ⅔ · ½ / (⅔ + ½); at 0.99 it is 2 · 1 · ½ / 1.5.
    assert quality.measure(links((0.999, True), (0.99, True), (0.9, False), wanted=4))["f1"] == pytest.approx(
        2 / 3, abs=1e-6
    )


def test_recall_counts_land_users_without_any_link() -> None:
    told = quality.measure(links((0.9, True), wanted=10))
    assert told["recall_at_0.999"] == pytest.approx(0.1)


def test_the_widest_threshold_of_enough_precision_counts_not_the_first() -> None:
    # The strongest link is wrong, yet of 2,000 links only that one is.
    rows = [(0.9999, False), *[(0.99, True)] * 1999]
    told = quality.measure(links(*rows, wanted=2000))
    assert told["recall_at_0.999"] == pytest.approx(1999 / 2000)


def test_equal_scores_are_taken_together() -> None:
    # Whichever of the two came first, a threshold takes both or none.
    for rows in ([(0.9, True), (0.9, False)], [(0.9, False), (0.9, True)]):
        told = quality.measure(links(*rows, wanted=1))
        assert told["recall_at_0.99"] == 0
        assert told["f1"] == pytest.approx(2 / 3, abs=1e-6)


def test_accepted_links_are_judged_as_they_stand() -> None:
    told = quality.measure(FIVE)
    assert told["accepted"] == {"count": 2, "precision": 1.0, "recall": 0.5}
    assert told["wrong"]["said"] == pytest.approx((0.001 + 0.01) / 2)
    assert told["wrong"]["found"] == 0


def test_nothing_at_all_is_worth_nothing() -> None:
    told = quality.measure(links(wanted=3))
    assert (told["f1"], told["recall_at_0.99"], told["accepted"]["count"]) == (0, 0, 0)
    assert told["wrong"] == {"said": 0, "found": 0}


def test_bands_say_what_they_hold() -> None:
    rows = {row["from"]: row for row in quality.reliability(FIVE)}
    assert [row["n"] for row in rows.values()] == [1, 0, 1, 1, 0, 1, 0, 1, 0, 0]
    assert rows[0.9]["found"] == 0
    assert rows[0.999]["said"] == pytest.approx(0.999)
    assert sum(row["n"] for row in rows.values()) == len(FIVE.score)


def test_cases_are_judged_apart() -> None:
    case = np.array(["a", "a", "b", "a", "b"], dtype=object)
    told = quality.measure_cases(FIVE, case, {"a": 3, "b": 0, "c": 1})
    assert told["a"]["f1"] == 1
    assert (told["b"]["wanted"], told["b"]["f1"], told["b"]["links"]) == (0, 0, 2)
    assert (told["c"]["links"], told["c"]["recall_at_0.99"]) == (0, 0)
