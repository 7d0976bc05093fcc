"""Splink on the stored columns: trained, predicted, weighed per land user, written where we would write."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import duckdb
from splink import DuckDBAPI, Linker

from landdb import bulk

from . import splink_model

TABLE = "bench_splink_match"
#: Pairs with less evidence than this (bits against the mean pair) are not worth a share.
LEAST_BITS = -10.0
#: Names borne by so few residents are looked up anywhere.
RARE = 12
#: Pairs drawn at random to learn how often levels agree by chance.
SAMPLE = 4e6
#: True pairs from which it learns how often levels agree for one person.
LABELS = 50_000

_SELECT = (
    "SELECT id, commune_id AS commune, name_key, name_fold, birth_on, birth_year, sex, id_number,"
    " former_number, village_fold AS village"
)
SOURCES = {
    "land_users": f"{_SELECT}, id_kind FROM parcels_landuser WHERE kind = 'individual' AND name_fold <> ''",
    "residents": f"{_SELECT}, id_kind FROM citizens_resident WHERE name_fold <> ''",
}
_READY = """
CREATE TABLE {name} AS
SELECT i.id, i.commune, i.name_key, i.name_fold, i.birth_on, i.birth_year, nullif(i.sex, '') AS sex,
       nullif(i.village, '') AS village, regexp_replace(i.village, '[^0-9]', '', 'g') AS village_digits,
       CASE WHEN length(i.id_number) = 12 THEN i.id_number END AS number,
       nullif(CASE WHEN i.former_number <> '' THEN i.former_number
                   WHEN i.id_kind = 'cmnd' THEN i.id_number ELSE '' END, '') AS former,
       split_part(i.name_fold, ' ', 1) AS surname, split_part(i.name_fold, ' ', -1) AS given,
       CASE WHEN n.residents <= {rare} THEN i.name_fold END AS rare_name,
       CASE WHEN length(i.id_number) = 12
            THEN (1900 + (i.id_number[4]::INTEGER // 2) * 100 + i.id_number[5:6]::INTEGER)::SMALLINT
            END AS number_year,
       CASE WHEN length(i.id_number) = 12 THEN i.id_number[7:12] END AS number_end
FROM incoming i LEFT JOIN name_count n ON n.name_fold = i.name_fold
"""
# The posterior over all candidates of a land user and "not in the registry"; the best one of each.
_BEST = """
CREATE TABLE best AS
WITH strong AS (
    SELECT id_l AS land_user_id, id_r AS resident_id, rowid AS pair,
           ln({present} / {residents}) + ln(2) * (match_weight - {prior_bits}) AS strength
    FROM {predicted}
), first AS (
    SELECT land_user_id, max(strength) AS top, arg_max(pair, strength) AS pair FROM strong GROUP BY 1
), others AS (
    SELECT land_user_id, sum(exp(strength - top)) AS everything
    FROM strong JOIN first USING (land_user_id) WHERE strong.pair <> first.pair GROUP BY 1
)
SELECT first.land_user_id, p.id_r AS resident_id, 'rule ' || p.match_key AS stage,
       -ln(exp(ln({absent}) - top) + coalesce(everything, 0)) AS score, 1 / (1 + exp(-score)) AS probability,
       concat_ws(' ', {weights}) AS evidence
FROM first LEFT JOIN others USING (land_user_id) JOIN {predicted} p ON p.rowid = first.pair
"""
_LABELS = f"""
CREATE TABLE labels AS
SELECT 'land_users' AS source_dataset_l, o.id AS id_l, 'residents' AS source_dataset_r, r.id AS id_r
FROM read_parquet(?) t
JOIN owner o ON o.source_key = t.owner_id
JOIN resident r ON r.resident_key = t.resident_id
WHERE o.id IN (SELECT id FROM land_users)
ORDER BY hash(o.id) LIMIT {LABELS}
"""


@dataclass
class Run:
    """One run of Splink: its own DuckDB, and how long each part took."""

    threads: int
    opened: duckdb.DuckDBPyConnection = field(default_factory=lambda: duckdb.connect(":memory:"))
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 2)
        print(name, self.seconds[name],flush=True)


def run(truth: Path, absent: float, threads: int = 2) -> dict[str, float]:
    """Match every land user; the best candidates are then in TABLE. Seconds per part."""
    work = Run(threads)
    work.opened.execute(f"SET threads = {threads}")
    with work.timed("read"):
        _read(work.opened)
    with work.timed("train"):
        linker = _train(work.opened, truth)
    with work.timed("predict"):
        predicted = linker.inference.predict(threshold_match_weight=LEAST_BITS)
    with work.timed("posterior"):
        _rank(work.opened, predicted.physical_name, absent)
    with work.timed("write"):
        _write(work.opened)
    return work.seconds


def _read(opened: duckdb.DuckDBPyConnection) -> None:
    """Both sides out of PostgreSQL, as columns."""
    for name in ("residents", "land_users"):
        opened.register("incoming", bulk.read(SOURCES[name]))
        if name == "residents":
            opened.execute(
                "CREATE TABLE name_count AS SELECT name_fold, count(*) AS residents FROM incoming GROUP BY 1"
            )
        opened.execute(_READY.format(name=name, rare=RARE))
        opened.unregister("incoming")


def _train(opened: duckdb.DuckDBPyConnection, truth: Path) -> Linker:
    """How often levels agree by chance, from random pairs, and for one person, from a sample of the truth."""
    api = DuckDBAPI(opened)
    sides = [api.register(name, dataset_display_name=name) for name in ("land_users", "residents")]
    linker = Linker(sides, splink_model.settings(), log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLE, seed=1)
    opened.register("owner", bulk.read("SELECT id, source_key FROM parcels_landuser"))
    opened.register("resident", bulk.read("SELECT id, resident_key FROM citizens_resident"))
    opened.execute(_LABELS, [str(truth)])
    linker.training.estimate_m_from_pairwise_labels(api.register("labels", table_name="true_pairs"))
    print(linker.misc.save_model_to_json() and [(c.output_column_name,[(l.sql_condition[:40],l._m_probability,l._u_probability) for l in c.comparison_levels]) for c in linker._settings_obj.comparisons])
    return linker


def _rank(opened: duckdb.DuckDBPyConnection, predicted: str, absent: float) -> None:
    """The posterior share of each land user's best candidate."""
    (residents,) = opened.execute("SELECT count(*) FROM residents").fetchone() or (1,)
    values = {
        "predicted": predicted, "absent": absent, "present": 1 - absent, "residents": residents,
        "prior_bits": math.log2(splink_model.PRIOR / (1 - splink_model.PRIOR)),
        "weights": ", ".join(f"round(mw_{each['output_column_name']}, 1)" for each in splink_model.COMPARISONS),
    }  # fmt: skip
    opened.execute(_BEST.format(**values))


def _write(opened: duckdb.DuckDBPyConnection) -> None:
    """Into a table with the indexes that the review pages need."""
    rows = opened.table("best").to_arrow_table()
    with adbc.connect(bulk.conninfo(), autocommit=True) as target, target.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.adbc_ingest(TABLE, rows, mode="create")
        cursor.execute(f"CREATE UNIQUE INDEX ON {TABLE} (land_user_id, resident_id)")
        cursor.execute(f"CREATE INDEX ON {TABLE} (resident_id)")
        cursor.execute(f"ANALYZE {TABLE}")
