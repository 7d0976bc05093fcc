"""New records at COPY speed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
from django.db import connection, models

from landdb import bulk


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids that nobody else will get."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def insert(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """COPY records in. `rows` map column names to values; the model's defaults stand for the rest."""
    if not rows:
        return
    given = rows[0].keys()
    defaults = {name: value for name, value in _defaults(model).items() if name not in given}
    columns = {name: pa.array([_text(row[name]) for row in rows], pa.string()) for name in given}
    columns |= {name: pa.array([_text(value)] * len(rows), pa.string()) for name, value in defaults.items()}
    bulk.copy_in(pa.table(columns), model._meta.db_table)


@cache
def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """Column → default of every column but the id."""
    return {
        str(column.column): column.get_default()
        for column in model._meta.concrete_fields
        if not column.primary_key and not getattr(column, "auto_now_add", False)
    }


def _text(value: Any) -> str | None:
    """A value as COPY reads it."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(f'"{each}"' for each in value) + "}"
    return str(value)
