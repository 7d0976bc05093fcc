"""Read rows made ready for a temporary table. Runs in import processes: no Django here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pyarrow as pa

from landdb.normalise.people import PersonKeys

from .outcome import Problem
from .rows import Layout, pick
from .tables import Batch

#: Staging columns with their PostgreSQL and Arrow types.
Columns = Mapping[str, tuple[str, pa.DataType]]

#: What is read out of a person's raw values, in the order of `person_values`.
PERSON: Columns = {
    "name": ("text", pa.string()),
    "name_key": ("text", pa.string()),
    "name_fold": ("text", pa.string()),
    "birth_on": ("date", pa.date32()),
    "birth_year": ("smallint", pa.int16()),
    "sex": ("text", pa.string()),
    "id_number": ("text", pa.string()),
    "id_kind": ("text", pa.string()),
    "former_number": ("text", pa.string()),
    "village": ("text", pa.string()),
    "village_fold": ("text", pa.string()),
    "warnings": ("varchar(40)[]", pa.string()),
}


class Read(NamedTuple):
    """Rows ready for staging, and the problems of the batch."""

    rows: pa.Table
    problems: list[Problem]


#: Makes a staged row of a row's number and cells, or None where a problem says why not.
ReadRow = Callable[[int, tuple[str, ...], list[Problem]], tuple[object, ...] | None]


def stage(batch: Batch, layout: Layout, columns: Columns, read_row: ReadRow) -> Read:
    """Read every usable row of a batch into the staging columns."""
    picked = pick(batch.first, batch.rows, layout)
    problems = picked.problems
    staged = []
    for number, cells in zip(picked.numbers, picked.rows, strict=True):
        found = read_row(number, cells, problems)
        if found is not None:
            staged.append(found)
    values = zip(*staged, strict=True) if staged else ([] for _name in columns)
    arrays = [pa.array(column, kind) for column, (_sql, kind) in zip(values, columns.values(), strict=True)]
    return Read(pa.table(arrays, names=list(columns)), problems)


def person_values(keys: PersonKeys) -> tuple[object, ...]:
    """The values of PERSON, cut to the length of the columns."""
    # A tax or passport number does not stand in for an old identity number.
    former = keys.former_number if len(keys.former_number) <= 12 else ""
    return (
        keys.name[:200], keys.name_key[:200], keys.name_fold[:200], keys.birth_on, keys.birth_year, keys.sex,
        keys.id_number, keys.id_kind, former, keys.village[:160], keys.village_fold[:160],
        "{" + ",".join(code[:40] for code in keys.warnings) + "}",
    )  # fmt: skip
