"""Registry extracts into the register of residents, which repeats what the registry says last."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pghistory
from django.db import connection
from django.db.models import Max

from landdb import bulk
from landdb.intake.outcome import Outcome, Problem
from landdb.intake.problems import KEY_REPEATED
from landdb.intake.processes import spread
from landdb.intake.received import Intake, receiving
from landdb.models import AdminUnit, Delivery, ReceivedFile, User
from landdb.reference import units

from . import changes
from .changes import DELIVERED, DIFFERING, TURNED_AWAY
from .changes import INCOMING as _INCOMING
from .extract_rows import COLUMNS, STAGED, read
from .models import RegistryExtract, Resident, ResidentChange

_TABLE = Resident._meta.db_table

#: Columns of a resident that each field of the file speaks of; what a file has no column for stays as it is.
_SPOKEN = {
    "full_name": ("name", "name_key", "name_fold", "warnings"),
    "dob": ("birth_on", "birth_year"),
    "sex": ("sex",),
    "cccd": ("id_number", "id_kind"),
    "cmnd": ("former_number",),
    "village": ("village", "village_fold"),
    "commune_code": ("commune_id",),
    "commune": ("commune_id", "commune_raw"),
    "old_commune": ("commune_id", "former_commune", "former_commune_raw"),
    "status": ("status",),
    "died_on": ("died_on", "status"),
}


def import_residents(
    path: Path | str,
    *,
    name: str | None = None,
    by: User | None = None,
    extracted_on: date | None = None,
    purpose: str = "",
    whole: bool = False,
    strict: bool = False,
    simulate: bool = False,
) -> Outcome:
    """Take an extract in: new residents are added, known ones follow it, `applied` counts both.

    What it changed is noted, see `ResidentChange`; in a `whole` one also who is no longer in it.

    Refused where the file is of no use (with `strict`: where any row is turned away), and nothing changed.
    """
    with receiving(
        path,
        COLUMNS,
        ReceivedFile.Kind.RESIDENTS,
        name=name,
        by=by,
        simulate=simulate,
    ) as intake:
        units.ensure_loaded()
        staged = _stage(intake)
        extract = RegistryExtract.objects.create(
            file=intake.file, extracted_on=extracted_on, purpose=purpose[:200], is_whole=whole
        )
        last = Resident.objects.aggregate(last=Max("pk"))["last"]
        changed = _update(extract, intake.table.layout.present)
        new = _insert(extract, staged)
        intake.outcome.changes = _compare(extract, last, new)
        intake.outcome.communes = _deliver()
        return intake.close(applied=new + changed, unchanged=staged - new - changed, strict=strict)


def _stage(intake: Intake) -> int:
    """Bring all readable rows into a temporary table, each resident once; their number."""
    bulk.temporary(_INCOMING, {column: sql for column, (sql, _arrow) in STAGED.items()})
    bulk.temporary(TURNED_AWAY, {"resident_key": "text"})
    communes = dict(AdminUnit.objects.in_force().values_list("code", "pk"))
    work = partial(read, layout=intake.table.layout, communes=communes)
    staged = 0
    for rows, found, turned_away in spread(work, intake.table.batches()):
        staged += bulk.copy_in(rows, _INCOMING)
        bulk.copy_in(turned_away, TURNED_AWAY)
        intake.note(found)
    repeated = bulk.drop_repeated(_INCOMING, "resident_key")
    intake.note(Problem("rejected", row, KEY_REPEATED, "resident_id", key) for row, key in repeated)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {_INCOMING}")
    return staged - len(repeated)


def _update(extract: RegistryExtract, present: frozenset[str]) -> int:
    """Known residents whose values differ; how many."""
    spoken = sorted({column for field in present for column in _SPOKEN.get(field, ())})
    changes.keep_unread()
    changes.find_differing(spoken)
    changes.note_differing(extract, spoken)
    sets = ", ".join(f"{column} = i.{column}" for column in spoken)
    with pghistory.context(file=extract.file_id), connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {_TABLE} r SET {sets}, extract_id = %s, absent_since_id = NULL
            FROM {DIFFERING} d JOIN {_INCOMING} i ON i.row = d.row WHERE r.id = d.id
            """,  # noqa: S608
            [extract.pk],
        )
        return int(cursor.rowcount)


def _insert(extract: RegistryExtract, staged: int) -> int:
    """Residents not seen before; how many."""
    columns = ", ".join(column for column in STAGED if column not in ("row", "kept"))
    with bulk.bare_if_larger(_TABLE, staged), connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {_TABLE} ({columns}, extract_id) SELECT {columns}, %s FROM {_INCOMING} i
            WHERE NOT EXISTS (SELECT FROM {_TABLE} r WHERE r.resident_key = i.resident_key) ORDER BY i.row
            """,  # noqa: S608
            [extract.pk],
        )
        return int(cursor.rowcount)


def _compare(extract: RegistryExtract, last: int | None, new: int) -> dict[str, int]:
    """Note what the extract says of whom it is new or missing; its changes by kind.

    `last` is the highest id of a resident before it: without one there was nothing to compare with.
    """
    if last is None:
        extract.changes = {ResidentChange.Kind.NEW.value: new}
    else:
        changes.note_new(extract, last)
        if extract.is_whole:
            with pghistory.context(file=extract.file_id):
                changes.note_absent(extract)
        extract.changes = changes.counts(extract)
    extract.save(update_fields=["changes"])
    return dict(extract.changes)


def _deliver() -> list[int]:
    """Note for which communes the registry has now been delivered."""
    with connection.cursor() as cursor:
        cursor.execute(f"{DELIVERED} ORDER BY 1")
        communes = [commune for (commune,) in cursor.fetchall() if commune is not None]
    for commune in communes:
        Delivery.objects.update_or_create(commune_id=commune, source=Delivery.Source.RESIDENTS)
    return communes
