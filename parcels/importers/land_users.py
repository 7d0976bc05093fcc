"""Lists of land users into the register: new ones go in, other values for known ones become proposals."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection

from landdb import bulk
from landdb.intake import problems
from landdb.intake.outcome import Difference, Outcome, Problem
from landdb.intake.processes import spread
from landdb.intake.received import Intake, receiving
from landdb.models import AdminUnit, ReceivedFile, User
from landdb.reference import units
from parcels.models import LandUser

from .land_user_rows import COLUMNS, RAW, STAGED, read

_INCOMING = "incoming_land_users"
_TABLE = LandUser._meta.db_table


def import_land_users(
    path: Path | str,
    *,
    name: str | None = None,
    by: User | None = None,
    strict: bool = False,
    simulate: bool = False,
) -> Outcome:
    """Take a list in. `owner_id` is the identity; an empty cell says nothing against what is there.

    What differs stands in the `differences` of the outcome, to be proposed. Refused where the file is of
    no use (with `strict`: where any row is turned away), and nothing changed.
    """
    with receiving(
        path, COLUMNS, ReceivedFile.Kind.LAND_USERS, name=name, by=by, simulate=simulate
    ) as intake:
        units.ensure_loaded()
        staged = _stage(intake)
        differing = _compare(intake.outcome)
        new = _insert(intake.file, staged)
        intake.outcome.communes = _communes()
        return intake.close(
            applied=new, unchanged=staged - new - differing, proposed=differing, strict=strict
        )


def _stage(intake: Intake) -> int:
    """Bring all readable rows into a temporary table, each land user once; their number."""
    bulk.temporary(_INCOMING, {column: sql for column, (sql, _arrow) in STAGED.items()})
    communes = dict(AdminUnit.objects.in_force().values_list("code", "pk"))
    work = partial(read, layout=intake.table.layout, communes=communes)
    staged = 0
    for rows, found in spread(work, intake.table.batches()):
        staged += bulk.copy_in(rows, _INCOMING)
        intake.note(found)
    repeated = bulk.drop_repeated(_INCOMING, "source_key")
    intake.note(Problem("rejected", row, problems.KEY_REPEATED, "owner_id", key) for row, key in repeated)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {_INCOMING}")
    return staged - len(repeated)


def _compare(outcome: Outcome) -> int:
    """Note every raw value that differs from the one there; the number of land users concerned."""
    raw = list(RAW.values())
    differs = " OR ".join(f"(i.{column} <> '' AND i.{column} <> l.{column})" for column in raw)
    wanted = ", ".join(f"l.{column}, i.{column}" for column in [*raw, "commune_id"])
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT i.row, l.id, {wanted} FROM {_INCOMING} i
            JOIN {_TABLE} l ON l.source_key = i.source_key AND l.source_key <> ''
            WHERE l.merged_into_id IS NULL AND ({differs}) ORDER BY i.row
            """  # noqa: S608
        )
        found = cursor.fetchall()
    for row, land_user, *values in found:
        outcome.differences += _differences(row, land_user, values)
        outcome.land_users.append(land_user)
    return len(found)


def _differences(row: int, land_user: int, values: list[Any]) -> list[Difference]:
    """`values`: old and new of each raw column and of the commune, in turn."""
    pairs = dict(zip([*RAW.values(), "commune_id"], zip(values[::2], values[1::2], strict=True), strict=True))
    is_moved = any(
        pairs[column][1] not in ("", pairs[column][0])
        for column in ("address_raw", "commune_raw", "district_raw")
    )
    return [
        Difference("parcels.landuser", land_user, column, old, new, row)
        for column, (old, new) in pairs.items()
        if new not in ("", None, old) and (column != "commune_id" or is_moved)
    ]


def _insert(file: ReceivedFile, staged: int) -> int:
    """Land users not seen before; how many."""
    columns = ", ".join(column for column in STAGED if column != "row")
    with bulk.bare_if_larger(_TABLE, staged), connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {_TABLE} ({columns}, phone, file_id) SELECT {columns}, '', %s
            FROM {_INCOMING} i
            WHERE NOT EXISTS (SELECT FROM {_TABLE} l WHERE l.source_key = i.source_key AND l.source_key <> '')
            ORDER BY i.row
            """,  # noqa: S608
            [file.pk],
        )
        return int(cursor.rowcount)


def _communes() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT commune_id FROM {_INCOMING} ORDER BY 1")  # noqa: S608
        return [commune for (commune,) in cursor.fetchall() if commune is not None]
