"""What a registry extract changes, set by set: compared with what the registry said before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from django.db.models import Count

from .extract_rows import KEEPABLE
from .models import RegistryExtract, Resident, ResidentChange

Kind = ResidentChange.Kind

#: Temporary tables of an import: the rows read, the keys of rows that were turned away, and known residents
#: (`id`) whose values a row (`row`) would change.
INCOMING, TURNED_AWAY, DIFFERING = "incoming_residents", "turned_away_residents", "differing_residents"
_RESIDENTS = Resident._meta.db_table
#: The communes that the extract delivers: a row that leaves its commune open delivers none.
DELIVERED = f"SELECT DISTINCT commune_id FROM {INCOMING} WHERE 'commune_id' <> ALL (kept)"  # noqa: S608
_CHANGES = ResidentChange._meta.db_table


class _Compared(NamedTuple):
    """A kind of change: the columns that must differ, when it is this kind, and what stands for old and new.

    In `when` and `shown`, `{0}` is the resident as known (`r`) or as coming (`i`).
    """

    kind: str
    columns: tuple[str, ...]
    shown: str
    when: str = "true"


_IS_ISSUED = "r.id_kind <> 'citizen' AND i.id_kind = 'citizen'"
_DIED_ON = "coalesce(to_char({0}.died_on, 'DD/MM/YYYY'), '')"
_BIRTH = "coalesce(to_char({0}.birth_on, 'DD/MM/YYYY'), {0}.birth_year::text, '')"
_PLACE = (
    "concat_ws(', ', nullif({0}.village, ''), coalesce((SELECT unit.name FROM landdb_adminunit unit"
    " WHERE unit.id = {0}.commune_id), nullif({0}.commune_raw, '')))"
)
_COMPARED = (
    _Compared(Kind.DIED, ("status", "died_on"), _DIED_ON, "i.status = 'deceased'"),
    _Compared(Kind.CANCELLED, ("status",), "{0}.status", "i.status = 'cancelled'"),
    _Compared(Kind.ABROAD, ("status",), "{0}.status", "i.status = 'abroad'"),
    _Compared(Kind.RESTORED, ("status",), "{0}.status", "i.status = 'alive' AND r.status <> ''"),
    _Compared(Kind.NUMBER_ISSUED, ("id_number",), "{0}.id_number", _IS_ISSUED),
    _Compared(Kind.NUMBER, ("id_number",), "{0}.id_number", f"NOT ({_IS_ISSUED})"),
    _Compared(Kind.FORMER_NUMBER, ("former_number",), "{0}.former_number"),
    _Compared(Kind.NAME, ("name_key",), "{0}.name"),
    _Compared(Kind.BIRTH, ("birth_on", "birth_year"), _BIRTH),
    _Compared(Kind.SEX, ("sex",), "{0}.sex"),
    _Compared(Kind.MOVED, ("commune_id", "village_fold"), _PLACE),
)

#: Which columns' warnings stay with a known resident. What a number contradicts is found with birth and sex.
_STAYS = """
    CASE split_part(code, '.', 1)
    WHEN 'birth' THEN 'birth_year' = ANY (i.kept)
    WHEN 'id_number' THEN 'id_number' = ANY (i.kept)
        OR (i.kept && ARRAY['birth_year', 'sex'] AND i.id_number = r.id_number)
    WHEN 'former_number' THEN 'former_number' = ANY (i.kept)
    ELSE false END
"""
_WARNINGS = f"""
    ARRAY(SELECT code FROM (
        SELECT code, place FROM unnest(r.warnings) WITH ORDINALITY AS known (code, place) WHERE {_STAYS}
        UNION ALL
        SELECT code, place FROM unnest(i.warnings) WITH ORDINALITY AS coming (code, place) WHERE NOT {_STAYS}
    ) AS both_sides
    ORDER BY
        array_position(ARRAY['name', 'birth', 'id_number', 'former_number'], split_part(code, '.', 1)), place)
"""  # noqa: S608


def keep_unread() -> None:
    """Where a cell cannot be read, put what is known of the resident into the row: it says no other.

    The former commune stays only with a resident who stays in today's.
    """
    stays = {column: f"'{column}' = ANY (i.kept)" for column in KEEPABLE}
    for column in ("former_commune", "former_commune_raw"):
        stays[column] += " AND ('commune_id' = ANY (i.kept) OR i.commune_id = r.commune_id)"
    sets = [
        f"{column} = CASE WHEN {kept} THEN r.{column} ELSE i.{column} END" for column, kept in stays.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {INCOMING} i SET {", ".join(sets)}, warnings = {_WARNINGS}
            FROM {_RESIDENTS} r WHERE r.resident_key = i.resident_key AND i.kept <> '{{}}'
            """  # noqa: S608
        )


