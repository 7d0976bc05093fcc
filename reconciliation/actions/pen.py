"""Many changed records written at once: a statement for each set of fields, not one for each record."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from django.db import connection, models

from landdb import bulk

#: As many of one kind are written out of the statement itself: a temporary table costs more.
FEW = 20


class Pen:
    """Notes which fields of which records were set, and writes them into the database in the end."""

    def __init__(self) -> None:
        self._noted: dict[tuple[type[models.Model], tuple[str, ...]], list[models.Model]] = defaultdict(list)

    def note(self, record: models.Model, fields: Iterable[str]) -> None:
        """The record is held by the caller, and its fields are set; nobody else writes it meanwhile."""
        self._noted[type(record), tuple(sorted(set(fields)))].append(record)

    def write(self) -> None:
        for (model, fields), records in self._noted.items():
            (_write_few if len(records) <= FEW else _write)(model, fields, records)
        self._noted.clear()


def _write_few(model: type[models.Model], fields: tuple[str, ...], records: list[models.Model]) -> None:
    """All in one statement; the database reads the values as columns of the table."""
    columns = {_name(model._meta.get_field(name)): name for name in fields}
    table, key = model._meta.db_table, _name(model._meta.pk)
    values = [
        {key: record.pk} | {column: getattr(record, name) for column, name in columns.items()}
        for record in records
    ]
    sets = ", ".join(f'"{column}" = p."{column}"' for column in columns)
    source = f'jsonb_populate_recordset(NULL::"{table}", %s::jsonb) p'
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" t SET {sets} FROM {source} WHERE t."{key}" = p."{key}"',  # noqa: S608  our own
            [json.dumps(values, default=str)],
        )


def _write(model: type[models.Model], fields: tuple[str, ...], records: list[models.Model]) -> None:
    columns: list[Any] = [model._meta.get_field(name.removesuffix("_id")) for name in fields]
    kinds = {_name(column): str(column.db_type(connection)) for column in columns}
    bulk.temporary("penned", {"id": "bigint"} | kinds)
    arrays: dict[str, Any] = {"id": pa.array([str(record.pk) for record in records], pa.string())}
    for column in columns:
        values = [_text(column, getattr(record, column.attname)) for record in records]
        arrays[_name(column)] = pa.array(values, pa.string())
    bulk.copy_in(pa.table(arrays), "penned")
    sets = ", ".join(f'"{name}" = p."{name}"' for name in kinds)
    table = model._meta.db_table
    key = _name(model._meta.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE penned")
        cursor.execute(f'UPDATE "{table}" t SET {sets} FROM penned p WHERE t."{key}" = p.id')  # noqa: S608
        cursor.execute("DROP TABLE penned")


def _name(column: Any) -> str:
    return str(column.column)


def _text(column: Any, value: Any) -> str | None:
    """A value as COPY reads it; lists are arrays."""
    if value is not None and isinstance(column, models.JSONField):
        return json.dumps(value, cls=column.encoder)
    prepared = column.get_db_prep_save(value, connection)
    if prepared is None:
        return None
    if isinstance(prepared, bool):
        return "t" if prepared else "f"
    if isinstance(prepared, list):
        quoted = (str(each).replace("\\", "\\\\").replace('"', '\\"') for each in prepared)
        return "{" + ",".join(f'"{each}"' for each in quoted) + "}"
    return str(prepared)
