"""What is counted of every commune at a moment; in each statement `%(at)s` is the first moment after it.

Findings, land users' entries and work items are dated: what came or went since is taken back. What bears no
date (a plot's code, scans, with whom an item waits) can only be told near the moment.
"""

from __future__ import annotations

from ..classification.alone import is_alone
from ..models import GroupMove
from .waived import SIGNED

# Among the findings `f` of a moment, those that were open then: neither closed nor waived.
_WAS_OPEN = """w.id IS NULL AND f.opened_at < %(at)s AND (f.closed_at IS NULL OR f.closed_at >= %(at)s)"""
# What has changed since, and whatever was waived at some time.
_CHANGED = "FROM reconciliation_finding WHERE opened_at >= %(at)s OR closed_at >= %(at)s"

#: (commune, rule, by how many plots fewer it was open then than now), negative where it was open in more.
RULES_SINCE = f"""
    WITH {SIGNED},
    touched AS MATERIALIZED (
        SELECT plot_id, rule {_CHANGED} UNION SELECT plot_id, rule FROM signed
    ),
    sides AS (
        SELECT f.commune_id, f.plot_id, f.rule, bool_or({_WAS_OPEN}) AS had, bool_or(f.state = 'open') AS has
        FROM touched JOIN reconciliation_finding f USING (plot_id, rule) LEFT JOIN waived w ON w.id = f.id
        GROUP BY 1, 2, 3
    )
    SELECT commune_id, rule, count(*) FILTER (WHERE has) - count(*) FILTER (WHERE had)
    FROM sides WHERE had <> has GROUP BY 1, 2
"""  # noqa: S608  our own names

#: (commune, rule, by how many plots more it is now what alone keeps them out of group 1). `%(rules)s` are
#: those that hold plots back, `%(hiding)s` those that are never alone; which sources were missing bears no
#: date.
ALONE_SINCE = f"""
    WITH {SIGNED},
    touched AS MATERIALIZED (SELECT plot_id {_CHANGED} UNION SELECT plot_id FROM signed),
    sides AS (
        SELECT f.plot_id, f.commune_id, array_agg(DISTINCT f.rule) FILTER (WHERE {_WAS_OPEN}) AS had,
            array_agg(DISTINCT f.rule) FILTER (WHERE f.state = 'open') AS has
        FROM touched JOIN reconciliation_finding f USING (plot_id)
        JOIN reconciliation_plotstatus s USING (plot_id) LEFT JOIN waived w ON w.id = f.id
        WHERE f.rule = ANY(%(rules)s) AND s.unjudged = '{{}}' GROUP BY 1, 2
    )
    SELECT commune_id, rule, sum(step)::int FROM (
        SELECT commune_id, has[1] AS rule, 1 AS step FROM sides WHERE cardinality(has) = 1
        UNION ALL
        SELECT commune_id, had[1], -1 FROM sides WHERE cardinality(had) = 1
    ) steps WHERE rule <> ALL(%(hiding)s) GROUP BY 1, 2 HAVING sum(step) <> 0
"""  # noqa: S608  our own names

#: (commune, rule, plot) of what a rule alone kept out of group 1 at the moment, by the same words.
ALONE_PLOTS = f"""
    WITH {SIGNED},
    touched AS MATERIALIZED (SELECT plot_id {_CHANGED} UNION SELECT plot_id FROM signed)
    SELECT s.commune_id, s.rules[1] AS key, s.plot_id AS id FROM reconciliation_plotstatus s
    WHERE {is_alone("s")} AND NOT EXISTS (SELECT FROM touched t WHERE t.plot_id = s.plot_id)
    UNION ALL
    SELECT commune_id, had[1], plot_id FROM (
        SELECT f.commune_id, f.plot_id, array_agg(DISTINCT f.rule) AS had
        FROM touched JOIN reconciliation_finding f USING (plot_id)
        JOIN reconciliation_plotstatus s USING (plot_id) LEFT JOIN waived w ON w.id = f.id
        WHERE f.rule = ANY(%(rules)s) AND s.unjudged = '{{}}' AND {_WAS_OPEN}
        GROUP BY 1, 2
    ) sides WHERE cardinality(had) = 1 AND had[1] <> ALL(%(hiding)s)
"""  # noqa: S608  our own names

