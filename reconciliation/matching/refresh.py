"""Match one or a few land users again, inside the current transaction: the same SQL, candidates by index."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from django.db import connection, transaction

from landdb import bulk

from . import engine, fits, frequencies, registry, results, statements, warm, work_items
from .results import Written
from .weights import load

_NAMES = (
    "SELECT r.name_fold, r.birth_year, count(*) AS residents FROM citizens_resident r"
    " WHERE r.name_fold = ANY (%s) GROUP BY 1, 2"
)
# Who the others on the same certificates are, by their numbers, and where they live.
_PARTNERS = """
WITH partner AS (
    SELECT DISTINCT a.land_user_id AS land_user, u.name_fold,
           CASE WHEN length(u.id_number) = 12 THEN u.id_number END AS number,
           CASE WHEN u.former_number <> '' THEN u.former_number
                WHEN u.id_kind = 'cmnd' THEN u.id_number END AS former
    FROM parcels_holding a
    JOIN parcels_holding b ON b.certificate_id = a.certificate_id AND b.land_user_id <> a.land_user_id
    JOIN parcels_landuser u ON u.id = b.land_user_id AND u.kind = 'individual' AND u.merged_into_id IS NULL
    WHERE a.land_user_id = ANY (%(ids)s)
)
SELECT DISTINCT p.land_user, r.id AS resident, r.commune_id AS commune, r.village_fold AS village
FROM partner p
JOIN citizens_resident r ON r.id_number = p.number AND r.id_number <> '' AND r.name_fold = p.name_fold
UNION
SELECT p.land_user, r.id, r.commune_id, r.village_fold FROM partner p
JOIN citizens_resident r ON r.former_number = p.former AND r.former_number <> '' AND r.name_fold = p.name_fold
"""


@transaction.atomic(savepoint=False)
def refresh(land_user_ids: Sequence[int]) -> bool:
    """Match these land users again; writes matches, verifications and work items by difference.

    Whether any of them is verified otherwise than before.
    """
    ids = list(land_user_ids)
    if not ids:
        return False
    found = _match(ids)
    written, reopened = results.store(found)
    work_items.store(found.needs_work, found.needs_none)
    # A decision that stands no longer does not shape the result: once more without it.
    is_otherwise = refresh(reopened) if reopened else False
    return is_otherwise or bool(written["verifications_changed"] or written["verifications_added"])


def _match(ids: list[int]) -> Written:
    force = fits.in_force()
    people = bulk.read_here(
        engine.LAND_USERS + " WHERE u.id = ANY (%s) AND u.merged_into_id IS NULL", [ids], engine.TYPES
    )
    people = engine.with_second(people)
    names = {name for column in ("name_fold", "second") for name in people.column(column).to_pylist()} - {""}
    inputs: dict[str, pa.Table] = {
        "registry.district": registry.districts(),
        "incoming_resident": _neighbours(people),
        "counted": bulk.read_here(_NAMES, [sorted(names)], engine.TYPES),
        "living": bulk.read_here(_PARTNERS, {"ids": ids}, engine.TYPES),
        "incoming": people,
        "decided": bulk.read_here(engine.DECIDED + " AND u.id = ANY (%s)", [ids], engine.TYPES),
        "band": engine.band(force.accept),
        "old_match": bulk.read_here(results.MATCHES + " WHERE u.id = ANY (%s)", [ids], results.TYPES),
        "old_verification": bulk.read_here(
            results.VERIFICATIONS + " WHERE u.id = ANY (%s)", [ids], results.TYPES
        ),
    }
    with warm.session(force.weights, force.facts) as session:
        if not frequencies.are_known(session.seal):
            registry.count_frequencies()
        return Written(*session.run(inputs, frequencies.look_up, Written._fields))


def _neighbours(people: pa.Table) -> pa.Table:
    asked = {
        "ids": people.column("id").to_pylist(),
        "seconds": people.column("second").to_pylist(),
        "rare": int(load().bands["rare_name"]),
    }
    with connection.cursor() as cursor:
        # The planner takes these look-ups for far larger than they are.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off")
        cursor.execute("SET LOCAL enable_mergejoin = off")
    rows = bulk.read_here(statements.text("neighbours"), asked, engine.TYPES)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL enable_hashjoin TO DEFAULT")
        cursor.execute("SET LOCAL enable_mergejoin TO DEFAULT")
    return rows
