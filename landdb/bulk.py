"""Many rows at once: Arrow tables into and out of PostgreSQL at COPY speed."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.transaction import TransactionManagementError
from pgpq import ArrowToPostgresBinaryEncoder
from psycopg.errors import DeadlockDetected, LockNotAvailable

#: Rows per COPY message; large enough to be fast, small enough for little memory.
BATCH = 100_000
#: Up to so many rows go as values of a statement: a temporary table costs more than it saves.
FEW = 100
#: How often the emptying of tables is tried where somebody stands in its way, the seconds between, and the
#: milliseconds that it waits for a lock: less than after which the database looks for deadlocks.
_TRIES, _PAUSE, _LOCK_MS = 60, 2.0, 500
#: How Arrow holds what PostgreSQL takes in as it is.
_ARROW = {
    "bigint": pa.int64(), "integer": pa.int32(), "smallint": pa.int16(), "text": pa.string(),
    "double precision": pa.float64(), "timestamptz": pa.timestamp("us", "UTC"),
    "smallint[]": pa.list_(pa.int16()),
}  # fmt: skip


def truncate(tables: Iterable[str], *, restarts_keys: bool = False) -> None:
    """Empty tables and all that refer to them.

    A worker, or autovacuum after great changes, may hold one of them while it wants another that is locked
    here. So nobody is kept waiting: where a lock is not to be had at once, all are given back for a while.
    """
    listed = ", ".join(f'"{table}"' for table in tables)
    restart = "RESTART IDENTITY " if restarts_keys else ""
    for turn in range(_TRIES):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {_LOCK_MS}")
                cursor.execute(f"TRUNCATE {listed} {restart}CASCADE")
                # Whoever is in a transaction of their own goes on as before.
                cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
            return
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected) or turn == _TRIES - 1:
                raise
            time.sleep(_PAUSE)


def conninfo() -> str:
    """A libpq address of the database that Django uses."""
    params = connection.get_connection_params()
    keys = {"dbname": "dbname", "user": "user", "password": "password", "host": "host", "port": "port"}
    pairs = ((keys[key], params[key]) for key in keys if params.get(key))
    return " ".join("{}='{}'".format(key, re.sub(r"(['\\])", r"\\\1", str(value))) for key, value in pairs)


def read(sql: str, address: str | None = None) -> pa.Table:
    """The committed rows of a query as an Arrow table, over a connection of its own (ADBC).

    Another thread is told the `address` (`conninfo`): its own Django connection would stay open behind it.
    """
    with adbc.connect(address or conninfo()) as source, source.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def read_here(
    sql: str, params: Sequence[Any] | Mapping[str, Any] = (), types: dict[str, pa.DataType] | None = None
) -> pa.Table:
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
            column_types=wanted,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
            null_values=[""],
        ),
    )


def fetch_here(
    sql: str, params: Sequence[Any] | Mapping[str, Any] = (), types: dict[str, pa.DataType] | None = None
) -> pa.Table:
    """`read_here` for a few rows: an ordinary query costs less than a COPY and the reading of its text."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        rows = cursor.fetchall()
    columns = zip(*rows, strict=True) if rows else [[] for _name in names]
    return pa.table({
        name: pa.array(column, (types or {}).get(name, pa.string()))
        for name, column in zip(names, columns, strict=True)
    })  # fmt: skip


def values(name: str, columns: Mapping[str, str], rows: pa.Table) -> tuple[str, list[list[Any]]]:
    """A few rows as a common table expression, `name AS (…)`, and its parameters (name → PostgreSQL type)."""
    listed = ", ".join(f'"{column}"' for column in columns)
    given = ", ".join("%s::text[]" if kind.endswith("[]") else f"%s::{kind}[]" for kind in columns.values())
    typed = ", ".join(f'"{column}"::{kind}' for column, kind in columns.items())
    sql = f"{name} AS (SELECT {typed} FROM unnest({given}) AS given ({listed}))"  # noqa: S608  our own names
    # A list of lists would arrive as one list: arrays go as PostgreSQL writes them.
    return sql, [
        [_array(each) for each in given] if kind.endswith("[]") else given
        for kind, given in ((kind, rows.column(column).to_pylist()) for column, kind in columns.items())
    ]


def _array(values: list[int] | None) -> str | None:
    return None if values is None else "{" + ",".join(map(str, values)) + "}"


