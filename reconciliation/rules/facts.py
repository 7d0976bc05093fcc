"""What rules see of land users, certificates and lines of use. Plots and holdings have files of their own.

Each query is written set by set, so that it serves one plot by index and a commune by joins.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from landdb.models.people import Sex

from ..models import Finding
from .base import FACTS, Facts
from .scope import TODAY


class LandUserFacts(Facts):
    """A land user with what the registry says; `number_*` is read out of a twelve-digit number."""

    subject = Finding.Subject.LAND_USER
    plots = "SELECT DISTINCT plot_id, land_user_id AS id FROM judging_holding WHERE is_standing"
    daily = ("today",)
    query = f"""
        WITH people AS MATERIALIZED (
            SELECT u.* FROM parcels_landuser u
            WHERE u.id IN (SELECT land_user_id FROM judging_holding WHERE is_standing)
        )
        SELECT u.id, u.kind, u.name, u.birth_on, u.birth_year, u.sex, u.id_number, u.id_kind, u.id_number_raw,
            u.phone, u.address_raw, u.warnings,
            CASE WHEN u.id_kind = 'citizen' THEN
                1900 + 100 * (substr(u.id_number, 4, 1)::int / 2) + substr(u.id_number, 5, 2)::int
            END AS number_year,
            CASE WHEN u.id_kind = 'citizen' THEN
                CASE mod(substr(u.id_number, 4, 1)::int, 2) WHEN 0 THEN 'M' ELSE 'F' END
            END AS number_sex,
            v.outcome, COALESCE(v.differs, '') AS differs,
            r.id_number AS resident_number, r.died_on, r.status AS resident_status,
            e.extracted_on AS evidence_on, {TODAY} AS today,
            same_number.id IS NOT NULL AS number_is_shared,
            same_person.id IS NOT NULL AS person_is_doubled
        FROM people u
        LEFT JOIN reconciliation_verification v ON v.land_user_id = u.id
        LEFT JOIN citizens_resident r ON r.id = v.resident_id
        LEFT JOIN citizens_registryextract e ON e.id = r.extract_id
        LEFT JOIN (
            SELECT DISTINCT u.id FROM people u
            JOIN parcels_landuser t ON t.id_number = u.id_number AND t.id_number <> ''
                AND t.id <> u.id AND t.name_fold <> u.name_fold AND t.merged_into_id IS NULL
            WHERE u.id_number <> ''
        ) same_number ON same_number.id = u.id
        LEFT JOIN (
            SELECT DISTINCT u.id FROM people u
            JOIN reconciliation_verification v ON v.land_user_id = u.id
            JOIN reconciliation_verification t ON t.resident_id = v.resident_id AND t.land_user_id <> u.id
            WHERE NOT EXISTS (
                SELECT FROM reconciliation_pairword w WHERE w.state = 'apart'
                    AND w.first_id = LEAST(u.id, t.land_user_id)
                    AND w.second_id = GREATEST(u.id, t.land_user_id)
            )
        ) same_person ON same_person.id = u.id
    """  # noqa: S608  our own text

    kind = models.CharField()
    name = models.CharField()
    birth_on = models.DateField(null=True)
    birth_year = models.IntegerField(null=True)
    sex = models.CharField()
    id_number = models.CharField()
    id_kind = models.CharField()
    id_number_raw = models.CharField()
    phone = models.CharField()
    address_raw = models.CharField()
    warnings = ArrayField(models.CharField())
    number_year = models.IntegerField(null=True)
    number_sex = models.CharField(null=True)
    outcome = models.CharField(null=True)
    differs = models.CharField()
    resident_number = models.CharField(null=True)
    died_on = models.DateField(null=True)
    resident_status = models.CharField(null=True)
    evidence_on = models.DateField(null=True)
    today = models.DateField()
    number_is_shared = models.BooleanField()
    person_is_doubled = models.BooleanField()

    class Meta:
        managed = False
        apps = FACTS
        app_label = "facts"
        db_table = "facts"

    @property
    def label(self) -> str:
        return self.name

    @property
    def evidence_days(self) -> int | None:
        """How old the registry extract is that the verification rests on."""
        return (self.today - self.evidence_on).days if self.evidence_on else None

    @property
    def sex_said(self) -> str:
        """Nam, Nữ or nothing, as the register has it."""
        return str(Sex(self.sex).label) if self.sex else ""

    @property
    def sex_in_number(self) -> str:
        """Nam or Nữ, as the number has it."""
        return str(Sex(self.number_sex).label) if self.number_sex else ""


class CertificateFacts(Facts):
    """A valid certificate with its scans; `form` is 1+6, 2+6 or 2+8 (letters + digits of the serial)."""

    subject = Finding.Subject.CERTIFICATE
    daily = ("today",)
    plots = "SELECT DISTINCT plot_id, certificate_id AS id FROM judging_holding WHERE is_valid"
    query = f"""
        WITH papers AS MATERIALIZED (
            SELECT c.* FROM parcels_certificate c
            WHERE c.id IN (SELECT certificate_id FROM judging_holding WHERE is_valid)
        )
        SELECT c.id, c.serial, c.serial_raw, c.issued_on, c.issued_raw, c.book_number, c.book_number_raw,
            CASE WHEN c.serial <> '' THEN
                length(rtrim(c.serial, ' 0123456789')) || '+'
                    || length(ltrim(c.serial, 'ABCDEFGHIJKLMNOPQRSTUVWXYZĐ '))
            ELSE '' END AS form,
            COALESCE(scanned.scans, 0) AS scans, COALESCE(scanned.linked, 0) AS linked,
            COALESCE(scanned.signed, 0) AS signed,
            same_serial.id IS NOT NULL AS serial_is_shared,
            gone.id IS NOT NULL AS is_on_retired_plot, {TODAY} AS today
        FROM papers c
        LEFT JOIN (
            SELECT s.certificate_id AS id, count(*) AS scans, count(*) FILTER (WHERE s.is_linked) AS linked,
                count(*) FILTER (WHERE s.is_linked AND s.is_signed) AS signed
            FROM papers c JOIN parcels_scan s ON s.certificate_id = c.id
            WHERE s.kind = 'GCN' GROUP BY 1
        ) scanned ON scanned.id = c.id
        LEFT JOIN (
            SELECT DISTINCT c.id FROM papers c
            JOIN parcels_certificate t ON t.serial = c.serial AND t.serial <> '' AND t.id <> c.id
            WHERE c.serial <> ''
        ) same_serial ON same_serial.id = c.id
        LEFT JOIN (
            SELECT DISTINCT c.id FROM papers c JOIN parcels_holding h ON h.certificate_id = c.id
            JOIN parcels_plot p ON p.id = h.plot_id AND p.state = 'retired'
        ) gone ON gone.id = c.id
    """  # noqa: S608  our own text

    serial = models.CharField()
    serial_raw = models.CharField()
    issued_on = models.DateField(null=True)
    issued_raw = models.CharField()
    book_number = models.CharField()
    book_number_raw = models.CharField()
    form = models.CharField()
    scans = models.IntegerField()
    linked = models.IntegerField()
    signed = models.IntegerField()
    serial_is_shared = models.BooleanField()
    is_on_retired_plot = models.BooleanField()
    today = models.DateField()

    class Meta:
        managed = False
        apps = FACTS
        app_label = "facts"
        db_table = "facts"

    @property
    def label(self) -> str:
        return self.serial or self.serial_raw or f"#{self.pk}"


class LandUseFacts(Facts):
    """A line of use with what the code tables know of its purpose and origin."""

    subject = Finding.Subject.LAND_USE
    daily = ("today",)
    plots = "SELECT plot_id, id FROM judging_use"
    query = f"""
        SELECT u.id, u.purpose, u.purpose_raw, u.area, u.origin, u.origin_raw, u.term_kind, u.term_raw,
            u.term_until,
            code.code IS NOT NULL AS purpose_is_known, code.valid_to AS purpose_ended_on,
            COALESCE(code.successors, '') AS successors, {TODAY} AS today
        FROM judging_use u
        LEFT JOIN parcels_landusecode code ON code.code = u.purpose
    """  # noqa: S608  our own text

    purpose = models.CharField()
    purpose_raw = models.CharField()
    area = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    origin = models.CharField()
    origin_raw = models.CharField()
    term_kind = models.CharField()
    term_raw = models.CharField()
    term_until = models.DateField(null=True)
    purpose_is_known = models.BooleanField()
    purpose_ended_on = models.DateField(null=True)
    successors = models.CharField()
    today = models.DateField()

    class Meta:
        managed = False
        apps = FACTS
        app_label = "facts"
        db_table = "facts"

    @property
    def label(self) -> str:
        return self.purpose or self.purpose_raw or f"#{self.pk}"
