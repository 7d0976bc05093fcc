"""What was derived for a land user is put away while it is merged into another, and comes back as it was."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

_PUT_AWAY = """
INSERT INTO reconciliation_laidby (land_user_id, verification, work_item)
SELECT u.id, to_jsonb(v), to_jsonb(w) FROM parcels_landuser u
LEFT JOIN reconciliation_verification v ON v.land_user_id = u.id
LEFT JOIN reconciliation_workitem w ON w.land_user_id = u.id
WHERE u.id = ANY (%s) AND u.merged_into_id IS NOT NULL AND (v.land_user_id IS NOT NULL OR w.id IS NOT NULL)
ON CONFLICT DO NOTHING
"""
_CLEAR = """
DELETE FROM {table} t USING parcels_landuser u
WHERE t.land_user_id = u.id AND u.id = ANY (%s) AND u.merged_into_id IS NOT NULL
"""
_BRING_BACK = """
INSERT INTO {table} SELECT r.*
FROM reconciliation_laidby l, jsonb_populate_record(NULL::{table}, l.{column}) r
WHERE l.land_user_id = ANY (%s) AND l.{column} IS NOT NULL
ON CONFLICT DO NOTHING
"""
_TABLES = {"verification": "reconciliation_verification", "work_item": "reconciliation_workitem"}


def put_away(land_user_ids: Iterable[int]) -> None:
    """Merged land users have no outcome and no work of their own; matches stay, with what people said."""
    ids = sorted(land_user_ids)
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_PUT_AWAY, [ids])
        for table in _TABLES.values():
            cursor.execute(_CLEAR.format(table=table), [ids])


def bring_back(land_user_ids: Iterable[int]) -> None:
    """Of those that stand for themselves again; what has changed since is for matching to find."""
    ids = sorted(land_user_ids)
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM reconciliation_laidby WHERE land_user_id = ANY (%s) LIMIT 1", [ids])
        if cursor.fetchone() is None:
            return
        for column, table in _TABLES.items():
            cursor.execute(_BRING_BACK.format(table=table, column=column), [ids])
        cursor.execute("DELETE FROM reconciliation_laidby WHERE land_user_id = ANY (%s)", [ids])
