"""What rules see of plots."""

from __future__ import annotations

from django.db import models

from parcels import plot_numbers

from ..models import Finding
from . import geohash
from .base import FACTS, Facts
from .scope import TODAY

#: Overlapping plots that a sentence names.
NAMED = 5


class PlotFacts(Facts):
    """A live plot with what stands on it. Areas in m², distances in metres.

    `code_distance` is how far the point of the identification code lies from the plot's own point, `reach`
    the diagonal of its bounding box. `rival_holders` counts different sets of holders among the valid
    certificates of a plot that is not held in shares; a holder the registry knows counts as that resident.
    `overlapped` names the plots that it lies over most, `geometry_reason` says in GEOS's words what is wrong
    with the outline.
    """

    subject = Finding.Subject.PLOT
    plots = "SELECT plot_id, plot_id AS id FROM judging_plot"
    daily = ("today",)
    query = f"""
        SELECT p.plot_id AS id, p.sheet, p.number, p.code, p.legal_area, p.measured_area, p.address,
            p.is_drawn, p.geometry_fault, p.overlap_area, p.map_source, p.reach,
            CASE WHEN p.code <> '' AND p.lon IS NOT NULL AND p.code ~ '{geohash.PATTERN}' THEN
                {geohash.distance_sql("p.code", "p.lon", "p.lat")}
            END AS code_distance,
            held.plot_id IS NOT NULL OR uses.plot_id IS NOT NULL AS has_attributes,
            COALESCE(held.holders, 0) AS holders, COALESCE(held.certificates, 0) AS certificates,
            COALESCE(held.valid_certificates, 0) AS valid_certificates, COALESCE(held.serials, 0) AS serials,
            COALESCE(held.is_printed, FALSE) AS has_printed_numbers,
            COALESCE(rivals.sets, 0) AS rival_holders,
            COALESCE(uses.lines, 0) AS lines, uses.lines_area, COALESCE(uses.unsized, 0) AS unsized_lines,
            same_number.plot_id IS NOT NULL AS number_is_shared,
            same_code.plot_id IS NOT NULL AS code_is_shared,
            waiting.plot_id IS NOT NULL AS has_pending_registration,
            COALESCE(overlapped.plots, '') AS overlapped, COALESCE(outline.reason, '') AS geometry_reason,
            unit.successor_id IS NOT NULL AS unit_is_succeeded, unit.valid_to AS unit_ends_on,
            old_sheet.plot_id IS NOT NULL AS sheet_is_old, {TODAY} AS today
        FROM judging_plot p
        JOIN landdb_adminunit unit ON unit.id = p.commune_id
        LEFT JOIN (
            SELECT plot_id, count(land_user_id) FILTER (WHERE is_standing) AS holders,
                count(certificate_id) AS certificates, count(*) FILTER (WHERE is_valid) AS valid_certificates,
                count(*) FILTER (WHERE has_serial) AS serials,
                bool_or(certificate_sheet <> '' AND certificate_plot <> '') AS is_printed
            FROM judging_holding GROUP BY 1
        ) held ON held.plot_id = p.plot_id
        LEFT JOIN (
            SELECT plot_id, count(DISTINCT holders) AS sets FROM (
                SELECT h.plot_id, h.certificate_id,
                    array_agg(DISTINCT COALESCE(-v.resident_id, h.land_user_id)) AS holders
                FROM judging_holding h
                LEFT JOIN reconciliation_verification v ON v.land_user_id = h.land_user_id
                WHERE h.is_valid AND h.legal_form <> 'co_users' AND h.land_user_id IS NOT NULL
                GROUP BY 1, 2
            ) per_certificate GROUP BY 1
        ) rivals ON rivals.plot_id = p.plot_id
        LEFT JOIN (
            SELECT u.plot_id, count(*) AS lines, sum(u.area) AS lines_area,
                count(*) FILTER (WHERE u.area IS NULL) AS unsized
            FROM judging_use u GROUP BY 1
        ) uses ON uses.plot_id = p.plot_id
        LEFT JOIN (
            SELECT DISTINCT p.plot_id FROM judging_plot p
            JOIN parcels_plot t ON t.commune_id = p.commune_id AND t.sheet = p.sheet AND t.number = p.number
                AND t.id <> p.plot_id AND t.state = 'live'
                AND t.commune_id = ANY (ARRAY(SELECT DISTINCT commune_id FROM judging_plot))
        ) same_number ON same_number.plot_id = p.plot_id
        LEFT JOIN (
            SELECT DISTINCT p.plot_id FROM judging_plot p
            JOIN parcels_plot t ON t.code = p.code AND t.code <> '' AND t.id <> p.plot_id
                AND t.state = 'live'
            WHERE p.code <> ''
        ) same_code ON same_code.plot_id = p.plot_id
        LEFT JOIN (
            SELECT DISTINCT p.plot_id FROM judging_plot p
            JOIN parcels_registration r ON r.plot_id = p.plot_id AND r.state = 'pending'
        ) waiting ON waiting.plot_id = p.plot_id
        LEFT JOIN (
            SELECT DISTINCT p.plot_id FROM judging_plot p
            JOIN parcels_sheetcrosswalk x ON x.commune_id = p.commune_id AND x.old_sheet = p.sheet
            WHERE NOT EXISTS (SELECT FROM parcels_mapsheet m
                    WHERE m.commune_id = p.commune_id AND m.number = p.sheet)
                AND NOT EXISTS (SELECT FROM parcels_sheetcrosswalk y
                    WHERE y.commune_id = p.commune_id AND y.sheet = p.sheet)
        ) old_sheet ON old_sheet.plot_id = p.plot_id
        LEFT JOIN parcels_plotoutline outline ON outline.plot_id = p.plot_id
        LEFT JOIN (
            SELECT o.plot_id, array_to_string((array_agg(
                {plot_numbers.short_sql("t")}
                    || CASE WHEN t.commune_id = o.commune_id THEN '' ELSE ' (' || u.name || ')' END
                ORDER BY o.area DESC, t.id))[1:{NAMED}], ', ') AS plots
            FROM (
                SELECT p.plot_id, p.commune_id, v.second_id AS other_id, v.area
                FROM judging_plot p JOIN parcels_plotoverlap v ON v.first_id = p.plot_id
                UNION ALL
                SELECT p.plot_id, p.commune_id, v.first_id, v.area
                FROM judging_plot p JOIN parcels_plotoverlap v ON v.second_id = p.plot_id
            ) o
            JOIN parcels_plot t ON t.id = o.other_id
            JOIN landdb_adminunit u ON u.id = t.commune_id
            GROUP BY 1
        ) overlapped ON overlapped.plot_id = p.plot_id
    """  # noqa: S608  our own text

    sheet = models.IntegerField(null=True)
    number = models.IntegerField(null=True)
    code = models.CharField()
    legal_area = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    measured_area = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    address = models.CharField()
    is_drawn = models.BooleanField()
    geometry_fault = models.CharField()
    overlap_area = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    map_source = models.CharField()
    code_distance = models.FloatField(null=True)
    reach = models.FloatField(null=True)
    has_attributes = models.BooleanField()
    holders = models.IntegerField()
    certificates = models.IntegerField()
    valid_certificates = models.IntegerField()
    serials = models.IntegerField()
    has_printed_numbers = models.BooleanField()
    rival_holders = models.IntegerField()
    lines = models.IntegerField()
    lines_area = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    unsized_lines = models.IntegerField()
    number_is_shared = models.BooleanField()
    code_is_shared = models.BooleanField()
    has_pending_registration = models.BooleanField()
    unit_is_succeeded = models.BooleanField()
    unit_ends_on = models.DateField(null=True)
    sheet_is_old = models.BooleanField()
    today = models.DateField()
    overlapped = models.CharField()
    geometry_reason = models.CharField()

    class Meta:
        managed = False
        apps = FACTS
        app_label = "facts"
        db_table = "facts"

    @property
    def label(self) -> str:
        return plot_numbers.short(self.sheet, self.number)
