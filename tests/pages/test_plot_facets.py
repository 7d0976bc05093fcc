"""Group, rule and dimension of plots on the list of people: facets that go wherever the filter goes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from django.http import QueryDict
from django.utils import timezone

from landdb.models import Role, User
from reconciliation.models import BulkDecision, Dimension, SavedView, WorkItem
from reconciliation.rules import catalogue
from reconciliation.worklists import WorkFilter
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/queue/people/"
RULE, OTHER = "area_differs_from_map", "term_missing"
OF_RULE, OF_OTHER = (catalogue.by_id(rule).dimension.value for rule in (RULE, OTHER))


def item(plots: int, groups: str, *rules: str, **fields) -> WorkItem:
    """A land user with plots in these groups, held back by these rules."""
    person = factories.make_land_user()
    given = {"opened_at": timezone.now(), "commune": person.commune, "outcome": "mismatch"} | fields
    facets = sorted({*rules, *(catalogue.by_id(rule).dimension.value for rule in rules)})
    return WorkItem.objects.create(
        land_user=person, plots=plots, plot_groups=groups, plot_facets=facets, **given
    )


@pytest.fixture
def officer() -> User:
    return factories.make_user(Role.REVIEWER)


@pytest.fixture
def client(visit, officer):
    return visit(officer)


def rows(page) -> list[int]:
    return [row.item.plots for row in page.context["rows"]]


def told(page, facet: str) -> dict[str, int]:
    return {option.key: option.count for option in page.context["options"][facet] if option.count}


def test_no_rule_has_the_name_of_a_dimension_or_of_nothing() -> None:
    assert not {rule.id for rule in catalogue.RULES} & {"", *Dimension.values}


def test_each_line_of_the_three_facets_leads_to_as_many_people_as_it_says(client) -> None:
    item(9, "2", RULE, OTHER)
    item(8, "23", RULE)
    item(7, "3", OTHER)
    item(6, "")
    page = client.get(PAGE)
    assert told(page, "groups") == {"2": 2, "3": 2}
    assert told(page, "rules") == {RULE: 2, OTHER: 2}
    assert told(page, "dimensions") == {OF_RULE: 2, OF_OTHER: 2}
    for facet in ("groups", "rules", "dimensions"):
        for option in page.context["options"][facet]:
            assert len(rows(client.get(f"{PAGE}?{option.query}"))) == option.count


def test_the_facets_react_to_each_other_and_to_the_others(client) -> None:
    item(9, "2", RULE, OTHER)
    item(8, "23", RULE, outcome="ambiguous")
    item(7, "3", OTHER, stage="number")
    page = client.get(f"{PAGE}?group=3")
    assert (rows(page), told(page, "rules")) == ([8, 7], {RULE: 1, OTHER: 1})
    assert told(page, "outcomes") == {"mismatch": 1, "ambiguous": 1}
    page = client.get(f"{PAGE}?rule={OTHER}")
    assert (rows(page), told(page, "groups")) == ([9, 7], {"2": 1, "3": 1})
    assert told(page, "rules") == {RULE: 2, OTHER: 2}
    page = client.get(f"{PAGE}?rule={OTHER}&group=2&group=3&outcome=mismatch&stage=number")
    assert (rows(page), told(page, "groups"), told(page, "rules")) == ([7], {"3": 1}, {OTHER: 1})
    assert client.get(f"{PAGE}?dimension={OF_RULE}").context["total"] == 2


def test_a_rule_gives_way_to_a_dimension_that_is_not_its_own(client) -> None:
    item(9, "2", RULE)
    item(8, "2", OTHER)
    page = client.get(f"{PAGE}?rule={RULE}")
    other = next(each for each in page.context["options"]["dimensions"] if each.key == OF_OTHER)
    assert other.query == f"dimension={OF_OTHER}"
    assert rows(client.get(f"{PAGE}?dimension={OF_OTHER}&rule={RULE}")) == [8]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "outcome=mismatch",
        "with=all",
        "with=police",
        "with=overdue",
        "stage=number",
        "stage=none&with=all",
    ],
)
@pytest.mark.parametrize(
    "on", ["", "group=2", "group=1&group=3", f"rule={RULE}", f"dimension={OF_RULE}&group=2"]
)
def test_the_counters_say_what_counting_the_people_says(officer: User, address: str, on: str) -> None:
    ago = timezone.localdate() - dt.timedelta(days=1)
    item(9, "2", RULE, OTHER)
    item(8, "23", RULE, outcome="ambiguous", stage="number")
    item(7, "123", OTHER, waits_with="police", waits_until=ago)
    item(6, "3", RULE, waits_with="later", waits_until=ago)
    item(5, "2", RULE, state="done")
    kept, counted = (
        WorkFilter.read(officer, QueryDict(f"{address}&{on}{more}")) for more in ("", "&given=none")
    )
    assert (kept.is_counted_by_plots, counted.is_counted_by_plots) == (True, False)
    assert kept.plot_counts == counted.plot_counts
    assert kept.counts == counted.counts
    assert kept.counts.total == len(kept.page())


def test_each_has_a_chip_that_takes_it_away_and_stands_at_the_head_of_the_desk(client) -> None:
    wanted = item(9, "2", RULE)
    name = catalogue.by_id(RULE).name
    query = f"group=2&dimension={OF_RULE}&rule={RULE}"
    page = client.get(f"{PAGE}?{query}&order=age")
    assert [(chip["text"], chip["query"]) for chip in page.context["chips"]] == [
        ("có thửa: Nhóm 2", f"dimension={OF_RULE}&rule={RULE}&order=age"),
        (f"có thửa: Chiều chất lượng: {Dimension(OF_RULE).label}", f"group=2&rule={RULE}&order=age"),
        (f"có thửa: {name}", f"group=2&dimension={OF_RULE}&order=age"),
    ]
    first = client.post(f"{PAGE}start/?{query}")["Location"]
    assert first == f"/land-users/{wanted.land_user_id}/?{query}"
    head = re.sub(r"<[^>]*>", "", client.get(first).content.decode().partition('class="desk-head"')[2])
    assert (
        f"có thửa: Nhóm 2 · có thửa: Chiều chất lượng: {Dimension(OF_RULE).label} · có thửa: {name} · "
        in head
    )
    assert "1 / 1" in re.sub(r"\s+", " ", head)


def test_a_view_a_file_and_a_bulk_decision_hold_what_the_rule_holds(client) -> None:
    item(9, "2", OTHER)
    item(8, "3", RULE)
    client.post(f"{PAGE}views/?rule={RULE}", {"name": "Diện tích"})
    assert SavedView.objects.get().query == f"rule={RULE}"
    assert [tab.count for tab in client.get(PAGE).context["views"] if tab.view] == [1]
    answer = client.get(f"{PAGE}file/csv/?rule={RULE}")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert [row[6] for row in csv.reader(io.StringIO(content))][1:] == ["8"]
    client.post(
        f"{PAGE}bulk/?rule={RULE}", {"scope": "filter", "act": "commune", "why_commune": "commune_papers"}
    )
    decision = BulkDecision.objects.get()
    assert (decision.query, decision.items.count()) == (f"rule={RULE}", 1)
