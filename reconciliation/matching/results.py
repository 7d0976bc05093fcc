"""Write what the engine found, by difference: a second run over the same data changes nothing."""

from __future__ import annotations

import logging
from collections import Counter

import pyarrow as pa
from django.db import connection

from landdb import bulk

from .engine import Outcome

log = logging.getLogger(__name__)

_MATCHES = {
    "land_user_id": "bigint", "resident_id": "bigint", "commune_id": "smallint", "stage": "text",
    "score": "double precision", "probability": "double precision", "outcome": "text", "evidence": "jsonb",
}  # fmt: skip
_VERIFICATIONS = {
    "land_user_id": "bigint", "commune_id": "smallint", "outcome": "text", "resident_id": "bigint",
    "probability": "double precision", "absent_probability": "double precision", "differs": "text",
    "needs_work": "boolean",
}  # fmt: skip

# An accept stands while its evidence only grows stronger, as when the entry was corrected by the registry.
_REOPEN = """
UPDATE reconciliation_match m SET state = 'proposed', decided_by_id = NULL, decided_at = NULL
FROM new_match n
WHERE m.land_user_id = n.land_user_id AND m.resident_id = n.resident_id AND m.state <> 'proposed'
  AND m.decided_evidence IS NOT NULL
  AND (SELECT jsonb_object_agg(key, value -> 'level') FROM jsonb_each(m.decided_evidence)
       WHERE jsonb_typeof(value) = 'object')
   <> (SELECT jsonb_object_agg(key, value -> 'level') FROM jsonb_each(n.evidence)
       WHERE jsonb_typeof(value) = 'object')
  AND (m.state <> 'accepted'
       OR (SELECT sum((value ->> 'weight')::float) FROM jsonb_each(n.evidence)
           WHERE jsonb_typeof(value) = 'object')
        < (SELECT sum((value ->> 'weight')::float) FROM jsonb_each(m.decided_evidence)
           WHERE jsonb_typeof(value) = 'object'))
RETURNING m.id, m.land_user_id
"""
# Numbers that differ by less than this are the same: the last bit may depend on the machine.
_UPDATE_MATCHES = """
UPDATE reconciliation_match m
SET commune_id = n.commune_id, stage = n.stage, score = n.score, probability = n.probability,
    evidence = n.evidence, outcome = n.outcome
FROM new_match n
WHERE m.land_user_id = n.land_user_id AND m.resident_id = n.resident_id
  AND (m.stage <> n.stage OR m.outcome <> n.outcome OR m.commune_id IS DISTINCT FROM n.commune_id
       OR abs(m.score - n.score) > 1e-6 OR m.evidence <> n.evidence)
"""
_INSERT_MATCHES = """
INSERT INTO reconciliation_match
    (land_user_id, resident_id, commune_id, stage, score, probability, evidence, outcome, state, reason)
SELECT n.land_user_id, n.resident_id, n.commune_id, n.stage, n.score, n.probability, n.evidence, n.outcome,
       'proposed', ''
FROM new_match n
WHERE NOT EXISTS (SELECT FROM reconciliation_match m
                  WHERE m.land_user_id = n.land_user_id AND m.resident_id = n.resident_id)
ON CONFLICT DO NOTHING
"""
_DELETE_MATCHES = """
DELETE FROM reconciliation_match m USING new_verification v
WHERE m.land_user_id = v.land_user_id AND m.state = 'proposed'
  AND NOT EXISTS (SELECT FROM new_match n
                  WHERE n.land_user_id = m.land_user_id AND n.resident_id = m.resident_id)
"""
_UPDATE_VERIFICATIONS = """
UPDATE reconciliation_verification v
SET commune_id = n.commune_id, outcome = n.outcome, resident_id = n.resident_id, probability = n.probability,
    absent_probability = n.absent_probability, differs = n.differs,
    since = CASE WHEN v.outcome = n.outcome THEN v.since ELSE now() END
FROM new_verification n
WHERE v.land_user_id = n.land_user_id
  AND ((v.commune_id, v.outcome, v.resident_id, v.differs)
           IS DISTINCT FROM (n.commune_id, n.outcome, n.resident_id, n.differs)
       OR abs(coalesce(v.probability, -1) - coalesce(n.probability, -1)) > 1e-9
       OR abs(coalesce(v.absent_probability, -1) - coalesce(n.absent_probability, -1)) > 1e-9)
"""
_INSERT_VERIFICATIONS = """
INSERT INTO reconciliation_verification
    (land_user_id, commune_id, outcome, resident_id, probability, absent_probability, differs, since)
SELECT n.land_user_id, n.commune_id, n.outcome, n.resident_id, n.probability, n.absent_probability,
       n.differs, now()
FROM new_verification n
WHERE NOT EXISTS (SELECT FROM reconciliation_verification v WHERE v.land_user_id = n.land_user_id)
ON CONFLICT DO NOTHING
"""


def store(found: Outcome) -> tuple[Counter[str], list[int]]:
    """Write matches and verifications; returns what changed, and land users whose decision re-opened."""
    _fill("new_match", _MATCHES, found.matches)
    _fill("new_verification", _VERIFICATIONS, found.verifications)
    written: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(_REOPEN)
        reopened = cursor.fetchall()
        for pk, _land_user in reopened:
            log.warning("match %s: its evidence changed since it was decided; open again", pk)
        for name, statement in (
            ("changed", _UPDATE_MATCHES),
            ("added", _INSERT_MATCHES),
            ("removed", _DELETE_MATCHES),
            ("verifications_changed", _UPDATE_VERIFICATIONS),
            ("verifications_added", _INSERT_VERIFICATIONS),
        ):
            cursor.execute(statement)
            written[name] = cursor.rowcount
    written["reopened"] = len(reopened)
    return written, sorted({land_user for _pk, land_user in reopened})


def _fill(name: str, columns: dict[str, str], rows: pa.Table) -> None:
    """A temporary table with these rows, in the place of an earlier one of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE IF EXISTS pg_temp."{name}"')
    bulk.temporary(name, columns)
    bulk.copy_in(rows, name, columns)
    with connection.cursor() as cursor:
        cursor.execute(f'ANALYZE "{name}"')
