"""Write the groups found, by difference: a second look over the same register changes nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

import pyarrow as pa
from django.db import connection

from landdb import bulk

from .groups import Group

_COLUMNS = {"key": "text", "kind": "text", "why": "text", "strength": "smallint", "members": "bigint[]"}

# Where an entry is kept, and where it holds plots; retired plots and superseded papers do not wait.
_MEASURE = """
CREATE TEMP TABLE wanted_duplicate ON COMMIT DROP AS
WITH member AS MATERIALIZED (
    SELECT n.key, m.id, u.commune_id
    FROM new_duplicate n, unnest(n.members) AS m (id) JOIN parcels_landuser u ON u.id = m.id
), held AS MATERIALIZED (
    SELECT DISTINCT m.key, p.id AS plot_id, p.commune_id
    FROM member m JOIN parcels_holding h ON h.land_user_id = m.id
    JOIN parcels_plot p ON p.id = h.plot_id AND p.state = 'live'
), place AS (
    SELECT key, array_agg(DISTINCT commune_id ORDER BY commune_id) AS communes FROM (
        SELECT key, commune_id FROM member WHERE commune_id IS NOT NULL
        UNION SELECT key, commune_id FROM held
    ) every GROUP BY key
), counted AS (
    SELECT key, count(*)::int AS plots FROM held GROUP BY key
)
SELECT n.*, COALESCE(place.communes, '{}'::smallint[]) AS communes, COALESCE(counted.plots, 0) AS plots
FROM new_duplicate n LEFT JOIN place USING (key) LEFT JOIN counted USING (key)
"""
_UPDATE = """
UPDATE reconciliation_duplicate d
SET why = w.why, strength = w.strength, communes = w.communes, plots = w.plots, state = 'open',
    since = CASE WHEN d.state = 'open' THEN d.since ELSE now() END
FROM wanted_duplicate w
WHERE d.key = w.key AND (d.why, d.strength, d.communes, d.plots, d.state)
    IS DISTINCT FROM (w.why, w.strength, w.communes, w.plots, 'open')
"""
_INSERT = """
INSERT INTO reconciliation_duplicate (key, kind, why, strength, members, communes, plots, state, since)
SELECT w.key, w.kind, w.why, w.strength, w.members, w.communes, w.plots, 'open', now() FROM wanted_duplicate w
WHERE NOT EXISTS (SELECT FROM reconciliation_duplicate d WHERE d.key = w.key)
ORDER BY w.strength DESC, w.plots DESC, w.key
ON CONFLICT DO NOTHING
"""
_DELETE = """
DELETE FROM reconciliation_duplicate d
WHERE d.state = 'open' AND {scope} AND NOT EXISTS (SELECT FROM wanted_duplicate w WHERE w.key = d.key)
    AND NOT EXISTS (SELECT FROM reconciliation_decision c WHERE c.duplicate_id = d.id)
"""
# What people decided stays on record, with what came of it.
_SETTLE = """
UPDATE reconciliation_duplicate d SET state = s.state, since = now()
FROM (
    SELECT d.id, CASE
        WHEN EXISTS (SELECT FROM parcels_landuser u
                     WHERE u.id = ANY (d.members) AND u.merged_into_id = ANY (d.members)) THEN 'merged'
        WHEN EXISTS (SELECT FROM reconciliation_pairword p WHERE p.state = 'apart'
                     AND p.first_id = ANY (d.members) AND p.second_id = ANY (d.members)) THEN 'apart'
        WHEN d.kind = 'number' AND EXISTS (
            SELECT FROM reconciliation_decision c JOIN reconciliation_changeset s ON s.id = c.change_set_id
            WHERE c.duplicate_id = d.id AND c.kind = 'split' AND s.state = 'applied') THEN 'split'
        ELSE 'gone' END AS state
    FROM reconciliation_duplicate d
    WHERE {scope} AND NOT EXISTS (SELECT FROM wanted_duplicate w WHERE w.key = d.key)
) s WHERE s.id = d.id AND s.state <> d.state
"""


def standing(land_user_ids: Iterable[int]) -> list[int]:
    """The groups so far that hold any of these land users.

    Asked by themselves: the planner takes them for thousands, and would read the table for what is joined to
    them, or to find out whether there is one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM reconciliation_duplicate WHERE members && %s::bigint[]", [sorted(land_user_ids)]
        )
        return [pk for (pk,) in cursor.fetchall()]


def store(groups: Sequence[Group], *, instead_of: Sequence[int] | None) -> Counter[str]:
    """Write the groups found, and clear away what is no more of those that stand so far (all: None)."""
    bulk.temporary("new_duplicate", _COLUMNS)
    bulk.copy_in(_table(groups), "new_duplicate")
    scope, params = ("TRUE", []) if instead_of is None else ("d.id = ANY (%s)", [list(instead_of)])
    done: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE new_duplicate")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.wanted_duplicate")
        cursor.execute(_MEASURE)
        for name, statement, given in (
            ("cleared", _DELETE.format(scope=scope), params),
            ("settled", _SETTLE.format(scope=scope), params),
            ("changed", _UPDATE, []),
            ("added", _INSERT, []),
        ):
            cursor.execute(statement, given)
            done[name] = cursor.rowcount
    return done


def _table(groups: Sequence[Group]) -> pa.Table:
    rows = {
        "key": [_key(group) for group in groups],
        "kind": [group.kind for group in groups],
        "why": [group.why.value for group in groups],
        "strength": [group.strength for group in groups],
        "members": ["{" + ",".join(map(str, group.members)) + "}" for group in groups],
    }
    types = [("key", pa.string()), ("kind", pa.string()), ("why", pa.string()), ("strength", pa.int16())]
    return pa.table(rows, schema=pa.schema([*types, ("members", pa.string())]))


def _key(group: Group) -> str:
    told = f"{group.kind} {' '.join(map(str, group.members))}"
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()
