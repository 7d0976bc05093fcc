"""Whose history is told: a plot, a land user or a certificate, and the records that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from parcels.models import Certificate, Holding, LandUse, LandUser, Plot

from ..models import Finding, Match, PairWord, PlotStatus, WorkItem

#: Of records that hang together, so many are followed: the oldest first. Beyond it stand organisations.
MOST = 200

LAND_USER, PLOT = LandUser._meta.label_lower, Plot._meta.label_lower
CERTIFICATE, HOLDING = Certificate._meta.label_lower, Holding._meta.label_lower
LAND_USE, MATCH = LandUse._meta.label_lower, Match._meta.label_lower
FINDING, STATUS = Finding._meta.label_lower, PlotStatus._meta.label_lower
ITEM, PAIR = WorkItem._meta.label_lower, PairWord._meta.label_lower


@dataclass(frozen=True, slots=True)
class Subject:
    """A record and what belongs to it: `records` by model, whose changed fields are part of the history.

    `moved` are the plots whose moves between groups are told, `found` picks their findings, as SQL over
    `values`; `audited` are the models of whose records here the audit holds anything: mostly none.
    """

    records: dict[str, list[int]]
    moved: list[int]
    audited: list[str]
    found: str

    @property
    def values(self) -> dict[str, Any]:
        """What statements on the subject name: the keys of its records by model, and `moved`."""
        return {**self.records, "moved": self.moved}

    def ids(self, label: str) -> list[int]:
        return self.records.get(label, [])


# Every look at the desk asks this: by hand in one statement, since Django takes longer to write six than the
# database to answer them. The columns bear the names of the models.
_OF_LAND_USER = """
WITH person AS (
    SELECT %(pk)s::bigint AS id
    UNION ALL (SELECT id FROM parcels_landuser WHERE merged_into_id = %(pk)s ORDER BY id LIMIT %(most)s)
), candidate AS (
    SELECT id FROM reconciliation_match
    WHERE land_user_id = ANY (ARRAY(SELECT id FROM person)) ORDER BY id LIMIT %(most)s
), held AS (
    SELECT id, plot_id FROM parcels_holding WHERE land_user_id = %(pk)s ORDER BY id LIMIT %(most)s
)
SELECT
    ARRAY(SELECT id FROM person) AS "parcels.landuser",
    ARRAY(SELECT id FROM candidate) AS "reconciliation.match",
    ARRAY(
        SELECT id FROM reconciliation_workitem WHERE land_user_id = ANY (ARRAY(SELECT id FROM person))
    ) AS "reconciliation.workitem",
    ARRAY(SELECT id FROM held) AS "parcels.holding",
    ARRAY(
        SELECT id FROM reconciliation_pairword
        WHERE first_id = %(pk)s OR second_id = %(pk)s ORDER BY id LIMIT %(most)s
    ) AS "reconciliation.pairword",
    ARRAY(
        SELECT id FROM reconciliation_finding
        WHERE plot_id = ANY (ARRAY(SELECT plot_id FROM held))
        AND (subject = 'land_user' AND subject_id = ANY (ARRAY(SELECT id FROM person))
            OR subject = 'holding' AND subject_id = ANY (ARRAY(SELECT id FROM held)))
        ORDER BY id LIMIT %(most)s
    ) AS "reconciliation.finding",
    ARRAY(SELECT DISTINCT plot_id FROM held WHERE plot_id IS NOT NULL) AS moved,
    ARRAY(
        (SELECT 'parcels.landuser' FROM parcels_landuserevent
            WHERE pgh_obj_id = ANY (ARRAY(SELECT id FROM person)) LIMIT 1)
        UNION ALL
        (SELECT 'parcels.holding' FROM parcels_holdingevent
            WHERE pgh_obj_id = ANY (ARRAY(SELECT id FROM held)) LIMIT 1)
        UNION ALL
        (SELECT 'reconciliation.match' FROM reconciliation_matchevent
            WHERE pgh_obj_id = ANY (ARRAY(SELECT id FROM candidate)) LIMIT 1)
    ) AS audited
