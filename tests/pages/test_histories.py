"""Histories in short and in full tell the same, and lead back to where they were opened."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from parcels.models import Holding
from reconciliation.actions import bulk, bulk_portions, changes, consents, edits, handovers, matches
from reconciliation.actions.bulk import Act, Wanted
from reconciliation.models import Decision, WorkItem
from tests import factories
from tests.actions.cast import make_case, make_staff

from .bulk_cast import run
from .timeline_cast import of_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case(plots=2)


@pytest.fixture
def staff(case):
    return make_staff(case.commune)


def test_from_a_certificate_one_key_leads_back_to_where_it_was_opened(client: Client, case, staff) -> None:
    client.force_login(staff[0])
    certificate = Holding.objects.get(plot=case.plots[0]).certificate_id
    address, person, plot = f"/certificates/{certificate}/timeline/", case.land_user.pk, case.plots[0].pk
    foreign = factories.make_ready_plot(factories.make_commune()).holdings.get()
    for query, back in {
        f"?of=land-user:{person}&outcome=ambiguous": f"/land-users/{person}/?outcome=ambiguous",
        f"?of=plot:{plot}": f"/plots/{plot}/",
        "": f"/plots/{plot}/",
        f"?of=plot:{foreign.plot_id}": f"/plots/{plot}/",
        f"?of=land-user:{foreign.land_user_id}": f"/plots/{plot}/",
        "?of=plot:9999999999999999999": f"/plots/{plot}/",
    }.items():
        shown = client.get(address + query)
        assert shown.context["page_of"] == back, query
        assert "of=" in shown.context["whole"]
    beside = client.get(f"/land-users/{person}/beside/?outcome=ambiguous").content.decode()
    assert f'href="{address}?of=land-user:{person}&amp;outcome=ambiguous"' in beside
    assert f'href="{address}?of=plot:{plot}"' in client.get(f"/plots/{plot}/").content.decode()


def test_what_was_refused_or_taken_back_is_marked_where_the_history_stands_in_short(
    client: Client, case, staff
) -> None:
    decision = edits.correct(case.land_user, {"name_raw": "Trần Văn Bình"}, by=staff[0], reason="theo giấy")
    consents.answer(decision.change_set.consent, by=staff[1], is_yes=False, reason="không đúng người")
    client.force_login(staff[0])
    beside = client.get(f"/land-users/{case.land_user.pk}/beside/").content.decode()
    assert re.search(r"Sửa thông tin</b> <span class=\"tag warn\">Đã bỏ</span>", beside)
    assert "Sửa thông tin (Đã bỏ)" in client.get(f"/plots/{case.plots[0].pk}/").content.decode()


def test_what_the_registry_said_before_stays_in_the_history(client: Client, case, staff) -> None:
    seen = matches.stamp(case.match)
    decision = matches.decide(case.match, Decision.Kind.SAME, by=staff[0], reason="đúng", seen=seen)
    changes.undo(decision.change_set, by=staff[0])
    client.force_login(staff[0])
    shown = client.get(of_person(case) + "?kind=match").content.decode()
    told = re.findall(r"Kết quả đối chiếu: ([^<]+)<", shown)
    before = case.land_user.verification.get_outcome_display()
    assert sorted(told) == sorted([before, "Khớp", before])


def test_what_was_decided_for_many_is_told_as_what_it_was_and_what_became_of_it_here(
    client, case, staff
) -> None:
    (item,) = handovers.open_items([case.land_user.pk]).values()
    decision = bulk.draft([item.pk], Wanted(Act.ASSIGN, officers=(staff[0],)), by=staff[1])
    run(decision, staff[1])
    client.force_login(staff[0])
    assert "Giao việc" in client.get(of_person(case)).content.decode()
    WorkItem.objects.filter(pk=item.pk).update(assigned_to=staff[1])
    undoing = bulk.ask_undo(decision, by=staff[1])
    for first, last in bulk_portions.portions(undoing, is_done=True):
        bulk_portions.take_back(undoing, first, last)
    bulk.finish_undo(undoing.pk)
    told = client.get(of_person(case)).content.decode()
    assert "Không hoàn tác: bản ghi đã đổi tiếp" in told
    assert '<span class="tag warn">Đã hoàn tác</span>' not in told
