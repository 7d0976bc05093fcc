"""The list behind a figure of land users: by outcome and commune, of the own territory, numbers masked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from landdb.models import AdminUnit, Role, User
from reconciliation.models import Tally, Verification, WeeklySnapshot, WorkItem
from tests import factories

from .test_plans import by_index_alone

pytestmark = pytest.mark.django_db
Visit = Callable[[User], Client]

NUMBER = "001090123456"


@pytest.fixture
def communes() -> list[AdminUnit]:
    """Two communes: of the first two people matched and three not found, of the second one not found."""
    cache.clear()
    office = factories.make_office(code="VP-A")
    both = [factories.make_commune(office=office), factories.make_commune()]
    for unit, outcome, n in ((0, "matched", 2), (0, "not_found", 3), (1, "not_found", 1)):
        Tally.objects.get_or_create(commune=both[unit], group=1, plots=1)
        for each in range(n):
            person = factories.make_land_user(
                both[unit], name=f"{outcome} {unit}.{each}", id_number=f"{NUMBER[:-1]}{each}"
            )
            factories.make_verification(person, outcome)
    return both


@pytest.fixture
def manager(visit: Visit) -> Client:
    return visit(factories.make_user(Role.MANAGER))


def shown(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/overview/people/?{query}")
    assert response.status_code == 200
    return [row.person.name for row in response.context["rows"]]


def test_each_outcome_lists_whom_the_dashboard_counts_at_this_moment(
    manager: Client, communes: list[AdminUnit]
) -> None:
    for query in ("", f"commune={communes[0].code}", "office=VP-A"):
        told = manager.get(f"/overview/?{query}").context
        listed = {
            line["label"]: len(shown(manager, line["href"].partition("?")[2])) for line in told["outcomes"]
        }
        assert listed == {line["label"]: line["count"] for line in told["outcomes"]}
        assert len(shown(manager, told["people_href"].partition("?")[2])) == told["outcome_total"]
    Verification.objects.filter(outcome="not_found").update(outcome="mismatch")
    told = manager.get("/overview/").context
    assert [(line["count"], line["href"].partition("?")[2]) for line in told["outcomes"]] == [
        (2, "outcome=matched"), (4, "outcome=mismatch"),
    ]  # fmt: skip


def test_a_closed_week_leads_to_nobody_of_today(manager: Client, communes: list[AdminUnit]) -> None:
    WeeklySnapshot.objects.create(
        commune=communes[0], week="2026-03-02", group_1=1, group_2=0, group_3=0, verification={"matched": 9}
    )
    told = manager.get("/overview/?week=2026-03-02").context
    assert [(line["count"], line["href"]) for line in told["outcomes"]] == [(9, "")]
    assert told["people_href"] == ""


def test_the_communes_come_one_after_the_other_and_pages_go_on(
    manager: Client, communes: list[AdminUnit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciliation.web.people.PAGE", 2)
    lost = ["not_found 0.0", "not_found 0.1", "not_found 0.2", "not_found 1.0"]
    for query, expected in (("", ["matched 0.0", "matched 0.1", *lost]), ("outcome=not_found", lost)):
        seen: list[str] = []
        address = query or "outcome="
        while address:
            response = manager.get(f"/overview/people/?{address}")
            seen += [row.person.name for row in response.context["rows"]]
            address = response.context["older"].lstrip("?")
        assert seen == expected


def test_numbers_of_people_are_masked_and_stand_in_no_address(
    manager: Client, communes: list[AdminUnit]
) -> None:
    page = manager.get("/overview/people/?outcome=not_found").content.decode()
    assert "not_found 0.1" in page
    assert NUMBER[:-1] not in page
    assert 'class="masked"' in page


def test_an_official_sees_the_own_commune_alone(visit: Visit, communes: list[AdminUnit]) -> None:
    client = visit(factories.make_user(Role.COMMUNE_OFFICIAL, commune=communes[1]))
    assert shown(client) == ["not_found 1.0"]
    assert client.get(f"/overview/people/?commune={communes[0].code}").status_code == 404
    (tab,) = [tab for tab in client.get("/overview/people/").context["outcomes"] if tab[0] == "not_found"]
    assert tab[2] == 1


def test_who_has_no_business_with_the_figures_is_turned_away(visit: Visit, communes: list[AdminUnit]) -> None:
    assert visit(factories.make_user(Role.POLICE_LIAISON)).get("/overview/people/").status_code == 403


@pytest.mark.parametrize("query", ["outcome=nobody", "commune=99999"])
def test_what_does_not_exist_is_not_found(manager: Client, communes: list[AdminUnit], query: str) -> None:
    assert manager.get(f"/overview/people/?{query}").status_code == 404


def test_it_says_with_whom_the_work_waits_and_what_differs(
    manager: Client, communes: list[AdminUnit]
) -> None:
    told = Verification.objects.filter(outcome="not_found", commune=communes[1]).get()
    Verification.objects.filter(pk=told.pk).update(outcome="mismatch", differs="birth,sex")
    WorkItem.objects.create(
        land_user_id=told.pk, commune=communes[1], plots=1, opened_at=told.since, waits_with="police"
    )
    (row,) = manager.get("/overview/people/?outcome=mismatch").context["rows"]
    assert row.item.waits_with == "police"
    assert row.differs.count(",") == 1
    assert "Công an" in manager.get("/overview/people/?outcome=mismatch").content.decode()


def test_a_page_is_read_from_the_index_and_asks_few_questions(
    manager: Client, communes: list[AdminUnit], django_assert_max_num_queries: Any
) -> None:
    shown(manager)
    with django_assert_max_num_queries(10):
        shown(manager, "outcome=not_found")
    with by_index_alone():
        shown(manager, "outcome=not_found")
        shown(manager)
