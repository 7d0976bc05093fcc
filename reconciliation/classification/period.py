"""The ledger of a period: opening stock + in − out = closing stock, per commune and group.

Reads sums by day (`LedgerDay`) and today's counters (`Tally`), never the moves. The opening stock is all that
moved before the period, the closing stock today's counters less all that moved after it: that both agree is
a check of the books, not a way of reckoning.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Case, CharField, F, IntegerField, Q, Sum, Value, When

from ..models import LedgerDay, Tally
from ..models.groups import Group

BEFORE, WITHIN, AFTER, NOW = range(4)


@dataclass(frozen=True, slots=True)
class Way:
    """From one group to another, and why; None is outside the ledger: not there yet, retired, elsewhere."""

    cause: str
    left: int | None
    entered: int | None


@dataclass
class Account:
    """The ledger of a commune, or of several, over a period; stocks by group."""

    opening: Counter[int] = field(default_factory=Counter)
    closing: Counter[int] = field(default_factory=Counter)
    ways: Counter[Way] = field(default_factory=Counter)

    def came(self, group: int) -> int:
        """Plots that entered a group, by any way and as often as they did."""
        return sum(plots for way, plots in self.ways.items() if way.entered == group)

    def went(self, group: int) -> int:
        """Plots that left a group."""
        return sum(plots for way, plots in self.ways.items() if way.left == group)

    def gap(self, group: int) -> int:
        """What is missing in the books of a group; 0 where they balance."""
        return self.closing[group] - (self.opening[group] + self.came(group) - self.went(group))

    @property
    def moves(self) -> int:
        return sum(self.ways.values())

    @property
    def is_balanced(self) -> bool:
        return not any(self.gap(group) for group in Group.values)

    def add(self, other: Account) -> None:
        """Take another account in. A plot that went from one commune to the other left and entered."""
        # Not `+=`, which forgets what is below nothing.
        self.opening.update(other.opening)
        self.closing.update(other.closing)
        self.ways.update(other.ways)


def accounts(communes: Iterable[int] | None, first: dt.date, last: dt.date) -> dict[int, Account]:
    """The accounts of some communes (None: of all) from the first to the last day, both included.

    One statement, so that moves and counters are of one moment. Communes of which nothing is known have none.
    """
    within = Q() if communes is None else Q(commune__in=list(communes))
    phase = Case(
        When(day__lt=first, then=Value(BEFORE)),
        When(day__gt=last, then=Value(AFTER)),
        default=Value(WITHIN),
        output_field=IntegerField(),
    )
    why = Case(When(day__range=(first, last), then=F("cause")), default=Value(""), output_field=CharField())
    columns = ("commune", "phase", "why", "from_group", "to_group")
    moves = LedgerDay.objects.filter(within).annotate(phase=phase, why=why).values_list(*columns)
    stock = Tally.objects.filter(within, rule="").annotate(
        phase=Value(NOW), why=Value(""), from_group=Value(None, IntegerField()), to_group=F("group")
    )
    told = moves.annotate(n=Sum("plots")).order_by()
    held = stock.values_list(*columns).annotate(n=Sum("plots")).order_by()
    found: dict[int, Account] = {}
    for commune, when, cause, left, entered, plots in told.union(held, all=True).order_by(*columns):
        _enter(found.setdefault(commune, Account()), when, Way(cause, left, entered), plots)
    return found


def total(parts: Iterable[Account]) -> Account:
    """Several accounts as one."""
    whole = Account()
    for part in parts:
        whole.add(part)
    return whole


def _enter(account: Account, when: int, way: Way, plots: int) -> None:
    if when == WITHIN:
        account.ways[way] += plots
        return
    # The moves after the period are taken back from today's stock.
    stock, sign = (account.opening, 1) if when == BEFORE else (account.closing, -1 if when == AFTER else 1)
    if way.entered is not None:
        stock[way.entered] += sign * plots
    if way.left is not None:
        stock[way.left] -= sign * plots
