"""The statements of a what-if.

`was` and `will` are the groups to which a rule's word leads under the rules in force and under the draft;
`{communes}` lists each commune with the rules that lack their source there and no longer hold plots back;
`here` are the same communes, told again so that an index is used.
"""

# As in a judgement: a waiver whose day has passed counts no more, nor one person's where it would decide.
STANDING = """
    INSERT INTO what_if_word
    SELECT f.plot_id, r.n, CASE f.state WHEN 'open' THEN r.was ELSE 1 END, r.will
    FROM (VALUES {words}) r (n, rule, was, will)
    JOIN reconciliation_finding f ON f.rule = r.rule AND f.commune_id = ANY(%(communes)s)
    WHERE f.state = '{state}' {due}
"""

#: A status without what the changed rules say: the group it has whatever these say. `u` is its commune's row.
BASE = """
    CASE WHEN s.rules::text[] && %(rebuild)s::text[] THEN 3
        WHEN NOT s.rules::text[] <@ %(changed)s::text[] OR NOT s.unjudged::text[] <@ u.freed THEN 2
        ELSE 1 END
"""

FREED = """
    INSERT INTO what_if_word
    SELECT s.plot_id, r.n, 2, 1
    FROM (VALUES {communes}) u (commune_id, freed, freed_numbers)
    JOIN reconciliation_plotstatus s ON s.commune_id = u.commune_id AND s."group" > 1
    CROSS JOIN LATERAL unnest(u.freed, u.freed_numbers) r (rule, n)
    WHERE s.commune_id = ANY(%(here)s) AND r.rule = ANY(s.unjudged::text[]) AND {base} < s."group"
"""

ADDED = """
    INSERT INTO what_if_word
    SELECT s.plot_id, %(n)s, 1, 2
    FROM (VALUES {communes}) u (commune_id, freed, freed_numbers)
    JOIN reconciliation_plotstatus s ON s.commune_id = u.commune_id
    WHERE s.commune_id = ANY(%(here)s) AND {base} = 1 AND (%(bare)s
        OR EXISTS (SELECT FROM parcels_holding h WHERE h.plot_id = s.plot_id)
        OR EXISTS (SELECT FROM parcels_landuse h WHERE h.plot_id = s.plot_id))
"""

LOOK = """
    INSERT INTO what_if_look
    SELECT s.plot_id
    FROM (VALUES {communes}) u (commune_id, freed, freed_numbers)
    JOIN reconciliation_plotstatus s ON s.commune_id = u.commune_id
    WHERE s.commune_id = ANY(%(here)s) AND {base} < %(most)s
"""

SAID = """
    INSERT INTO what_if_word
    SELECT h.plot_id, h.n, 1, r.will
    FROM judging_hit h
    JOIN (VALUES {words}) r (n, rule, was, will) ON r.n = h.n
    WHERE NOT EXISTS (
        SELECT FROM reconciliation_finding f
        WHERE f.plot_id = h.plot_id AND f.rule = r.rule AND f.subject_id = h.subject_id
            AND f.commune_id = ANY(%(communes)s) AND f.state = 'waived' AND NOT f.waived_alone
            AND (f.waived_until IS NULL OR f.waived_until >= {today})
    )
"""

WRITE = """
    WITH word AS (
        SELECT plot_id, n, max(was) AS was, max(will) AS will FROM what_if_word GROUP BY 1, 2
    ),
    per_plot AS (
        SELECT w.plot_id, max(w.will) AS will,
            COALESCE(array_agg(r.rule ORDER BY r.n) FILTER (WHERE w.was <> w.will), '{{}}') AS rules
        FROM word w JOIN (VALUES {names}) r (n, rule) ON r.n = w.n
        GROUP BY 1
    ),
    judged AS (
        SELECT s.commune_id, s."group" AS from_group, GREATEST({base}, p.will) AS to_group, s.plot_id,
            p.rules
        FROM per_plot p
        JOIN reconciliation_plotstatus s ON s.plot_id = p.plot_id
        JOIN (VALUES {communes}) u (commune_id, freed, freed_numbers) ON u.commune_id = s.commune_id
    ),
    moved AS (
        INSERT INTO reconciliation_draftmove (draft_id, commune_id, from_group, to_group, plot_id, rules)
        SELECT %(draft)s, commune_id, from_group, to_group, plot_id, rules FROM judged
        WHERE from_group <> to_group ORDER BY 2, 3, 4, 5
        RETURNING commune_id, from_group, to_group, rules
    ),
    counted AS (
        INSERT INTO reconciliation_draftcount (draft_id, commune_id, from_group, to_group, rule, plots)
        SELECT %(draft)s, commune_id, from_group, to_group, rule, count(*)
        FROM moved CROSS JOIN LATERAL unnest(rules::text[] || ''::text) rule GROUP BY 2, 3, 4, 5
        RETURNING rule, plots
    )
    SELECT COALESCE(sum(plots), 0) FROM counted WHERE rule = ''
"""
