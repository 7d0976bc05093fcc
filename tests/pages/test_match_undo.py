"""Who may take a decision on a match back, and who may not."""

from __future__ import annotations

import pytest
from django.test import Client

from landdb.models import Role
from reconciliation.actions import matches
from reconciliation.models import Decision
from tests import factories
from tests.actions.cast import make_case, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case(plots=2)


@pytest.fixture
def staff(case):
    return make_staff(case.commune)


@pytest.fixture
def decision(case, staff) -> Decision:
    seen = matches.stamp(case.match)
    return matches.decide(case.match, Decision.Kind.SAME, by=staff[0], reason="đủ căn cứ", seen=seen)


def test_who_decided_takes_it_back(client: Client, case, staff, decision) -> None:
    client.force_login(staff[0])
    answer = client.post(f"/decisions/{decision.pk}/undo/", follow=True)
    assert "Đã hoàn tác." in answer.content.decode()
    assert case.groups() == [2, 2]


def test_the_senior_reviewer_takes_it_back(client: Client, case, staff, decision) -> None:
    client.force_login(staff[1])
    client.post(f"/decisions/{decision.pk}/undo/")
    assert case.groups() == [2, 2]


def test_a_colleague_does_not(client: Client, case, decision) -> None:
    client.force_login(factories.make_user(Role.REVIEWER, commune=case.commune))
    answer = client.post(f"/decisions/{decision.pk}/undo/", follow=True)
    assert "Chỉ người đã quyết định" in answer.content.decode()
    assert case.groups() == [1, 1]


def test_an_outsider_does_not_find_it(client: Client, case, staff, decision) -> None:
    client.force_login(staff[2])
    assert client.post(f"/decisions/{decision.pk}/undo/").status_code == 404
    assert case.groups() == [1, 1]


def test_twice_is_told(client: Client, case, staff, decision) -> None:
    client.force_login(staff[0])
    client.post(f"/decisions/{decision.pk}/undo/")
    answer = client.post(f"/decisions/{decision.pk}/undo/", follow=True)
    assert "đã được hoàn tác" in answer.content.decode()
    assert case.groups() == [2, 2]


def test_a_get_changes_nothing(client: Client, case, staff, decision) -> None:
    client.force_login(staff[0])
    assert client.get(f"/decisions/{decision.pk}/undo/").status_code == 405
    assert case.groups() == [1, 1]
