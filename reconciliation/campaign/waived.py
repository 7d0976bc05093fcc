"""Which findings were waived at a moment: by the changes that waived them and those that ended it.

A waiver begins when its changes are applied. It ends when a person ends it or takes it back, or by itself, of
which the finding keeps the moment; whatever was waived when it closed was waived until then. Of a waiver that
ended by itself before that moment was kept nobody knows when: it counts as none.
"""

from __future__ import annotations

from ..models import Change, Finding

_MODEL = Finding._meta.label_lower
#: Changes that were in effect, whatever became of them.
_IN_EFFECT = ", ".join(
    f"'{state.value}'" for state in (Change.State.APPLIED, Change.State.UNDONE, Change.State.KEPT)
)

# The waivers `h` of a finding `f`, each with the first moment after it: `ended.at` by a person's word, else
# taken back or by itself; none where nothing has ended it.
_WAIVERS = f"""
    reconciliation_change h
    JOIN reconciliation_changeset s ON s.id = h.change_set_id
    LEFT JOIN LATERAL (
        SELECT min(es.applied_at) AS at
        FROM reconciliation_change e JOIN reconciliation_changeset es ON es.id = e.change_set_id
        WHERE e.model = '{_MODEL}' AND e.record_id = h.record_id AND e.field = 'state'
            AND e.new = '"{Finding.State.OPEN.value}"' AND e.state IN ({_IN_EFFECT})
            AND es.applied_at >= s.applied_at AND NOT (e.state = 'undone' AND es.undone_at < %(at)s)
    ) ended ON TRUE
"""  # noqa: S608  our own names
_IS_ONE = f"""
    h.model = '{_MODEL}' AND h.field = 'state' AND h.new = '"{Finding.State.WAIVED.value}"'
    AND h.state IN ({_IN_EFFECT})
"""
_END = """
    LEAST(ended.at, CASE WHEN h.state = 'undone' THEN s.undone_at END,
        CASE WHEN f.waiver_ended_at >= s.applied_at THEN f.waiver_ended_at END)
"""
_HELD = f"s.applied_at < %(at)s AND COALESCE({_END} >= %(at)s, f.state <> 'open')"

#: Whether a finding `f` was waived at the moment, asked for each by itself (OFFSET): joined, every waiver of
#: the province is read for a page of fifty wherever the planner takes them for few.
WAS_WAIVED = f"EXISTS (SELECT FROM {_WAIVERS} WHERE h.record_id = f.id AND {_IS_ONE} AND {_HELD} OFFSET 0)"

#: As parts of a WITH: the findings that were ever waived, and those of them that were so at the moment.
SIGNED = f"""
    signed AS MATERIALIZED (
        SELECT f.id, f.plot_id, f.rule, bool_or({_HELD}) AS was_waived
        FROM {_WAIVERS} JOIN reconciliation_finding f ON f.id = h.record_id
        WHERE {_IS_ONE} AND s.applied_at IS NOT NULL GROUP BY 1
    ),
    waived AS MATERIALIZED (SELECT id FROM signed WHERE was_waived)
"""  # noqa: S608  our own names

#: (commune, rule): findings of which nobody can say whether they were waived at the moment, since the waiver
#: ended by itself and nobody knows when.
UNKNOWN = f"""
    SELECT DISTINCT f.commune_id, f.rule
    FROM {_WAIVERS} JOIN reconciliation_finding f ON f.id = h.record_id
    WHERE {_IS_ONE} AND s.applied_at < %(at)s AND f.opened_at < %(at)s AND f.state = 'open' AND {_END} IS NULL
"""  # noqa: S608  our own names
