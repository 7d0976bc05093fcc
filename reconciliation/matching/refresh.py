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
#: The pairs as they stand there; `is_decided` are those of `engine.DECIDED`.
_STORED = results.MATCHES.replace(" FROM ", f", {engine.IS_DECIDED} AS is_decided FROM ", 1) + (
    " WHERE u.id = ANY (%s)"
)
#: Ways for many rows.
_WAYS = ("seqscan", "hashjoin", "mergejoin")


@transaction.atomic(savepoint=False)
def refresh(land_user_ids: Sequence[int]) -> set[int]:
    """Match these land users again; writes matches, verifications and work items by difference.

    Those of them who are verified otherwise than before.
    """
    ids = list(land_user_ids)
    if not ids:
        return set()
    found = _match(ids)
    _written, reopened = results.store(found)
    work_items.store(found.needs_work, found.needs_none)
    otherwise = {
        pk
        for verifications in (found.verifications_changed, found.verifications_added)
        for pk in verifications.column("land_user_id").to_pylist()
    }
    # A decision that stands no longer does not shape the result: once more without it.
    return otherwise | refresh(reopened)


def warm_up() -> None:
    """Open the sessions in which a few and many land users are matched: whoever comes first would wait."""
    for is_few in (True, False):
        _match([], is_few=is_few)


def _match(ids: list[int], *, is_few: bool | None = None) -> Written:
    force = fits.in_force()
    read = bulk.fetch_here if len(ids) <= bulk.FEW else bulk.read_here
    people = read(
        engine.LAND_USERS + " WHERE u.id = ANY (%s) AND u.merged_into_id IS NULL", [ids], engine.TYPES
    )
    people = engine.with_second(people)
    names = {name for column in ("name_fold", "second") for name in people.column(column).to_pylist()} - {""}
    stored = read(_STORED, [ids], results.TYPES | {"is_decided": pa.bool_()})
    inputs: dict[str, pa.Table] = {
        "registry.district": registry.districts(),
        "incoming_resident": _neighbours(people),
        "counted": read(_NAMES, [sorted(names)], engine.TYPES),
        "living": read(_PARTNERS, {"ids": ids}, engine.TYPES),
        "incoming": people,
        "decided": _decided(stored),
        "band": engine.band(force.accept),
        "old_match": stored.drop_columns(["is_decided"]),
        "old_verification": read(results.VERIFICATIONS + " WHERE u.id = ANY (%s)", [ids], results.TYPES),
    }
    if is_few is None:
        is_few = len(ids) <= warm.FEW
    with warm.session(force.weights, force.facts, is_few=is_few) as session:

        def look_up(wanted: pa.Table) -> pa.Table:
            found = frequencies.look_up(wanted, session.seal)
            if found is None:
                registry.count_frequencies()
                found = frequencies.look_up(wanted, session.seal)
            return frequencies.NONE if found is None else found

        return Written(*session.run(inputs, look_up, Written._fields))


def _decided(stored: pa.Table) -> pa.Table:
    """Of the pairs that stand there those that somebody has spoken of, in the columns of DECIDED."""
    said = stored.filter(stored.column("is_decided")).select(["land_user_id", "resident_id", "state"])
    return said.rename_columns(["land_user", "resident", "state"])


def _neighbours(people: pa.Table) -> pa.Table:
    asked = {
        "ids": people.column("id").to_pylist(),
        "seconds": people.column("second").to_pylist(),
        "rare": int(load().bands["rare_name"]),
    }
    with connection.cursor() as cursor:
        # The planner takes these look-ups for far larger than they are.
        cursor.execute("; ".join(f"SET LOCAL enable_{way} = off" for way in _WAYS))
    read = bulk.fetch_here if people.num_rows <= bulk.FEW else bulk.read_here
    rows = read(statements.text("neighbours"), asked, engine.TYPES)
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL enable_{way} TO DEFAULT" for way in _WAYS))
    return rows
