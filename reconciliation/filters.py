"""Which flagged plots somebody looks at: facets from the URL, typed text from the server's keeping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import QueryDict

from landdb.models import AdminUnit, TypedSearch, User

from .classification.alone import ALONE
from .models import Finding, PlotStatus
from .models.groups import Group, PlotStatusQuerySet
from .plot_search import EXACT, Found, find_plots
from .queue_counts import Question, counted, counted_among
from .queue_page import EVERY, Among, Flagged, Part, among, flagged
from .queue_values import ALL, Place, QueuePage, Under
from .rules.catalogue import dimension_of
from .unknown_facets import Unknown, unknown
from .worklist_plots import PlotFacets

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
    #: What the address asks for beside all this, and nobody could tell.
    unknown: tuple[Unknown, ...] = ()
    #: What was counted so far, whether for a facet, the total or the communes to read; also for `to_confirm`.
    answers: dict[Question, dict[Any, int]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def read(cls, user: User, query: QueryDict) -> QueueFilter:
        """From the address; whatever is not a facet of this user's territory is left out, and `unknown`."""
        asked = PlotFacets.read(query)
        groups = asked.groups
        codes = [raw for raw in query.getlist("commune") if raw.isdigit()]
        communes = {unit.code: unit.pk for unit in user.communes_in_order() if unit.code in codes}
        search = (
            TypedSearch.objects.filter(user=user, token=query.get("q", "")).first()
            if query.get("q")
            else None
        )
        unconfirmed = query.get("confirmed") == "no"
        if unconfirmed:
            groups = (Group.REBUILD,)
        is_alone = asked.rule != "" and query.get("alone") == "1"
        understood = {
            **asked.understood(),
            **({"group": [str(group) for group in Group]} if unconfirmed else {}),
            "commune": communes,
            "confirmed": ["no"],
            "alone": ["1"] if is_alone else [],
            "q": [search.token] if search else [],
        }
        return cls(
            user=user,
            groups=groups or (Group.SUPPLEMENT, Group.REBUILD),
            commune_ids=tuple(communes.values()),
            rule=asked.rule,
            dimension=asked.dimension,
            search=search,
            unconfirmed=unconfirmed,
            is_alone=is_alone,
            unknown=unknown(query, understood),
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

    def count_at_once(self) -> None:
        """All that a page tells of its list, in one statement where the counters know it."""
        if self.found is not None:
            return
        questions = [self._groups, self._communes, self._rules, self._dimensions, self._here]
        if not (confirm := self.to_confirm()).is_counted_on_the_way:
            questions.append(confirm._here)
        self.answers.update(counted(self.user, dict.fromkeys(questions)))

    def group_counts(self) -> dict[int, int]:
        """Plots per group under the other facets."""
        return self._count(self._groups)

    def commune_counts(self) -> dict[int, int]:
        """Plots per commune under the other facets."""
        return self._count(self._communes)

    def rule_counts(self) -> dict[str, int]:
        """Plots per open rule under the other facets; of a dimension its own rules."""
        counts = self._count(self._rules)
        return {
            rule: plots
            for rule, plots in counts.items()
            if not self.dimension or dimension_of(rule) == self.dimension
        }

    def dimension_counts(self) -> dict[str, int]:
        """Plots per dimension under the other facets. That of the rule has the plots of the rule; another
        one would take the rule's place, and has all of its plots."""
        counts = self._count(self._dimensions)
        own = dimension_of(self.rule)
        return counts | {own: self.rule_counts().get(self.rule, 0)} if own else counts

    def total(self) -> int:
        """Plots in the list; with typed text, and where the list itself is counted, at most EXACT."""
        if self.unconfirmed:
            return len(self.ids(EXACT)) if self.is_counted_on_the_way else sum(self._per_commune().values())
        counts = self.group_counts()
        return sum(counts.get(group, 0) for group in self.groups)

    def to_confirm(self) -> QueueFilter:
        """The same look, but only at what staff have to confirm."""
        if self.unconfirmed:
            return self
        asked = replace(self, groups=(Group.REBUILD,), unconfirmed=True)
        asked.found = self.found
        return asked

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
        return self._count(self._here)

    # ---- its questions ----

    @property
    def _groups(self) -> Question:
        return self._question("group", communes=self.commune_ids, under=self._under)

    @property
    def _communes(self) -> Question:
        return self._question("commune_id", groups=self.groups, under=self._under)

    @property
    def _rules(self) -> Question:
        return self._question("rule", groups=self.groups, communes=self.commune_ids)

    @property
    def _dimensions(self) -> Question:
        return self._question("dimension", groups=self.groups, communes=self.commune_ids)

    @property
    def _here(self) -> Question:
        return self._question("commune_id", groups=self.groups, communes=self.commune_ids, under=self._under)

    def _question(
        self, by: str, *, groups: tuple[int, ...] = (), communes: tuple[int, ...] = (), under: Under = ALL
    ) -> Question:
        return Question(by, groups, communes, under, self.is_alone, self.unconfirmed)

    def _count(self, asked: Question) -> dict[Any, int]:
        if asked not in self.answers:
            if self.found is None:
                self.answers.update(counted(self.user, [asked]))
            else:
                self.answers[asked] = counted_among(self.user, self.found.plots, asked)
        return self.answers[asked]

    # ---- the list ----

    def page(self, *, after: Place | None = None, before: Place | None = None, size: int = PAGE) -> QueuePage:
        """One page in the order commune, plot; from `after` on, or back from `before`."""
        is_back = before is not None
        start = before if is_back else after
        rows: list[Flagged] = []
        ahead = self._scope(is_back, start)
        while ahead and len(rows) <= size:
            here = self._enough(ahead, size + 1 - len(rows))
            ahead = ahead[len(here) :]
            rows += self._read(here, start, is_back=is_back, limit=size + 1 - len(rows))
        has_more = len(rows) > size
        rows = rows[:size]
        if is_back:
            rows.reverse()
        if not rows:
            return QueuePage([], None, None)
        first, last = (Place(row.commune.pk, row.plot_id) for row in (rows[0], rows[-1]))
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

    def _enough(self, communes: list[int], plots: int) -> list[int]:
        """The first communes that hold so many plots by the counters; the list may have fewer of them."""
        counts, held = self._per_commune(), 0
        for n, pk in enumerate(communes, 1):
            held += counts[pk]
            if held >= plots:
                return communes[:n]
        return communes

    def _read(self, communes: list[int], start: Place | None, *, is_back: bool, limit: int) -> list[Flagged]:
        parts = []
        for pk in communes:
            if (plots := self._plots_of(pk)) is not None:
                beyond = start.plot_id if start and start.commune_id == pk else None
                parts += [Part(pk, group, plots, beyond) for group in self.groups]
        return flagged(parts, self.communes, is_back=is_back, limit=limit)

    def _plots_of(self, commune_id: int) -> Among | None:
        """Among which plots of a commune to look, under all facets but group and commune."""
        if self.dimension and not self.rule and self.found is None:
            return self._few_plots if self._per_commune()[commune_id] <= FEW else self._plots
        return self._plots

    @cached_property
    def _plots(self) -> Among | None:
        if not (self.unconfirmed or self.search or self.is_alone or self.rule or self.dimension):
            return EVERY
        return among(self._statuses())

    @cached_property
    def _few_plots(self) -> Among | None:
        return among(self._statuses().filter(self._has_finding(list(self.rule_counts()))))

    def _statuses(self) -> PlotStatusQuerySet:
        statuses = PlotStatus.objects.visible_to(self.user)
        if self.unconfirmed:
            statuses = statuses.filter(confirmed_at__isnull=True)
        if self.found is not None:
            statuses = statuses.filter(plot__in=self.found.plots)
        if self.is_alone:
            statuses = statuses.filter(ALONE)
        if self.rule:
            return statuses.filter(self._has_finding([self.rule]))
        return statuses.held_back_in(self.dimension) if self.dimension else statuses

    def _has_finding(self, rules: list[str]) -> Exists:
        # Of its commune too, though the plot tells it: findings are found by commune and rule.
        hits = Finding.objects.open().filter(commune=OuterRef("commune"), plot=OuterRef("plot_id"))
        return Exists(hits.filter(rule__in=rules))


def address(base: Mapping[str, list[str]], **changed: str | list[str] | None) -> str:
    """The query string with some facets changed; a change always begins at the first page."""
    query = {name: values for name, values in base.items() if name not in ("after", "before")}
    for name, value in changed.items():
        if value is None or value == []:
            query.pop(name, None)
        else:
            query[name] = [value] if isinstance(value, str) else value
    return urlencode(query, doseq=True)
