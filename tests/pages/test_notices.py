"""Whoever lost an open record hears of it on whatever page comes next, once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from landdb.models import Role
from reconciliation.actions import leases
from reconciliation.models import Lease, WorkItem
from tests import factories

pytestmark = pytest.mark.django_db

TOLD = "Trần Giám đã nhận lại hồ sơ Lê Văn Mất mà bạn đang mở."


@pytest.fixture
def mai():
    return factories.make_user(Role.REVIEWER)


@pytest.fixture
def lost(mai) -> WorkItem:
    """A record that a supervisor took from her while she had it open."""
    person = factories.make_land_user(name_raw="Lê Văn Mất")
    item = WorkItem.objects.create(
        land_user=person, commune=person.commune, opened_at=timezone.now(), plots=1, outcome="not_found"
    )
    leases.take(Lease.Kind.PERSON, person.pk, by=mai)
    senior = factories.make_user(Role.SENIOR_REVIEWER, full_name="Trần Giám")
    leases.take_over(Lease.Kind.PERSON, person.pk, by=senior)
    return item


@pytest.mark.parametrize(
    "page",
    ["/queue/people/", "/queue/", "/queue/bulk/", "/second-eyes/", "/queue/people/end/", "/duplicates/"],
)
def test_she_is_told_on_any_page_and_only_once(visit, mai, lost, page: str) -> None:
    client = visit(mai)
    assert client.get(page).content.decode().count(TOLD) == 1
    assert TOLD not in client.get(page).content.decode()


def test_on_the_desk_too(visit, mai, lost) -> None:
    other = factories.make_land_user()
    client = visit(mai)
    assert TOLD in client.get(f"/land-users/{other.pk}/").content.decode()


def test_a_step_that_draws_no_page_does_not_swallow_it(visit, mai, lost) -> None:
    client = visit(mai)
    assert client.get("/queue/people/start/").status_code == 302
    assert client.post(f"/land-users/{lost.land_user_id}/hold/").status_code == 409
    client.get("/queue/people/", headers={"HX-Request": "true"})
    assert TOLD in client.get("/queue/people/").content.decode()


def test_nobody_else_is_told(visit, mai, lost) -> None:
    assert TOLD not in visit(factories.make_user(Role.REVIEWER)).get("/queue/people/").content.decode()
    assert TOLD not in visit(factories.make_user(Role.MANAGER)).get("/overview/").content.decode()
    assert TOLD in visit(mai).get("/queue/people/").content.decode()
