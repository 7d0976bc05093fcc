"""Whose history is told: a plot, a land user or a certificate, and the records that belong to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q

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

    `moved` are the plots whose moves between groups are told; `found` picks their findings.
    """

    records: dict[str, list[int]]
    moved: list[int] = field(default_factory=list)
    found: Q | None = None

    def ids(self, label: str) -> list[int]:
        return self.records.get(label, [])


_OF_LAND_USER = """
WITH person AS (
    SELECT %(pk)s::bigint AS id
    UNION ALL (SELECT id FROM parcels_landuser WHERE merged_into_id = %(pk)s ORDER BY id LIMIT %(most)s)
), held AS (
    SELECT id, plot_id FROM parcels_holding WHERE land_user_id = %(pk)s ORDER BY id LIMIT %(most)s
)
SELECT
    ARRAY(SELECT id FROM person),
    ARRAY(SELECT id FROM reconciliation_match
        WHERE land_user_id = ANY (ARRAY(SELECT id FROM person)) ORDER BY id LIMIT %(most)s),
    ARRAY(SELECT id FROM reconciliation_workitem WHERE land_user_id = ANY (ARRAY(SELECT id FROM person))),
    ARRAY(SELECT id FROM held ORDER BY id),
    ARRAY(SELECT plot_id FROM held ORDER BY id),
    ARRAY(SELECT id FROM reconciliation_pairword
        WHERE first_id = %(pk)s OR second_id = %(pk)s ORDER BY id LIMIT %(most)s),
    ARRAY(SELECT id FROM reconciliation_finding
        WHERE plot_id = ANY (ARRAY(SELECT plot_id FROM held))
        AND (subject = 'land_user' AND subject_id = ANY (ARRAY(SELECT id FROM person))
            OR subject = 'holding' AND subject_id = ANY (ARRAY(SELECT id FROM held)))
        ORDER BY id LIMIT %(most)s)
"""


def of_plot(plot: Plot) -> Subject:
    """A plot with its uses, findings, holdings, certificates, and who holds it."""
    held = list(plot.holdings.order_by("pk").values_list("pk", "land_user", "certificate")[:MOST])
    people = _ids(land_user for _pk, land_user, _certificate in held)
    return Subject(
        {
            PLOT: [plot.pk],
            STATUS: [plot.pk],
            HOLDING: [pk for pk, _land_user, _certificate in held],
            CERTIFICATE: _ids(certificate for _pk, _land_user, certificate in held),
            LAND_USE: list(plot.land_uses.order_by("pk").values_list("pk", flat=True)[:MOST]),
            FINDING: list(plot.findings.order_by("pk").values_list("pk", flat=True)[:MOST]),
            **_people(people),
        },
        [plot.pk],
        Q(plot=plot.pk),
    )


def of_land_user(land_user: LandUser) -> Subject:
    """A land user with the entries merged into it, its holdings, the words on it, and its plots' moves."""
    # Every look at the desk asks this: by hand in one statement, since Django takes longer to write six
    # than the database to answer them.
    with connection.cursor() as cursor:
        cursor.execute(_OF_LAND_USER, {"pk": land_user.pk, "most": MOST})
        people, matches, items, holdings, plots, pairs, findings = cursor.fetchone()
    about = Q(plot__in=_ids(plots)) & (
        Q(subject=Finding.Subject.LAND_USER, subject_id__in=people)
        | Q(subject=Finding.Subject.HOLDING, subject_id__in=holdings)
    )
    return Subject(
        {
            LAND_USER: people,
            MATCH: matches,
            ITEM: items,
            HOLDING: holdings,
            PAIR: pairs,
            FINDING: findings,
        },
        _ids(plots),
        about,
    )


def of_certificate(certificate: Certificate) -> Subject:
    """A certificate, the holdings that name it, and the findings on it."""
    held = list(certificate.holdings.order_by("pk").values_list("pk", "plot")[:MOST])
    plots = _ids(plot for _pk, plot in held)
    about = Q(plot__in=plots, subject=Finding.Subject.CERTIFICATE, subject_id=certificate.pk)
    findings = Finding.objects.filter(about).order_by("pk").values_list("pk", flat=True)[:MOST]
    return Subject(
        {
            CERTIFICATE: [certificate.pk],
            HOLDING: [pk for pk, _plot in held],
            FINDING: list(findings),
        },
        plots,
        about,
    )


def _people(ids: list[int]) -> dict[str, list[int]]:
    """Land users with their candidates and their work."""
    matches = Match.objects.filter(land_user__in=ids).order_by("pk").values_list("pk", flat=True)
    items = WorkItem.objects.filter(land_user__in=ids).values_list("pk", flat=True)
    return {LAND_USER: ids, MATCH: list(matches[:MOST]), ITEM: list(items)}


def _ids(values: Iterable[int | None]) -> list[int]:
    return list(dict.fromkeys(value for value in values if value is not None))
