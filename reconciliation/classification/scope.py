"""Which plots a change bears on."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from parcels.models import Holding


def plots_of_land_users(ids: Sequence[int]) -> list[int]:
    """Plots that these land users hold."""
    return _of(land_user__in=list(ids))


def plots_of_certificates(ids: Sequence[int]) -> list[int]:
    """Plots that these certificates are for."""
    return _of(certificate__in=list(ids))


def plots_sharing(plot_ids: Sequence[int]) -> list[int]:
    """Other plots on which a change of these may bear, by the rules across records.

    They share a plot number, a code, a certificate or serial, a land user, an id number or a resident. Ask
    before a change and after it.
    """
    if not plot_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SHARING, {"ids": list(plot_ids)})
        return [row[0] for row in cursor.fetchall()]


def _of(**condition: list[int]) -> list[int]:
    return sorted(set(Holding.objects.filter(**condition).values_list("plot_id", flat=True)))


_SHARING = """
    WITH own AS MATERIALIZED (SELECT * FROM parcels_plot WHERE id = ANY(%(ids)s)),
    held AS MATERIALIZED (
        SELECT land_user_id, certificate_id FROM parcels_holding WHERE plot_id = ANY(%(ids)s)
    ),
    people AS MATERIALIZED (
        SELECT land_user_id AS id FROM held WHERE land_user_id IS NOT NULL
        UNION
        SELECT t.id FROM held JOIN parcels_landuser u ON u.id = held.land_user_id
        JOIN parcels_landuser t ON t.id_number = u.id_number AND t.id_number <> ''
        UNION
        SELECT t.land_user_id FROM held
        JOIN reconciliation_verification v ON v.land_user_id = held.land_user_id
        JOIN reconciliation_verification t ON t.resident_id = v.resident_id
    ),
    papers AS MATERIALIZED (
        SELECT certificate_id AS id FROM held WHERE certificate_id IS NOT NULL
        UNION
        SELECT t.id FROM held JOIN parcels_certificate c ON c.id = held.certificate_id
        JOIN parcels_certificate t ON t.serial = c.serial AND t.serial <> ''
    )
    SELECT t.id FROM own JOIN parcels_plot t
        ON t.commune_id = own.commune_id AND t.sheet = own.sheet AND t.number = own.number
    UNION SELECT t.id FROM own JOIN parcels_plot t ON t.code = own.code AND t.code <> ''
    UNION SELECT h.plot_id FROM people JOIN parcels_holding h ON h.land_user_id = people.id
    UNION SELECT h.plot_id FROM papers JOIN parcels_holding h ON h.certificate_id = papers.id
    EXCEPT SELECT id FROM own
    ORDER BY 1
"""
