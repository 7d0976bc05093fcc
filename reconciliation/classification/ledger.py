"""Write a judgement by difference: findings, groups, the ledger of moves, the tallies."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from landdb.models import Job

from ..models import ChangeSet, GroupMove, Tally
from ..models.groups import Group
from ..rules.book import RuleBook
from . import counts, notes
from .alone import is_alone
from .tables import measured


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why and when plots are judged: what the ledger writes beside a move.

    `change_sets`: for plots that another change set than `change_set` may have moved, plot → that.
    """

    cause: GroupMove.Cause
    at: dt.datetime
    change_set: ChangeSet | None = None
    job: Job | None = None
    change_sets: Mapping[int, ChangeSet] = field(default_factory=dict)


def write(book: RuleBook, occasion: Occasion) -> Counter[str]:
    """Bring findings, groups, ledger and tallies up to the judgement; unchanged rows are left alone."""
    done: Counter[str] = Counter()
    differs = _run(_DIFFERENCE)
    measured("judging_difference", differs)
    if differs:
        done["opened"] = _run(_OPEN.format(rulings=_rulings(book)), {"at": occasion.at})
        done["closed"] = _run(_CLOSE, {"at": occasion.at})
    done["reopened"] = _run(_REOPEN, {"at": occasion.at})
    done["changed"] = _run(_CHANGES)
    counted = notes.known(book)
    if differs or done["changed"]:
        notes.follow(book, counted)
    if done["changed"]:
        done += _change(book, occasion, done["changed"])
    notes.count_missing(book, counted)
    return done


def _change(book: RuleBook, occasion: Occasion, changed: int) -> Counter[str]:
    """Write the statuses that change, the moves among them, and the counters of both."""
    done: Counter[str] = Counter()
    measured("judging_change", changed)
    done["moves"] = _move(occasion)
    _run(_TAKEN_ALONG)
    _tally()
    counts.follow()
    if _run("DELETE FROM reconciliation_plotstatus s USING judging_gone g WHERE s.plot_id = g.plot_id"):
        done["gone"] = 1
    _run(_STATUS, {"at": occasion.at, "rule_set": book.rule_set().pk})
    return done


# What the rules say and no finding stands for, and the other way about: read once, for both.
_DIFFERENCE = """
    INSERT INTO judging_difference
    SELECT h.plot_id, h.n, h.subject_id, f.id
    FROM (SELECT * FROM judging_hit WHERE n <> 0) h
    FULL JOIN judging_finding f ON f.plot_id = h.plot_id AND f.n = h.n AND f.subject_id = h.subject_id
    WHERE h.plot_id IS NULL OR f.id IS NULL
"""

_OPEN = """
    INSERT INTO reconciliation_finding
        (plot_id, commune_id, rule, subject, subject_id, state, opened_at, reason)
    SELECT d.plot_id, s.commune_id, r.rule, r.subject, d.subject_id, 'open', %(at)s, ''
    FROM judging_difference d
    JOIN (VALUES {rulings}) r (n, rule, subject) ON r.n = d.n
    JOIN judging_plot s ON s.plot_id = d.plot_id
    WHERE d.finding_id IS NULL
"""

_CLOSE = """
    UPDATE reconciliation_finding f SET state = 'closed', closed_at = %(at)s
    FROM judging_difference d WHERE f.id = d.finding_id
"""

_REOPEN = """
    UPDATE reconciliation_finding f SET state = 'open', waiver_ended_at = %(at)s
    FROM judging_finding old WHERE f.id = old.id AND old.is_due AND f.state = 'waived'
"""

_CHANGES = """
    INSERT INTO judging_change
    SELECT v.plot_id, s.commune_id, s."group", s.rules::text[], v.commune_id, v."group", v.rules,
        COALESCE(s.confirmed_at IS NOT NULL, FALSE),
        {was_alone}, {is_alone}, {were_open}, {are_open}
    FROM judging_verdict v
    LEFT JOIN reconciliation_plotstatus s ON s.plot_id = v.plot_id
    WHERE s.plot_id IS NULL
        OR (s.commune_id, s."group", s.open_correct, s.open_sufficient, s.open_clean, s.open_alive)
            <> (v.commune_id, v."group", v.correct, v.sufficient, v.clean, v.alive)
        OR s.rules::text[] <> v.rules OR s.unjudged::text[] <> v.unjudged
    UNION ALL
    SELECT s.plot_id, s.commune_id, s."group", s.rules::text[], NULL, NULL, NULL, s.confirmed_at IS NOT NULL,
        {was_alone}, FALSE, {were_open}, NULL
    FROM judging_gone g JOIN reconciliation_plotstatus s ON s.plot_id = g.plot_id
""".format(  # noqa: S608  our own text
    was_alone=is_alone("s"),
    is_alone=is_alone("v"),
    were_open=counts.dimensions("s.open_"),
    are_open=counts.dimensions("v."),
)

