"""The facets of the list of plots on the list of people: of whom a plot waits that stands under them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict

from .models import Dimension
from .models.groups import Group
from .rules.catalogue import dimension_of, id_of

if TYPE_CHECKING:
    from .worklists import WorkFilter

Narrowed = TypeVar("Narrowed", bound=QuerySet[Any])

#: All sets of groups, as a work item names them, by what is asked for: of those any.
_SETS = ["".join(each) for n in range(1, 4) for each in combinations(map(str, Group.values), n)]
_WITH_ANY_OF = {tuple(map(int, asked)): [each for each in _SETS if set(each) & set(asked)] for asked in _SETS}

# Of the counters where they know the look, else of the items themselves.
_COUNTED = "SELECT plot_groups, facet, sum(items) FROM ({rows}) AS kept GROUP BY plot_groups, facet"
_ITEMS = """
    SELECT plot_groups, facet, 1 AS items
    FROM ({items}) AS item, unnest(item.plot_facets || ''::varchar) AS facet
"""


@dataclass(frozen=True, slots=True)
class PlotFacets:
    """Land users of whom at least one plot is in one of the groups, and at least one is held back by the rule
    or in the dimension; each as the list of plots has it."""

    groups: tuple[int, ...] = ()
    rule: str = ""
    #: Beside a rule, which then is one of it, it says nothing more.
    dimension: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> PlotFacets:
        """From the address."""
        rule, dimension = id_of(query.get("rule", "")), query.get("dimension", "")
        dimension = dimension if dimension in Dimension.values else ""
        known = {str(group) for group in Group.values}
        return cls(
            groups=tuple(sorted({int(raw) for raw in query.getlist("group") if raw in known})),
            rule="" if dimension and dimension_of(rule) != dimension else rule,
            dimension=dimension,
        )

    def understood(self) -> dict[str, list[str]]:
        """Facet → values in the address, of what was read from it."""
        return {
            "group": [str(group) for group in self.groups],
            "dimension": [self.dimension],
            "rule": [self.rule],
        }

    def __bool__(self) -> bool:
        return bool(self.groups or self.under)

    @property
    def under(self) -> str:
        """The rule or the dimension."""
        return self.rule or self.dimension

    def narrow(self, items: Narrowed) -> Narrowed:
        """Those of the work items that are under these facets."""
        if self.groups:
            items = items.filter(plot_groups__in=_WITH_ANY_OF[self.groups])
        if self.under:
            items = items.filter(plot_facets__contains=[self.under])
        return items

    def kept(self, counters: Narrowed) -> Narrowed:
        """Those of the counters (`PlotFacetCount`) that are of such items, each counted once."""
        if self.groups:
            counters = counters.filter(plot_groups__in=_WITH_ANY_OF[self.groups])
        return counters.filter(facet=self.under)

    def holds_groups(self, plot_groups: str) -> bool:
        """Whether an item with plots in these groups is under those that are asked for."""
        return not self.groups or any(str(group) in plot_groups for group in self.groups)


ANY_PLOTS = PlotFacets()


@dataclass(frozen=True, slots=True)
class PlotCounts:
    """Work items by what each of these facets offers, under the other facets."""

    groups: Mapping[int, int]
    dimensions: Mapping[str, int]
    rules: Mapping[str, int]


def counts_by_plots(wanted: WorkFilter) -> PlotCounts:
    """The counts of all three facets, in one statement.

    A rule takes the place of another, and so do dimensions: both are counted under the groups alone, but of
    a dimension only its own rules, and of the dimension of the rule that which the rule has.
    """
    on = wanted.of_plots
    groups: Counter[int] = Counter()
    under: Counter[str] = Counter()
    for plot_groups, facet, n in _rows(replace(wanted, of_plots=ANY_PLOTS)):
        if facet == on.under:
            groups.update({int(group): n for group in plot_groups})
        if facet and on.holds_groups(plot_groups):
            under[facet] += n
    dimensions = {value: under[value] for value in Dimension.values}
    rules = {
        facet: n for facet, n in under.items() if (own := dimension_of(facet)) and on.dimension in ("", own)
    }
    if own := dimension_of(on.rule):
        dimensions[own] = rules.get(on.rule, 0)
    return PlotCounts(groups, dimensions, rules)


def _rows(look: WorkFilter) -> list[tuple[str, str, int]]:
    """Groups, facet and how many items; of all items under the facet EVERY."""
    try:
        if look.is_counted_by_plots:
            cells = look.kept_by_plots().order_by().values("plot_groups", "facet", "items")
            rows, told = cells.query.sql_with_params()
        else:
            items = look.items().order_by().values("plot_groups", "plot_facets")
            rows, told = items.query.sql_with_params()
            rows = _ITEMS.format(items=rows)
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(rows=rows), told)
        return list(cursor.fetchall())