#: (commune, dimension, by how many plots fewer had something open under it); `{words}` are the words of the
#: rules that hold plots back: what a plot's status counts are their findings alone.
DIMENSIONS_SINCE = f"""
    WITH {SIGNED}, word (rule, dimension) AS (VALUES {{words}}),
    touched AS MATERIALIZED (SELECT plot_id {_CHANGED} UNION SELECT plot_id FROM signed),
    sides AS (
        SELECT f.commune_id, f.plot_id, d.dimension, bool_or({_WAS_OPEN}) AS had,
            bool_or(f.state = 'open') AS has
        FROM touched JOIN reconciliation_finding f USING (plot_id) JOIN word d USING (rule)
        LEFT JOIN waived w ON w.id = f.id GROUP BY 1, 2, 3
    )
    SELECT commune_id, dimension, count(*) FILTER (WHERE has) - count(*) FILTER (WHERE had)
    FROM sides WHERE had <> has GROUP BY 1, 2
"""  # noqa: S608  our own names

DIMENSIONS_NOW = """
    SELECT commune_id, count(*) FILTER (WHERE open_correct > 0), count(*) FILTER (WHERE open_sufficient > 0),
        count(*) FILTER (WHERE open_clean > 0), count(*) FILTER (WHERE open_alive > 0)
    FROM reconciliation_plotstatus GROUP BY 1
"""

#: Communes whose plots went to another one since, or came from one: their findings went along undated.
CHANGED_COMMUNES = f"""
    SELECT DISTINCT commune_id FROM reconciliation_groupmove
    WHERE at >= %(at)s AND (to_group IS NULL AND cause <> '{GroupMove.Cause.RETIRED.value}'
        OR from_group IS NULL AND cause <> '{GroupMove.Cause.FIRST.value}')
"""  # noqa: S608  our own names

#: (commune, outcome or '' where it has changed since, land users).
VERIFICATION = """
    SELECT commune_id, CASE WHEN since < %(at)s THEN outcome ELSE '' END, count(*)
    FROM reconciliation_verification WHERE commune_id IS NOT NULL GROUP BY 1, 2
"""

#: (commune, outcome or '' where it has changed since, land user).
OUTCOMES = """
    SELECT commune_id, CASE WHEN since < %(at)s THEN outcome ELSE '' END AS key, land_user_id AS id
    FROM reconciliation_verification WHERE commune_id IS NOT NULL
"""

#: (commune, with whom, land user, since which day, until when, plots). Who was handed an item since had it
#: from the desk.
WAITS = """
    SELECT w.commune_id, held.holder AS key, w.land_user_id AS id, (CASE WHEN held.holder = 'desk'
            THEN w.opened_at ELSE COALESCE(w.waits_since, w.opened_at) END AT TIME ZONE %(zone)s
        )::date AS since,
        CASE WHEN held.holder <> 'desk' THEN w.waits_until END AS until, w.plots
    FROM reconciliation_workitem w CROSS JOIN LATERAL (
        SELECT CASE WHEN w.waits_with = '' OR w.waits_since >= %(at)s
                OR (w.waits_with = 'later' AND w.waits_until <= %(day)s) THEN 'desk'
            ELSE w.waits_with END AS holder
    ) held
    WHERE w.commune_id IS NOT NULL AND w.opened_at < %(at)s AND (w.state = 'open' OR w.closed_at >= %(at)s)
"""

#: The same of a week's lists.
_KEPT_WAITS = """
    SELECT k.commune_id, k.key, each.id, each.since, each.until, each.plots
    FROM reconciliation_keptlist k, unnest(k.ids, k.since, k.until, k.plots) each (id, since, until, plots)
    WHERE k.week = %(week)s AND k.commune_id = ANY(%(communes)s) AND k.kind = 'waits'
"""

