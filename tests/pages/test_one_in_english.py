"""One of something is told in the singular where the language has one."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone, translation

from landdb.models import Role
from landdb.templatetags.landdb import bar
from reconciliation.actions import bulk
from reconciliation.actions.bulk import Act, Wanted
from reconciliation.models import Why, WorkItem
from tests import factories
from tests.actions.cast import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def english(visit):
    client = visit(factories.make_user(Role.REVIEWER))
    client.cookies["django_language"] = "en"
    return client


def items(n: int) -> list[int]:
    found = []
    for _n in range(n):
        person = factories.make_land_user()
        item = WorkItem.objects.create(
            land_user=person,
            commune=person.commune,
            opened_at=timezone.now(),
            plots=1,
            outcome="not_found",
        )
        found.append(item.pk)
    return found


@pytest.mark.parametrize(
    ("n", "told"),
    [
        (1, '<b class="num">1</b> item waits, for <b class="num">1</b> plot, counted per person<'),
        (2, '<b class="num">2</b> items wait, for <b class="num">2</b> plots, counted per person<'),
    ],
)
def test_the_list_tells_how_many_wait(english, n: int, told: str) -> None:
    items(n)
    assert told in english.get("/queue/people/").content.decode()


@pytest.mark.parametrize(("n", "told"), [(1, "1 person is left"), (2, "2 people are left")])
def test_the_end_of_a_filter_tells_how_many_are_left(english, n: int, told: str) -> None:
    items(n)
    assert told in english.get("/queue/people/end/").content.decode()


@pytest.mark.parametrize(("n", "told"), [(1, "1</b> item,"), (3, "3</b> items,")])
def test_a_bulk_decision_tells_how_many_it_would_write(english, n: int, told: str) -> None:
    by = factories.make_user(Role.REVIEWER)
    english.force_login(by)
    english.cookies["django_language"] = "en"
    decision = bulk.draft(items(n), Wanted(Act.COMMUNE, why=Why.COMMUNE_PAPERS), by=by)
    assert told in english.get(f"/queue/bulk/{decision.pk}/").content.decode()


def test_a_bar_of_groups_counts_its_plots() -> None:
    with translation.override("en"):
        drawn = str(bar(1, 2, 0))
    assert "Group 1: 1 plot" in drawn
    assert "Group 1: 1 plots" not in drawn
    assert "Group 2: 2 plots" in drawn


def test_the_desk_speaks_of_what_a_key_does_and_writes_days_large(english) -> None:
    case = make_case()
    desk = english.get(f"/land-users/{case.land_user.pk}/").content.decode()
    assert "<kbd>W</kbd>Waive</a>" in desk
    assert re.search(r"Until (Mon|Tues|Wednes|Thurs|Fri)day, \d\d/\d\d/\d{4}", desk)


def test_the_facets_that_are_left_are_more_of_them(english) -> None:
    assert "<details open><summary>More</summary>" in english.get("/queue/people/").content.decode()
