"""All that is open on one certificate, decided together from the desk of any of its holders."""

from __future__ import annotations

import re

import pytest

from landdb.models import Role
from reconciliation.models import BulkDecision, BulkItem, WorkItem
from tests import factories
from tests.actions.cast import make_case

from .desk_cast import page

pytestmark = pytest.mark.django_db
BUTTON = 'data-key="a"'


@pytest.fixture
def officer():
    return factories.make_user(Role.REVIEWER, office=factories.make_office())


@pytest.fixture
def couple(officer):
    """Husband and wife on one certificate, each with two namesakes in the registry."""
    home = factories.make_commune(office=officer.office)
    husband = make_case(home, name="Lò Văn Pản", number="014075123456")
    wife = make_case(home, name="Lò Thị Mỉ", number="014175123457")
    paper = husband.plots[0].holdings.get().certificate
    factories.make_holding(husband.plots[0], wife.land_user, paper)
    return husband, wife


def together(client, case) -> list[str]:
    """The work items that the button of the panel sends."""
    html = client.get(page(case)).content.decode()
    if BUTTON not in html:
        return []
    form = html[: html.index(BUTTON)].rsplit("<form", 1)[1]
    return re.findall(r'name="item" value="(\d+)"', form)


def items(*cases) -> set[str]:
    return {str(WorkItem.objects.get(land_user=case.land_user).pk) for case in cases}


def test_the_desk_of_one_offers_both(visit, officer, couple) -> None:
    for case in couple:
        assert set(together(visit(officer), case)) == items(*couple)


def test_the_button_leads_to_a_preview_of_both(visit, officer, couple) -> None:
    client = visit(officer)
    sent = {"item": together(client, couple[0]), "act": "police", "why_police": "police_unclear"}
    answer = client.post("/queue/people/bulk/", sent)
    bulk = BulkDecision.objects.get()
    assert answer["Location"] == f"/queue/bulk/{bulk.pk}/"
    assert {str(pk) for pk in BulkItem.objects.values_list("item", flat=True)} == items(*couple)


def test_nothing_is_offered_where_one_of_them_alone_is_open(visit, officer, couple) -> None:
    WorkItem.objects.filter(land_user=couple[1].land_user).update(state=WorkItem.State.DONE)
    assert together(visit(officer), couple[0]) == []


def test_whose_work_lies_in_another_territory_is_left_out(visit, officer, couple) -> None:
    elsewhere = factories.make_commune(office=factories.make_office())
    WorkItem.objects.filter(land_user=couple[1].land_user).update(commune=elsewhere)
    assert together(visit(officer), couple[0]) == []


def test_who_only_reads_is_offered_nothing(visit, officer, couple) -> None:
    auditor = factories.make_user(Role.AUDITOR)
    assert together(visit(auditor), couple[0]) == []
