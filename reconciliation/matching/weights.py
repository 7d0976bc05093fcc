"""The weights and bands of a version: how much each step of a ladder speaks for a pair, in bits."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from .ladders import LADDERS
from .steps import MISSING

CURRENT = "v2"
FOLDER = Path(__file__).parent / "weights"

#: How a level's weight grows with the rarity of what agrees, in the registry at hand: bits.
_RARITIES = {
    "name": "l_rare_name",
    "ends": "l_rare_ends",
    "tail": "l_rare_tail",
    "stem": "l_rare_stem",
    "given": "l_rare_given",
    "year": "l_rare_year",
    "commune": "l_rare_commune",
    "former": "l_rare_former",
    "rest_of_commune": "l_rare_rest_of_commune",
    "rest_of_district": "l_rare_rest_of_district",
    "village": "r_rare_village",
    "kin": "x_rare_kin",
}
#: Levels → what is known of them: m, u, and perhaps rarity and free.
Levels = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Weights:
    """One version, as written or as fitted: level weights, shares of land users not in the registry, bands.

    `absent` is told by what the land user's record offers: a twelve-digit number, else a nine-digit one, else
    none. `coincidence` is what strangers agree by chance at home beyond what the whole registry says, in
    hundredths of a bit, one per pattern of `coincidences`. `caution` is the share of the log-odds beyond
    `fit.SURE` to be believed.
    """

    version: str
    levels: Mapping[str, Levels]
    absent: Mapping[str, float]
    coincidence: Sequence[int]
    caution: float
    bands: Mapping[str, float]

    def bits(self, field: str, level: str) -> float:
        """The weight of a level before rarity: log2(m / u)."""
        found = self.levels[field][level]
        return math.log2(float(found["m"]) / float(found["u"]))

    def sql(self, field: str) -> str:
        """The weight of a pair on one ladder in hundredths of a bit, as an SQL expression over the level's
        code.

        A list and a place in it instead of a case for every step: DuckDB thinks about it a third as long.
        """
        steps = next(ladder for ladder in LADDERS if ladder.field == field).steps
        told = ", ".join(f"{100 * self.bits(field, step.level):.4f}" for step in steps)
        codes = "".join(step.code for step in steps)
        weight = f"CAST('[{told}]' AS DOUBLE[])[strpos('{codes}', c_{field})]"
        rarities = [(step.code, self._rarity(field, step.level)) for step in steps]
        cases = "".join(f" WHEN '{code}' THEN {rarity}" for code, rarity in rarities if rarity)
        if cases:
            weight += f" + 100e0 * (CASE c_{field}{cases} ELSE 0 END)"
        return f"coalesce(round({weight}), 0)::SMALLINT"

    def step_sql(self, field: str, level: str) -> str:
        """The weight of one level in hundredths of a bit, as an SQL expression."""
        rarity = self._rarity(field, level)
        more = f" + 100e0 * {rarity}" if rarity else ""
        return f"round({100 * self.bits(field, level):.4f}e0{more})::SMALLINT"

    def _rarity(self, field: str, level: str) -> str:
        """The column that tells how rare it is what agrees on this level; "" where none does."""
        return _RARITIES.get(self.levels[field][level].get("rarity", ""), "")

    def fitted(self, **numbers: Any) -> Weights:
        """The same version with other `levels`, `absent` or `coincidence`."""
        return replace(self, **numbers)

    @cached_property
    def text(self) -> str:
        """All of it as JSON: what a fit keeps, and the key under which statements are remembered."""
        return json.dumps(
            {
                "version": self.version,
                "levels": self.levels,
                "absent": self.absent,
                "coincidence": list(self.coincidence),
                "caution": self.caution,
                "bands": self.bands,
            },
            sort_keys=True,
        )

    @classmethod
    def parse(cls, text: str) -> Weights:
        """The weights that `text` tells of."""
        data = json.loads(text)
        return cls(
            data["version"],
            data["levels"],
            data["absent"],
            data["coincidence"],
            data["caution"],
            data["bands"],
        )


@cache
def load(version: str = CURRENT) -> Weights:
    """A version of the weights as written; FileNotFoundError where there is none."""
    text = (FOLDER / f"{version}.json").read_text(encoding="utf-8")
    weights = Weights.parse(text)
    for ladder in LADDERS:
        known, listed = {step.level for step in ladder.steps}, set(weights.levels[ladder.field])
        if known != listed or MISSING in {step.code for step in ladder.steps}:
            raise ValueError(f"weights {version}: {ladder.field} has no weight for {sorted(known ^ listed)}")
    return weights
