"""Which plots and which land users typed text may mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from landdb.models import User
from parcels.models import Holding, LandUser, Plot
from parcels.models.land_users import LandUserQuerySet

from .readings import exact, name_in

#: A search counts exactly up to here; beyond it the page says "1.000+" and asks for more words.
EXACT = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """What typed text led to: plot ids in the territory, and whether there were more than EXACT.

    `readings` says as what the text was taken, with how many plots each found.
    """

    plots: frozenset[int]
    is_cut: bool
    readings: tuple[tuple[Promise, int], ...] = ()


def find_plots(user: User, typed: str) -> Found:
    """Plots of the territory under every reading of typed text."""
    asked = [(reading.words, reading.plot_ids(user)) for reading in exact(user, typed)]
    if name := name_in(typed):
        asked.append((_("tên người sử dụng đất"), _of_named(user, name)))
    plots: set[int] = set()
    is_cut = False
    readings = []
    for words, ids in asked:
        found, is_more = _cut(ids)
        is_cut = is_cut or is_more
        plots |= found
        if found:
            readings.append((words, len(found)))
    is_cut = is_cut or len(plots) > EXACT
    return Found(frozenset(sorted(plots)[:EXACT]), is_cut, tuple(readings))


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """Whom typed text means as a number or key, by themselves or as holders in the territory; the folded
    piece of a name that it also is, if it can be one.

    `readings` says as what the text was taken beside a name, with how many people each found.
    """

    exact: frozenset[int]
    readings: tuple[tuple[Promise, int], ...]
    name: str

    @property
    def people(self) -> LandUserQuerySet:
        """Land users under every reading, or with the name as a piece of theirs."""
        wanted = Q(pk__in=self.exact)
        return LandUser.objects.filter(wanted | Q(name_fold__contains=self.name) if self.name else wanted)

    @property
    def told_whole(self) -> LandUserQuerySet:
        """Land users under every reading, or with the name as the whole of theirs."""
        wanted = Q(pk__in=self.exact)
        return LandUser.objects.filter(wanted | Q(name_fold=self.name) if self.name else wanted)


def find_people(user: User, typed: str) -> FoundPeople:
    """Whom typed text may mean; its readings are asked for once."""
    read = []
    for reading in exact(user, typed):
        people = reading.land_user_ids(user)
        read.append((reading.words, set(people if isinstance(people, frozenset) else people[: 5 * EXACT])))
    return FoundPeople(
        frozenset().union(*(people for _words, people in read)),
        tuple((words, len(people)) for words, people in read if people),
        name_in(typed),
    )


def _of_named(user: User, name: str) -> QuerySet[Any, int]:
    held = Holding.objects.visible_to(user).filter(plot__state=Plot.State.LIVE)
    return held.filter(land_user__name_fold__contains=name).values_list("plot_id", flat=True)


def _cut(ids: QuerySet[Any, int]) -> tuple[set[int], bool]:
    distinct: set[int] = set()
    # Couples and households hold a plot several times; more than this in one is no usual household.
    for pk in ids[: 5 * EXACT]:
        distinct.add(pk)
        if len(distinct) > EXACT:
            distinct.discard(pk)
            return distinct, True
    return distinct, False
