"""Counters beside the tallies: plots held back in a dimension, plots that wait for a source, and our groups
beside those of MPLIS.

Like the tallies they are kept by difference under the lock of the commune, in the transaction that changes a
status. `follow` has to run while the statuses still say what was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from ..models import Dimension
from ..models.opinions import UNJUDGED, OutsideOpinion, TheirCause


def follow() -> None:
    """Bring the counters up to the judgement that is about to be written."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW)
    if not OutsideOpinion.objects.exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(_MOVED)
    _add("reconciliation_opinioncount", ("commune_id", "ours", "theirs", "cause"), _OPINION_STEPS)


def dimensions(counts: str) -> str:
    """The dimensions in which a row counts open findings; `counts`: what its four columns begin with."""
    each = ", ".join(f"CASE WHEN {counts}{one.value} > 0 THEN '{one.value}' END" for one in Dimension)
    return f"array_remove(ARRAY[{each}], NULL)"


def count_opinions(commune_ids: Sequence[int]) -> None:
    """Count our groups beside theirs anew for some communes, whose lock the caller holds."""
    ids = list(commune_ids)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reconciliation_opinioncount WHERE commune_id = ANY(%s)", [ids])
        cursor.execute(_OPINIONS, [ids])


#: What a status and an opinion say. Many plots say the same: they are counted before causes are taken apart.
_SAID = """
    t.commune_id, ours, rules, waits, "group", has_book, is_in_step, is_attributes_only, population,
    is_always_on
"""

#: What speaks against group 1, on their side and on ours, for what is said in `s`.
_CAUSES = f"""
    ARRAY['']
    || CASE WHEN s."group" = 2 AND s.has_book IS NOT FALSE AND s.is_in_step IS NOT FALSE
            AND NOT s.is_attributes_only AND s.population NOT IN ('differs', 'not_found')
            AND s.is_always_on IS NOT FALSE THEN ARRAY['{TheirCause.UNSAID.value}']
        ELSE array_remove(ARRAY[
            CASE WHEN NOT s.has_book THEN '{TheirCause.NO_BOOK.value}' END,
            CASE WHEN NOT s.is_in_step THEN '{TheirCause.NOT_IN_STEP.value}' END,
            CASE WHEN s.is_attributes_only THEN '{TheirCause.ATTRIBUTES_ONLY.value}' END,
            CASE s.population WHEN 'differs' THEN '{TheirCause.DIFFERS.value}'
                WHEN 'not_found' THEN '{TheirCause.NOT_FOUND.value}' END,
            CASE WHEN NOT s.is_always_on THEN '{TheirCause.NOT_ALWAYS_ON.value}' END], NULL) END
    || s.rules || CASE WHEN s.waits THEN ARRAY['{UNJUDGED}'] ELSE '{{}}' END
"""

# Of four dimensions there are sixteen lists at most: they are counted before they are taken apart.
_DIMENSION_STEPS = """
    SELECT commune_id, "group", dimension, sum(step)::int AS step FROM (
        SELECT commune_id, "group", unnest(listed) AS dimension, step FROM (
            SELECT commune_id, "group", listed, sum(step) AS step FROM (
                SELECT old_commune AS commune_id, old_group AS "group", old_dimensions AS listed, -1 AS step
                FROM judging_change WHERE old_group IS NOT NULL
                UNION ALL
                SELECT new_commune, new_group, new_dimensions, 1
                FROM judging_change WHERE new_group IS NOT NULL
            ) each_plot GROUP BY 1, 2, 3 HAVING sum(step) <> 0
        ) lists
    ) steps GROUP BY 1, 2, 3 HAVING sum(step) <> 0
"""

# Plots of a commune share one list of rules, or two: lists are counted before they are taken apart.
_UNJUDGED_STEPS = """
    SELECT commune_id, rule, sum(step)::int AS step FROM (
        SELECT commune_id, unnest(unjudged) AS rule, step FROM (
            SELECT commune_id, unjudged, sum(step) AS step FROM (
                SELECT c.old_commune AS commune_id, s.unjudged::text[] AS unjudged, -1 AS step
                FROM judging_change c JOIN reconciliation_plotstatus s ON s.plot_id = c.plot_id
                WHERE s.unjudged <> '{}'
                UNION ALL
                SELECT c.new_commune, v.unjudged, 1
                FROM judging_change c JOIN judging_verdict v ON v.plot_id = c.plot_id
                WHERE v.unjudged <> '{}'
            ) each_plot GROUP BY 1, 2 HAVING sum(step) <> 0
        ) lists
    ) steps GROUP BY 1, 2 HAVING sum(step) <> 0 ORDER BY 1, 2
"""


