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
from .models import Finding, PlotStatus, Tally
from .models.groups import Group, PlotStatusQuerySet
from .plot_search import EXACT, Found, find_plots
from .queue_values import Place, QueuePage

PAGE = 50


@dataclass
class QueueFilter:
    """The facets and the typed text of one look at the queue, within one user's territory."""

    user: User
    groups: tuple[int, ...] = (Group.SUPPLEMENT, Group.REBUILD)
    commune_ids: tuple[int, ...] = ()
    rule: str = ""
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
        rule = query.get("rule", "")[:40]
        return cls(
            user=user,
            groups=groups or (Group.SUPPLEMENT, Group.REBUILD),
            commune_ids=communes,
            rule=rule,
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
        return self._count("group", communes=self.commune_ids, rule=self.rule)

    def commune_counts(self) -> dict[int, int]:
        """Plots per commune under the other facets."""
        return self._count("commune_id", groups=self.groups, rule=self.rule)

    def rule_counts(self) -> dict[str, int]:
        """Plots per open rule under the other facets."""
        return self._count("rule", groups=self.groups, communes=self.commune_ids)

    def total(self) -> int:
        """Plots in the list; with typed text, and unconfirmed ones of a rule, at most EXACT."""
        if self.unconfirmed:
            counts = self._count("commune_id", groups=self.groups, communes=self.commune_ids, rule=self.rule)
            return len(self.ids(EXACT)) if self.rule else sum(counts.values())
        counts = self._count("group", communes=self.commune_ids, rule=self.rule)
        return sum(counts.get(group, 0) for group in self.groups)

    def to_confirm(self) -> QueueFilter:
        """The same look, but only at what staff have to confirm."""
        return self if self.unconfirmed else replace(self, groups=(Group.REBUILD,), unconfirmed=True)

    def ids(self, limit: int) -> list[int]:
        """The first plots of the list."""
        return [status.plot_id for status in self.page(size=limit).statuses]

    def _count(
        self, by: str, *, groups: tuple[int, ...] = (), communes: tuple[int, ...] = (), rule: str = ""
    ) -> dict[Any, int]:
        """Plots by a facet; asked once, whether for the facet, the total or the communes to read."""
        asked = (by, groups, communes, rule)
        if asked not in self._counted:
            self._counted[asked] = self._count_now(*asked)
        return self._counted[asked]

    @cached_property
    def _counted(self) -> dict[tuple[str, tuple[int, ...], tuple[int, ...], str], dict[Any, int]]:
        return {}

    def _count_now(
        self, by: str, groups: tuple[int, ...], communes: tuple[int, ...], rule: str
    ) -> dict[Any, int]:
        wanted = Q()
        if groups:
            wanted &= Q(group__in=groups)
        if communes:
            wanted &= Q(commune__in=communes)
        if self.found is not None:
            return self._count_found(by, wanted, rule)
        counter = "alone" if self.is_alone else "plots"
        plots: Any = Sum(counter)
        if by == "rule":
            wanted &= ~Q(rule="")
        elif by == "commune_id" and self.unconfirmed and not rule:
            wanted &= Q(rule__in=["", Tally.CONFIRMED])
            plots = Sum("plots", filter=Q(rule="")) - Coalesce(Sum("plots", filter=~Q(rule="")), 0)
        else:
            wanted &= Q(rule=rule)
        tallies = Tally.objects.visible_to(self.user).filter(wanted, **{f"{counter}__gt": 0})
        rows = tallies.values(by).annotate(n=plots)
        return {row[by]: row["n"] for row in rows.order_by()}

    def _count_found(self, by: str, wanted: Q, rule: str) -> dict[Any, int]:
        assert self.found is not None  # noqa: S101  the caller looked
        statuses = PlotStatus.objects.visible_to(self.user).filter(wanted, plot__in=self.found.plots)
        if self.unconfirmed and by != "group":
            statuses = statuses.filter(confirmed_at__isnull=True)
        if self.is_alone:
            statuses = statuses.filter(ALONE)
        if rule:
            statuses = statuses.filter(rules__contains=[rule])
        counts: dict[Any, int] = {}
        for status in statuses.only("group", "commune_id", "rules"):
            for key in status.rules if by == "rule" else [getattr(status, by)]:
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
        counts = self._count("commune_id", groups=self.groups, communes=self.commune_ids, rule=self.rule)
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
