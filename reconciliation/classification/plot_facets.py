"""Keep on each work item in which groups its plots are, and which rules and dimensions hold them back.

A plot is of several people, and one judges it while others have the items of its other holders in hand. So
who judges only writes down whose facets are due; they are worked out a moment later, in transactions that
wait for nobody, and of the statuses as they are then.
"""

from __future__ import annotations

from django.db import connection, transaction

from ..models import Dimension, PlotStatus

#: Items worked out in one transaction: while it lasts, who decides on one of them waits.
PORTION = 500

_JUDGED = """
    INSERT INTO reconciliation_plotfacetsdue (land_user_id)
    SELECT DISTINCT h.land_user_id
    FROM (SELECT plot_id FROM judging_plot UNION ALL SELECT plot_id FROM judging_gone) seen
    JOIN parcels_holding h ON h.plot_id = seen.plot_id
    JOIN reconciliation_workitem i ON i.land_user_id = h.land_user_id AND i.state = 'open'
"""
_NEXT = """
    SELECT DISTINCT land_user_id FROM reconciliation_plotfacetsdue WHERE land_user_id > %s
    ORDER BY land_user_id LIMIT %s
"""
# Whom somebody has in hand stays due.
_IN_HAND = """
    SELECT land_user_id FROM reconciliation_workitem WHERE land_user_id = ANY (%s)
    AND land_user_id NOT IN (
        SELECT land_user_id FROM reconciliation_workitem WHERE land_user_id = ANY (%s)
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    )
"""
_DONE = "DELETE FROM reconciliation_plotfacetsdue WHERE land_user_id = ANY (%s)"
_WORKED_OUT = """
    UPDATE reconciliation_workitem i SET plot_groups = now_under.groups, plot_facets = now_under.facets
    FROM (
        SELECT w.id,
            COALESCE(string_agg(DISTINCT s."group"::text, '' ORDER BY s."group"::text), '') AS groups,
            COALESCE(array_agg(DISTINCT facet ORDER BY facet) FILTER (WHERE facet IS NOT NULL), '{{}}')
                AS facets
        FROM reconciliation_workitem w
        LEFT JOIN parcels_holding h ON h.land_user_id = w.land_user_id
        LEFT JOIN reconciliation_plotstatus s ON s.plot_id = h.plot_id
        LEFT JOIN LATERAL unnest(s.rules || {dimensions}) AS facet ON true
        WHERE w.land_user_id = ANY (%s) AND w.state = 'open'
        GROUP BY w.id
    ) now_under
    WHERE i.id = now_under.id
        AND (i.plot_groups, i.plot_facets) <> (now_under.groups, now_under.facets)
"""


def _dimensions() -> str:
    held_back = (f"CASE WHEN s.{PlotStatus.OPEN[each]} > 0 THEN '{each.value}' END" for each in Dimension)
    return f"ARRAY[{', '.join(held_back)}]::varchar[]"


def judged() -> None:
    """The holders of the plots in the judging tables are due."""
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED)


def catch_up() -> int:
    """Work out what is due and in nobody's hands; how many land users were looked at."""
    last = looked_at = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [last, PORTION])
            people = [row[0] for row in cursor.fetchall()]
        if not people:
            return looked_at
        last = people[-1]
        looked_at += _work_out(people)


@transaction.atomic
def _work_out(people: list[int]) -> int:
    # One statement after the other: each sees what was committed before it, and what comes later is due anew.
    with connection.cursor() as cursor:
        cursor.execute(_IN_HAND, [people, people])
        free = sorted(set(people) - {row[0] for row in cursor.fetchall()})
        cursor.execute(_DONE, [free])
        cursor.execute(_WORKED_OUT.format(dimensions=_dimensions()), [free])
    return len(free)
