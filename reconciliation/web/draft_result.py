"""What a draft of rules would move: from which group to which, where, by which rule, which plots."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import QueryDict

from landdb.models import AdminUnit, User

from ..filters import address
from ..models import DraftCount, DraftMove, RuleDraft
from ..models.groups import Group
from ..queue_values import Place
from ..rules import catalogue

PAGE = 50

Pair = tuple[int, int]


@dataclass
class DraftResult:
    """One look at what a draft would move, within one user's territory. Facets come from the address."""

    draft: RuleDraft
    user: User
    pair: Pair | None = None
    commune_id: int | None = None
    rule: str = ""
    after: Place | None = None

    @classmethod
    def read(cls, draft: RuleDraft, user: User, query: QueryDict) -> DraftResult:
        """Whatever is not a facet of this user's territory is left out."""
        found = re.fullmatch(r"([123])-([123])", query.get("move", ""))
        commune = user.communes().filter(code=query.get("commune", "")).first()
        return cls(
            draft,
            user,
            (int(found[1]), int(found[2])) if found else None,
            commune.pk if commune else None,
            query.get("rule", "")[:40],
            Place.read(query.get("after", "")),
        )

    @cached_property
    def communes(self) -> dict[int, AdminUnit]:
        """Communes of the territory in reading order."""
        return {unit.pk: unit for unit in self.user.communes().order_by("sort_key")}

    @cached_property
    def pairs(self) -> dict[Pair, int]:
        """Plots per from-group and to-group, under the other facets."""
        rows = self._counts(commune=self.commune_id, rule=self.rule).values_list("from_group", "to_group")
        return {(row[0], row[1]): row[2] for row in rows.annotate(n=Sum("plots")).order_by()}

    @property
    def total(self) -> int:
        """Plots in the list."""
        return sum(n for pair, n in self.pairs.items() if self.pair in (None, pair))

    def matrix(self, base: dict[str, list[str]]) -> list[dict[str, Any]]:
        """A row per from-group: its three cells (none on the diagonal) and their sum."""
        rows = []
        for left in Group.values:
            cells = [self._cell((left, entered), base) for entered in Group.values]
            rows.append({"group": left, "cells": cells, "total": sum(cell["n"] for cell in cells)})
        return rows

    def entered(self) -> list[int]:
        """What each group gains in all."""
        return [sum(n for pair, n in self.pairs.items() if pair[1] == group) for group in Group.values]

    def by_commune(self, base: dict[str, list[str]]) -> list[dict[str, Any]]:
        """Communes with moves, those with most first."""
        rows = self._counts(pair=self.pair, rule=self.rule).values_list("commune")
        found = dict(rows.annotate(n=Sum("plots")).order_by())
        lines = [
            {
                "label": unit.name,
                "count": found[pk],
                "is_on": pk == self.commune_id,
                "query": address(base, commune=None if pk == self.commune_id else unit.code),
            }
            for pk, unit in self.communes.items()
            if found.get(pk)
        ]
        return sorted(lines, key=lambda line: (not line["is_on"], -int(str(line["count"]))))

    def by_rule(self, base: dict[str, list[str]]) -> list[dict[str, Any]]:
        """Rules whose word moves plots; a plot that several move counts for each."""
        rows = self._counts(pair=self.pair, commune=self.commune_id, rule=None).values_list("rule")
        found = dict(rows.annotate(n=Sum("plots")).order_by())
        return [
            {
                "label": rule.name,
                "count": found[rule.id],
                "is_on": rule.id == self.rule,
                "query": address(base, rule=None if rule.id == self.rule else rule.id),
            }
            for rule in catalogue.known(found)
        ]

    def rows(self) -> list[DraftMove]:
        """A page of the list in the order commune, plot; one too many tells that there are more."""
        found: list[DraftMove] = []
        for commune_id in self._places():
            found += self._of_commune(commune_id, PAGE + 1 - len(found))
            if len(found) > PAGE:
                break
        return found

    def _cell(self, pair: Pair, base: dict[str, list[str]]) -> dict[str, Any]:
        is_on = pair == self.pair
        move = None if is_on else f"{pair[0]}-{pair[1]}"
        is_same = pair[0] == pair[1]
        return {
            "n": self.pairs.get(pair, 0),
            "is_same": is_same,
            "is_on": is_on,
            "query": address(base, move=move),
        }

    def _counts(
        self, *, pair: Pair | None = None, commune: int | None = None, rule: str | None = ""
    ) -> QuerySet[DraftCount]:
        """The counters under some facets; `rule` None: those of each rule, empty: those of all together."""
        counts = DraftCount.objects.visible_to(self.user).filter(draft=self.draft)
        counts = counts.exclude(rule="") if rule is None else counts.filter(rule=rule)
        if pair:
            counts = counts.filter(from_group=pair[0], to_group=pair[1])
        return counts.filter(commune=commune) if commune else counts

    def _places(self) -> list[int]:
        """Communes with moves under the facets, in reading order, from where the last page ended."""
        rows = self._counts(pair=self.pair, commune=self.commune_id, rule=self.rule)
        found = set(rows.values_list("commune", flat=True))
        order = [pk for pk in self.communes if pk in found]
        if self.after and self.after.commune_id in order:
            return order[order.index(self.after.commune_id) :]
        return order

    def _of_commune(self, commune_id: int, limit: int) -> list[DraftMove]:
        moves = DraftMove.objects.visible_to(self.user).filter(draft=self.draft, commune=commune_id)
        if self.after and self.after.commune_id == commune_id:
            moves = moves.filter(plot__gt=self.after.plot_id)
        if self.rule:
            moves = moves.filter(rules__contains=[self.rule])
        moves = moves.select_related("plot", "commune").defer("plot__geometry").order_by("plot_id")
        # Each pair is in order in the key; together they would have to be sorted.
        found = [
            move
            for left, entered in ([self.pair] if self.pair else self.pairs)
            for move in moves.filter(from_group=left, to_group=entered)[:limit]
        ]
        return sorted(found, key=lambda move: move.plot_id)[:limit]
