"""Which land users somebody works through: facets from the URL, the order, what comes before and after."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum, Value
from django.http import QueryDict
from django.utils import timezone

from landdb.models import AdminUnit, TypedSearch, User

from .models import Lease, PlotFacetCount, Unsettled, Verification, WorkCount, WorkItem
from .models.waiting import again, aged, back, capped, overdue, since, waited
from .models.work import STAGES, WorkItemQuerySet
from .plot_search import FoundPeople, find_people
from .unknown_facets import Unknown, unknown
from .worklist_facets import CELL, counts_of
from .worklist_page import Listed, listed
from .worklist_plots import ANY_PLOTS, PlotCounts, PlotFacets, counts_by_plots
from .worklist_values import AGE, ANYWHERE, IMPACT, OVERDUE, At, Counts, Order, known

#: Counted exactly up to here where no index answers; beyond it the page says "1.000+".
EXACT = 1000
PAGE = 50
#: Upper ends of the ages, in whole days; beyond the last is one more.
AGES = (7, 30, 90)
#: Days that somebody has waited at least, as a facet offers them.
WAITED = (7, 30, 90)

With = WorkItem.With
#: What the facet "given to" knows beside the id of an officer.
NOBODY = "none"

#: Work items, or their counters: both know with whom somebody waits, and until when.
Waiting = TypeVar("Waiting", bound=QuerySet[Any])


@dataclass
class WorkFilter:
    """The facets of one look at the work, within one user's territory."""

    user: User
    outcomes: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    commune_ids: tuple[int, ...] = ()
    of_plots: PlotFacets = ANY_PLOTS
    waits: str = ""
    is_mine: bool = False
    is_again: bool = False
    waited: int = 0
    order: str = IMPACT
    search: TypedSearch | None = None
    #: The id of an officer, NOBODY, or nothing for whomever it was given to.
    given: str = ""
    #: Which of the ages, counted as the supervisor's page counts them.
    age: int | None = None
    #: Whom the typed text may mean; asked once, however often the filter is varied.
    meant: FoundPeople | None = None
    #: What the address asks for beside all this, and nobody could tell.
    unknown: tuple[Unknown, ...] = ()
    #: What was put off until a day is back on it, and what is late depends on it.
    today: Any = field(default_factory=timezone.localdate)

    FACETS: ClassVar = (
        "outcome", "stage", "group", "dimension", "rule", "commune", "with", "mine", "given", "again",
        "waited", "age", "order", "q",
    )  # fmt: skip

    @classmethod
    def read(
        cls, user: User, query: QueryDict, communes_by_code: Mapping[str, AdminUnit] | None = None
    ) -> WorkFilter:
        """From the address; whatever is not a facet of this user's territory is left out, and `unknown`.

        `communes_by_code` spares a question to who has the territory at hand.
        """
        codes = [raw for raw in query.getlist("commune") if raw.isdigit()]
        if communes_by_code is None and codes:
            communes_by_code = {unit.code: unit for unit in user.communes_in_order()}
        units = communes_by_code or {}
        token = query.get("q", "")
        search = TypedSearch.objects.filter(user=user, token=token).first() if token else None
        waits, waited, given = query.get("with", ""), query.get("waited", ""), query.get("given", "")
        age = query.get("age", "")
        wanted = cls(
            user=user,
            outcomes=known(query.getlist("outcome"), Verification.Outcome.values),
            stages=known(query.getlist("stage"), STAGES),
            commune_ids=tuple(units[code].pk for code in codes if code in units),
            of_plots=PlotFacets.read(query),
            waits=waits if waits in {*With.values, OVERDUE, ANYWHERE} else "",
            is_mine=query.get("mine") == "1",
            is_again=query.get("again") == "1",
            waited=int(waited) if waited in {str(days) for days in WAITED} else 0,
            order=AGE if query.get("order") == AGE else IMPACT,
            age=int(age) if age in {str(n) for n in range(len(AGES) + 1)} else None,
            search=search,
            meant=find_people(user, search.text) if search else None,
            given=given if given == NOBODY or re.fullmatch(r"[0-9]{1,18}", given) else "",
        )
        wanted.unknown = unknown(query, wanted._understood(units))
        if communes_by_code is not None:
            wanted.communes = {unit.pk: unit for unit in communes_by_code.values()}
        return wanted

    @cached_property
    def communes(self) -> dict[int, AdminUnit]:
        """Communes of the territory in reading order."""
        return {unit.pk: unit for unit in self.user.communes_in_order()}

    @cached_property
    def officer(self) -> User | None:
        """To whom the work was given that is asked for; None also where it is given to nobody."""
        given = self.given
        return User.objects.filter(pk=int(given)).first() if given and given != NOBODY else None

    def _understood(self, communes_by_code: Mapping[str, AdminUnit]) -> dict[str, Collection[str]]:
        """Facet → values in the address, of what was read from it."""
        return {
            "outcome": self.outcomes,
            "stage": self.stages,
            **self.of_plots.understood(),
            "commune": communes_by_code.keys(),
            "with": [self.waits],
            "mine": ["1"],
            "given": [self.given],
            "again": ["1"],
            "waited": [str(self.waited)],
            "age": [str(self.age)],
            "q": [self.search.token] if self.search else [],
        }

    # ---- the list ----

    def items(self) -> WorkItemQuerySet:
        """The work items of the list, in no order."""
        items = self._beside()
        if self.outcomes:
            items = items.filter(outcome__in=self.outcomes)
        if self.stages:
            items = items.filter(stage__in=self.stages)
        if self.commune_ids:
            items = items.filter(commune__in=self.commune_ids)
        return self._with(items)

    def page(self, after: At | None = None, *, size: int = PAGE) -> list[Listed]:
        """Up to `size` + 1 items from a place on: the last one only says that there are more."""
        items = self.items() if after is None else self.items().filter(self._order.beyond(after))
        found = items.order_by(*self._order.columns).values_list("pk")[: size + 1]
        return listed(found, self._order.shown_by, self.communes)

    def ids(self, limit: int) -> list[int]:
        """The first items of the list."""
        return list(self.items().order_by(*self._order.columns).values_list("pk", flat=True)[:limit])

    def at(self, item: WorkItem | Listed) -> At:
        """Where an item stands in this order."""
        return self._order.at(item)

    def after(self, place: At | None, *, skip: Iterable[int] = ()) -> QuerySet[WorkItem]:
        """What follows a place, in order, without what others have open or assigned to themselves.

        Nor is anybody offered whose last word is still being worked out.
        """
        items = self.items() if place is None else self.items().filter(self._order.beyond(place))
        free = items.exclude(pk__in=list(skip)).filter(
            Q(assigned_to=None) | Q(assigned_to=self.user),
            ~Exists(self._leased()),
            ~Exists(Unsettled.objects.filter(land_user=OuterRef("land_user_id"))),
        )
        return free.order_by(*self._order.columns)

    def before(self, place: At) -> WorkItemQuerySet:
        """What comes before a place, the nearest first; also what others have open."""
        return self.items().filter(self._order.short_of(place)).order_by(*self._order.flipped)

    def position(self, item: WorkItem, place: At) -> int | None:
        """How many come before an item that stands at this place, counted up to EXACT; None where the filter
        does not hold it."""
        asked = {"before": self.before(place)}
        if self.is_counted:
            return capped(asked, EXACT - 1)["before"] if self.holds(item) else None
        found = capped({"here": self.items().filter(pk=item.pk), **asked}, EXACT - 1)
        return found["before"] if found["here"] else None

    def holds(self, item: WorkItem) -> bool:
        """Whether an item just read is in the list, as long as `is_counted`: known without asking."""
        territory = self.user.commune_ids()
        waits = item.waits_with if item.is_handed_on else With.DESK.value
        return (
            item.state == WorkItem.State.OPEN
            and (territory is None or item.commune_id in territory)
            and (not self.outcomes or item.outcome in self.outcomes)
            and (not self.stages or item.stage in self.stages)
            and (not self.commune_ids or item.commune_id in self.commune_ids)
            and (self.waits in (ANYWHERE, waits) or (self.waits == OVERDUE and item.is_overdue))
        )

    # ---- counts ----

    @cached_property
    def counts(self) -> Counts:
        """All facets at once, each under the others; from the counters, unless a facet is on that they do not
        know."""
        cells: QuerySet[Any, Any]
        if self.is_counted:
            cells = WorkCount.objects.visible_to(self.user).values_list(*CELL)
        elif self.is_counted_by_plots:
            counters = PlotFacetCount.objects.visible_to(self.user).exclude(stage=PlotFacetCount.ANY_STAGE)
            cells = self.of_plots.kept(counters).values_list(*CELL)
        else:
            cells = self._beside().annotate(items=Value(1)).values_list(*CELL)
        return counts_of(cells, self.outcomes, self.stages, self.commune_ids, self.waits)

    @cached_property
    def plot_counts(self) -> PlotCounts:
        """The facets of the list of plots, each under the others."""
        return counts_by_plots(self)

    @cached_property
    def total(self) -> int:
        """How many the list holds, where the counters know (`is_counted`); without the facets, in one sum."""
        if "counts" in self.__dict__:
            return self.counts.total
        return self.kept().aggregate(n=Sum("items"))["n"] or 0

    def kept(self) -> QuerySet[WorkCount]:
        """The counters of the list, where they know it (`is_counted`)."""
        return self._kept(WorkCount.objects.visible_to(self.user))

    def kept_by_plots(self) -> QuerySet[PlotFacetCount]:
        """The counters of the list by facets of plots, where they know it (`is_counted_by_plots`)."""
        kept = PlotFacetCount.objects.visible_to(self.user)
        return self._kept(kept if self.stages else kept.filter(stage=PlotFacetCount.ANY_STAGE))

    def _kept(self, kept: Waiting) -> Waiting:
        if self.outcomes:
            kept = kept.filter(outcome__in=self.outcomes)
        if self.stages:
            kept = kept.filter(stage__in=self.stages)
        if self.commune_ids:
            kept = kept.filter(commune__in=self.commune_ids)
        return self._with(kept)

    @property
    def is_counted(self) -> bool:
        """The counters know all facets that are on, so that counts are exact and cost next to nothing."""
        return self.age is None and not (
            self.is_mine or self.given or self.is_again or self.waited or self.search or self.of_plots
        )

    @property
    def is_counted_by_plots(self) -> bool:
        """So do those that tell the facets of plots apart, which then may be on."""
        return replace(self, of_plots=ANY_PLOTS).is_counted

    def beside_counts(self) -> dict[str, WorkItemQuerySet]:
        """The questions of the facets that no index counts, each under the others; for `capped`."""
        listed = self.items()
        anytime = replace(self, waited=0).items() if self.waited else listed
        for_days = {f"waited{days}": anytime.filter(waited(days)) for days in WAITED}
        mine = listed if self.is_mine else listed.filter(assigned_to=self.user)
        return {**for_days, "mine": mine, "again": listed if self.is_again else listed.filter(again())}

    # ---- the parts of a question ----

    def _beside(self) -> WorkItemQuerySet:
        """Under the facets that are not counted."""
        items = WorkItem.objects.open().visible_to(self.user)
        if self.is_mine:
            items = items.filter(assigned_to=self.user)
        if self.given:
            items = items.filter(assigned_to=None if self.given == NOBODY else int(self.given))
        if self.is_again:
            items = items.filter(again())
        if self.waited:
            items = items.filter(waited(self.waited))
        if self.age is not None:
            ends = (0, *AGES, None)
            items = items.alias(since=since()).filter(aged(ends[self.age] or 0, ends[self.age + 1]))
        if self.meant is not None:
            items = items.filter(land_user__in=self.meant.people)
        return self.of_plots.narrow(items)

    def _with(self, items: Waiting) -> Waiting:
        if self.waits == ANYWHERE:
            return items
        if self.waits == OVERDUE:
            return items.filter(overdue(self.today))
        if self.waits == With.DESK:
            return items.filter(Q(waits_with=With.DESK) | back(self.today))
        return items.filter(~back(self.today), waits_with=self.waits)

    @property
    def _order(self) -> Order:
        return Order(self.order == IMPACT)

    def _leased(self) -> QuerySet[Lease]:
        leases = Lease.objects.filter(
            kind=Lease.Kind.PERSON, record_id=OuterRef("land_user_id"), until__gt=timezone.now()
        )
        return leases.exclude(holder=self.user)
