"""How right the best candidates are, by the truth: numbers that no threshold of ours can flatter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

PRECISIONS = (0.99, 0.995, 0.999)
BANDS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999)


@dataclass(frozen=True)
class Links:
    """The best candidate of every land user that has one, and how many land users have a true resident."""

    score: Numbers
    probability: Numbers
    right: Flags
    accepted: Flags
    wanted: int

    def only(self, which: Flags, wanted: int) -> Links:
        """Some of the links, of land users of whom so many have a true resident."""
        return Links(
            self.score[which], self.probability[which], self.right[which], self.accepted[which], wanted
        )


def measure(links: Links) -> dict[str, Any]:
    """All figures of one set of links."""
    precision, recall = _curve(links)
    return {
        "links": len(links.score),
        "wanted": links.wanted,
        "f1": _rounded(_best_f1(precision, recall)),
        **{f"recall_at_{wish}": _rounded(recall_at(precision, recall, wish)) for wish in PRECISIONS},
        "accepted": accepted(links),
        "wrong": wrong(links),
    }


def measure_cases(
    links: Links, case: npt.NDArray[Any], wanted: Mapping[str, int]
) -> dict[str, dict[str, Any]]:
    """The same for each case; `case` is that of each link, `wanted` counts land users with a resident."""
    return {name: measure(links.only(case == name, n)) for name, n in sorted(wanted.items())}


def _curve(links: Links) -> tuple[Numbers, Numbers]:
    """Precision and recall at every threshold of the score; equal scores go together."""
    order = np.argsort(-links.score, kind="stable")
    score, right = links.score[order], np.cumsum(links.right[order]).astype(np.float64)
    last = np.append(score[1:] != score[:-1], True) if len(score) else np.zeros(0, dtype=np.bool_)
    taken = np.flatnonzero(last) + 1.0
    return right[last] / taken, right[last] / max(links.wanted, 1)


def _best_f1(precision: Numbers, recall: Numbers) -> float:
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)
    return float(f1.max(initial=0.0))


def recall_at(precision: Numbers, recall: Numbers, wish: float) -> float:
    """The largest recall of a threshold at which the precision is at least so much."""
    return float(recall[precision >= wish].max(initial=0.0))


def accepted(links: Links) -> dict[str, float]:
    """The links that the engine made by itself."""
    count, right = int(links.accepted.sum()), int(links.right[links.accepted].sum())
    return {
        "count": count,
        "precision": _rounded(right / count if count else 0.0),
        "recall": _rounded(right / links.wanted if links.wanted else 0.0),
    }


def wrong(links: Links) -> dict[str, float]:
    """The share of wrong ones among the accepted links, as the probabilities say and as it is."""
    if not links.accepted.any():
        return {"said": 0.0, "found": 0.0}
    said = float((1 - links.probability[links.accepted]).mean())
    return {"said": _rounded(said), "found": _rounded(float((~links.right[links.accepted]).mean()))}


def reliability(links: Links) -> list[dict[str, float]]:
    """Bands of the probability: how many, what it said on average, what is true."""
    band = np.digitize(links.probability, BANDS[1:])
    rows = []
    for number, low in enumerate(BANDS):
        here = band == number
        n = int(here.sum())
        said, found = (
            (float(links.probability[here].mean()), float(links.right[here].mean())) if n else (0, 0)
        )
        rows.append({"from": low, "n": n, "said": _rounded(said), "found": _rounded(found)})
    return rows


def _rounded(value: float) -> float:
    return round(value, 6)
