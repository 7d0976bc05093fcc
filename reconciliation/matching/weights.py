"""The weights and bands of a version: how much each step of a ladder speaks for a pair, in bits."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .comparisons import LADDERS

CURRENT = "v1"

#: How a level's weight grows with the rarity of what agrees, in the registry at hand.
_RARITIES = {
    "name": " + log2($residents / (namesakes + 0.5))",
    "commune": " + log2($residents / greatest(commune_residents, 1))",
}


@dataclass(frozen=True)
class Weights:
    """One version: level weights, the prior share of land users not in the registry, and the bands."""

    version: str
    levels: dict[str, dict[str, dict[str, float | str]]]
    prior: dict[str, float]
    bands: dict[str, float]

    def bits(self, field: str, level: str) -> float:
        """The weight of a level before rarity: log2(m / u)."""
        found = self.levels[field][level]
        return math.log2(float(found["m"]) / float(found["u"]))

    def sql(self, field: str) -> str:
        """The weight of a pair on one ladder, as an SQL expression over the level's column."""
        steps = "".join(
            f" WHEN '{level}' THEN {self.bits(field, level)!r}{_RARITIES.get(str(found.get('rarity')), '')}"
            for level, found in self.levels[field].items()
        )
        return f"(CASE {field}{steps} ELSE 0 END)::DOUBLE"


@cache
def load(version: str = CURRENT) -> Weights:
    """A version of the weights; FileNotFoundError where there is none."""
    text = (Path(__file__).parent / "weights" / f"{version}.json").read_text(encoding="utf-8")
    data = json.loads(text)
    weights = Weights(data["version"], data["levels"], data["prior"], data["bands"])
    for ladder in LADDERS:
        known, listed = {step.level for step in ladder.steps}, set(weights.levels[ladder.field])
        if known != listed:
            raise ValueError(f"weights {version}: {ladder.field} has no weight for {sorted(known ^ listed)}")
    return weights
