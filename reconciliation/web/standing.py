"""Where each commune stands: groups now, groups at the last weekly snapshot, and what the registry said.

Reads counters only (Tally, WeeklySnapshot, counts of Verification), never the plots.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.core.cache import cache
from django.db.models import Count, Max, Q

from landdb.models import AdminUnit, User

from ..models import Tally, Verification, WeeklySnapshot

#: Seconds for which the counts of verification outcomes are kept: a million rows are counted once in it.
KEPT = 60


@dataclass
class Stock:
    """Live plots per group, and per group at the last snapshot where there is one; `confirmed` of group 3."""

    groups: list[int] = field(default_factory=lambda: [0, 0, 0])
    confirmed: int = 0
    before: list[int] | None = None
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def plots(self) -> int:
        return sum(self.groups)

    @property
    def share(self) -> float | None:
        """Group 1 of all plots."""
        return self.groups[0] / self.plots if self.plots else None

    @property
    def shares(self) -> list[float | None]:
        return [count / self.plots if self.plots else None for count in self.groups]

    @property
    def unconfirmed(self) -> int:
        """Plots of group 3 that rules propose and staff have not confirmed."""
        return self.groups[-1] - self.confirmed

    @property
    def moves(self) -> list[int | None]:
        """What each group gained or lost since the snapshot."""
        if self.before is None:
            return [None, None, None]
        return [now - then for now, then in zip(self.groups, self.before, strict=True)]

    @property
    def share_moves(self) -> list[float | None]:
        """The same in percentage points of the share."""
        if self.before is None or not self.plots or not sum(self.before):
            return [None, None, None]
        then = sum(self.before)
        pairs = zip(self.groups, self.before, strict=True)
        return [100 * (now / self.plots - old / then) for now, old in pairs]

    def add(self, other: Stock) -> None:
        """Take another stock in; one without a snapshot had nothing then."""
        self.groups = [a + b for a, b in zip(self.groups, other.groups, strict=True)]
        self.confirmed += other.confirmed
        if other.before is not None:
            self.before = [a + b for a, b in zip(self.before or [0, 0, 0], other.before, strict=True)]
        for outcome, count in other.outcomes.items():
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + count


@dataclass
class CommuneStock(Stock):
    unit: AdminUnit | None = None


@dataclass
class Standing:
    """All communes of a look, and the week that they are compared with."""

    communes: list[CommuneStock]
    week: dt.date | None

    @cached_property
    def total(self) -> Stock:
        total = Stock()
        for commune in self.communes:
            total.add(commune)
        return total

    @property
    def week_ends(self) -> dt.date | None:
        return self.week + dt.timedelta(days=6) if self.week else None


def standing(user: User | None) -> Standing:
    """The communes of a user's territory; of the whole province for None (only for its totals)."""
    units = user.communes() if user else AdminUnit.objects.in_force()
    found = {unit.pk: CommuneStock(unit=unit) for unit in units.order_by("sort_key")}
    within = Q() if user is None or user.commune_ids() is None else Q(commune__in=found)
    counted = Tally.objects.filter(within, rule__in=["", Tally.CONFIRMED])
    for commune, group, rule, plots in counted.values_list("commune", "group", "rule", "plots"):
        if commune in found and rule == Tally.CONFIRMED:
            found[commune].confirmed = plots
        elif commune in found:
            found[commune].groups[group - 1] = plots
    week = WeeklySnapshot.objects.filter(within).aggregate(Max("week"))["week__max"]
    for snapshot in WeeklySnapshot.objects.filter(within, week=week).order_by("revision"):
        if snapshot.commune_id in found:
            found[snapshot.commune_id].before = [snapshot.group_1, snapshot.group_2, snapshot.group_3]
    for commune, outcome, count in _outcomes(found):
        found[commune].outcomes[outcome] = count
    return Standing(list(found.values()), week)


def _outcomes(communes: Iterable[int]) -> list[tuple[int, str, int]]:
    """(commune, outcome, land users), for all communes counted at once and kept for a minute."""
    counts: list[tuple[int, str, int]] | None = cache.get("verification-outcomes")
    if counts is None:
        rows = Verification.objects.filter(commune__isnull=False).values("commune_id", "outcome")
        counted = rows.annotate(n=Count("pk")).order_by().values_list("commune_id", "outcome", "n")
        counts = list(counted)
        cache.set("verification-outcomes", counts, KEPT)
    wanted = set(communes)
    return [row for row in counts if row[0] in wanted]
