"""Which plots a change bears on."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from parcels.models import Certificate, Holding, LandUser, Plot

from ..models import Verification


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
    own = Plot.objects.filter(pk__in=plot_ids)
    numbers = own.filter(sheet__isnull=False, number__isnull=False).values_list("commune", "sheet", "number")
    codes = own.exclude(code="").values_list("code", flat=True)
    held = Holding.objects.filter(plot__in=plot_ids).values_list("land_user", "certificate")
    people, papers = (set(ids) - {None} for ids in zip(*held, strict=True)) if held else (set(), set())
    found = set(_of_numbers([(commune, sheet or 0, plot or 0) for commune, sheet, plot in numbers]))
    found.update(Plot.objects.filter(code__in=list(codes)).exclude(code="").values_list("pk", flat=True))
    found.update(_of(land_user__in=list(_same_people(people))))
    found.update(_of(certificate__in=list(_same_papers(papers))))
    return sorted(found - set(plot_ids))


def _of(**condition: list[int]) -> list[int]:
    return sorted(set(Holding.objects.filter(**condition).values_list("plot_id", flat=True)))


# Each step asks with the values themselves: one large statement made the planner read whole tables.


def _of_numbers(numbers: Sequence[tuple[int, int, int]]) -> list[int]:
    """Plots of these communes, sheets and numbers."""
    communes, sheets, plots = (
        ([list(column) for column in zip(*numbers, strict=True)]) if numbers else ([], [], [])
    )
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERED, [communes, sheets, plots])
        return [row[0] for row in cursor.fetchall()]


def _same_people(ids: set[int]) -> set[int]:
    """These land users, and those of the same id number or resident."""
    known = LandUser.objects.filter(pk__in=ids).exclude(id_number="").values_list("id_number", flat=True)
    residents = Verification.objects.filter(land_user__in=ids, resident__isnull=False)
    found = set(
        LandUser.objects.live()
        .filter(id_number__in=list(known))
        .exclude(id_number="")
        .values_list("pk", flat=True)
    )
    found.update(
        Verification.objects.filter(
            resident__in=list(residents.values_list("resident", flat=True))
        ).values_list("land_user", flat=True)
    )
    return found | ids


def _same_papers(ids: set[int]) -> set[int]:
    """These certificates, and those of the same serial."""
    known = Certificate.objects.filter(pk__in=ids).exclude(serial="").values_list("serial", flat=True)
    same = Certificate.objects.filter(serial__in=list(known)).exclude(serial="")
    return ids | set(same.values_list("pk", flat=True))


_NUMBERED = """
    SELECT t.id FROM unnest(%s::smallint[], %s::int[], %s::int[]) AS own (commune_id, sheet, number)
    JOIN parcels_plot t
        ON t.commune_id = own.commune_id AND t.sheet = own.sheet AND t.number = own.number
"""
