"""Groups of entries that may be one person, and numbers that stand with several: the strongest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, Role, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of
from parcels.models import LandUser

from ..duplicates.evidence import STRENGTH
from ..filters import address
from ..models import Duplicate
from ..models.duplicates import DuplicateQuerySet
from . import land_users

PAGE = 50
#: Counting goes up to here; beyond it stands as "1.000+".
COUNTED = 1_000
READERS = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR)
_AFTER = re.compile(r"(\d{1,4})\.(\d{1,9})\.(\d{1,18})")


@allow(*READERS)
@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    """Open groups of the territory; a page at a time, by kind, reason and commune."""
    user = user_of(request)
    kind = _one_of(Duplicate.Kind.values, request.GET.get("kind")) or Duplicate.Kind.PERSON.value
    why = _one_of([value for value, _title in _whys(kind)], request.GET.get("why"))
    communes = list(user.communes().order_by("sort_key"))
    commune = next((unit for unit in communes if unit.code == request.GET.get("commune")), None)
    here = Duplicate.objects.open().visible_to(user)
    if commune is not None:
        here = here.filter(communes__contains=[commune.pk])
    counts = _counts(here, kind, is_one_commune=commune is not None)
    found = here.filter(_because(why) if why else Q(), kind=kind)
    after = _AFTER.fullmatch(request.GET.get("after", ""))
    rows = list(_after(found, after).strongest_first()[: PAGE + 1])
    base = dict(request.GET.lists())
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    context = {
        "rows": _lines(user, rows[:PAGE]),
        "total": _told(counts["why"][why] if why else counts["kind"][kind]),
        "kinds": _facet(base, "kind", Duplicate.Kind.choices, kind, counts["kind"]),
        "whys": _facet(base, "why", _whys(kind), why, counts["why"]),
        "communes": [
            {
                "unit": unit,
                "is_on": unit == commune,
                "query": address(base, commune=None if unit == commune else unit.code),
            }
            for unit in communes
        ],
        "scope": f"?commune={commune.code}" if commune else "",
        "kind": kind,
        "older": f"{address(base)}&after={last.strength}.{last.plots}.{last.pk}" if last else "",
        "first": address(base) if after else "",
        "most": max((row.plots for row in rows), default=1) or 1,
    }
    return render(request, "duplicates/list.html", context)


def _after(found: DuplicateQuerySet, after: re.Match[str] | None) -> DuplicateQuerySet:
    """What comes after the last of a page, in the order of the list."""
    if after is None:
        return found
    strength, plots, pk = int(after[1]), int(after[2]), int(after[3])
    same = Q(strength=strength)
    return found.filter(
        Q(strength__lt=strength) | (same & Q(plots__lt=plots)) | (same & Q(plots=plots, pk__gt=pk))
    )


def _one_of(values: Iterable[str], asked: str | None) -> str:
    return asked if asked and asked in values else ""


def _whys(kind: str) -> list[tuple[str, Any]]:
    choices = Duplicate.Why.choices
    return [] if kind == Duplicate.Kind.NUMBER else [each for each in choices if each[0] != "names"]


def _facet(
    base: dict[str, list[str]],
    name: str,
    choices: Iterable[tuple[str, Any]],
    chosen: str,
    counts: Mapping[str, int],
) -> list[dict[str, Any]]:
    """The choices of a facet with their counts; one that is on is taken off again, kinds are switched."""
    lines = []
    for value, title in choices:
        is_on = value == chosen
        changed = {name: None if is_on and name != "kind" else value}
        if name == "kind":
            changed["why"] = None
        lines.append(
            {
                "title": title,
                "is_on": is_on,
                "count": _told(counts[value]),
                "query": address(base, **changed),
            }
        )
    return lines


def _counts(here: DuplicateQuerySet, kind: str, *, is_one_commune: bool) -> dict[str, dict[str, int]]:
    """Of each kind, and of each reason of this kind; of more than a commune, no further than COUNTED."""
    if is_one_commune:
        grouped = here.values_list("kind", "why").annotate(n=Count("pk")).order_by()
        found = {(of, why): n for of, why, n in grouped}
        return {
            "kind": {
                of: sum(n for (own, _why), n in found.items() if own == of) for of in Duplicate.Kind.values
            },
            "why": {why: found.get((kind, why), 0) for why, _title in _whys(kind)},
        }
    return {
        "kind": {of: _count(here.filter(kind=of)) for of in Duplicate.Kind.values},
        "why": {why: _count(here.filter(_because(why), kind=kind)) for why, _title in _whys(kind)},
    }


def _because(why: str) -> Q:
    """Of a reason; the strength goes with it, and the index of the list knows the strength."""
    return Q(why=why, strength=STRENGTH[Duplicate.Why(why)])


def _count(found: DuplicateQuerySet) -> int:
    return found.order_by()[: COUNTED + 1].count()


def _told(n: int) -> dict[str, Any]:
    return {"n": min(n, COUNTED), "is_more": n > COUNTED}


def _lines(user: User, rows: list[Duplicate]) -> list[dict[str, Any]]:
    """Each group with the entries of it that the user may see, and how many there are besides."""
    ids = {pk for row in rows for pk in row.members}
    people = {person.pk: person for person in land_users.of_territory(user).filter(pk__in=ids)}
    units = AdminUnit.objects.in_bulk({pk for row in rows for pk in row.communes})
    lines = []
    for row in rows:
        seen: list[LandUser] = [people[pk] for pk in row.members if pk in people]
        lines.append(
            {
                "row": row,
                "first": seen[0] if seen else None,
                "others": [each for each in seen[1:] if each.name != seen[0].name],
                "communes": [units[pk] for pk in row.communes if pk in units],
            }
        )
    return lines
