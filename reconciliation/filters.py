"""Which flagged plots somebody looks at: facets from the URL, typed text from the server's keeping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.http import QueryDict

from landdb.models import AdminUnit, TypedSearch, User

from .classification.alone import ALONE
from .models import Dimension, DimensionCount, Finding, PlotStatus, Tally
from .models.groups import Group, PlotStatusQuerySet
from .plot_search import EXACT, Found, find_plots
from .queue_values import ALL, Place, QueuePage, Under
from .rules import catalogue

PAGE = 50
#: Up to so many plots of a commune are found by their findings; where there are more, a page is soon full.
FEW = 1000


@dataclass
class QueueFilter:
    """The facets and the typed text of one look at the queue, within one user's territory."""

    user: User
    groups: tuple[int, ...] = (Group.SUPPLEMENT, Group.REBUILD)
    commune_ids: tuple[int, ...] = ()
    rule: str = ""
    #: The plots that a rule of it holds back; beside a rule, which then is one of it, it says nothing more.
    dimension: str = ""
    search: TypedSearch | None = None
    #: Only those of group 3 that staff have not confirmed yet.
    unconfirmed: bool = False
    #: Only those that nothing but the rule keeps out of group 1.
    is_alone: bool = False

    @classmethod
    def read(cls, user: User, query: QueryDict) -> QueueFilter:
        """From the address; whatever is not a facet of this user's territory is left out."""
        groups = tuple(sorted({int(raw) for raw in query.getlist("group") if raw in {"1", "2", "3"}}))
        codes = [raw for raw in query.getlist("commune") if raw.isdigit()]
        communes = tuple(unit.pk for unit in user.communes_in_order() if unit.code in codes)
        search = (
            TypedSearch.objects.filter(user=user, token=query.get("q", "")).first()
            if query.get("q")
            else None
        )
        unconfirmed = query.get("confirmed") == "no"
        if unconfirmed:
            groups = (Group.REBUILD,)
        rule, dimension = query.get("rule", "")[:40], query.get("dimension", "")
        dimension = dimension if dimension in Dimension.values else ""
        if dimension and dimension_of(rule) != dimension:
            rule = ""
        return cls(
            user=user,
            groups=groups or (Group.SUPPLEMENT, Group.REBUILD),
            commune_ids=communes,
            rule=rule,
            dimension=dimension,
            search=search,
            unconfirmed=unconfirmed,
            is_alone=rule != "" and query.get("alone") == "1",
        )

    @cached_property
    def communes(self) -> dict[int, AdminUnit]:
        """Communes of the territory in reading order."""
        return {unit.pk: unit for unit in self.user.communes_in_order()}

    @cached_property
    def found(self) -> Found | None:
        """What the typed text leads to; None where nothing was typed."""
        return find_plots(self.user, self.search.text) if self.search else None

    # ---- counts ----

    def group_counts(self) -> dict[int, int]:
        """Plots per group under the other facets."""
        return self._count("group", communes=self.commune_ids, under=self._under)

    def commune_counts(self) -> dict[int, int]:
        """Plots per commune under the other facets."""
        return self._count("commune_id", groups=self.groups, under=self._under)

    def rule_counts(self) -> dict[str, int]:
        """Plots per open rule under the other facets; of a dimension its own rules."""
        counts = self._count("rule", groups=self.groups, communes=self.commune_ids)
        return {
            rule: plots
            for rule, plots in counts.items()
            if not self.dimension or dimension_of(rule) == self.dimension
        }

    def dimension_counts(self) -> dict[str, int]:
        """Plots per dimension under the other facets. That of the rule has the plots of the rule; another
        one would take the rule's place, and has all of its plots."""
        counts = self._count("dimension", groups=self.groups, communes=self.commune_ids)
        own = dimension_of(self.rule)
        return counts | {own: self.rule_counts().get(self.rule, 0)} if own else counts

    def total(self) -> int:
        """Plots in the list; with typed text, and where the list itself is counted, at most EXACT."""
        if self.unconfirmed:
            return len(self.ids(EXACT)) if self.is_counted_on_the_way else sum(self._per_commune().values())
        counts = self._count("group", communes=self.commune_ids, under=self._under)
        return sum(counts.get(group, 0) for group in self.groups)

    def to_confirm(self) -> QueueFilter:
        """The same look, but only at what staff have to confirm."""
        return self if self.unconfirmed else replace(self, groups=(Group.REBUILD,), unconfirmed=True)

    def ids(self, limit: int) -> list[int]:
        """The first plots of the list."""
        return [status.plot_id for status in self.page(size=limit).statuses]

    @property
    def is_counted_on_the_way(self) -> bool:
        """No counter tells the confirmed plots of a rule or a dimension apart: the list itself is counted."""
        return self.unconfirmed and any(self._under)

    @property
    def _under(self) -> Under:
        return Under(self.rule, "" if self.rule else self.dimension)

    def _per_commune(self) -> dict[int, int]:
        """What the list holds in each commune."""
        return self._count("commune_id", groups=self.groups, communes=self.commune_ids, under=self._under)

    def _count(
        self,
        by: str,
        *,
        groups: tuple[int, ...] = (),
        communes: tuple[int, ...] = (),
        under: Under = ALL,
    ) -> dict[Any, int]:
        """Plots by a facet; asked once, whether for the facet, the total or the communes to read."""
        asked = (by, groups, communes, under)
        if asked not in self._counted:
            self._counted[asked] = self._count_now(*asked)
        return self._counted[asked]

    @cached_property
    def _counted(self) -> dict[tuple[str, tuple[int, ...], tuple[int, ...], Under], dict[Any, int]]:
        return {}

    def _count_now(
        self, by: str, groups: tuple[int, ...], communes: tuple[int, ...], under: Under
    ) -> dict[Any, int]:
        wanted = Q()
        if groups:
            wanted &= Q(group__in=groups)
        if communes:
            wanted &= Q(commune__in=communes)
        if self.found is not None:
            return self._count_found(by, wanted, under)
        if by == "dimension" or under.dimension:
            wanted &= Q(dimension=under.dimension) if under.dimension else Q()
            rows = DimensionCount.objects.visible_to(self.user).filter(wanted, plots__gt=0)
            return dict(rows.values_list(by).annotate(n=Sum("plots")).order_by())
        counter = "alone" if self.is_alone else "plots"
        plots: Any = Sum(counter)
        if by == "rule":
            wanted &= ~Q(rule="")
        elif by == "commune_id" and self.unconfirmed and not under.rule:
            wanted &= Q(rule__in=["", Tally.CONFIRMED])
            plots = Sum("plots", filter=Q(rule="")) - Coalesce(Sum("plots", filter=~Q(rule="")), 0)
        else:
            wanted &= Q(rule=under.rule)
        tallies = Tally.objects.visible_to(self.user).filter(wanted, **{f"{counter}__gt": 0})
        rows = tallies.values(by).annotate(n=plots)
        return {row[by]: row["n"] for row in rows.order_by()}

    def _count_found(self, by: str, wanted: Q, under: Under) -> dict[Any, int]:
        assert self.found is not None  # noqa: S101  the caller looked
        statuses = PlotStatus.objects.visible_to(self.user).filter(wanted, plot__in=self.found.plots)
        if self.unconfirmed and by != "group":
            statuses = statuses.filter(confirmed_at__isnull=True)
        if self.is_alone and by != "dimension":
            statuses = statuses.filter(ALONE)
        if under.dimension:
            statuses = statuses.held_back_in(under.dimension)
        if under.rule:
            statuses = statuses.filter(rules__contains=[under.rule])
        counts: dict[Any, int] = {}
        for status in statuses.only("group", "commune_id", "rules", *PlotStatus.OPEN.values()):
            for key in status.counted_under(by):
                counts[key] = counts.get(key, 0) + 1
        return counts

    # ---- the list ----

    def page(self, *, after: Place | None = None, before: Place | None = None, size: int = PAGE) -> QueuePage:
        """One page in the order commune, plot; from `after` on, or back from `before`."""
        is_back = before is not None
        start = before if is_back else after
        ids = self._scope(is_back, start)
        rows: list[PlotStatus] = []
        for commune_id in ids:
            here = start if start and start.commune_id == commune_id else None
            rows += self._of_commune(commune_id, here, is_back, size + 1 - len(rows))
            if len(rows) > size:
                break
        has_more = len(rows) > size
        rows = rows[:size]
        if is_back:
            rows.reverse()
        if not rows:
            return QueuePage([], None, None)
        first, last = (Place(row.commune_id, row.plot_id) for row in (rows[0], rows[-1]))
        has_before = has_more if is_back else start is not None
        has_after = True if is_back else has_more
        return QueuePage(rows, first if has_before else None, last if has_after else None)

    def _scope(self, is_back: bool, start: Place | None) -> list[int]:
        """Communes to read, in order, from the start on; those without a hit are known from the counters."""
        counts = self._per_commune()
        order = [pk for pk in self.communes if counts.get(pk)]
        if is_back:
            order.reverse()
        if start is None:
            return order
        names = list(self.communes)
        if start.commune_id not in self.communes:
            return order
        at = names.index(start.commune_id)
        return [pk for pk in order if (names.index(pk) <= at if is_back else names.index(pk) >= at)]

    def _statuses(self, commune_id: int) -> PlotStatusQuerySet:
        """The plots of a commune under all facets but the group."""
        statuses = PlotStatus.objects.visible_to(self.user).filter(commune=commune_id)
        if self.unconfirmed:
            statuses = statuses.filter(confirmed_at__isnull=True)
        if self.found is not None:
            statuses = statuses.filter(plot__in=self.found.plots)
        if self.is_alone:
            statuses = statuses.filter(ALONE)
        if self.rule:
            hits = Finding.objects.open().filter(rule=self.rule, commune=commune_id, plot=OuterRef("plot_id"))
            statuses = statuses.filter(Exists(hits))
        elif self.dimension:
            statuses = statuses.held_back_in(self.dimension)
            if self.found is None and self._per_commune()[commune_id] <= FEW:
                hits = Finding.objects.open().filter(rule__in=list(self.rule_counts()), commune=commune_id)
                statuses = statuses.filter(plot__in=hits.values("plot"))
        return statuses

    def _of_commune(self, commune_id: int, here: Place | None, is_back: bool, limit: int) -> list[PlotStatus]:
        statuses = self._statuses(commune_id)
        if here is not None:
            statuses = (
                statuses.filter(plot__lt=here.plot_id) if is_back else statuses.filter(plot__gt=here.plot_id)
            )
        order = "-plot_id" if is_back else "plot_id"
        # Each group is in order in the index; together they would have to be sorted.
        ids = [
            pk
            for group in self.groups
            for pk in statuses.filter(group=group).order_by(order).values_list("plot_id", flat=True)[:limit]
        ]
        wanted = sorted(ids, reverse=is_back)[:limit]
        rows = PlotStatus.objects.filter(pk__in=wanted).select_related("plot", "commune")
        return list(rows.defer("plot__geometry").order_by(order))


def address(base: Mapping[str, list[str]], **changed: str | list[str] | None) -> str:
    """The query string with some facets changed; a change always begins at the first page."""
    query = {name: values for name, values in base.items() if name not in ("after", "before")}
    for name, value in changed.items():
        if value is None or value == []:
            query.pop(name, None)
        else:
            query[name] = [value] if isinstance(value, str) else value
    return urlencode(query, doseq=True)


def dimension_of(rule: str) -> str:
    """The dimension of a rule of the catalogue; empty for another one."""
    return catalogue.by_id(rule).dimension.value if catalogue.knows(rule) else ""
