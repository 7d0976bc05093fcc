"""Officers who press "next" at the same moment each get another record, and none is left out."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from landdb.models import User
from parcels.models import LandUser
from reconciliation.models import Lease, Match, WorkItem
from reconciliation.next_work import take_first
from reconciliation.worklists import WorkFilter
from tests import factories

OFFICERS = 6


def make_items(n: int) -> list[int]:
    commune = factories.make_commune()
    people = [factories.make_land_user(commune) for _each in range(n)]
    for person in people:
        WorkItem.objects.create(land_user=person, commune=commune, plots=1, opened_at=timezone.now())
    return [person.pk for person in people]


def read(user: User) -> WorkFilter:
    return WorkFilter.read(user, QueryDict())


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_each_gets_another_one() -> None:
    people = make_items(OFFICERS)
    barrier = Barrier(OFFICERS)

    def press(user: User) -> int | None:
        try:
            wanted = read(user)
            barrier.wait()
            item = take_first(wanted)
            return item.land_user_id if item else None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(OFFICERS) as pool:
        got = list(pool.map(press, [factories.make_user() for _each in range(OFFICERS)]))
    assert sorted(pk for pk in got if pk) == people
    assert Lease.objects.count() == OFFICERS


@pytest.mark.django_db
def test_what_is_taken_between_the_look_and_the_lock_is_passed_over(monkeypatch) -> None:
    first, second = make_items(2)
    officer, other = factories.make_user(), factories.make_user()
    until = timezone.now() + dt.timedelta(minutes=5)
    Lease.objects.create(
        kind=Lease.Kind.PERSON, record_id=first, holder=other, taken_at=timezone.now(), until=until
    )
    # As if the other's lease had not been there to see when the list was read.
    monkeypatch.setattr(WorkFilter, "_leased", lambda _self: Lease.objects.none())
    item = take_first(read(officer))
    assert item is not None
    assert item.land_user_id == second


@pytest.mark.django_db
def test_one_is_taken_with_few_questions() -> None:
    make_items(3)
    wanted = read(factories.make_user())
    with CaptureQueriesContext(connection) as asked:
        take_first(wanted)
    # the item, the lease written and read; the rest is the savepoint
    assert len(asked) <= 5


@pytest.mark.django_db
def test_who_begins_again_comes_last_to_what_they_were_unsure_of() -> None:
    first, second = make_items(2)
    officer, other = factories.make_user(), factories.make_user()
    match = factories.make_match(LandUser.objects.get(pk=first), state=Match.State.UNSURE, decided_by=officer)
    begun = take_first(read(officer))
    assert begun is not None
    assert begun.land_user_id == second
    WorkItem.objects.filter(land_user=second).update(state=WorkItem.State.DONE)
    left = take_first(read(officer))
    assert left is not None
    assert left.land_user_id == match.land_user_id
    Lease.objects.all().delete()
    theirs = take_first(read(other))
    assert theirs is not None
    assert theirs.land_user_id == first
