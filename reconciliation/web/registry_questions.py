"""Find residents by what a person typed; each branch goes by an index of the registry."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Abs

from citizens.models import Resident
from landdb.models import AdminUnit
from landdb.normalise.text import fold
from parcels.models import LandUser

#: Residents shown for one search.
MOST = 20
#: People of one commune and year looked through for a name that is spelt otherwise.
_LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True)
class Question:
    """A number, or a name with a birth year and a place where they were given."""

    who: str
    year: int | None = None
    place: str = ""


def find(question: Question, person: LandUser) -> list[Resident]:
    """At most MOST residents: those of the number; else of the name, then of one like it in year and commune.
    Of more than that those who are most like the land user in question: by year of birth, then by commune.

    Names are compared without diacritics. A place is a commune, also by a name of before the merger, else a
    village.
    """
    if question.who.isdecimal():
        bears = Q(id_number=question.who) | Q(former_number=question.who)
        return list(_shown(Resident.objects.filter(bears), person))
    name = fold(question.who)
    communes = _communes(question.place) if question.place else []
    narrowed = _narrowed(Resident.objects.all(), question, communes)
    exact = list(_shown(narrowed.filter(name_fold=name), person))
    if len(exact) >= MOST or question.year is None or not communes:
        return exact
    return (exact + _alike(name, narrowed, {resident.pk for resident in exact}, person))[:MOST]


def _narrowed(residents: QuerySet[Resident], question: Question, communes: list[int]) -> QuerySet[Resident]:
    if question.year is not None:
        residents = residents.filter(birth_year=question.year)
    if communes:
        return residents.filter(commune__in=communes)
    if question.place:
        return residents.filter(village_fold__contains=fold(question.place))
    return residents


def _alike(name: str, residents: QuerySet[Resident], known: set[int], person: LandUser) -> list[Resident]:
    """Of one commune and year: the given name agrees, or all but the given name."""
    rows = residents.exclude(pk__in=known).values_list("pk", "name_fold")[:_LOOKED_AT]
    given, stem = name.rpartition(" ")[2], name.rpartition(" ")[0]
    near = [
        pk
        for pk, other in rows
        if other.rpartition(" ")[2] == given or (stem and other.rpartition(" ")[0] == stem)
    ]
    return list(_shown(Resident.objects.filter(pk__in=near[: MOST * 5]), person))


def _communes(place: str) -> list[int]:
    """Today's communes of this name, and those into which an old one of it went."""
    wanted = fold(place)
    for prefix in ("xa ", "phuong ", "thi tran "):
        wanted = wanted.removeprefix(prefix)
    found = set()
    for unit in AdminUnit.objects.only("pk", "name", "short_name", "successor"):
        if wanted in (fold(unit.short_name), fold(unit.name)):
            found.add(unit.successor_id or unit.pk)
    return sorted(found)


def _shown(residents: QuerySet[Resident], person: LandUser) -> QuerySet[Resident]:
    years = Abs(F("birth_year") - person.birth_year) if person.birth_year else F("birth_year")
    elsewhere = Case(When(commune=person.commune_id, then=0), default=1) if person.commune_id else Value(0)
    nearest = years.asc(nulls_last=True), elsewhere, "name_fold", "pk"
    return residents.select_related("commune").order_by(*nearest)[:MOST]
