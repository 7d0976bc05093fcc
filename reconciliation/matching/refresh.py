"""Match one or a few land users again, inside the current transaction: the same SQL, candidates by index."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from django.db import connection, transaction

from landdb import bulk

from . import engine, registry, results, statements, work_items
from .weights import load

# Everything that `sql/candidates.sql` could find for these land users, and little more; each branch has an index.
_NEIGHBOURS = (
    registry.RESIDENTS
    + """ WHERE r.id = ANY (ARRAY(
    SELECT f.id FROM parcels_landuser u CROSS JOIN LATERAL (
        SELECT r.id FROM citizens_resident r WHERE r.id_number = u.id_number AND r.id_number <> ''
        UNION ALL
        SELECT r.id FROM citizens_resident r
        WHERE r.former_number <> '' AND r.former_number IN (u.former_number, u.id_number)
        UNION ALL
        SELECT m.resident_id FROM reconciliation_match m WHERE m.land_user_id = u.id
        UNION ALL
        SELECT r.id FROM citizens_resident r
        WHERE r.name_fold = u.name_fold AND u.name_fold <> '' AND (
            r.birth_year = u.birth_year OR r.commune_id = u.commune_id
            OR (u.id_kind = 'citizen' AND (
                left(r.id_number, 6) = left(u.id_number, 6) OR right(r.id_number, 6) = right(u.id_number, 6)
                OR r.birth_year %% 100 = substr(u.id_number, 5, 2)::int))
            OR (SELECT count(*) FROM (
                    SELECT FROM citizens_resident n WHERE n.name_fold = u.name_fold LIMIT %(rare_name)s + 1
                ) few) <= %(rare_name)s)
        UNION ALL
        SELECT r.id FROM citizens_resident r
        WHERE r.commune_id = u.commune_id AND r.birth_year = u.birth_year
          AND (split_part(r.name_fold, ' ', 1) = split_part(u.name_fold, ' ', 1)
               OR split_part(r.name_fold, ' ', -1) = split_part(u.name_fold, ' ', -1))
    ) f WHERE u.id = ANY (%(ids)s)))"""
)
_NAME_COUNTS = (
    "SELECT name_fold, count(*) AS residents FROM citizens_resident WHERE name_fold IN"
    " (SELECT name_fold FROM parcels_landuser WHERE id = ANY (%s)) GROUP BY name_fold"
)
_COMMUNE_COUNTS = (
    "SELECT commune_id AS commune, count(*) AS residents FROM citizens_resident WHERE commune_id IN"
    " (SELECT commune_id FROM parcels_landuser WHERE id = ANY (%s)) GROUP BY commune_id"
)


@transaction.atomic
def refresh(land_user_ids: Sequence[int]) -> None:
    """Match these land users again; writes matches, verifications and work items by difference."""
    ids = list(land_user_ids)
    if not ids:
        return
    _written, reopened = results.store(_match(ids))
    work_items.store()
    if reopened:
        # A decision that stands no longer does not shape the result: once more without it.
        refresh(reopened)


def _match(ids: list[int]) -> engine.Outcome:
    people = bulk.read_here(engine.LAND_USERS + " WHERE u.id = ANY (%s)", [ids], engine.TYPES)
    decided = bulk.read_here(engine.DECIDED + " AND u.id = ANY (%s)", [ids], engine.TYPES)
    with registry.session() as session:
        tables: dict[str, pa.Table] = {
            "incoming_resident": _neighbours(ids),
            "incoming_name_count": bulk.read_here(_NAME_COUNTS, [ids], engine.TYPES),
            "incoming_commune_count": bulk.read_here(_COMMUNE_COUNTS, [ids], engine.TYPES),
        }
        for name, rows in tables.items():
            session.register(name, rows)
        statements.run(session, "registry", {})
        session.execute("INSERT INTO registry.name_count FROM incoming_name_count")
        session.execute("INSERT INTO registry.commune_count FROM incoming_commune_count")
        return engine.match(session, people, decided, registry.last_facts())


def _neighbours(ids: list[int]) -> pa.Table:
    with connection.cursor() as cursor:
        # Compiling costs more than these look-ups; the planner's row guesses for them are far too high.
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("SET LOCAL enable_seqscan = off")
    rows = bulk.read_here(
        _NEIGHBOURS, {"ids": ids, "rare_name": int(load().bands["rare_name"])}, engine.TYPES
    )  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = on")
    return rows
