"""Rows of lists are written without a template: what data say is shown as text, never taken for HTML."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from landdb.models import Role
from reconciliation import classification
from reconciliation.actions import leases
from reconciliation.models import GroupMove, Lease, WorkItem
from tests import factories

pytestmark = pytest.mark.django_db

SLY = """<b onclick="x">Lê's & Vợ</b>"""
SHOWN = "&lt;b onclick=&quot;x&quot;&gt;Lê&#x27;s &amp; Vợ&lt;/b&gt;"


@pytest.fixture
def officer():
    return factories.make_user(Role.SENIOR_REVIEWER)


@pytest.fixture
def item() -> WorkItem:
    person = factories.make_land_user(factories.make_commune(short_name=SLY))
    type(person).objects.filter(pk=person.pk).update(name=SLY)
    return WorkItem.objects.create(
        land_user=person, commune=person.commune, plots=2, outcome="not_found", opened_at=timezone.now()
    )


def test_names_of_people_communes_and_officers_are_text_in_the_list_of_people(visit, officer, item) -> None:
    sly = factories.make_user(Role.REVIEWER, full_name=SLY)
    given = visit(officer)
    for change in ({}, {"assigned_to": sly}):
        WorkItem.objects.filter(pk=item.pk).update(**change)
        page = given.get("/queue/people/").content.decode()
        assert SLY not in page
        assert page.count(SHOWN) >= 3
    leases.take(Lease.Kind.PERSON, item.land_user_id, by=sly)
    page = given.get("/queue/people/?outcome=not_found&order=age").content.decode()
    assert SLY not in page
    assert page.count(SHOWN) >= 5


def test_names_of_holders_and_communes_are_text_in_the_list_of_plots(visit, officer) -> None:
    plot = factories.make_plot(factories.make_commune(short_name=SLY))
    person = factories.make_land_user(plot.commune)
    type(person).objects.filter(pk=person.pk).update(name=SLY)
    factories.make_holding(plot, person)
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    page = visit(officer).get("/queue/").content.decode()
    assert SLY not in page
    assert page.count(SHOWN) >= 2


def test_what_waits_elsewhere_says_with_whom_and_since_when_it_is_late(visit, officer, item) -> None:
    today = timezone.localdate()
    page = visit(officer)
    for days, told in (
        (3, f"Công an đến {today + dt.timedelta(days=3):%d/%m/%Y}"),
        (-4, "Công an, quá hạn 4 ngày"),
    ):
        until = today + dt.timedelta(days=days)
        WorkItem.objects.filter(pk=item.pk).update(waits_with="police", waits_until=until)
        assert told in page.get("/queue/people/?with=police").content.decode()
