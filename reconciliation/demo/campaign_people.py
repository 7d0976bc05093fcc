"""What becomes of the land users during the campaign: officers decide on pairs.

The registry's word is written into the register, the work item is done, the verification says so from then
on. Each statement works on the land users of all chosen plots at once (`campaign_person`, with `rules`).
"""

from __future__ import annotations

#: The land users on the chosen plots, each once, with what is open on those plots.
CHOSEN = """
    CREATE TEMP TABLE campaign_person ON COMMIT DROP AS
    SELECT u.id, min(c.commune_id) AS commune_id, bool_or(c.rules && %(matches)s::text[]) AS is_for_desk
    FROM campaign_plot c
    JOIN parcels_holding h ON h.plot_id = c.plot_id
    JOIN parcels_landuser u ON u.id = h.land_user_id AND u.kind = 'individual'
    WHERE c.rules && (%(matches)s::text[] || %(fields)s::text[])
    GROUP BY 1
"""

# Whoever is somebody else's resident already would be that person recorded twice.
_DECIDE = """
    WITH best AS (
        SELECT DISTINCT ON (m.land_user_id) m.land_user_id, m.resident_id, m.probability
        FROM campaign_person c
        JOIN reconciliation_match m ON m.land_user_id = c.id AND m.state = 'proposed'
        JOIN citizens_resident r ON r.id = m.resident_id AND r.died_on IS NULL
            AND r.status NOT IN ('deceased', 'cancelled', 'abroad')
        WHERE c.is_for_desk
        ORDER BY m.land_user_id, m.probability DESC, m.resident_id
    ),
    alone AS (
        SELECT DISTINCT ON (b.resident_id) b.* FROM best b
        WHERE NOT EXISTS (
            SELECT FROM reconciliation_verification v
            WHERE v.resident_id = b.resident_id AND v.land_user_id <> b.land_user_id
        )
        ORDER BY b.resident_id, b.land_user_id
    )
    UPDATE reconciliation_verification v
    SET outcome = 'matched', resident_id = a.resident_id, probability = a.probability, differs = '',
        since = %(at)s
    FROM alone a WHERE v.land_user_id = a.land_user_id AND v.outcome IN ('ambiguous', 'mismatch')
"""

_ACCEPT = """
    UPDATE reconciliation_match m SET state = 'accepted', decided_by_id = %(by)s, decided_at = %(at)s
    FROM campaign_person c JOIN reconciliation_verification v ON v.land_user_id = c.id AND v.since = %(at)s
    WHERE m.land_user_id = c.id AND m.resident_id = v.resident_id AND m.state = 'proposed'
"""

_FROM_REGISTRY = """
    UPDATE parcels_landuser u
    SET name = r.name, name_key = r.name_key, name_fold = r.name_fold, birth_on = r.birth_on,
        birth_year = r.birth_year, sex = r.sex, id_number = r.id_number, id_number_raw = r.id_number,
        id_kind = 'citizen', warnings = '{}'
    FROM campaign_person c
    JOIN reconciliation_verification v ON v.land_user_id = c.id AND v.outcome = 'matched'
    JOIN citizens_resident r ON r.id = v.resident_id AND r.id_number ~ '^[0-9]{12}$'
    WHERE u.id = c.id AND NOT EXISTS (
        SELECT FROM parcels_landuser t WHERE t.id_number = r.id_number AND t.id_number <> '' AND t.id <> u.id
    )
"""

_DONE = """
    UPDATE reconciliation_workitem w
    SET state = 'done', closed_at = %(at)s, outcome = 'matched', waits_with = '', waits_why = '',
        waits_fields = '{}', waits_note = '', waits_since = NULL, waits_until = NULL
    FROM campaign_person c
    JOIN reconciliation_verification v ON v.land_user_id = c.id AND v.since = %(at)s AND v.outcome = 'matched'
    WHERE w.land_user_id = c.id AND w.state = 'open'
"""

_ADDRESSES = r"""
    UPDATE parcels_landuser u SET address_raw = unit.name
    FROM campaign_plot c
    JOIN parcels_holding h ON h.plot_id = c.plot_id
    JOIN landdb_adminunit unit ON unit.id = c.commune_id
    WHERE 'holder_address_missing' = ANY(c.rules) AND u.id = h.land_user_id
        AND u.address_raw ~* '^[\s.\-–_\\/0?*xX]*$'
"""

#: In this order, after CHOSEN.
STATEMENTS = (_DECIDE, _ACCEPT, _FROM_REGISTRY, _DONE, _ADDRESSES)
#: Rules that the desk answers, and whoever writes the registry's word into the register.
MATCHES = frozenset({"holder_ambiguous", "holder_differs"})
FIELDS = frozenset(
    {
        "id_number_missing", "id_number_malformed", "id_number_contradicts", "id_number_outdated",
        "id_number_shared", "birth_missing", "sex_missing", "name_garbled", "placeholder_value",
        "holder_address_missing",
    }
)  # fmt: skip