# A plot that changed communes leaves one ledger and enters another. The moves of a day are added up as they
# are written: nobody ever has to read them through.
_MOVES = """
    WITH moved AS (
        INSERT INTO reconciliation_groupmove
            (plot_id, commune_id, from_group, to_group, at, cause, job_id, change_set_id)
        SELECT c.plot_id, m.commune_id, m.from_group, m.to_group, %(at)s,
            CASE WHEN c.old_group IS NULL THEN %(first)s WHEN c.new_group IS NULL THEN %(retired)s
                ELSE %(cause)s END,
            %(job)s, COALESCE(own.change_set, %(change_set)s)
        FROM judging_change c
        LEFT JOIN unnest(%(plots)s::bigint[], %(change_sets)s::bigint[]) own (plot_id, change_set)
            ON own.plot_id = c.plot_id
        CROSS JOIN LATERAL (
            SELECT COALESCE(c.new_commune, c.old_commune) AS commune_id, c.old_group AS from_group,
                c.new_group AS to_group
            WHERE c.old_group IS DISTINCT FROM c.new_group
                AND COALESCE(c.old_commune = c.new_commune, TRUE)
            UNION ALL SELECT c.old_commune, c.old_group, NULL WHERE c.old_commune <> c.new_commune
            UNION ALL SELECT c.new_commune, NULL, c.new_group WHERE c.old_commune <> c.new_commune
        ) m
        RETURNING commune_id, cause, from_group, to_group
    ),
    added AS (
        SELECT commune_id, cause, from_group, to_group, count(*) AS plots FROM moved
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ),
    kept AS (
        INSERT INTO reconciliation_ledgerday AS d (commune_id, day, cause, from_group, to_group, plots)
        SELECT commune_id, %(day)s, cause, from_group, to_group, plots FROM added
        ON CONFLICT (commune_id, day, cause, from_group, to_group)
            DO UPDATE SET plots = d.plots + EXCLUDED.plots
    )
    SELECT COALESCE(sum(plots), 0) FROM added
"""

# What stands against a plot goes with it to its new commune. Such plots are few: an array says so.
_TAKEN_ALONG = """
    UPDATE reconciliation_finding f SET commune_id = c.new_commune
    FROM judging_change c
    WHERE f.plot_id = ANY(ARRAY(SELECT plot_id FROM judging_change WHERE old_commune <> new_commune))
        AND f.state <> 'closed' AND c.plot_id = f.plot_id
"""

# Of plots against which one rule stands and nothing else.
_ALONE = f"COALESCE(sum(step) FILTER (WHERE is_alone AND rule NOT IN ('', '{Tally.CONFIRMED}')), 0)"

# A confirmation stands as long as the group does.
_DELTAS = f"""
    SELECT commune_id, "group", rule, sum(step)::int AS step, {_ALONE}::int AS alone FROM (
        SELECT old_commune AS commune_id, old_group AS "group", -1 AS step, was_alone AS is_alone,
            unnest(old_rules || ''::text || CASE WHEN was_confirmed THEN '{{{Tally.CONFIRMED}}}'::text[] END)
                AS rule
        FROM judging_change WHERE old_group IS NOT NULL
        UNION ALL
        SELECT new_commune, new_group, 1, is_alone, unnest(new_rules || ''::text
            || CASE WHEN was_confirmed AND old_group = new_group THEN '{{{Tally.CONFIRMED}}}'::text[] END)
        FROM judging_change WHERE new_group IS NOT NULL
    ) steps GROUP BY 1, 2, 3 HAVING sum(step) <> 0 OR {_ALONE} <> 0 ORDER BY 1, 2, 3
"""  # noqa: S608  our own text