"""
_FOUND_OF_LAND_USER = """plot_id = ANY (%(moved)s) AND (
    subject = 'land_user' AND subject_id = ANY (%(parcels.landuser)s)
    OR subject = 'holding' AND subject_id = ANY (%(parcels.holding)s)
)"""

_OF_PLOT = """
WITH plot AS (
    SELECT %(pk)s::bigint AS id
), held AS (
    SELECT id, land_user_id, certificate_id FROM parcels_holding
    WHERE plot_id = %(pk)s ORDER BY id LIMIT %(most)s
), person AS (
    SELECT DISTINCT land_user_id AS id FROM held WHERE land_user_id IS NOT NULL
), paper AS (
    SELECT DISTINCT certificate_id AS id FROM held WHERE certificate_id IS NOT NULL
), candidate AS (
    SELECT id FROM reconciliation_match
    WHERE land_user_id = ANY (ARRAY(SELECT id FROM person)) ORDER BY id LIMIT %(most)s
)
SELECT
    ARRAY(SELECT id FROM plot) AS "parcels.plot",
    ARRAY(SELECT id FROM plot) AS "reconciliation.plotstatus",
    ARRAY(SELECT id FROM held) AS "parcels.holding",
    ARRAY(SELECT id FROM paper) AS "parcels.certificate",
    ARRAY(
        SELECT id FROM parcels_landuse WHERE plot_id = %(pk)s ORDER BY id LIMIT %(most)s
    ) AS "parcels.landuse",
    ARRAY(
        SELECT id FROM reconciliation_finding WHERE plot_id = %(pk)s ORDER BY id LIMIT %(most)s
    ) AS "reconciliation.finding",
    ARRAY(SELECT id FROM person) AS "parcels.landuser",
    ARRAY(SELECT id FROM candidate) AS "reconciliation.match",
    ARRAY(
        SELECT id FROM reconciliation_workitem WHERE land_user_id = ANY (ARRAY(SELECT id FROM person))
    ) AS "reconciliation.workitem",
    ARRAY(SELECT id FROM plot) AS moved,
    ARRAY(
        (SELECT 'parcels.plot' FROM parcels_plotevent WHERE pgh_obj_id = %(pk)s LIMIT 1)
        UNION ALL
        (SELECT 'parcels.landuser' FROM parcels_landuserevent
            WHERE pgh_obj_id = ANY (ARRAY(SELECT id FROM person)) LIMIT 1)
        UNION ALL
        (SELECT 'parcels.certificate' FROM parcels_certificateevent
            WHERE pgh_obj_id = ANY (ARRAY(SELECT id FROM paper)) LIMIT 1)
        UNION ALL
        (SELECT 'parcels.holding' FROM parcels_holdingevent
            WHERE pgh_obj_id = ANY (ARRAY(SELECT id FROM held)) LIMIT 1)
        UNION ALL
        (SELECT 'reconciliation.match' FROM reconciliation_matchevent
            WHERE pgh_obj_id = ANY (ARRAY(SELECT id FROM candidate)) LIMIT 1)
    ) AS audited
"""
_FOUND_OF_PLOT = "plot_id = ANY (%(moved)s)"

_OF_CERTIFICATE = """
WITH held AS (
    SELECT id, plot_id FROM parcels_holding WHERE certificate_id = %(pk)s ORDER BY id LIMIT %(most)s
)
SELECT
    ARRAY[%(pk)s::bigint] AS "parcels.certificate",
    ARRAY(SELECT id FROM held) AS "parcels.holding",
    ARRAY(
        SELECT id FROM reconciliation_finding
        WHERE plot_id = ANY (ARRAY(SELECT plot_id FROM held))
        AND subject = 'certificate' AND subject_id = %(pk)s
        ORDER BY id LIMIT %(most)s
    ) AS "reconciliation.finding",
    ARRAY(SELECT DISTINCT plot_id FROM held WHERE plot_id IS NOT NULL) AS moved,
    ARRAY(
        (SELECT 'parcels.certificate' FROM parcels_certificateevent WHERE pgh_obj_id = %(pk)s LIMIT 1)
        UNION ALL
        (SELECT 'parcels.holding' FROM parcels_holdingevent
            WHERE pgh_obj_id = ANY (ARRAY(SELECT id FROM held)) LIMIT 1)
    ) AS audited
"""
_FOUND_OF_CERTIFICATE = """
    plot_id = ANY (%(moved)s) AND subject = 'certificate' AND subject_id = ANY (%(parcels.certificate)s)
"""


def of_plot(pk: int) -> Subject:
    """A plot with its uses, findings, holdings, certificates, and who holds it."""
    return _read(_OF_PLOT, pk, _FOUND_OF_PLOT)


def of_land_user(pk: int) -> Subject:
    """A land user with the entries merged into it, its holdings, the words on it, and its plots' moves."""
    return _read(_OF_LAND_USER, pk, _FOUND_OF_LAND_USER)


def of_certificate(pk: int) -> Subject:
    """A certificate, the holdings that name it, and the findings on it."""
    return _read(_OF_CERTIFICATE, pk, _FOUND_OF_CERTIFICATE)


def _read(sql: str, pk: int, found: str) -> Subject:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"pk": pk, "most": MOST})
        names = [column.name for column in cursor.description]
        row: dict[str, Any] = dict(zip(names, cursor.fetchone(), strict=True))
    return Subject(moved=row.pop("moved"), audited=row.pop("audited"), records=row, found=found)
