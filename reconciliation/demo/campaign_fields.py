"""What officers set right in the register during the campaign: cells of plots, uses and certificates.

Each statement works on all chosen plots of a session at once (`campaign_plot`: plot, commune, open rules).
"""

from __future__ import annotations

import numpy as np
from django.db import connection

from landdb.normalise import serials

from . import geohash
from .campaign_papers import ISSUED, SERIAL

_PAPERS = """
    k.id IN (
        SELECT h.certificate_id FROM campaign_plot c JOIN parcels_holding h ON h.plot_id = c.plot_id
        WHERE c.rules && ARRAY[{rules}]
    )
"""


def _on_papers(*rules: str) -> str:
    return _PAPERS.format(rules=", ".join(f"'{rule}'" for rule in rules))


_ADDRESS = """
    UPDATE parcels_plot p SET address = unit.name
    FROM campaign_plot c JOIN landdb_adminunit unit ON unit.id = c.commune_id
    WHERE p.id = c.plot_id AND 'plot_address_missing' = ANY(c.rules)
"""

_AREA = """
    UPDATE parcels_plot p SET legal_area = COALESCE(p.measured_area, NULLIF(p.legal_area, 0), 100)
    FROM campaign_plot c
    WHERE p.id = c.plot_id AND c.rules && ARRAY['area_missing', 'area_differs_from_map']
"""

# The first line takes what is left when the others have an equal part each.
_AREAS_OF_LINES = """
    UPDATE parcels_landuse u
    SET area = CASE WHEN n.place = 1 THEN n.whole - (n.lines - 1) * n.part ELSE n.part END
    FROM (
        SELECT u.id, p.legal_area AS whole, count(*) OVER plot AS lines,
            round(p.legal_area / count(*) OVER plot, 2) AS part,
            row_number() OVER (PARTITION BY u.plot_id ORDER BY u.line, u.id) AS place
        FROM campaign_plot c
        JOIN parcels_plot p ON p.id = c.plot_id AND p.legal_area IS NOT NULL
        JOIN parcels_landuse u ON u.plot_id = c.plot_id
        WHERE c.rules && ARRAY['area_missing', 'area_differs_from_map', 'land_use_area_differs']
        WINDOW plot AS (PARTITION BY u.plot_id)
    ) n
    WHERE u.id = n.id
"""

_REGISTERED = """
    UPDATE parcels_registration r SET state = 'done', registered_on = %(day)s
    FROM campaign_plot c
    WHERE r.plot_id = c.plot_id AND r.state = 'pending' AND 'registration_pending' = ANY(c.rules)
"""

_PURPOSE = """
    UPDATE parcels_landuse u SET purpose = 'CLN', purpose_raw = 'CLN'
    FROM campaign_plot c
    WHERE u.plot_id = c.plot_id AND c.rules && ARRAY['land_use_code_unknown', 'land_use_code_outdated']
        AND NOT EXISTS (
            SELECT FROM parcels_landusecode code WHERE code.code = u.purpose AND code.valid_to IS NULL
        )
"""

_ORIGIN = """
    UPDATE parcels_landuse u SET origin = 'CNQ-KTT', origin_raw = 'CNQ-KTT'
    FROM campaign_plot c
    WHERE u.plot_id = c.plot_id AND 'origin_missing' = ANY(c.rules) AND u.origin = ''
"""

_TERM = """
    UPDATE parcels_landuse u SET term_kind = 'long', term_raw = 'Lâu dài', term_until = NULL
    FROM campaign_plot c
    WHERE u.plot_id = c.plot_id AND 'term_missing' = ANY(c.rules) AND u.term_kind IN ('', 'unknown')
"""

_DAY = f"""
    UPDATE parcels_certificate k SET issued_on = {ISSUED.format(of="k")},
        issued_raw = to_char({ISSUED.format(of="k")}, 'DD/MM/YYYY')
    WHERE {_on_papers("issue_date_missing")} AND k.issued_on IS NULL
        OR {_on_papers("certificate_date_impossible")} AND (k.issued_on IS NULL OR k.issued_on < '1989-07-14'
            OR k.issued_on > %(day)s OR k.serial ~ '^.{{2}} .{{6}}$' AND k.issued_on < '2004-07-01'
            OR k.serial ~ '^.{{2}} .{{8}}$' AND k.issued_on < '2025-01-01')
"""  # noqa: S608  our own text

_NUMBER = f"""
    UPDATE parcels_certificate k SET serial = {SERIAL.format(of="k")}, serial_raw = {SERIAL.format(of="k")}
    WHERE {_on_papers("serial_missing", "serial_malformed")} AND k.serial !~ '{serials.PATTERN}'
"""  # noqa: S608  our own text

_BOOK = rf"""
    UPDATE parcels_certificate k
    SET book_number = 'CH' || k.id %% 100000000, book_number_raw = 'CH' || k.id %% 100000000
    WHERE {_on_papers("book_number_missing", "book_number_placeholder")}
        AND (k.book_number = '' OR k.book_number_raw !~ '[1-9]')
"""  # noqa: S608  our own text

_MAP = """
    UPDATE parcels_plot p SET map_source = 'cadastral'
    FROM campaign_plot c WHERE p.id = c.plot_id AND 'obsolete_map' = ANY(c.rules)
"""

#: In this order.
STATEMENTS = (
    _ADDRESS, _AREA, _AREAS_OF_LINES, _REGISTERED, _PURPOSE, _ORIGIN, _TERM, _DAY, _NUMBER, _BOOK, _MAP,
)  # fmt: skip
#: Rules that these statements and `give_codes` answer; of group 3 and of group 2.
CONVERTED = frozenset({"obsolete_map"})
RULES = frozenset(
    {
        "plot_address_missing", "area_missing", "area_differs_from_map", "land_use_area_differs",
        "registration_pending", "land_use_code_unknown", "land_use_code_outdated", "origin_missing",
        "term_missing", "issue_date_missing", "certificate_date_impossible", "serial_missing",
        "serial_malformed", "book_number_missing", "book_number_placeholder", "plot_code_missing",
        "plot_code_wrong",
    }
)  # fmt: skip


def give_codes() -> int:
    """Identification codes, each of the plot's own point; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.lat, p.lon FROM campaign_plot c JOIN parcels_plot p ON p.id = c.plot_id "
            "WHERE p.lon IS NOT NULL AND (p.code = '' OR 'plot_code_wrong' = ANY(c.rules))"
        )
        rows = cursor.fetchall()
        if not rows:
            return 0
        ids, lat, lon = zip(*rows, strict=True)
        codes = geohash.encode(np.array(lat, dtype=np.float64), np.array(lon, dtype=np.float64))
        cursor.execute(
            "UPDATE parcels_plot p SET code = n.code FROM unnest(%s::bigint[], %s::text[]) n (id, code) "
            "WHERE p.id = n.id",
            [list(ids), [code.decode() for code in codes]],
        )
        return int(cursor.rowcount)
