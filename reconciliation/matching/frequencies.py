"""How many residents share a part of a name, a year, a place: counted by a run, looked up afterwards."""

from __future__ import annotations

import duckdb
import pyarrow as pa
from django.db import connection

from landdb import bulk

from ..models import Frequency

_COLUMNS = {"kind": "text", "key": "bigint", "residents": "integer"}
_DIFFERS = """
SELECT count(*) FROM incoming_frequency i
FULL JOIN reconciliation_frequency f ON f.kind = i.kind AND f.key = i.key
WHERE f.residents IS DISTINCT FROM i.residents
"""
# The database has no unsigned numbers: half of the way from zero is taken off.
_SIGNED = "(key::HUGEINT - 9223372036854775808)::BIGINT AS key"
_UNSIGNED = "(key::HUGEINT + 9223372036854775808)::UBIGINT AS key"
# Another version of DuckDB may hash otherwise; then everything is to be counted again.
_SEAL = "SELECT 'seal' AS kind, hash('landdb') AS key, 0 AS residents"

#: The frequencies that comparing `incoming` land users with `incoming_resident` asks for.
_NEEDED = f"""
WITH person AS (
    SELECT commune, TRY_CAST(nullif(former_commune, '') AS INTEGER) AS former_commune, birth_year,
           hash(split_part(name_fold, ' ', 1)) AS surname, hash(split_part(name_fold, ' ', -1)) AS given,
           hash(surname, given) AS ends, hash(name_fold[strpos(name_fold, ' ') + 1:]) AS tail,
           hash(name_fold[:-length(split_part(name_fold, ' ', -1)) - 1]) AS stem,
           CASE WHEN village <> '' AND commune IS NOT NULL THEN hash(commune, village) END AS place
    FROM incoming
), wanted AS (
    SELECT 'ends' AS kind, ends AS key FROM person
    UNION SELECT 'tail', tail FROM person
    UNION SELECT 'stem', stem FROM person
    UNION SELECT 'given', given FROM person
    UNION SELECT 'surname', surname FROM person
    UNION SELECT 'year', birth_year FROM person
    UNION SELECT 'commune', commune FROM person
    UNION SELECT 'district', d.number FROM person p JOIN district d ON d.commune = p.commune
    UNION SELECT 'former', hash(commune, former_commune) FROM person
    UNION SELECT 'place', place FROM person
    UNION SELECT 'surname of commune', hash(commune, surname) FROM person
    UNION SELECT 'surname of place', hash(place, surname) FROM person
    UNION SELECT 'commune', commune FROM incoming_resident
    UNION SELECT 'place', hash(commune, village) FROM incoming_resident WHERE village <> ''
)
SELECT kind, {_SIGNED} FROM wanted WHERE key IS NOT NULL
"""  # noqa: S608


def store(opened: duckdb.DuckDBPyConnection) -> int:
    """Keep a snapshot's frequencies in the database; the number of rows, 0 where they were there already."""
    rows = opened.sql(
        f"SELECT kind, {_SIGNED}, residents FROM (FROM registry.frequency UNION ALL {_SEAL})"  # noqa: S608
    ).to_arrow_table()
    bulk.temporary("incoming_frequency", _COLUMNS)
    bulk.copy_in(rows, "incoming_frequency")
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM reconciliation_frequency)")
        if cursor.fetchone()[0]:
            cursor.execute(_DIFFERS)
            if not cursor.fetchone()[0]:
                return 0
            cursor.execute("DELETE FROM reconciliation_frequency")
        cursor.execute(
            "INSERT INTO reconciliation_frequency (kind, key, residents)"
            " SELECT kind, key, residents FROM incoming_frequency ORDER BY kind, key"
        )
    return int(rows.num_rows)


def are_known(opened: duckdb.DuckDBPyConnection) -> bool:
    """The database holds frequencies, keyed as this DuckDB keys."""
    kind, key = opened.execute(f"SELECT kind, {_SIGNED} FROM ({_SEAL})").fetchall()[0]  # noqa: S608
    return Frequency.objects.filter(kind=kind, key=key).exists()


def needed(
    opened: duckdb.DuckDBPyConnection, people: pa.Table, residents: pa.Table, districts: pa.Table
) -> pa.Table:
    """The stored frequencies that comparing these land users with these residents asks for."""
    for name, rows in (("incoming", people), ("incoming_resident", residents), ("district", districts)):
        opened.register(name, rows)
    wanted = opened.execute(_NEEDED).fetchall()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.kind, f.key, f.residents FROM unnest(%s::text[], %s::bigint[]) w (kind, key)"
            " JOIN reconciliation_frequency f ON f.kind = w.kind AND f.key = w.key",
            [[kind for kind, _key in wanted], [key for _kind, key in wanted]],
        )
        found = cursor.fetchall()
    kinds, keys, counts = ([row[place] for row in found] for place in range(3))
    rows = pa.table(
        {
            "kind": pa.array(kinds, pa.string()),
            "key": pa.array(keys, pa.int64()),
            "residents": pa.array(counts, pa.int32()),
        }
    )
    opened.register("found", rows)
    return opened.sql(f"SELECT kind, {_UNSIGNED}, residents FROM found").to_arrow_table()  # noqa: S608