_AGED = """
    SELECT commune_id, key, count(*), sum(plots)::int, count(*) FILTER (WHERE days <= 7),
        count(*) FILTER (WHERE days BETWEEN 8 AND 14), count(*) FILTER (WHERE days BETWEEN 15 AND 30),
        count(*) FILTER (WHERE days > 30), min(since),
        count(*) FILTER (WHERE until <= %(day)s AND key <> 'later')
    FROM (SELECT *, %(day)s::date - since AS days FROM ({waits}) dated) aged GROUP BY 1, 2
"""

#: (commune, with whom, items, plots, up to 7 days old, up to 14, up to 30, older, the oldest day, how many
#: others had longer than until their day), counted, or of a week's lists.
WAITING = _AGED.format(waits=WAITS)
WAITING_KEPT = _AGED.format(waits=_KEPT_WAITS)

#: (commune, what and why, id of it): what cannot be collected for now, plots that are not clean, certificates
#: without a scan and land users that are not matched; each once, under the first reason.
EXCLUDED = """
    WITH held AS MATERIALIZED (
        SELECT land_user_id, waits_why FROM reconciliation_workitem
        WHERE waits_with = 'citizen' AND state = 'open' AND waits_since < %(at)s
    ),
    papers AS MATERIALIZED (
        SELECT h.plot_id, h.certificate_id, h.commune_id, held.waits_why
        FROM held JOIN parcels_holding h USING (land_user_id)
    )
    SELECT s.commune_id, 'plots:' || one.why AS key, plot_id AS id
    FROM (SELECT plot_id, min(waits_why) AS why FROM papers GROUP BY 1) one
    JOIN reconciliation_plotstatus s USING (plot_id) WHERE s."group" <> 1
    UNION ALL
    SELECT one.commune_id, 'certificates:' || one.why, one.certificate_id
    FROM (
        SELECT certificate_id, min(commune_id) AS commune_id, min(waits_why) AS why
        FROM papers WHERE certificate_id IS NOT NULL GROUP BY 1
    ) one
    WHERE NOT EXISTS (SELECT FROM parcels_scan s WHERE s.certificate_id = one.certificate_id)
    UNION ALL
    SELECT v.commune_id, 'people:' || held.waits_why, land_user_id
    FROM held JOIN reconciliation_verification v USING (land_user_id)
    WHERE v.outcome <> 'matched' AND v.commune_id IS NOT NULL
"""

#: (commune, what and why, how many): what the statement before lists.
EXCLUDED_COUNTS = f"SELECT commune_id, key, count(*) FROM ({EXCLUDED}) each GROUP BY 1, 2"  # noqa: S608

#: (commune, plots with a code, certificates at hand as a scan, certificates whose scan is linked).
DONE_NOW = """
    SELECT commune_id, sum(coded)::int, sum(collected)::int, sum(linked)::int FROM (
        SELECT commune_id, count(*) AS coded, 0 AS collected, 0 AS linked
        FROM parcels_plot WHERE state = 'live' AND code <> '' GROUP BY 1
        UNION ALL
        SELECT commune_id, 0, count(*), count(*) FILTER (WHERE is_linked) FROM (
            SELECT min(commune_id) AS commune_id, bool_or(is_linked) AS is_linked
            FROM parcels_scan WHERE certificate_id IS NOT NULL GROUP BY certificate_id
        ) papers GROUP BY 1
    ) each GROUP BY 1
"""

#: (commune, task, plot or certificate): what the statement before counts.
DONE = """
    SELECT commune_id, 'code' AS key, id FROM parcels_plot WHERE state = 'live' AND code <> ''
    UNION ALL
    SELECT papers.commune_id, each.key, papers.id
    FROM (
        SELECT min(commune_id) AS commune_id, certificate_id AS id, bool_or(is_linked) AS is_linked
        FROM parcels_scan WHERE certificate_id IS NOT NULL GROUP BY certificate_id
    ) papers
    CROSS JOIN (VALUES ('collect'), ('scan')) each (key)
    WHERE each.key = 'collect' OR papers.is_linked
"""
