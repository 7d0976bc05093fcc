"""The sources of a timeline as one statement: each gives its lines by moment, source and key.

In plain SQL: Django took longer to write a statement for each source than the database to answer it. All of
them stand on what one record and its neighbours have, through the index of their own table. What a line tells
is read for those alone that are shown.
"""

from __future__ import annotations

from enum import IntEnum

from . import timeline_audit
from .timeline_subject import CERTIFICATE, FINDING, HOLDING, ITEM, LAND_USER, MATCH, PLOT, Subject


class Source(IntEnum):
    """What a line was read from; of one moment the lower comes first. The numbers stand in addresses."""

    APPLIED = 1
    UNDONE = 2
    MOVED = 3
    OPENED = 4
    CLOSED = 5
    FILE = 6
    VERIFIED = 7
    ASKED = 8
    SETTLED = 9
    AUDITED = 10


# The first column of each source is its number; %(parcels.plot)s are the subject's plots, and so on.

# When applied, else when planned; and when taken back. The keys are read first: what changed here is a
# handful, and the planner would not believe it. A decision on somebody without candidates changed nothing,
# nor did one whose candidates are gone since.
_SETS = """
    SELECT moment.source, moment.at, s.id, NULL::jsonb
    FROM reconciliation_changeset AS s, LATERAL (
        VALUES (1, COALESCE(s.applied_at, s.planned_at)), (2, s.undone_at)
    ) AS moment (source, at)
    WHERE s.id = ANY (ARRAY({keys})) AND moment.at IS NOT NULL {of_kind}
"""
_OF_KIND = "AND s.kind = ANY (%(sets)s)"
# "Same person" may correct the register in the same step.
_CORRECTS = """
    AND (s.kind = ANY (%(sets)s) OR s.kind = 'match' AND EXISTS (
        SELECT FROM reconciliation_change AS c WHERE c.change_set_id = s.id AND c.model = 'parcels.landuser'
    ))
"""
_SETS_OF_CHANGES = "SELECT change_set_id FROM reconciliation_change WHERE {changed}"
_SETS_OF_WORDS = """
    SELECT change_set_id FROM reconciliation_decision WHERE land_user_id = ANY (%(parcels.landuser)s)
"""
# Moves of one moment, cause and direction are one line.
_MOVES = """
    SELECT 3, m.at, min(m.id), jsonb_build_object('cause', m.cause, 'from', m.from_group,
        'to', m.to_group, 'reason', draft.reason, 'plots', count(*))
    FROM reconciliation_groupmove AS m LEFT JOIN reconciliation_ruledraft AS draft ON draft.run_id = m.job_id
    WHERE m.plot_id = ANY (%(moved)s)
    GROUP BY m.at, m.cause, m.from_group, m.to_group, draft.id
"""
_FINDINGS = """
    SELECT moment.source, moment.at, min(f.id), jsonb_build_object('rule', f.rule, 'plots', count(*))
    FROM reconciliation_finding AS f, LATERAL (
        VALUES (4, f.opened_at), (5, f.closed_at)
    ) AS moment (source, at)
    WHERE {found} AND moment.at IS NOT NULL
    GROUP BY moment.source, moment.at, f.rule
"""
# The files that the records came with, and of holdings the rows.
_FILES = """
    SELECT 6, f.received_at, f.id, jsonb_build_object('rows', came.lines)
    FROM (
        SELECT file_id, array_agg(DISTINCT line ORDER BY line) FILTER (WHERE line IS NOT NULL) AS lines
        FROM ({records}) AS record (file_id, line) WHERE file_id IS NOT NULL GROUP BY file_id
    ) AS came
    JOIN landdb_receivedfile AS f ON f.id = came.file_id
"""
_CAME_WITH = {
    PLOT: "SELECT file_id, NULL::int FROM parcels_plot WHERE id = ANY (%(parcels.plot)s)",
    LAND_USER: "SELECT file_id, NULL::int FROM parcels_landuser WHERE id = ANY (%(parcels.landuser)s)",
    CERTIFICATE: """
        SELECT file_id, NULL::int FROM parcels_certificate WHERE id = ANY (%(parcels.certificate)s)
    """,
    HOLDING: 'SELECT file_id, "row" FROM parcels_holding WHERE id = ANY (%(parcels.holding)s)',
}
# Since when the registry says what it says now, what it said before, and since when a person was asked. The
# keys of the past ones begin where no land user's does.
_VERIFIED = """
    SELECT 7, v.since, v.pk, jsonb_build_object('outcome', v.outcome, 'land_user', p.id, 'name', p.name)
    FROM (
        SELECT land_user_id, outcome, since, land_user_id AS pk FROM reconciliation_verification
        WHERE land_user_id = ANY (%(parcels.landuser)s)
        UNION ALL
        SELECT land_user_id, outcome, since, 1000000000000 + id FROM reconciliation_pastoutcome
        WHERE land_user_id = ANY (%(parcels.landuser)s)
    ) AS v
    JOIN parcels_landuser AS p ON p.id = v.land_user_id
"""
_WORK = """
    SELECT moment.source, moment.at, w.id, jsonb_build_object('land_user', p.id, 'name', p.name)
    FROM reconciliation_workitem AS w JOIN parcels_landuser AS p ON p.id = w.land_user_id, LATERAL (
        VALUES (8, w.opened_at), (9, w.closed_at)
    ) AS moment (source, at)
    WHERE w.id = ANY (%(reconciliation.workitem)s) AND moment.at IS NOT NULL
"""