def _adding(counter: str, keys: tuple[str, ...], steps: str) -> str:
    """The parts of a WITH that add steps, rows of the keys and a difference, to a small table of counters."""
    table, listed = f"reconciliation_{counter}", ", ".join(keys)
    same = " AND ".join(f"t.{key} = d.{key}" for key in keys)
    return f"""
        {counter}_step AS MATERIALIZED ({steps}),
        {counter}_moved AS (
            UPDATE {table} t SET plots = t.plots + d.step FROM {counter}_step d WHERE {same}
            RETURNING {", ".join(f"t.{key}" for key in keys)}
        ),
        {counter}_new AS (
            INSERT INTO {table} ({listed}, plots) SELECT {listed}, step FROM {counter}_step d
            WHERE NOT EXISTS (SELECT FROM {counter}_moved t WHERE {same})
        )
    """  # noqa: S608  our own words


# Both at once: every plot that is judged alone, as after a word of the desk, waits for each statement.
_FOLLOW = (
    "WITH"
    + _adding("dimensioncount", ("commune_id", '"group"', "dimension"), _DIMENSION_STEPS)
    + ", "
    + _adding("unjudgedcount", ("commune_id", "rule"), _UNJUDGED_STEPS)
    + "SELECT"
)

_OPINION_STEPS = f"""
    SELECT s.commune_id, s.ours, s."group" AS theirs, cause, sum(s.step)::int AS step
    FROM (
        SELECT {_SAID}, sum(t.step) AS step
        FROM (
            SELECT c.plot_id, c.old_commune AS commune_id, c.old_group AS ours, c.old_rules AS rules,
                p.unjudged <> '{{}}' AS waits, -1 AS step
            FROM judging_change c JOIN reconciliation_plotstatus p ON p.plot_id = c.plot_id
            UNION ALL
            SELECT c.plot_id, c.new_commune, c.new_group, c.new_rules, v.unjudged <> '{{}}', 1
            FROM judging_change c JOIN judging_verdict v ON v.plot_id = c.plot_id
        ) t
        JOIN reconciliation_outsideopinion o ON o.plot_id = t.plot_id
        GROUP BY {_SAID} HAVING sum(t.step) <> 0
    ) s
    CROSS JOIN LATERAL unnest({_CAUSES}) AS cause
    GROUP BY 1, 2, 3, 4 HAVING sum(s.step) <> 0 ORDER BY 1, 2, 3, 4
"""  # noqa: S608  our own words

# An opinion goes with its plot to another commune. Such plots are few: an array says so to the planner.
_MOVED = """
    UPDATE reconciliation_outsideopinion o SET commune_id = c.new_commune
    FROM judging_change c
    WHERE o.plot_id = ANY(ARRAY(SELECT plot_id FROM judging_change WHERE old_commune <> new_commune))
        AND c.plot_id = o.plot_id
"""

_OPINIONS = f"""
    INSERT INTO reconciliation_opinioncount (commune_id, ours, theirs, cause, plots)
    SELECT s.commune_id, s.ours, s."group", cause, sum(s.plots)
    FROM (
        SELECT {_SAID}, count(*) AS plots
        FROM (
            SELECT plot_id, commune_id, "group" AS ours, rules::text[] AS rules, unjudged <> '{{}}' AS waits
            FROM reconciliation_plotstatus WHERE commune_id = ANY(%s)
        ) t
        JOIN reconciliation_outsideopinion o ON o.plot_id = t.plot_id
        GROUP BY {_SAID}
    ) s
    CROSS JOIN LATERAL unnest({_CAUSES}) AS cause
    GROUP BY 1, 2, 3, 4
"""  # noqa: S608  our own words


def _add(table: str, keys: tuple[str, ...], steps: str) -> None:
    """Add the steps, rows of the keys and a difference, to a table of counters."""
    with connection.cursor() as cursor:
        cursor.execute(steps)
        found = cursor.fetchall()
        if not found:
            return
        columns: Sequence[list[Any]] = [list(column) for column in zip(*found, strict=True)]
        listed = ", ".join(keys)
        types = ["text[]" if key == "cause" else "smallint[]" for key in keys]
        unnested = ", ".join(f"%s::{kind}" for kind in types)
        cursor.execute(
            f"INSERT INTO {table} ({listed}, plots) SELECT *, 0 FROM unnest({unnested}) "  # noqa: S608
            "ON CONFLICT DO NOTHING",
            columns[:-1],
        )
        same = " AND ".join(f"t.{key} = d.{key}" for key in keys)
        cursor.execute(
            f"UPDATE {table} t SET plots = t.plots + d.step "  # noqa: S608
            f"FROM unnest({unnested}, %s::int[]) d ({listed}, step) WHERE {same}",
            columns,
        )
