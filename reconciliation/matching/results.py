"""Write what the engine found, by difference: a second run over the same data changes nothing."""

from __future__ import annotations

import logging
from collections import Counter
from typing import NamedTuple

import duckdb
import pyarrow as pa
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from landdb import bulk

from ..models import Match
from . import evidence, statements

log = logging.getLogger(__name__)

MATCHES = (
    "SELECT m.land_user_id, m.resident_id, m.commune_id, m.stage, m.score, m.levels,"
    " m.weights::text AS weights, m.outcome, m.state FROM reconciliation_match m"
    " JOIN parcels_landuser u ON u.id = m.land_user_id"
)
VERIFICATIONS = (
    "SELECT v.land_user_id, v.commune_id, v.outcome, v.resident_id, v.probability, v.absent_probability,"
    " v.differs FROM reconciliation_verification v JOIN parcels_landuser u ON u.id = v.land_user_id"
)
#: Types of the columns that are not text, where rows come without them.
TYPES = {
    "land_user_id": pa.int64(), "resident_id": pa.int64(), "commune_id": pa.int16(), "score": pa.float64(),
    "probability": pa.float64(), "absent_probability": pa.float64(),
}  # fmt: skip

_MATCHES = {
    "land_user_id": "bigint", "resident_id": "bigint", "commune_id": "smallint", "stage": "text",
    "score": "double precision", "probability": "double precision", "levels": "text",
    "weights": "smallint[]", "outcome": "text", "state": "text", "reason": "text",
}  # fmt: skip
_VERIFICATIONS = {
    "land_user_id": "bigint", "commune_id": "smallint", "outcome": "text", "resident_id": "bigint",
    "probability": "double precision", "absent_probability": "double precision", "differs": "text",
}  # fmt: skip

_UPDATE_MATCHES = """
UPDATE reconciliation_match m
SET commune_id = n.commune_id, stage = n.stage, score = n.score, probability = n.probability,
    levels = n.levels, weights = n.weights, outcome = n.outcome
FROM changed_match n WHERE m.land_user_id = n.land_user_id AND m.resident_id = n.resident_id
"""
_DELETE_MATCHES = """
DELETE FROM reconciliation_match m USING gone_match g
WHERE m.land_user_id = g.land_user_id AND m.resident_id = g.resident_id AND m.state = 'proposed'
"""
_UPDATE_VERIFICATIONS = """
UPDATE reconciliation_verification v
SET commune_id = n.commune_id, outcome = n.outcome, resident_id = n.resident_id, probability = n.probability,
    absent_probability = n.absent_probability, differs = n.differs,
    since = CASE WHEN v.outcome = n.outcome THEN v.since ELSE now() END
FROM changed_verification n WHERE v.land_user_id = n.land_user_id
"""


class Written(NamedTuple):
    """What is to be written: the tables of `sql/differences.sql`."""

    changed: pa.Table
    added: pa.Table
    removed: pa.Table
    verifications_changed: pa.Table
    verifications_added: pa.Table
    needs_work: pa.Table
    needs_none: pa.Table


COUNTED = ("changed", "added", "removed", "verifications_changed", "verifications_added")


def stored(where: str) -> tuple[pa.Table, pa.Table]:
    """The committed matches and verifications of the land users `u` of a condition."""
    return bulk.read(MATCHES + where), bulk.read(VERIFICATIONS + where)


def nothing() -> tuple[pa.Table, pa.Table]:
    """What `stored` finds where there is nothing."""
    return stored(" WHERE false")


def differences(session: duckdb.DuckDBPyConnection, matches: pa.Table, verifications: pa.Table) -> Written:
    """What `engine.match` has left in a session beside what stands in the database (MATCHES,
    VERIFICATIONS)."""
    session.register("old_match", matches)
    session.register("old_verification", verifications)
    statements.run(session, "differences", {})
    return Written(*(session.sql(f"FROM {name}").to_arrow_table() for name in Written._fields))


def store(found: Written) -> tuple[Counter[str], list[int]]:
    """Write matches and verifications; returns what changed, and land users whose decision re-opened."""
    _change("changed_match", _without(_MATCHES, "state", "reason"), found.changed, _UPDATE_MATCHES)
    _change("gone_match", _only(_MATCHES, "land_user_id", "resident_id"), found.removed, _DELETE_MATCHES)
    _change("changed_verification", _VERIFICATIONS, found.verifications_changed, _UPDATE_VERIFICATIONS)
    if found.added.num_rows:
        bulk.copy_typed(found.added, "reconciliation_match", _MATCHES)
    if found.verifications_added.num_rows:
        now = pa.scalar(timezone.now(), pa.timestamp("us", "UTC"))
        since = pa.repeat(now, found.verifications_added.num_rows)
        added = found.verifications_added.append_column("since", since)
        bulk.copy_typed(added, "reconciliation_verification", {**_VERIFICATIONS, "since": "timestamptz"})
    reopened = _reopen(found.changed)
    written = Counter({name: rows.num_rows for name, rows in found._asdict().items() if name in COUNTED})
    written["reopened"] = len(reopened)
    return written, reopened


def _change(name: str, columns: dict[str, str], rows: pa.Table, statement: str) -> None:
    """Run a statement that speaks of a temporary table of these rows; none: nothing to do."""
    if not rows.num_rows:
        return
    if rows.num_rows <= bulk.FEW:
        given, params = bulk.values(name, columns, rows)
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {given} {statement}", params)
        return
    bulk.temporary(name, columns)
    bulk.copy_typed(rows, name, columns)
    with connection.cursor() as cursor:
        cursor.execute(f'ANALYZE "{name}"')
        cursor.execute(statement)


def _reopen(changed: pa.Table) -> list[int]:
    """Decisions whose evidence is no longer what the person saw are open again; their land users.

    An accept stands while its evidence only grows stronger, as when the entry was corrected by the registry.
    """
    if not changed.num_rows:
        return []
    of_whom = set(changed.column("land_user_id").to_pylist())
    if len(of_whom) <= bulk.FEW:
        asked = Q(land_user__in=of_whom)
    else:
        # A fit may change everybody's evidence: those decided are few, and are asked for by their commune.
        communes = [pk for pk in changed.column("commune_id").unique().to_pylist() if pk is not None]
        asked = Q(commune__in=communes) | Q(commune=None)
    decided = Match.objects.exclude(state=Match.State.PROPOSED).filter(asked, decided_evidence__isnull=False)
    opened = []
    for match in decided:
        if match.land_user_id not in of_whom:
            continue
        now, then = evidence.of(match), match.decided_evidence or {}
        same = evidence.levels(now) == evidence.levels(then)
        stronger = evidence.total(now) >= evidence.total(then)
        if same or (match.state == Match.State.ACCEPTED and stronger):
            continue
        log.warning("match %s: its evidence changed since it was decided; open again", match.pk)
        Match.objects.filter(pk=match.pk).update(state=Match.State.PROPOSED, decided_by=None, decided_at=None)
        opened.append(match.land_user_id)
    return sorted(set(opened))


def _without(columns: dict[str, str], *names: str) -> dict[str, str]:
    return {name: kind for name, kind in columns.items() if name not in names}


def _only(columns: dict[str, str], *names: str) -> dict[str, str]:
    return {name: columns[name] for name in names}
