"""Match one or a few land users again, inside the current transaction: the same SQL, candidates by index."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from django.db import connection, transaction

from landdb import bulk

from . import engine, registry, results, statements, work_items
from .weights import load

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
    rare = int(load().bands["rare_name"])
    with connection.cursor() as cursor:
        # Compiling costs more than these look-ups, and the planner takes them for far larger than they are.
        cursor.execute("SET LOCAL jit = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off")
        cursor.execute("SET LOCAL enable_mergejoin = off")
    rows = bulk.read_here(statements.text("neighbours"), [rare, ids, rare], engine.TYPES)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT")
        cursor.execute("SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT")
    return rows
