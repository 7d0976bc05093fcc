"""Which plots typed text may mean: sheet and plot, a serial, a holder's number, key or name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from landdb.models import User
from landdb.normalise import serials, text
from parcels.models import Certificate, Holding, LandUser, Plot

#: A search counts exactly up to here; beyond it the page says "1.000+" and asks for more words.
EXACT = 1000
_NUMBERS = re.compile(
    r"^\s*(?:tờ|to|t\.?)?\s*(\d{1,5})\s*(?:/|,|\s+(?:thửa|thua|số|so)\s*|\s+)\s*(\d{1,6})\s*$", re.IGNORECASE
)
_NUMBERS_BACK = re.compile(
    r"^\s*(?:thửa|thua)\s*(\d{1,6})\s*[,/]?\s*(?:tờ|to)\s*(\d{1,5})\s*$", re.IGNORECASE
)
_IDENTITY = re.compile(r"^\d{9}$|^\d{12}$")


@dataclass(frozen=True, slots=True)
class Found:
    """What typed text led to: plot ids in the territory, and whether there were more than EXACT."""

    plots: frozenset[int]
    is_cut: bool


def find_plots(user: User, typed: str) -> Found:
    """Plots of the territory that typed text may mean: tờ/thửa, a serial, a holder's number or name."""
    plots = Plot.objects.visible_to(user).live()
    numbers = _NUMBERS.match(typed)
    backwards = _NUMBERS_BACK.match(typed)
    if numbers or backwards:
        sheet, number = (numbers[1], numbers[2]) if numbers else (backwards[2], backwards[1])  # type: ignore[index]
        hits = plots.filter(sheet=int(sheet), number=int(number)).values_list("pk", flat=True)
        return _cut(hits)
    serial = serials.parse(typed)
    if len(serial.serials) == 1 and re.fullmatch(serials.PATTERN, serial.serials[0]):
        certificates = Certificate.objects.filter(serial=serial.serials[0])
        return _cut(_held(user, Q(certificate__in=certificates)))
    digits = re.sub(r"[\s.]", "", typed)
    if _IDENTITY.match(digits):
        people = LandUser.objects.filter(Q(id_number=digits) | Q(id_number="", former_number=digits))
        # A number that stands with an entry merged into another leads to what that one holds.
        found = {kept or pk for pk, kept in people.values_list("pk", "merged_into")}
        return _cut(_held(user, Q(land_user__in=found)))
    keyed = LandUser.objects.filter(source_key=typed.strip()).exclude(source_key="")
    if found := {kept or pk for pk, kept in keyed.values_list("pk", "merged_into")}:
        return _cut(_held(user, Q(land_user__in=found)))
    folded = text.fold(typed)
    if len(folded) < 2:
        return Found(frozenset(), False)
    return _cut(_held(user, Q(land_user__name_fold__contains=folded)))


def _held(user: User, wanted: Q) -> QuerySet[Holding, int]:
    return (
        Holding.objects.visible_to(user)
        .filter(wanted, plot__state=Plot.State.LIVE)
        .values_list("plot_id", flat=True)
    )


def _cut(ids: QuerySet[Any, int]) -> Found:
    distinct: set[int] = set()
    # Couples and households hold a plot several times; more than this in one is no usual household.
    for pk in ids[: 5 * EXACT]:
        distinct.add(pk)
        if len(distinct) > EXACT:
            return Found(frozenset(sorted(distinct)[:EXACT]), True)
    return Found(frozenset(distinct), False)
