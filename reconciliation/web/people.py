"""The list behind a figure of land users: what the registry says of them by now."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, User
from landdb.web.gate import allow
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of
from parcels.models import LandUser

from ..campaign import people as counted_people
from ..campaign.people import OUTCOMES, Place
from ..filters import PAGE, address
from ..matching import ladders
from ..models import Verification, WorkItem
from .queue import READERS

_TITLES = {ladder.field: ladder.title for ladder in ladders.LADDERS}


@dataclass(frozen=True, slots=True)
class Row:
    """A land user, what the registry says, and with whom the work on it waits (None: none waits)."""

    told: Verification
    unit: AdminUnit
    item: WorkItem | None

    @property
    def person(self) -> LandUser:
        return self.told.land_user

    @property
    def number(self) -> str:
        return self.person.id_number or self.person.former_number

    @property
    def differs(self) -> str:
        """The fields in which the registry has something else."""
        return ", ".join(str(_TITLES.get(name, name)) for name in self.told.differs.split(",") if name)


@allow(*READERS)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Land users of one outcome or of all, by commune; a page at a time."""
    user = user_of(request)
    counted = counted_people.by_commune(user.commune_ids())
    units = _units(user, counted)
    outcome, chosen = _asked(request, units)
    order = chosen or list(units)
    start = _place(request.GET.get("after", ""))
    wanted = [outcome] if outcome else list(OUTCOMES)
    places = counted_people.page(user, order, wanted, start, PAGE + 1, counted)
    base = {name: values for name, values in request.GET.lists() if name != "after"}
    within = counted_people.together({pk: told for pk, told in counted.items() if pk in order})
    context = {
        "outcome": outcome,
        "label": Verification.Outcome(outcome).label if outcome else "",
        "total": _sum(within, outcome),
        "outcomes": [("", f"?{address(base, outcome=None)}", within.total())]
        + [(each, f"?{address(base, outcome=each.value)}", within[each]) for each in Verification.Outcome],
        "communes": [(unit, _sum(counted.get(pk, Counter()), outcome)) for pk, unit in units.items()],
        "place": units[chosen[0]] if len(chosen) == 1 else None,
        "chosen": len(chosen),
        "rows": _rows(places[:PAGE], units),
        "may_open": user.role in roles_of("land-user", 1),
        "newest": f"?{address(base)}" if "after" in request.GET else "",
        "older": f"?{address(base)}&after={'.'.join(map(str, places[PAGE - 1]))}"
        if len(places) > PAGE
        else "",
    }
    return render(request, "people/people.html", context)


def _units(user: User, counted: dict[int, Counter[str]]) -> dict[int, AdminUnit]:
    """The communes in reading order; of the whole province also those no longer in force, as figures count
    them."""
    units = {unit.pk: unit for unit in user.communes().order_by("sort_key")}
    gone = counted.keys() - units.keys() if user.commune_ids() is None else set()
    return units | (AdminUnit.objects.in_bulk(sorted(gone)) if gone else {})


def _asked(request: HttpRequest, units: dict[int, AdminUnit]) -> tuple[str, list[int]]:
    """Outcome and communes of the address; 404 where it names none that there is."""
    outcome, codes = request.GET.get("outcome", ""), set(filter(None, request.GET.getlist("commune")))
    chosen = [pk for pk, unit in units.items() if unit.code in codes]
    if (outcome and outcome not in OUTCOMES) or (codes and not chosen):
        raise Http404
    return outcome, chosen


def _place(raw: str) -> Place | None:
    found = re.fullmatch(r"(\d{1,5})\.([a-z_]{1,14})\.(\d{1,18})", raw)
    return Place(int(found[1]), found[2], int(found[3])) if found else None


def _sum(told: Counter[str], outcome: str) -> int:
    return told[outcome] if outcome else told.total()


def _rows(places: Sequence[Place], units: dict[int, AdminUnit]) -> list[Row]:
    ids = [place.land_user for place in places]
    told = Verification.objects.select_related("land_user").in_bulk(ids)
    items = {item.land_user_id: item for item in WorkItem.objects.open().filter(land_user__in=ids)}
    return [
        Row(told[place.land_user], units[place.commune], items.get(place.land_user))
        for place in places
        if place.land_user in told
    ]
