"""Rows go into PostgreSQL and come out as they were, by whichever way."""

from __future__ import annotations

import datetime as dt
import time
from threading import Thread

import psycopg
import pyarrow as pa
import pytest
from django.db import connection

from landdb import bulk

pytestmark = pytest.mark.django_db

KINDS = {
    "big": "bigint", "small": "smallint", "share": "double precision", "word": "text", "at": "timestamptz",
    "several": "smallint[]",
}  # fmt: skip
AT = dt.datetime(2026, 3, 9, 23, 59, 59, 123456, tzinfo=dt.UTC)
ROWS = [
    {"big": -(2**62), "small": 32767, "share": 0.1, "word": "Hồ, \"Thị\"\n\\N", "at": AT, "several": [1, -2]},
    {"big": 0, "small": -1, "share": 1e300, "word": "", "at": AT, "several": []},
    {"big": None, "small": None, "share": None, "word": None, "at": None, "several": None},
]  # fmt: skip


def _stored() -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT big, small, share, word, at, several FROM told ORDER BY big DESC NULLS LAST")
        return [dict(zip(KINDS, row, strict=True)) for row in cursor.fetchall()]


def _in_order() -> list[dict[str, object]]:
    return [ROWS[1], ROWS[0], ROWS[2]]


def test_typed_rows_arrive_as_they_are() -> None:
    bulk.temporary("told", KINDS)
    assert bulk.copy_typed(pa.Table.from_pylist(ROWS), "told", KINDS) == 3
    assert _stored() == _in_order()


def test_a_few_rows_as_values_of_a_statement_arrive_as_they_are() -> None:
    bulk.temporary("told", KINDS)
    given, params = bulk.values("given_rows", KINDS, pa.Table.from_pylist(ROWS))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {given} INSERT INTO told SELECT * FROM given_rows", params)
    assert _stored() == _in_order()


def test_no_rows_are_no_trouble() -> None:
    bulk.temporary("told", KINDS)
    assert bulk.copy_typed(pa.Table.from_pylist(ROWS).slice(0, 0), "told", KINDS) == 0
    assert _stored() == []


def test_a_value_too_large_for_its_column_is_refused_before_anything_is_written() -> None:
    bulk.temporary("told", {"small": "smallint"})
    with pytest.raises(pa.ArrowInvalid):
        bulk.copy_typed(pa.table({"small": [70_000]}), "told", {"small": "smallint"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM told")
        assert cursor.fetchone() == (0,)


def test_a_type_that_nobody_has_thought_of_is_refused() -> None:
    with pytest.raises(KeyError, match="uuid"):
        bulk.copy_typed(pa.table({"id": ["x"]}), "told", {"id": "uuid"})


@pytest.mark.django_db(transaction=True)
def test_tables_are_emptied_although_another_stands_in_the_way_of_that_and_is_stood_in_the_way_of() -> None:
    """As autovacuum does: it holds the second table, and asks for the first one when that is locked."""
    with psycopg.connect(bulk.conninfo()) as other, connection.cursor() as cursor:
        for table in ("emptied_first", "emptied_second"):
            cursor.execute(f"CREATE TABLE {table} AS SELECT 1 AS n")
        other.execute("SELECT FROM emptied_second")
        asking = Thread(target=_ask_once_it_is_locked, args=[other, "emptied_first"])
        asking.start()
        try:
            bulk.truncate(["emptied_first", "emptied_second"])
        finally:
            asking.join()
        cursor.execute("SELECT FROM emptied_first UNION ALL SELECT FROM emptied_second")
        assert not cursor.fetchall()
        cursor.execute("DROP TABLE emptied_first, emptied_second")


def _ask_once_it_is_locked(other: psycopg.Connection, table: str) -> None:
    locked = "SELECT 1 FROM pg_locks WHERE relation = %s::regclass AND mode = 'AccessExclusiveLock'"
    while not other.execute(locked, [table]).fetchone():
        time.sleep(0.01)
    other.execute(f"SELECT FROM {table}")
    other.rollback()