# Names one by one and not joined: no order of a dozen joins has to be thought out.
_SET = """
    SELECT jsonb_build_object('kind', s.kind, 'state', s.state, 'reason', s.reason,
        'planned_by', (SELECT full_name FROM landdb_user WHERE id = s.planned_by_id),
        'applied_by', (SELECT full_name FROM landdb_user WHERE id = s.applied_by_id),
        'undone_by', (SELECT full_name FROM landdb_user WHERE id = s.undone_by_id),
        'file', ({file}),
        'bulk', (SELECT act FROM reconciliation_bulkdecision WHERE change_set_id = s.id),
        'decision', d.id, 'decided', d.kind, 'decided_by', d.by_id,
        'is_asked', c.id IS NOT NULL, 'is_answered', c.given_at IS NOT NULL, 'is_yes', c.is_yes,
        'answered_by', (SELECT full_name FROM landdb_user WHERE id = c.given_by_id), 'answer', c.reason)
    FROM reconciliation_changeset AS s
    LEFT JOIN reconciliation_decision AS d ON d.change_set_id = s.id
    LEFT JOIN reconciliation_consent AS c ON c.change_set_id = s.id
    WHERE s.id = head.pk
"""
_FILE = """
    SELECT jsonb_build_object('kind', f.kind, 'name', f.name, 'batch', b.id,
        'received_by', (SELECT full_name FROM landdb_user WHERE id = f.received_by_id),
        'passed_by', (SELECT full_name FROM landdb_user WHERE id = b.decided_by_id))
    FROM landdb_receivedfile AS f LEFT JOIN reconciliation_correctionbatch AS b ON b.file_id = f.id
    WHERE f.id = {key}
"""
_CHANGED_BY = """
    SELECT u.full_name
    FROM pghistory_context AS c JOIN landdb_user AS u ON u.id = (c.metadata ->> 'user')::bigint
    WHERE c.id = (head.told ->> 'context')::uuid
"""
_NEWEST = """
    WITH head AS MATERIALIZED (
        SELECT source, at, pk, told FROM ({lines}) AS line (source, at, pk, told) {place}
        ORDER BY at DESC, source, pk DESC LIMIT %(size)s
    )
    SELECT source, at, pk, CASE
        WHEN source IN (1, 2) THEN ({set})
        WHEN source = 6 THEN told || jsonb_build_object('file', ({file}))
        WHEN source = 10 THEN told || jsonb_build_object('by', ({changed_by}))
        ELSE told END
    FROM head ORDER BY at DESC, source, pk DESC
"""
_AFTER = "WHERE (at, -source, pk) < (%(at)s, %(source)s, %(pk)s)"
_TOLD = {
    "set": _SET.format(file=_FILE.format(key="s.file_id")),
    "file": _FILE.format(key="head.pk"),
    "changed_by": _CHANGED_BY,
}
#: The changes of a subject's records that belong to the change sets `keys`.
CHANGES = """
    SELECT id, change_set_id, model, record_id, field, old, new, state, "row" FROM reconciliation_change
    WHERE ({changed}) AND change_set_id = ANY (%(keys)s) ORDER BY id
"""


def newest(subject: Subject, kind: str, *, is_after: bool, has_sets: bool) -> str:
    """The lines of a subject, or of one kind, newest first; empty where it has none.

    Wants the subject's values and `size`; of one kind that `has_sets`, their own kinds as `sets`; after a
    place `at`, `source` (negative) and `pk`.
    """
    lines = [*(_sets(subject, kind) if has_sets else ()), *_others(subject, kind), *_audited(subject, kind)]
    if not lines:
        return ""
    return _NEWEST.format(lines=" UNION ALL ".join(lines), place=_AFTER if is_after else "", **_TOLD)


def changed(subject: Subject) -> str:
    """The condition for changes of the subject's records."""
    asked = (label for label, ids in subject.records.items() if ids)
    return " OR ".join(f"model = '{label}' AND record_id = ANY (%({label})s)" for label in asked) or "false"


def _sets(subject: Subject, kind: str) -> list[str]:
    keys = [_SETS_OF_CHANGES.format(changed=changed(subject))]
    if subject.ids(LAND_USER):
        keys.append(_SETS_OF_WORDS)
    of_kind = {"": "", "correction": _CORRECTS}.get(kind, _OF_KIND)
    return [_SETS.format(keys=" UNION ".join(keys), of_kind=of_kind)]


def _others(subject: Subject, kind: str) -> list[str]:
    came_with = [sql for label, sql in _CAME_WITH.items() if subject.ids(label)]
    told = (
        ("group", bool(subject.moved), _MOVES),
        ("finding", bool(subject.ids(FINDING)), _FINDINGS.format(found=subject.found)),
        ("import", bool(came_with), _FILES.format(records=" UNION ALL ".join(came_with))),
        ("match", bool(subject.ids(LAND_USER)), _VERIFIED),
        ("match", bool(subject.ids(ITEM)), _WORK),
    )
    return [sql for about, is_there, sql in told if is_there and kind in ("", about)]


def _audited(subject: Subject, kind: str) -> list[str]:
    """What the database itself kept of changes that no change set tells of."""
    return [
        timeline_audit.replaced(label)
        for label in subject.audited
        if kind in ("", "match" if label == MATCH else "correction")
    ]
