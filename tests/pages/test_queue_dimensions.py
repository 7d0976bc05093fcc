"""The facet of the four words on the list of flagged plots: what it counts is what it lists."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from landdb.models import AccessLog, AdminUnit, Role, TypedSearch, User
from reconciliation import classification, filters
from reconciliation.filters import QueueFilter
from reconciliation.models import Dimension, PlotStatus
from reconciliation.rules import catalogue
from tests import factories
from tests.classification.test_ledger import small_province

pytestmark = pytest.mark.django_db

Visit = Callable[[User], Client]


@pytest.fixture
def communes() -> list[AdminUnit]:
    """Two communes with plots of every kind, some of them lacking more than one thing."""
    communes = small_province(random.Random(3))
    factories.make_ready_plot(communes[0], code="")
    factories.make_ready_plot(communes[1], map_source="299", code="")
    factories.make_drawn_plot(communes[0])
    classification.classify_communes([commune.pk for commune in communes])
    return communes


@pytest.fixture
def reviewer() -> User:
    return factories.make_user(Role.SENIOR_REVIEWER)


def held_back_in(dimension: str) -> set[int]:
    """Plots with a rule of the dimension among their open ones, read from the rules themselves."""
    return {
        status.pk
        for status in PlotStatus.objects.all()
        if any(catalogue.by_id(one).dimension == dimension for one in status.rules)
    }


def listed(page) -> list[int]:
    return [row.status.plot_id for row in page.context["rows"]]


def test_the_list_of_a_dimension_holds_the_plots_that_one_of_its_rules_holds_back(
    visit: Visit, reviewer: User, communes: list[AdminUnit]
) -> None:
    client = visit(reviewer)
    for dimension, groups in product(Dimension, (["2"], ["3"], ["2", "3"])):
        query = "&".join(f"group={group}" for group in groups)
        page = client.get(f"/queue/?{query}&dimension={dimension.value}")
        wanted = held_back_in(dimension) & set(
            PlotStatus.objects.filter(group__in=groups).values_list("pk", flat=True)
        )
        assert set(listed(page)) == wanted
        assert page.context["total"] == len(wanted) == len(listed(page))
    assert all(held_back_in(dimension) for dimension in Dimension)


@pytest.mark.parametrize(
    "query",
    [
        "",
        *(f"dimension={dimension}" for dimension in Dimension.values),
        "rule=plot_code_missing",
        "rule=plot_code_missing&alone=1",
        "rule=plot_code_missing&dimension=sufficient",
        "rule=map_only&group=3",
        "dimension=sufficient&group=2&group=1",
    ],
)
def test_each_number_is_that_of_the_list_to_which_it_leads(
    visit: Visit, reviewer: User, communes: list[AdminUnit], query: str
) -> None:
    page = visit(reviewer).get(f"/queue/?{query}")
    assert page.context["total"] == len(listed(page))
    for option in [*page.context["rules"], *page.context["dimensions"]]:
        there = page.wsgi_request.GET if option.is_on else QueryDict(option.query)
        wanted = QueueFilter.read(reviewer, there)
        assert option.count == wanted.total() == len(wanted.ids(100)), option


def test_the_counts_of_groups_and_communes_react_to_the_dimension(
    visit: Visit, reviewer: User, communes: list[AdminUnit]
) -> None:
    client = visit(reviewer)
    for dimension in Dimension.values:
        page = client.get(f"/queue/?dimension={dimension}")
        held = PlotStatus.objects.filter(pk__in=held_back_in(dimension))
        assert {option.key: option.count for option in page.context["groups"]} == {
            str(group): held.filter(group=group).count() for group in (1, 2, 3)
        }
        for option in page.context["communes"]:
            assert option.count == held.filter(commune__code=option.key, group__gt=1).count()
        assert all(catalogue.by_id(option.key).dimension == dimension for option in page.context["rules"])


def test_typed_words_with_a_dimension_are_counted_from_what_was_found(
    visit: Visit, reviewer: User, communes: list[AdminUnit]
) -> None:
    client = visit(reviewer)
    status = PlotStatus.objects.get(rules=["plot_code_missing"])
    token = TypedSearch.objects.create(user=reviewer, text=f"{status.plot.sheet}/{status.plot.number}").token
    page = client.get(f"/queue/?q={token}&dimension=sufficient")
    assert status.pk in listed(page)
    assert page.context["total"] == len(listed(page))
    found = {option.key: option.count for option in page.context["dimensions"]}
    for dimension in Dimension.values:
        there = client.get(f"/queue/?q={token}&dimension={dimension}")
        assert found[dimension] == len(listed(there)) == there.context["total"]
    assert found["sufficient"] > 0


def test_among_what_was_found_another_dimension_is_counted_without_the_rule_and_its_being_alone(
    visit: Visit, reviewer: User, communes: list[AdminUnit]
) -> None:
    status = next(
        status
        for status in PlotStatus.objects.all()
        if len({catalogue.by_id(rule).dimension for rule in status.rules}) > 1
    )
    token = TypedSearch.objects.create(user=reviewer, text=f"{status.plot.sheet}/{status.plot.number}").token
    page = visit(reviewer).get(f"/queue/?q={token}&rule={status.rules[0]}&alone=1")
    assert status.pk not in listed(page)
    for option in page.context["dimensions"]:
        there = QueueFilter.read(reviewer, QueryDict(option.query))
        assert option.count == there.total() == len(there.ids(100)), option
    assert sum(option.count for option in page.context["dimensions"]) > 0


def test_a_dimension_to_which_the_rule_does_not_belong_takes_the_rule_away(
    visit: Visit, reviewer: User, communes: list[AdminUnit]
) -> None:
    client = visit(reviewer)
    page = client.get("/queue/?rule=plot_code_missing&alone=1")
    queries = {option.key: option.query for option in page.context["dimensions"]}
    assert queries["sufficient"] == "rule=plot_code_missing&alone=1&dimension=sufficient"
    assert queries["clean"] == "dimension=clean"
    both = client.get(f"/queue/?{queries['sufficient']}")
    assert set(listed(both)) == set(
        PlotStatus.objects.filter(rules=["plot_code_missing"], unjudged=[]).values_list("pk", flat=True)
    )
    assert [chip["text"] for chip in both.context["chips"]] == [
        "Chiều chất lượng: Đủ",
        str(catalogue.by_id("plot_code_missing").name),
        "Chỉ vướng một quy tắc",
    ]
    # An address that somebody wrote by hand.
    odd = client.get("/queue/?rule=plot_code_missing&alone=1&dimension=clean")
    assert set(listed(odd)) == held_back_in("clean")
    assert "rule=" not in odd.content.decode().split("Đang lọc")[1].split("</header>")[0]
    assert listed(client.get("/queue/?dimension=true")) == listed(client.get("/queue/"))


def test_where_few_plots_are_held_back_they_are_found_by_their_findings(
    reviewer: User, communes: list[AdminUnit], monkeypatch: pytest.MonkeyPatch
) -> None:
    for dimension in Dimension.values:
        told = []
        for few in (0, 1000):
            monkeypatch.setattr(filters, "FEW", few)
            wanted = QueueFilter.read(reviewer, QueryDict(f"dimension={dimension}"))
            with CaptureQueriesContext(connection) as asked:
                told.append(wanted.ids(100))
            assert ("reconciliation_finding" in str(asked.captured_queries)) == (few > 0)
        assert told[0] == told[1]
        assert len(told[0]) > 0


def test_group_3_of_a_dimension_is_confirmed_and_counted_by_the_list(
    visit: Visit, reviewer: User, communes: list[AdminUnit]
) -> None:
    client = visit(reviewer)
    dimension = catalogue.by_id("map_only").dimension.value
    of_group = PlotStatus.objects.filter(group=3, pk__in=held_back_in(dimension))
    n = of_group.count()
    page = client.get(f"/queue/?dimension={dimension}")
    assert page.context["unconfirmed"]["count"] is None
    page = client.get(f"/queue/?confirmed=no&dimension={dimension}")
    assert page.context["total"] == page.context["confirm"]["count"] == page.context["unconfirmed"]["count"]
    assert page.context["total"] == n > 0
    told = {"reason": "bản đồ cũ", "count": n, "scope": "listed"}
    answer = client.post(f"/queue/confirm/?confirmed=no&dimension={dimension}", told, follow=True)
    assert "Chiều chất lượng: " in answer.content.decode()
    assert of_group.filter(confirmed_at__isnull=True).count() == 0
    left = client.get(f"/queue/?confirmed=no&dimension={dimension}")
    assert (left.context["total"], listed(left)) == (0, [])


def test_the_file_holds_the_rows_of_the_dimension_and_the_log_says_so(
    visit: Visit, reviewer: User, communes: list[AdminUnit]
) -> None:
    client = visit(reviewer)
    page = client.get("/queue/?dimension=sufficient")
    answer = client.get("/queue/file/csv/?dimension=sufficient")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").strip().splitlines()
    assert len(lines) - 1 == page.context["total"]
    assert AccessLog.objects.get(action=AccessLog.Action.EXPORT).reason.endswith("dimension=sufficient")


def test_the_facet_takes_one_statement(visit: Visit, reviewer: User, communes: list[AdminUnit]) -> None:
    client = visit(reviewer)
    client.get("/queue/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/queue/")
    assert sum("reconciliation_dimensioncount" in each["sql"] for each in asked.captured_queries) == 1