def find_differing(spoken: Iterable[str]) -> None:
    """Put the known residents whose values a row would change into the table DIFFERING.

    One who was absent and is there again is among them, also with equal values.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{DIFFERING}")
        cursor.execute(
            f"""
            CREATE TEMP TABLE {DIFFERING} ON COMMIT DROP AS
            SELECT r.id, i.row FROM {_RESIDENTS} r JOIN {INCOMING} i ON i.resident_key = r.resident_key
            WHERE {_differ(spoken)} OR r.absent_since_id IS NOT NULL
            """  # noqa: S608
        )
        cursor.execute(f"ANALYZE {DIFFERING}")


def note_differing(extract: RegistryExtract, spoken: Iterable[str]) -> None:
    """A row for every change of the residents in DIFFERING, as long as they have their old values."""
    named = set(spoken)
    kinds = [f"('{Kind.BACK.value}', r.absent_since_id IS NOT NULL, '', '')"]
    for compared in _COMPARED:
        columns = [column for column in compared.columns if column in named]
        if columns:
            old, new = compared.shown.format("r"), compared.shown.format("i")
            kinds.append(f"('{compared.kind}', {_differ(columns)} AND {compared.when}, {old}, {new})")
    commune = "i.commune_id" if "commune_id" in named else "r.commune_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {_CHANGES} (extract_id, resident_id, commune_id, kind, old, new)
            SELECT %s, r.id, {commune}, found.kind, found.old, found.new
            FROM {DIFFERING} d JOIN {INCOMING} i ON i.row = d.row JOIN {_RESIDENTS} r ON r.id = d.id
            CROSS JOIN LATERAL (VALUES {", ".join(kinds)}) AS found (kind, is_so, old, new)
            WHERE found.is_so
            """,  # noqa: S608
            [extract.pk],
        )


def note_new(extract: RegistryExtract, after: int) -> None:
    """A row for every resident whom the extract added; their ids lie above `after`."""
    _insert(extract, Kind.NEW, "r.id > %s AND r.extract_id = %s", [after, extract.pk])


def note_absent(extract: RegistryExtract) -> None:
    """Mark who was known in a commune of this whole extract and is not in it; nobody is removed.

    Whoever's row was turned away is in the file: only the row was of no use.
    """
    missing = f"""
        r.absent_since_id IS NULL AND r.commune_id IN ({DELIVERED})
        AND NOT EXISTS (SELECT FROM {INCOMING} i WHERE i.resident_key = r.resident_key)
        AND NOT EXISTS (SELECT FROM {TURNED_AWAY} t WHERE t.resident_key = r.resident_key)
    """  # noqa: S608
    _insert(extract, Kind.ABSENT, missing, [])
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {_RESIDENTS} r SET absent_since_id = c.extract_id FROM {_CHANGES} c
            WHERE c.resident_id = r.id AND c.extract_id = %s AND c.kind = '{Kind.ABSENT.value}'
            """,  # noqa: S608
            [extract.pk],
        )


def counts(extract: RegistryExtract) -> dict[str, int]:
    """How many changes of each kind were noted, in the order of the kinds."""
    rows = ResidentChange.objects.filter(extract=extract).values_list("kind").annotate(n=Count("pk"))
    found = Counter(dict(rows.order_by()))
    return {kind: found[kind] for kind in Kind.values if found[kind]}


def _insert(extract: RegistryExtract, kind: Kind, condition: str, params: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {_CHANGES} (extract_id, resident_id, commune_id, kind, old, new)
            SELECT %s, r.id, r.commune_id, '{kind.value}', '', '' FROM {_RESIDENTS} r WHERE {condition}
            """,  # noqa: S608
            [extract.pk, *params],
        )


def _differ(columns: Iterable[str]) -> str:
    """The condition that the resident as known and as coming differ in any of the columns."""
    known, coming = (", ".join(f"{side}.{column}" for column in columns) for side in "ri")
    return f"({known}) IS DISTINCT FROM ({coming})"