_CONFIRMED = """
    INSERT INTO reconciliation_tally (commune_id, "group", rule, plots)
    SELECT c.id, %(group)s, %(rule)s, count(s.plot_id)
    FROM unnest(%(communes)s::smallint[]) AS c (id)
    LEFT JOIN reconciliation_plotstatus s
        ON s.commune_id = c.id AND s.confirmed_at IS NOT NULL AND s."group" = %(group)s
    GROUP BY 1
    ON CONFLICT (commune_id, "group", rule) DO UPDATE SET plots = EXCLUDED.plots
"""

_STATUS = """
    INSERT INTO reconciliation_plotstatus AS s
        (plot_id, commune_id, "group", rules, unjudged, open_correct, open_sufficient, open_clean, open_alive,
        since, rule_set_id)
    SELECT v.plot_id, v.commune_id, v."group", v.rules, v.unjudged, v.correct, v.sufficient, v.clean, v.alive,
        %(at)s, %(rule_set)s
    FROM judging_change c JOIN judging_verdict v ON v.plot_id = c.plot_id
    ON CONFLICT (plot_id) DO UPDATE SET
        commune_id = EXCLUDED.commune_id, "group" = EXCLUDED."group", rules = EXCLUDED.rules,
        unjudged = EXCLUDED.unjudged, open_correct = EXCLUDED.open_correct,
        open_sufficient = EXCLUDED.open_sufficient, open_clean = EXCLUDED.open_clean,
        open_alive = EXCLUDED.open_alive, rule_set_id = EXCLUDED.rule_set_id,
        since = CASE WHEN s."group" = EXCLUDED."group" THEN s.since ELSE EXCLUDED.since END,
        confirmed_by_id = CASE WHEN s."group" = EXCLUDED."group" THEN s.confirmed_by_id END,
        confirmed_at = CASE WHEN s."group" = EXCLUDED."group" THEN s.confirmed_at END
"""


# Nearly always all of them are there already. One that is not is put in as it is: it stood at nothing.
_ADD = """
    UPDATE reconciliation_tally t SET plots = t.plots + d.step, alone = t.alone + d.alone
    FROM unnest(%s::smallint[], %s::smallint[], %s::text[], %s::int[], %s::int[]) d
        (commune_id, g, rule, step, alone)
    WHERE t.commune_id = d.commune_id AND t."group" = d.g AND t.rule = d.rule
"""


def count_confirmed(communes: Sequence[int]) -> None:
    """Count anew how many plots of group 3 are confirmed in these communes; their locks are held."""
    _run(
        _CONFIRMED,
        {"communes": list(communes), "group": Group.REBUILD.value, "rule": Tally.CONFIRMED},
    )


def _run(sql: str, params: dict[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def _rulings(book: RuleBook) -> str:
    return ", ".join(
        f"({r.n}::smallint, '{r.rule.id}', '{r.rule.subject.subject.value}')" for r in book.rulings
    )


def _move(occasion: Occasion) -> int:
    """Write the moves into the ledger and add them to the day's; how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, _move_values(occasion))
        return int(cursor.fetchone()[0])


def _move_values(occasion: Occasion) -> dict[str, Any]:
    return {
        "at": occasion.at,
        "day": timezone.localdate(occasion.at),
        "cause": occasion.cause.value,
        "first": GroupMove.Cause.FIRST.value,
        "retired": GroupMove.Cause.RETIRED.value,
        "job": occasion.job.pk if occasion.job else None,
        "change_set": occasion.change_set.pk if occasion.change_set else None,
        "plots": list(occasion.change_sets),
        "change_sets": [each.pk for each in occasion.change_sets.values()],
    }


def _tally() -> None:
    """Add the differences to the counters; a commune's are changed under its lock."""
    with connection.cursor() as cursor:
        cursor.execute(_DELTAS)
        deltas = cursor.fetchall()
        if not deltas:
            return
        keys: Sequence[list[Any]] = [list(column) for column in zip(*deltas, strict=True)]
        cursor.execute(_ADD, keys)
        if cursor.rowcount < len(deltas):
            cursor.execute(
                'INSERT INTO reconciliation_tally (commune_id, "group", rule, plots, alone) '
                "SELECT * FROM unnest(%s::smallint[], %s::smallint[], %s::text[], %s::int[], %s::int[]) "
                "d (commune_id, g, rule, step, alone) WHERE NOT EXISTS (SELECT FROM reconciliation_tally t "
                'WHERE t.commune_id = d.commune_id AND t."group" = d.g AND t.rule = d.rule)',
                keys,
            )
