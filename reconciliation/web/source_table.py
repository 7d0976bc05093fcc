"""Which source was delivered for which commune and when, and what waits for those that were not."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from landdb.models import AdminUnit, Delivery, User

from ..actions.deliveries import came_otherwise
from ..models import HandDelivery, Tally, UnjudgedCount
from ..rules import book
from ..rules.base import Rule

Source = Delivery.Source


@dataclass(slots=True)
class SourceCell:
    """A source of a commune: the first and the last day on which it came, or how many plots wait for it."""

    is_delivered: bool = False
    first: dt.date | None = None
    last: dt.date | None = None
    is_by_hand: bool = False
    waiting: int = 0


@dataclass(slots=True)
class CommuneLine:
    """A commune with its plots and its five sources."""

    unit: AdminUnit
    plots: int
    cells: list[SourceCell]


@dataclass(slots=True)
class SourceLine:
    """A source over the territory: communes that wait for it, their plots, and the rules that need it."""

    source: str
    label: Any
    delivered: int = 0
    missing: int = 0
    waiting: int = 0
    rules: list[Rule] = field(default_factory=list)


@dataclass(slots=True)
class SourceTable:
    """The whole page."""

    communes: list[CommuneLine]
    sources: list[SourceLine]


def source_table(user: User) -> SourceTable:
    """The communes of the user's territory; a handful of reads of counters, whatever the number of plots."""
    needing = rules_needing()
    delivered = {
        (each.commune_id, each.source): each for each in Delivery.objects.visible_to(user).order_by("pk")
    }
    hands: dict[tuple[int, str], list[HandDelivery]] = defaultdict(list)
    for hand in HandDelivery.objects.visible_to(user).standing().order_by("pk"):
        hands[hand.commune_id, hand.source].append(hand)
    waiting = {
        row[:2]: row[2]
        for row in UnjudgedCount.objects.visible_to(user).values_list("commune", "rule", "plots")
    }
    plots = Tally.objects.visible_to(user).filter(rule="").values_list("commune").annotate(n=Sum("plots"))
    by_commune = dict(plots.order_by())
    communes = [
        CommuneLine(
            unit,
            by_commune.get(unit.pk, 0),
            [
                _cell(delivered.get((unit.pk, source)), hands[unit.pk, source])
                if (unit.pk, source) in delivered
                # All plots of a commune lack the same: the rule that most plots wait with has them all.
                else SourceCell(
                    waiting=max((waiting.get((unit.pk, rule.id), 0) for rule in needing[source]), default=0)
                )
                for source in Source.values
            ],
        )
        for unit in user.communes().order_by("sort_key")
    ]
    return SourceTable(communes, [_line(n, needing, communes) for n in range(len(Source.values))])


def rules_needing() -> dict[str, list[Rule]]:
    """The rules that bear on the group, by the source that they wait for."""
    found: dict[str, list[Rule]] = {source: [] for source in Source.values}
    for ruling in book.current().rulings:
        if ruling.counts:
            for source in ruling.rule.needs:
                found[source].append(ruling.rule)
    return found


def _cell(delivery: Delivery | None, hands: list[HandDelivery]) -> SourceCell:
    if delivery is None:
        return SourceCell()
    days = [hand.delivered_on for hand in hands]
    if came_otherwise(delivery, hands):
        days += _imported(delivery, hands)
    return SourceCell(True, min(days), max(days), bool(hands))


def _imported(delivery: Delivery, hands: list[HandDelivery]) -> Iterable[dt.date]:
    """The days of the imports that are known beside records by hand."""
    if not hands or hands[0].was_delivered:
        yield timezone.localdate(delivery.first_at)
    if not hands or delivery.last_at > max(hand.recorded_at for hand in hands):
        yield timezone.localdate(delivery.last_at)


def _line(place: int, needing: dict[str, list[Rule]], communes: list[CommuneLine]) -> SourceLine:
    source = Source(Source.values[place])
    cells = [line.cells[place] for line in communes]
    return SourceLine(
        source.value,
        source.label,
        delivered=sum(cell.is_delivered for cell in cells),
        missing=sum(not cell.is_delivered for cell in cells),
        waiting=sum(cell.waiting for cell in cells),
        rules=needing[source],
    )
