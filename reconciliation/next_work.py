"""Which record somebody gets who asks for the next one."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from .actions import leases
from .models import Lease, Match, WorkItem
from .worklist_values import At
from .worklists import WorkFilter


def take_first(wanted: WorkFilter, place: At | None = None, *, skip: Iterable[int] = ()) -> WorkItem | None:
    """The first free item after a place (None: of all), leased to the filter's user; None where none is left.

    Of two who ask at the same moment each gets another one. Who begins at the top comes to what they were
    unsure of themselves only where nothing else is left.
    """
    passed = set(skip)
    if place is None:
        own = Match.objects.filter(
            land_user=OuterRef("land_user"), state=Match.State.UNSURE, decided_by=wanted.user
        )
        return _take(wanted, place, passed, ~Q(Exists(own))) or _take(wanted, place, passed, Q())
    return _take(wanted, place, passed, Q())


def _take(wanted: WorkFilter, place: At | None, passed: set[int], only: Q) -> WorkItem | None:
    while True:
        with transaction.atomic():
            free = wanted.after(place, skip=passed).filter(only).only("land_user")
            # What somebody else is taking right now is passed over, not waited for; the lease itself decides.
            item = free.select_for_update(of=("self",), skip_locked=True).first() or free.first()
            if item is None:
                return None
            if leases.is_taken(Lease.Kind.PERSON, item.land_user_id, by=wanted.user):
                return item
            # Taken between the reading and the lock.
            passed.add(item.pk)
