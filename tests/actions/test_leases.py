"""One person at a time has a record open: taken, kept by activity, run out, given back, taken over."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import pytest
from django.utils import timezone

from landdb.models import Role
from reconciliation.actions import leases
from reconciliation.models import Lease
from tests import factories

pytestmark = pytest.mark.django_db
PERSON = Lease.Kind.PERSON


def later(minutes: float) -> mock._patch:
    return mock.patch.object(timezone, "now", return_value=timezone.now() + dt.timedelta(minutes=minutes))


def test_what_one_has_open_another_does_not_get() -> None:
    ha, mai = factories.make_user(), factories.make_user()
    leases.take(PERSON, 7, by=ha)
    with pytest.raises(leases.Held) as held:
        leases.take(PERSON, 7, by=mai)
    assert held.value.lease.holder == ha
    assert ha.full_name in str(held.value)
    leases.check(PERSON, 7, by=ha)
    with pytest.raises(leases.Held):
        leases.check(PERSON, 7, by=mai)


def test_the_same_number_of_another_kind_is_another_record() -> None:
    ha, mai = factories.make_user(), factories.make_user()
    leases.take(PERSON, 7, by=ha)
    assert leases.take(Lease.Kind.PLOT, 7, by=mai).holder == mai


def test_activity_keeps_a_record_and_idleness_lets_it_go() -> None:
    ha, mai = factories.make_user(), factories.make_user()
    first = leases.take(PERSON, 7, by=ha)
    with later(8):
        kept = leases.take(PERSON, 7, by=ha)
    assert kept.taken_at == first.taken_at
    assert kept.until > first.until
    with later(15), pytest.raises(leases.Held):
        leases.take(PERSON, 7, by=mai)
    with later(19):
        taken = leases.take(PERSON, 7, by=mai)
    assert taken.holder == mai
    assert taken.taken_at > first.taken_at
    assert Lease.objects.count() == 1


def test_a_record_given_back_is_free() -> None:
    ha, mai = factories.make_user(), factories.make_user()
    leases.take(PERSON, 7, by=ha)
    leases.release(PERSON, 7, by=mai)
    assert set(leases.held(PERSON, [7])) == {7}
    leases.release(PERSON, 7, by=ha)
    assert leases.held(PERSON, [7]) == {}
    assert leases.take(PERSON, 7, by=mai).holder == mai


def test_a_supervisor_takes_over_and_the_other_is_told_once() -> None:
    ha, senior = factories.make_user(), factories.make_user(Role.SENIOR_REVIEWER)
    leases.take(PERSON, 7, by=ha)
    assert leases.take_over(PERSON, 7, by=senior).holder == senior
    with pytest.raises(leases.Held):
        leases.check(PERSON, 7, by=ha)
    assert [(taken.record_id, taken.by) for taken in leases.lost(ha)] == [(7, senior)]
    assert leases.lost(ha) == []


def test_who_lost_a_record_is_told_also_when_the_supervisor_has_done_with_it() -> None:
    ha, senior = factories.make_user(), factories.make_user(Role.SENIOR_REVIEWER)
    leases.take(PERSON, 7, by=ha)
    leases.take_over(PERSON, 7, by=senior)
    leases.release(PERSON, 7, by=senior)
    leases.take(PERSON, 7, by=factories.make_user())
    assert [(taken.record_id, taken.by) for taken in leases.lost(ha)] == [(7, senior)]
