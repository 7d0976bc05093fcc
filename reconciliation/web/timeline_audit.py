"""What the audit of the database holds beyond the change sets: values replaced by imports and runs.

An audit row keeps what a change replaced; what replaced it stands in the next row of the same record, or in
the record itself. Differences that a change set tells of are left to it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from ..actions.records import EDITABLE
from ..models import Change, Match
from .timeline_subject import CERTIFICATE, HOLDING, LAND_USER, MATCH, PLOT

#: Rows of the audit that are looked at for one subject and model, the newest first.
MOST = 300
#: The models whose audit is told.
LABELS = (LAND_USER, PLOT, CERTIFICATE, HOLDING, MATCH)
#: Of a match, the audit tells when its word opened again and when the engine's own changed.
_MATCH_FIELDS = ("state", "outcome")

# Keys of several tables in one order: a table takes every fifth number. A record of which the audit holds
# nothing, as of most, is not read. OFFSET 0: else the planner writes what makes `fields` twice.
_REPLACED = """
    SELECT 10, at, id * {tables} + {rank}, jsonb_build_object(
        'model', '{label}', 'record', record_id, 'fields', fields, 'context', context)
    FROM (
        SELECT id, record_id, at, context, (
            SELECT jsonb_object_agg(field.key, jsonb_build_array(field.value, newer -> field.key))
            FROM jsonb_each(kept) AS field
            WHERE field.value <> newer -> field.key AND NOT EXISTS (
                SELECT FROM reconciliation_change AS c
                WHERE c.model = '{label}' AND c.record_id = step.record_id AND c.field = field.key AND (
                    COALESCE(c.old, 'null') = field.value AND COALESCE(c.new, 'null') = newer -> field.key
                    OR c.state = '{undone}'
                    AND COALESCE(c.new, 'null') = field.value AND COALESCE(c.old, 'null') = newer -> field.key
                )
            )
        ) AS fields
        FROM (
            SELECT id, record_id, at, context, kept,
                lead(kept) OVER (PARTITION BY record_id ORDER BY id NULLS LAST) AS newer
            FROM (
                (
                    SELECT pgh_id AS id, pgh_obj_id AS record_id, pgh_created_at AS at,
                        pgh_context_id AS context, {kept} AS kept
                    FROM {events} WHERE pgh_obj_id = ANY (%({label})s) ORDER BY pgh_id DESC LIMIT {most}
                )
                UNION ALL
                SELECT NULL, id, NULL, NULL, {kept}
                FROM {table}
                WHERE id = ANY (ARRAY(SELECT pgh_obj_id FROM {events} WHERE pgh_obj_id = ANY (%({label})s)))
            ) AS version
        ) AS step
        WHERE id IS NOT NULL OFFSET 0
    ) AS replaced
    WHERE fields IS NOT NULL
"""


@cache
def replaced(label: str) -> str:
    """What was replaced of a model's records, as a source of the timeline (`timeline_statements`).

    `fields` are name → old and new value as change sets keep them.
    """
    model = EDITABLE[label].model
    return _REPLACED.format(
        label=label,
        tables=len(LABELS),
        rank=LABELS.index(label),
        kept=_kept(model, _MATCH_FIELDS if label == MATCH else sorted(EDITABLE[label].fields)),
        table=model._meta.db_table,
        events=apps.get_model(f"{label}event")._meta.db_table,
        undone=Change.State.UNDONE.value,
        most=MOST,
    )


def _kept(model: type[models.Model], names: Any) -> str:
    """The fields of a row as one object; decimals are texts, as change sets have them."""
    pairs = []
    for name in names:
        column: Any = model._meta.get_field(name)
        text = "::text" if isinstance(column, models.DecimalField) else ""
        pairs.append(f"""'{name}', "{column.column}"{text}""")
    return f"jsonb_build_object({', '.join(pairs)})"


def is_reopening(fields: dict[str, Any]) -> bool:
    """A person's word gave way because the evidence changed."""
    old, new = fields.get("state", ("", ""))
    return bool(new == Match.State.PROPOSED.value and old != new)
