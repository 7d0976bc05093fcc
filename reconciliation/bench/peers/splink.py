"""Splink on the stored columns: trained, predicted, weighed per land user, written where we would write."""

from __future__ import annotations

import logging
import math
from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker

from landdb import bulk

from ..apart import timed
from . import Run, columns, posterior, splink_model

TABLE = "bench_splink_match"
#: Pairs whose weight, prior and all, is below this (bits) are dropped: one in a thousand of them is true.
LEAST_BITS = -10.0
#: Pairs drawn at random to learn how often levels agree by chance.
SAMPLE = 4e6
#: True pairs from which it learns how often levels agree for one person.
LABELS = 50_000

_LABELS = """
CREATE TABLE labels AS
SELECT 'land_users' AS source_dataset_l, o.id AS id_l, 'residents' AS source_dataset_r, r.id AS id_r
FROM read_parquet(?) t
JOIN owner o ON o.source_key = t.owner_id
JOIN resident r ON r.resident_key = t.resident_id
WHERE o.id IN (SELECT id FROM land_users)
ORDER BY hash(o.id) LIMIT ?
"""
_PAIRS = """
CREATE VIEW pair AS
SELECT id_l AS land_user_id, id_r AS resident_id, match_weight - {prior_bits} AS bits,
       'rule ' || match_key AS stage, concat_ws(' ', {weights}) AS evidence
FROM {predicted}
"""


def run(truth: Path) -> Run:
    """Match every land user."""
    seconds: dict[str, float] = {}
    with duckdb.connect(":memory:") as opened:
        with timed(seconds, "read"):
            residents = columns.read(opened)
        with timed(seconds, "learn"):
            linker = _train(opened, truth)
        with timed(seconds, "predict"):
            predicted = linker.inference.predict(threshold_match_weight=LEAST_BITS)
        with timed(seconds, "posterior"):
            _show_pairs(opened, predicted.physical_name)
            posterior.rank(opened, residents, truth)
        with timed(seconds, "write"):
            posterior.write(opened, TABLE)
    return Run(seconds, TABLE)


def _train(opened: duckdb.DuckDBPyConnection, truth: Path) -> Linker:
    """How often levels agree by chance, from random pairs, and for one person, from a sample of the truth."""
    api = DuckDBAPI(opened)
    sides = [api.register(name, dataset_display_name=name) for name in ("land_users", "residents")]
    linker = Linker(sides, splink_model.settings(), log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLE, seed=1)
    opened.register("owner", bulk.read("SELECT id, source_key FROM parcels_landuser"))
    opened.register("resident", bulk.read("SELECT id, resident_key FROM citizens_resident"))
    opened.execute(_LABELS, [str(truth), LABELS])
    for name in ("owner", "resident"):
        opened.unregister(name)
    labels = api.register("labels", table_name="true_pairs")
    linker.training.estimate_m_from_pairwise_labels(labels)  # type: ignore[no-untyped-call]
    return linker


def _show_pairs(opened: duckdb.DuckDBPyConnection, predicted: str) -> None:
    """Splink's table in the words of the posterior, its prior taken out again."""
    prior_bits = math.log2(splink_model.PRIOR / (1 - splink_model.PRIOR))
    weights = ", ".join(f"round(mw_{name}, 1)" for name in splink_model.FIELDS)
    opened.execute(_PAIRS.format(predicted=predicted, prior_bits=prior_bits, weights=weights))
