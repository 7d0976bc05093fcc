"""A change set with all that belongs to it, written in one statement: what every word of the desk does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

from ..models import Change, ChangeSet, Decision, Unsettled

# In plain SQL: by query sets these are four statements, and each takes longer to put together than to run.
# The changes keep their order, in which an undo goes back.
_WRITE = """
    WITH change_set AS (
        INSERT INTO reconciliation_changeset
            (kind, state, commune_id, planned_by_id, planned_at, applied_by_id, applied_at, reason)
        VALUES (%(kind)s, %(state)s, %(commune_id)s, %(planned_by_id)s, %(planned_at)s, %(applied_by_id)s,
            %(applied_at)s, %(reason)s)
        RETURNING id
    ), change AS (
        INSERT INTO reconciliation_change (change_set_id, model, record_id, field, old, new, state, "row")
        SELECT s.id, c.model, c.record_id, c.field, c.old, c.new, c.state, c."row"
        FROM change_set s, jsonb_to_recordset(%(changes)s::jsonb) AS c (
            n int, model text, record_id bigint, field text, old jsonb, new jsonb, state text, "row" int)
        ORDER BY c.n
    ), unsettled AS (
        INSERT INTO reconciliation_unsettled (change_set_id, land_user_id, cause, plots, since, attempts)
        SELECT s.id, u.land_user_id, u.cause, u.plots, u.since, u.attempts
        FROM change_set s, jsonb_populate_record(NULL::reconciliation_unsettled, %(unsettled)s::jsonb) u
        WHERE u.land_user_id IS NOT NULL
    ), decision AS (
        INSERT INTO reconciliation_decision
            (change_set_id, kind, land_user_id, duplicate_id, commune_id, by_id, at, reason)
        SELECT s.id, d.kind, d.land_user_id, d.duplicate_id, d.commune_id, d.by_id, d.at, d.reason
        FROM change_set s, jsonb_populate_record(NULL::reconciliation_decision, %(decision)s::jsonb) d
        WHERE d.kind IS NOT NULL
        RETURNING id
    )
    SELECT change_set.id, decision.id FROM change_set LEFT JOIN decision ON true
"""


def write(
    change_set: ChangeSet,
    changes: Sequence[Change],
    *,
    decision: Decision | None = None,
    unsettled: Unsettled | None = None,
) -> None:
    """Write down what is not saved yet: a change set that is carried out, its changes in their order, the
    decision that made it, and what is left to a worker."""
    change_set.planned_at = now = timezone.now()
    if decision is not None:
        decision.at = now
    told = _values(change_set) | {
        "changes": json.dumps([{"n": n} | _values(change) for n, change in enumerate(changes)], default=str),
        "decision": json.dumps(_values(decision) if decision else {}, default=str),
        "unsettled": json.dumps(_values(unsettled) if unsettled else {}, default=str),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, told)
        change_set_id, decision_id = cursor.fetchone()
    _is_saved(change_set, change_set_id)
    for change in changes:
        change.change_set_id = change_set_id
    if decision is not None:
        _is_saved(decision, decision_id)
        decision.change_set = change_set


def _values(record: models.Model) -> dict[str, Any]:
    """Column → value."""
    return {column.attname: getattr(record, column.attname) for column in record._meta.concrete_fields}


def _is_saved(record: models.Model, pk: int) -> None:
    record.pk, record._state.adding, record._state.db = pk, False, connection.alias
