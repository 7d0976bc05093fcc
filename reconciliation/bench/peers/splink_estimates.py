"""What Splink estimates from the stored columns alone: m by EM, u from random pairs."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

import duckdb
from splink import DuckDBAPI, Linker
from splink.internals.exceptions import EMTrainingException

from . import columns, splink_model
from .splink import SAMPLE

#: Each session estimates the comparisons that its rule does not speak of.
_SESSIONS = (
    "l.number = r.number",
    "l.name_fold = r.name_fold AND l.birth_year = r.birth_year",
)
#: Pairs of a session.
_PAIRS = 2e6


class Estimate(NamedTuple):
    """Of one level; None where Splink was told, or saw nothing."""

    m: float | None
    u: float | None


def estimate() -> dict[str, list[Estimate]]:
    """Comparison → its levels from best to worst (without "missing")."""
    with duckdb.connect(":memory:") as opened:
        columns.read(opened)
        api = DuckDBAPI(opened)
        sides = [api.register(name, dataset_display_name=name) for name in ("land_users", "residents")]
        linker = Linker(sides, splink_model.settings(untold=True), log_level=logging.ERROR)
        linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLE, seed=1)
        for rule in _SESSIONS:
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=_PAIRS)
            except EMTrainingException:
                logging.getLogger(__name__).warning("Splink finds no pairs where %s", rule)
        model = linker.misc.save_model_to_json()
    return {each["output_column_name"]: _levels(each) for each in model["comparisons"]}


def _levels(comparison: dict[str, Any]) -> list[Estimate]:
    return [
        Estimate(
            level.get("m_probability"),
            None if level.get("fix_u_probability") else level.get("u_probability"),
        )
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level")
    ]
