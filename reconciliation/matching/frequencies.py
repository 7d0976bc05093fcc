"""How many residents share a part of a name, a year, a place: counted by a run, looked up afterwards."""

from __future__ import annotations

import duckdb
import pyarrow as pa
from django.db import connection

from landdb import bulk

_COLUMNS = {"kind": "text", "key": "bigint", "residents": "integer"}
_DIFFERS = """
SELECT count(*) FROM incoming_frequency i
FULL JOIN reconciliation_frequency f ON f.kind = i.kind AND f.key = i.key
WHERE f.residents IS DISTINCT FROM i.residents
"""
# The database has no unsigned numbers: half of the way from zero is taken off.
_SIGNED = "(key::HUGEINT - 9223372036854775808)::BIGINT AS key"
# Another version of DuckDB may hash otherwise, and ours has (2): then everything is to be counted again.
_SEAL = "SELECT 'seal' AS kind, hash('landdb', 2) AS key, 0 AS residents"
#: The key under which that is told.
SEAL = f"SELECT {_SIGNED} FROM ({_SEAL})"  # noqa: S608


#: No frequencies, in the columns that `look_up` answers with.
NONE = pa.table(
    {
        "kind": pa.array([], pa.string()),
        "key": pa.array([], pa.int64()),
        "residents": pa.array([], pa.int32()),
    }
)


def store(opened: duckdb.DuckDBPyConnection) -> int:
    """Keep a snapshot's frequencies in the database; the number of rows, 0 where they were there already."""
    rows = opened.sql(
        f"SELECT kind, {_SIGNED}, residents FROM (FROM registry.frequency UNION ALL {_SEAL}) ORDER BY ALL"  # noqa: S608
    ).to_arrow_table()
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM reconciliation_frequency)")
        if cursor.fetchone()[0]:
            bulk.temporary("incoming_frequency", _COLUMNS)
            bulk.copy_typed(rows, "incoming_frequency", _COLUMNS)
            cursor.execute(_DIFFERS)
            if not cursor.fetchone()[0]:
                return 0
            cursor.execute("DELETE FROM reconciliation_frequency")
    bulk.copy_typed(rows, "reconciliation_frequency", _COLUMNS)
    return int(rows.num_rows)


def look_up(wanted: pa.Table, seal: int) -> pa.Table | None:
    """Those of the wanted (kind, key) that the database knows.

    None where it holds no frequencies keyed as the DuckDB does that computed this seal (`SEAL`).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.kind, f.key, f.residents FROM unnest(%s::text[], %s::bigint[]) w (kind, key)"
            " JOIN reconciliation_frequency f ON f.kind = w.kind AND f.key = w.key",
            [["seal", *wanted.column("kind").to_pylist()], [seal, *wanted.column("key").to_pylist()]],
        )
        found = cursor.fetchall()
    known = [row for row in found if row[0] != "seal"]
    if len(known) == len(found):
        return None
    kinds, keys, counts = ([row[place] for row in known] for place in range(3))
    return pa.table([kinds, keys, counts], schema=NONE.schema)
