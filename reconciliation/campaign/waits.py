"""The work that waits with somebody: as it stands, or what still waits of that which figures of a day tell.

A work item is not kept as it once was. Those that the figures of a day counted and that are done since have
gone from the list; who was handed one since had it from the desk.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan

from landdb.models import User

from ..classification.weeks import day_closes_at
from ..models import WorkItem
from ..models.waiting import back, overdue
from ..models.work import WorkItemQuerySet

With = WorkItem.With
#: A place in the order: microseconds since 1970, and the work item.
Place = tuple[int, int]
#: Ages as figures tell them: from so many days on, up to so many.
AGES: tuple[tuple[int, int | None], ...] = ((0, 7), (8, 14), (15, 30), (31, None))

#: In the place of a receiver: what anybody has had longer than until the day that was set.
OVERDUE = "overdue"

_EPOCH, _MICROSECOND = dt.datetime.fromtimestamp(0, dt.UTC), dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Waits:
    """With whom, and where figures are asked for, of which day and which of the `AGES`."""

    user: User
    where: str
    communes: tuple[int, ...] = ()
    day: dt.date | None = None
    age: int | None = None

    def items(self) -> WorkItemQuerySet:
        """All of them, in no order."""
        items = WorkItem.objects.open().visible_to(self.user)
        if self.communes:
            items = items.filter(commune__in=self.communes)
        if self.where == OVERDUE:
            return items.filter(overdue())
        at_desk = Q(waits_with=With.DESK) | back()
        if self.day is not None:
            closed = day_closes_at(self.day)
            items = items.filter(opened_at__lt=closed)
            put_off = Q(waits_with=With.LATER, waits_until__lte=self.day)
            at_desk = Q(waits_with=With.DESK) | Q(waits_since__gte=closed) | put_off
        if self.where == With.DESK:
            return self._of_age(items.filter(at_desk))
        return self._of_age(items.filter(~at_desk, waits_with=self.where))

    def page(self, after: Place | None, size: int) -> list[WorkItem]:
        """Up to `size` + 1 of them, the oldest first, each with the moment since which it waits."""
        items = self.items()
        if after is not None:
            moment = _EPOCH + after[0] * _MICROSECOND
            same = Q(Exact(self._began, moment), pk__gt=after[1])
            items = items.filter(Q(GreaterThan(self._began, moment)) | same)
        shown = items.select_related("land_user", "commune").annotate(began=self._began)
        return list(shown.order_by("began", "pk")[: size + 1])

    @property
    def _began(self) -> F | Coalesce:
        """The desk has an item from the day that it was opened, others from when it was handed to them."""
        return F("opened_at") if self.where == With.DESK else Coalesce("waits_since", "opened_at")

    def _of_age(self, items: WorkItemQuerySet) -> WorkItemQuerySet:
        if self.day is None or self.age is None:
            return items
        youngest, oldest = AGES[self.age]
        before = day_closes_at(self.day - dt.timedelta(days=youngest))
        items = items.filter(LessThan(self._began, before))
        if oldest is None:
            return items
        first = day_closes_at(self.day - dt.timedelta(days=oldest + 1))
        return items.filter(GreaterThanOrEqual(self._began, first))


def place_of(item: WorkItem) -> Place:
    """Where an item of a page stands in its order."""
    return ((item.began - _EPOCH) // _MICROSECOND, item.pk)  # type: ignore[attr-defined]  # annotated
