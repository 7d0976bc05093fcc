"""Many rows at once: Arrow tables into and out of PostgreSQL at COPY speed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection

#: Rows per COPY message; large enough to be fast, small enough for little memory.
BATCH = 100_000


def conninfo() -> str:
    """A libpq address of the database that Django uses."""
    params = connection.get_connection_params()
    keys = {"dbname": "dbname", "user": "user", "password": "password", "host": "host", "port": "port"}
    pairs = ((keys[key], params[key]) for key in keys if params.get(key))
    return " ".join("{}='{}'".format(key, re.sub(r"(['\\])", r"\\\1", str(value))) for key, value in pairs)


def read(sql: str) -> pa.Table:
    """The committed rows of a query as an Arrow table, over a connection of its own (ADBC)."""
    with adbc.connect(conninfo()) as source, source.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def read_here(sql: str, params: Sequence[Any] = (), types: dict[str, pa.DataType] | None = None) -> pa.Table:
    """Rows of a query as seen inside the current transaction. Columns without a type in `types` are text."""
    buffer = io.BytesIO()
    with connection.cursor() as cursor:
        statement = cursor.cursor.mogrify(sql, params) if params else sql
        with cursor.cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv, HEADER)") as copy:
            for block in copy:
                buffer.write(block)
    buffer.seek(0)
    names = buffer.readline().decode().strip().split(",")
    buffer.seek(0)
    wanted = {name: (types or {}).get(name, pa.string()) for name in names}
    return pa_csv.read_csv(
        buffer,
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=wanted, strings_can_be_null=True, quoted_strings_can_be_null=False, true_values=["t"],
            false_values=["f"], null_values=[""],
        ),
    )


def copy_in(rows: pa.Table, table: str, columns: Iterable[str] | None = None) -> int:
    """COPY an Arrow table into a database table inside the current transaction; the number of rows.

    A null stays NULL and an empty text stays empty. Arrays and bytes come as PostgreSQL literals in text columns
    (`{a,b}`, `\\x00ff`).
    """
    names = list(columns or rows.column_names)
    listed = ", ".join(f'"{name}"' for name in names)
    rows = rows.select(names)
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    with connection.cursor() as cursor, cursor.cursor.copy(
        f'COPY "{table}" ({listed}) FROM STDIN (FORMAT csv)'
    ) as copy:
        for batch in rows.to_batches(max_chunksize=BATCH):
            sink = pa.BufferOutputStream()
            pa_csv.write_csv(batch, sink, options)
            copy.write(memoryview(sink.getvalue()))
    return rows.num_rows


def temporary(name: str, columns: dict[str, str]) -> None:
    """A table of this transaction only, for rows on their way in. `columns`: name → PostgreSQL type."""
    listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TEMP TABLE "{name}" ({listed}) ON COMMIT DROP')
