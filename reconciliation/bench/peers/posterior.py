"""What peers lack and are given: each candidate weighed against all others and "not in the registry"."""

from __future__ import annotations

from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import duckdb

from landdb import bulk

# `pair` holds land_user_id, resident_id, bits (evidence without any prior), stage, evidence.
_BEST = """
CREATE TABLE best AS
WITH strong AS (
    SELECT land_user_id, resident_id, ln((1 - $absent) / $residents) + ln(2) * bits AS strength FROM pair
), first AS (
    SELECT land_user_id, max(strength) AS top, arg_max(resident_id, strength) AS resident_id
    FROM strong GROUP BY 1
), others AS (
    SELECT s.land_user_id, sum(exp(s.strength - f.top)) AS everything
    FROM strong s JOIN first f USING (land_user_id) WHERE s.resident_id <> f.resident_id GROUP BY 1
)
SELECT f.land_user_id, f.resident_id, p.stage,
       -ln(exp(ln($absent) - top) + coalesce(everything, 0)) AS score, 1 / (1 + exp(-score)) AS probability,
       p.evidence
FROM first f LEFT JOIN others USING (land_user_id)
JOIN pair p ON p.land_user_id = f.land_user_id AND p.resident_id = f.resident_id
"""
_ABSENT = "SELECT greatest(avg((resident_id IS NULL)::INTEGER), 0.001) FROM read_parquet(?)"


def rank(opened: duckdb.DuckDBPyConnection, residents: int, truth: Path) -> None:
    """The table `best` from the view `pair`; how many land users are in no registry comes from the truth."""
    (absent,) = opened.execute(_ABSENT, [str(truth)]).fetchone() or (0.1,)
    opened.execute(_BEST, {"absent": absent, "residents": residents})


def write(opened: duckdb.DuckDBPyConnection, table: str) -> None:
    """`best` into PostgreSQL, with the indexes that the review pages need."""
    rows = opened.table("best").to_arrow_table()
    with adbc.connect(bulk.conninfo(), autocommit=True) as target, target.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.adbc_ingest(table, rows, mode="create")
        cursor.execute(f"CREATE UNIQUE INDEX ON {table} (land_user_id, resident_id)")
        cursor.execute(f"ANALYZE {table}")
