"""What a run of `classify` has left in the database, so that two runs can be laid side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

from landdb.models import Job

from .floor import RESULTS
from .stages import BESIDE

#: (rows, digest of all of them in order) of a commune.
Digest = tuple[int, str]
#: table → commune → digest.
Judgement = Mapping[str, Mapping[int, Digest]]

_DIGESTS = """
    SELECT commune_id, count(*), md5(string_agg(digest, '' ORDER BY digest))
    FROM (SELECT commune_id, md5(ROW({columns})::text) AS digest FROM {table}) r
    GROUP BY commune_id
"""


@dataclass(frozen=True)
class Difference:
    """A commune in a table where two judgements are not the same; rows of the first and of the second."""

    table: str
    commune: int
    rows: tuple[int, int]

    def __str__(self) -> str:
        first, second = self.rows
        return f"{self.table}, commune {self.commune}: {first:,} rows undisturbed, {second:,} disturbed"


def taken() -> Judgement:
    """Every table that a run from nothing writes, digested without numbers of rows, times and jobs.

    A row that stands twice changes the digest as one that is missing does.
    """
    found: dict[str, dict[int, Digest]] = {}
    for model in _models():
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(_DIGESTS.format(table=table, columns=", ".join(_columns(model))))
            found[table] = {commune: (rows, digest) for commune, rows, digest in cursor.fetchall()}
    return found


def differences(first: Judgement, second: Judgement) -> list[Difference]:
    """Where two judgements are not the same, by table and commune."""
    return [
        Difference(table, commune, (one.get(commune, (0, ""))[0], other.get(commune, (0, ""))[0]))
        for table, one, other in ((table, first[table], second[table]) for table in first)
        for commune in sorted(one.keys() | other.keys())
        if one.get(commune) != other.get(commune)
    ]


def rows(judgement: Judgement) -> int:
    """How many rows were digested."""
    return sum(count for communes in judgement.values() for count, _digest in communes.values())


def _models() -> Iterator[type[models.Model]]:
    wanted = {*RESULTS, *BESIDE}
    yield from (model for model in apps.get_models() if model._meta.db_table in wanted)


def _columns(model: type[models.Model]) -> Iterator[str]:
    """All but those that two runs may not have in common."""
    for field in model._meta.concrete_fields:
        is_own = isinstance(field, models.AutoField | models.BigAutoField | models.DateTimeField)
        if not is_own and field.related_model is not Job:
            yield connection.ops.quote_name(str(field.column))
