"""How many residents share a part of a name, a year, a place: counted by a run, looked up afterwards."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa
from django.db import connection

from landdb import bulk

_COLUMNS = {"kind": "text", "key": "text", "residents": "integer"}
_DIFFERS = """
SELECT count(*) FROM incoming_frequency i
FULL JOIN reconciliation_frequency f ON f.kind = i.kind AND f.key = i.key
WHERE f.residents IS DISTINCT FROM i.residents
"""


def store(opened: duckdb.DuckDBPyConnection) -> int:
    """Keep a snapshot's frequencies in the database; the number of rows, 0 where they were there already."""
    rows = opened.sql("SELECT kind, key, residents FROM registry.frequency").to_arrow_table()
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


def needed(land_users: pa.Table, residents: pa.Table, districts: pa.Table) -> pa.Table:
    """The stored frequencies that comparing these land users with these residents asks for."""
    number_of = dict(
        zip(*(districts.column(name).to_pylist() for name in ("commune", "number")), strict=True)
    )
    wanted: set[tuple[str, str]] = set()
    for row in land_users.to_pylist():
        wanted.update(_of_name(row["name_fold"]))
        wanted.update(_of_place(row["commune"], row["village"], row["name_fold"].partition(" ")[0]))
        wanted.add(("year", str(row["birth_year"])))
        wanted.add(("district", str(number_of.get(row["commune"]))))
        if row["former_commune"]:
            wanted.add(("former", f"{row['commune']} {int(row['former_commune'])}"))
    for commune, village in zip(
        residents.column("commune").to_pylist(), residents.column("village").to_pylist(), strict=True
    ):
        wanted.update((("commune", str(commune)), ("place", f"{commune} {village}")))
    return _look_up(sorted(wanted))


def _of_name(fold: str) -> Iterable[tuple[str, str]]:
    words = fold.split(" ")
    yield "surname", words[0]
    yield "given", words[-1]
    yield "ends", f"{words[0]} {words[-1]}"
    yield "tail", fold[len(words[0]) + 1 :]
    yield "stem", " ".join(words[:-1])


def _of_place(commune: int | None, village: str, surname: str) -> Iterable[tuple[str, str]]:
    yield "commune", str(commune)
    yield "surname of commune", f"{commune} {surname}"
    yield "place", f"{commune} {village}"
    yield "surname of place", f"{commune} {village} {surname}"


def _look_up(wanted: list[tuple[str, str]]) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.kind, f.key, f.residents FROM unnest(%s::text[], %s::text[]) w (kind, key)"
            " JOIN reconciliation_frequency f ON f.kind = w.kind AND f.key = w.key",
            [[kind for kind, _key in wanted], [key for _kind, key in wanted]],
        )
        found = cursor.fetchall()
    kinds, keys, counts = ([row[place] for row in found] for place in range(3))
    return pa.table(
        {
            "kind": pa.array(kinds, pa.string()),
            "key": pa.array(keys, pa.string()),
            "residents": pa.array(counts, pa.int32()),
        }
    )
