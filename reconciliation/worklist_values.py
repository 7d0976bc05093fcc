"""What a work list is asked for by and answers with: a place in its order, the counts of its facets."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q

IMPACT, AGE = "impact", "age"
#: What the facet "with whom" knows beside the receivers: too late an answer, and everything.
OVERDUE, ANYWHERE = "overdue", "all"

_EPOCH, _MICROSECOND = dt.datetime.fromtimestamp(0, dt.UTC), dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class At:
    """A place in the order: the value that orders, and the work item."""

    value: int
    pk: int

    @classmethod
    def read(cls, raw: str) -> At | None:
        found = re.fullmatch(r"(\d{1,18})\.(\d{1,18})", raw)
        return cls(int(found[1]), int(found[2])) if found else None

    def __str__(self) -> str:
        return f"{self.value}.{self.pk}"


class Ordered(Protocol):
    """A work item, or what a list shows of it."""

    @property
    def pk(self) -> int: ...
    @property
    def plots(self) -> int: ...
    @property
    def opened_at(self) -> dt.datetime: ...


@dataclass(frozen=True, slots=True)
class Order:
    """Most plots first, or the longest opened."""

    is_by_impact: bool

    @property
    def columns(self) -> tuple[str, str]:
        """What a question is ordered by."""
        return ("-plots", "pk") if self.is_by_impact else ("opened_at", "pk")

    @property
    def flipped(self) -> list[str]:
        """The other way about."""
        return [name[1:] if name.startswith("-") else f"-{name}" for name in self.columns]

    @property
    def shown_by(self) -> str:
        """The same of the items of a page (`worklist_page`)."""
        return "item.plots DESC, item.id" if self.is_by_impact else "item.opened_at, item.id"

    def at(self, item: Ordered) -> At:
        """Where an item stands."""
        return At(item.plots if self.is_by_impact else (item.opened_at - _EPOCH) // _MICROSECOND, item.pk)

    # The first condition of both is one that an index can begin at.

    def beyond(self, place: At) -> Q:
        """What follows a place."""
        if self.is_by_impact:
            return Q(plots__lte=place.value) & (Q(plots__lt=place.value) | Q(pk__gt=place.pk))
        opened = _EPOCH + place.value * _MICROSECOND
        return Q(opened_at__gte=opened) & (Q(opened_at__gt=opened) | Q(pk__gt=place.pk))

    def short_of(self, place: At) -> Q:
        """What comes before it."""
        if self.is_by_impact:
            return Q(plots__gte=place.value) & (Q(plots__gt=place.value) | Q(pk__lt=place.pk))
        opened = _EPOCH + place.value * _MICROSECOND
        return Q(opened_at__lte=opened) & (Q(opened_at__lt=opened) | Q(pk__lt=place.pk))


@dataclass(frozen=True, slots=True)
class Counts:
    """Work items under the other facets, by what a facet offers; `plots` wait on those in the list."""

    outcomes: Mapping[str, int]
    stages: Mapping[str, int]
    communes: Mapping[int, int]
    withs: Mapping[str, int]
    total: int
    plots: int


def known(asked: Iterable[str], values: Collection[str]) -> tuple[str, ...]:
    """Those of the asked values that there are, each once and in one order."""
    return tuple(sorted({raw for raw in asked if raw in values}))
