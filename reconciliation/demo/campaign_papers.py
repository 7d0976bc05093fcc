"""What communes bring in during the campaign: Form 01 rows and certificates for plots that had none, scans.

Each statement works on all chosen plots of a session at once (`campaign_plot`: plot, commune, open rules).
"""

from __future__ import annotations

#: A serial that the seeded province never gives: its letters leave out W, Y and Z (demo.certificates). Digits
#: and letters follow the day of issue, as printed forms do; `{of}` is the certificate.
SERIAL = """
    CASE WHEN {of}.issued_on IS NULL OR {of}.issued_on >= '2025-01-01'
            THEN 'WZ ' || lpad(({of}.id %% 100000000)::text, 8, '0')
        WHEN {of}.issued_on >= '2004-07-01'
            THEN 'W' || substr('ABCDEGHIKL', ({of}.id / 1000000 %% 10)::int + 1, 1)
                || ' ' || lpad(({of}.id %% 1000000)::text, 6, '0')
        ELSE substr('WYZ', ({of}.id / 1000000 %% 3)::int + 1, 1)
            || ' ' || lpad(({of}.id %% 1000000)::text, 6, '0')
    END
"""
#: Days on which forms of all serials were in use.
ISSUED = "DATE '2025-01-06' + ({of}.id %% 290)::int"

#: The holders of ready plots of a commune hold, as it turns out, those that were on the map alone.
_HOLDERS = """
    CREATE TEMP TABLE campaign_paper ON COMMIT DROP AS
    WITH known AS (
        SELECT commune_id, land_user_id,
            row_number() OVER (PARTITION BY commune_id ORDER BY land_user_id) AS n,
            count(*) OVER (PARTITION BY commune_id) AS people
        FROM (
            SELECT DISTINCT s.commune_id, h.land_user_id
            FROM reconciliation_plotstatus s
            JOIN parcels_holding h ON h.plot_id = s.plot_id
            JOIN reconciliation_verification v ON v.land_user_id = h.land_user_id AND v.outcome = 'matched'
            WHERE s."group" = 1 AND s.commune_id = ANY (
                ARRAY(SELECT DISTINCT commune_id FROM campaign_plot WHERE 'map_only' = ANY(rules))
            )
        ) holders
    ),
    wanted AS (
        SELECT c.plot_id, c.commune_id, row_number() OVER (PARTITION BY c.commune_id ORDER BY c.plot_id) AS n
        FROM campaign_plot c
        WHERE 'map_only' = ANY(c.rules)
            AND NOT EXISTS (SELECT FROM parcels_holding h WHERE h.plot_id = c.plot_id)
    )
    SELECT nextval(pg_get_serial_sequence('parcels_certificate', 'id')) AS id, w.plot_id, w.commune_id,
        k.land_user_id
    FROM wanted w JOIN known k ON k.commune_id = w.commune_id AND k.n = w.n %% k.people + 1
    UNION ALL
    SELECT nextval(pg_get_serial_sequence('parcels_certificate', 'id')), c.plot_id, c.commune_id, NULL
    FROM campaign_plot c WHERE 'certificate_missing' = ANY(c.rules)
"""

_CERTIFICATES = f"""
    INSERT INTO parcels_certificate (id, commune_id, source_key, serial_raw, serial, kind, issued_raw,
        issued_on, book_number_raw, book_number, state)
    SELECT p.id, p.commune_id, 'CD' || p.id, {SERIAL.format(of="p")}, {SERIAL.format(of="p")},
        'GCN (Luật 2024)', to_char(p.issued_on, 'DD/MM/YYYY'), p.issued_on, 'CH' || p.id %% 100000000,
        'CH' || p.id %% 100000000, 'valid'
    FROM (SELECT p.*, {ISSUED.format(of="p")} AS issued_on FROM campaign_paper p) p
"""  # noqa: S608  our own text

_HOLDINGS = """
    INSERT INTO parcels_holding (plot_id, commune_id, certificate_id, land_user_id, guid, legal_form, role,
        certificate_sheet, certificate_plot, current_user_name, current_user_number, current_user_address,
        change_reason, plot_class)
    SELECT plot_id, commune_id, id, land_user_id, '', 'individual', 'holder', '', '', '', '', '', '', ''
    FROM campaign_paper WHERE land_user_id IS NOT NULL
"""

_FOUND = """
    UPDATE parcels_holding h SET certificate_id = p.id FROM campaign_paper p
    WHERE h.plot_id = p.plot_id AND p.land_user_id IS NULL AND h.certificate_id IS NULL
"""

_SIZED = """
    UPDATE parcels_plot p SET legal_area = COALESCE(p.measured_area, 100)
    FROM campaign_plot c WHERE p.id = c.plot_id AND p.legal_area IS NULL
"""

_USES = """
    INSERT INTO parcels_landuse (plot_id, commune_id, line, purpose_raw, purpose, area, origin_raw, origin,
        transfer_origin, form, term_raw, term_kind)
    SELECT p.id, p.commune_id, 1, 'CLN', 'CLN', p.legal_area, 'CNQ-KTT', 'CNQ-KTT', '', 'private', 'Lâu dài',
        'long'
    FROM campaign_plot c JOIN parcels_plot p ON p.id = c.plot_id
    WHERE ('land_use_missing' = ANY(c.rules) OR c.plot_id IN (SELECT plot_id FROM campaign_paper))
        AND NOT EXISTS (SELECT FROM parcels_landuse u WHERE u.plot_id = c.plot_id)
"""

#: Of one new certificate in eight the scan comes later.
_SCANS = """
    INSERT INTO parcels_scan (certificate_id, commune_id, file_name, sha256, kind, is_linked, is_signed)
    SELECT k.id, k.commune_id, 'GCN_' || replace(k.serial, ' ', '') || '.pdf', '', 'GCN', TRUE, TRUE
    FROM parcels_certificate k
    WHERE NOT EXISTS (SELECT FROM parcels_scan s WHERE s.certificate_id = k.id)
        AND k.id IN (
            SELECT h.certificate_id FROM campaign_plot c JOIN parcels_holding h ON h.plot_id = c.plot_id
            WHERE 'scan_missing' = ANY(c.rules)
            UNION ALL SELECT id FROM campaign_paper WHERE id %% 8 <> 0
        )
"""

_SIGNED = """
    UPDATE parcels_scan s SET is_linked = TRUE, is_signed = TRUE
    WHERE NOT (s.is_linked AND s.is_signed) AND s.certificate_id IN (
        SELECT h.certificate_id FROM campaign_plot c JOIN parcels_holding h ON h.plot_id = c.plot_id
        WHERE c.rules && ARRAY['scan_unlinked', 'scan_unsigned']
    )
"""

#: In this order.
STATEMENTS = (_HOLDERS, _CERTIFICATES, _HOLDINGS, _FOUND, _SIZED, _USES, _SCANS, _SIGNED)
#: Rules that these statements answer; of group 3 and of group 2.
NEW = frozenset({"map_only"})
RULES = frozenset(
    {"certificate_missing", "land_use_missing", "scan_missing", "scan_unlinked", "scan_unsigned"}
)
