"""What the rules read: the plots being judged, their holdings and their lines of use.

Each is a query over the one before. A judgement writes them into temporary tables of these names; a page
reads them in passing. {stretch} stands for a condition on plot ids that says nothing new, but lets a whole
commune be read as one stretch of an index.
"""

from __future__ import annotations

from django.conf import settings

#: SQL for today in the province; the connection itself keeps another time. A judgement has one day, also
#: where it goes on past midnight. Rules know the day as a fact.
TODAY = f"(transaction_timestamp() AT TIME ZONE '{settings.TIME_ZONE}')::date"

PLOTS = """
    SELECT p.id AS plot_id, p.commune_id, p.sheet, p.number, p.code, p.legal_area, p.measured_area, p.address,
        p.geometry IS NOT NULL AS is_drawn, p.geometry_fault, p.overlap_area, p.map_source, p.lon, p.lat,
        sqrt(width(p.box) ^ 2 + height(p.box) ^ 2) AS reach
    FROM parcels_plot p
    WHERE {scope}
"""

#: Holdings of a certificate that was exchanged or withdrawn no longer stand.
HOLDINGS = """
    SELECT h.id, h.plot_id, h.certificate_id, h.land_user_id, h.legal_form, h.certificate_sheet,
        h.certificate_plot, h.current_user_name, h.current_user_number, h.change_reason,
        h.certificate_id IS NULL OR c.state = 'valid' AS is_standing,
        COALESCE(c.state = 'valid', FALSE) AS is_valid, COALESCE(c.serial <> '', FALSE) AS has_serial
    FROM judging_plot s
    JOIN parcels_holding h ON h.plot_id = s.plot_id {stretch}
    LEFT JOIN parcels_certificate c ON c.id = h.certificate_id
"""

USES = """
    SELECT h.id, h.plot_id, h.purpose, h.purpose_raw, h.area, h.origin, h.origin_raw, h.term_kind, h.term_raw,
        h.term_until
    FROM judging_plot s
    JOIN parcels_landuse h ON h.plot_id = s.plot_id {stretch}
"""

#: Name of the temporary table, its query, and its columns with their types.
TABLES: dict[str, tuple[str, str]] = {
    "judging_plot": (
        PLOTS,
        "plot_id bigint, commune_id smallint, sheet int, number int, code text, legal_area numeric, "
        "measured_area numeric, address text, is_drawn boolean, geometry_fault text, overlap_area numeric, "
        "map_source text, lon float8, lat float8, reach float8",
    ),
    "judging_holding": (
        HOLDINGS,
        "id bigint, plot_id bigint, certificate_id bigint, land_user_id bigint, legal_form text, "
        "certificate_sheet text, certificate_plot text, current_user_name text, current_user_number text, "
        "change_reason text, is_standing boolean, is_valid boolean, has_serial boolean",
    ),
    "judging_use": (
        USES,
        "id bigint, plot_id bigint, purpose text, purpose_raw text, area numeric, origin text, "
        "origin_raw text, term_kind text, term_raw text, term_until date",
    ),
}


def in_passing(plot_id: int) -> str:
    """The three as common table expressions over one plot."""
    return over(f"p.id = {plot_id:d}")


def over(condition: str) -> str:
    """The three as common table expressions over the plots `p` of a condition."""
    queries = [
        f"{name} AS ({query.format(scope=condition, stretch='')})"
        for name, (query, _columns) in TABLES.items()
    ]
    return ", ".join(queries)