def copy_in(rows: pa.Table, table: str, columns: Iterable[str] | None = None) -> int:
    """COPY an Arrow table into a database table inside the current transaction; the number of rows.

    A null stays NULL and an empty text stays empty. Arrays and bytes come as PostgreSQL literals in text
    columns (`{a,b}`, `\\x00ff`).
    """
    names = list(columns or rows.column_names)
    listed = ", ".join(f'"{name}"' for name in names)
    rows = rows.select(names)
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN (FORMAT csv)') as copy,
    ):
        for batch in rows.to_batches(max_chunksize=BATCH):
            sink = pa.BufferOutputStream()
            pa_csv.write_csv(batch, sink, options)
            copy.write(memoryview(sink.getvalue()))
    return int(rows.num_rows)


def copy_typed(rows: pa.Table, table: str, columns: Mapping[str, str]) -> int:
    """`copy_in` where the columns' types are known (name → PostgreSQL type); the number of rows.

    The rows go as PostgreSQL keeps them: nothing is spelt out on one side and parsed on the other. Arrays
    come as lists. KeyError at a type that is not known here, ArrowInvalid at a value that does not fit one.
    """
    kinds = pa.schema([(name, _ARROW[kind]) for name, kind in columns.items()])
    rows = rows.select(list(columns)).cast(kinds)
    listed = ", ".join(f'"{name}"' for name in columns)
    encoder = ArrowToPostgresBinaryEncoder(rows.schema)
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN (FORMAT binary)') as copy,
    ):
        copy.write(encoder.write_header())
        for batch in rows.to_batches(max_chunksize=BATCH):
            copy.write(encoder.write_batch(batch))
        copy.write(encoder.finish())
    return int(rows.num_rows)


def temporary(name: str, columns: dict[str, str]) -> None:
    """An empty table of this transaction only, for rows on their way in (name → PostgreSQL type)."""
    listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE IF EXISTS pg_temp."{name}"')
        cursor.execute(f'CREATE TEMP TABLE "{name}" ({listed}) ON COMMIT DROP')


@contextmanager
def bare(tables: Iterable[str]) -> Iterator[None]:
    """Load rows into tables without their secondary indexes, unique constraints and outgoing foreign keys.

    They come back at the end of the block, each checked over the whole table at once (IntegrityError where a
    row breaks one), and the tables are analysed. Primary keys, checks and triggers stay. Must stand
    inside a transaction, whose rollback brings everything back too. Until it ends the tables, and those that
    they refer to, are locked against readers: for first loads only, into empty tables or larger than what
    is there. `ON CONFLICT` finds no unique constraint inside the block.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("bulk.bare needs a transaction around it")
    names = list(tables)
    with connection.cursor() as cursor:
        # Waiting checks of foreign keys would forbid the ALTER TABLE.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        restore = [statement for name in names for statement in _strip(cursor, name)]
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        # Indexes first: a foreign key inside the load may lean on a unique constraint that just came back.
        for _order, statement in sorted(restore, key=lambda pair: pair[0]):
            cursor.execute(statement)
        for name in names:
            cursor.execute(f'ANALYZE "{name}"')


def _strip(cursor: CursorWrapper, table: str) -> list[tuple[int, str]]:
    """Drop what slows a load down; (order, statement) pairs that bring it back."""
    cursor.execute(
        """
        SELECT c.contype = 'f', c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c
        WHERE c.conrelid = %s::regclass AND (c.contype = 'f' OR c.contype = 'u' AND NOT EXISTS (
            SELECT 1 FROM pg_constraint r WHERE r.contype = 'f' AND r.conindid = c.conindid))
        ORDER BY c.contype, c.conname
        """,
        [f'"{table}"'],
    )
    restore = []
    for is_foreign, name, definition in cursor.fetchall():
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        restore.append(
            (2 if is_foreign else 1, f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
        )
    cursor.execute(
        """
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
        WHERE i.indrelid = %s::regclass
          AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
        """,
        [f'"{table}"'],
    )
    for name, definition in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")
        restore.append((0, definition))
    return restore


@contextmanager
def bare_if_larger(table: str, rows: int) -> Iterator[None]:
    """`bare` around a load of that many rows where the table holds fewer; else the table stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM (SELECT FROM "{table}" LIMIT %s) few', [rows])  # noqa: S608
        there = cursor.fetchone()[0]
    if there < rows and rows >= BATCH:
        with bare([table]):
            yield
    else:
        yield


def drop_repeated(table: str, key: str) -> list[tuple[int, str]]:
    """Keep the first `row` of each key of a temporary table; (row, key) of those that went."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            DELETE FROM "{table}" t
            USING (SELECT "{key}" AS key, min(row) AS first FROM "{table}" GROUP BY 1 HAVING count(*) > 1) d
            WHERE t."{key}" = d.key AND t.row > d.first RETURNING t.row, t."{key}"
            """  # noqa: S608
        )
        return sorted(cursor.fetchall())
