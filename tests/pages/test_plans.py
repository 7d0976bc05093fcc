"""No page of the work reads a large table through: every statement finds its rows by an index.

On a few rows the planner reads tables through because that is quicker. It is forbidden to here, so where a
large table is read through all the same, no index answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from landdb.models import Role, TypedSearch, User
from reconciliation.actions import matches
from reconciliation.models import Decision
from reconciliation.models.groups import Group
from tests import factories
from tests.actions.cast import Case, make_case

pytestmark = pytest.mark.django_db

#: Tables that grow with the province; the others have some hundreds of rows at most.
LARGE = {
    "parcels_plot", "parcels_landuse", "parcels_landuser", "parcels_certificate", "parcels_holding",
    "parcels_registration", "parcels_scan", "parcels_overlap", "citizens_resident", "reconciliation_match",
    "reconciliation_verification", "reconciliation_workitem", "reconciliation_lease",
    "reconciliation_decision", "reconciliation_changeset", "reconciliation_change", "reconciliation_finding",
    "reconciliation_plotstatus", "reconciliation_groupmove", "reconciliation_duplicate",
    "reconciliation_pairword", "landdb_accesslog",
}  # fmt: skip
_READS = re.compile(r"^\s*(SELECT|WITH|UPDATE|DELETE|INSERT)\b", re.IGNORECASE)
#: What the history of records puts before a statement.
_CONTEXT = re.compile(r"^\s*SELECT\s+set_config\(.*?\);\s*", re.DOTALL | re.IGNORECASE)
#: Before the first run of matching there is no count of the registry yet; afterwards nobody asks.
_FIRST = "SELECT count(DISTINCT (commune_id, village_fold)) FROM citizens_resident"
#: Their own temporary tables cannot be asked about once the transaction is over.
_TEMPORARY = re.compile(r"judging_|needs_|wanted_|changed_|pg_temp|new_")


@contextmanager
def by_index_alone() -> Iterator[None]:
    """Whatever runs in the block reads no large table through."""
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = {_CONTEXT.sub("", query["sql"]) for query in captured}
    found = [
        (table, sql)
        for sql in sorted(statements)
        if _READS.match(sql) and not _TEMPORARY.search(sql) and sql != _FIRST
        for table in read_through(sql)
    ]
    assert not found, "\n\n".join(f"{table} is read through:\n{sql}" for table, sql in found)


def read_through(sql: str) -> list[str]:
    """The large tables that a statement reads from end to end even where that costs more than anything."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        plan = cursor.fetchone()[0]
        cursor.execute("SET LOCAL enable_seqscan = on")
    nodes = _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    return [
        node["Relation Name"]
        for node in nodes
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE
    ]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)


@pytest.fixture
def case() -> Case:
    return make_case(plots=2)


@pytest.fixture(params=[Role.REVIEWER, Role.SENIOR_REVIEWER])
def officer(request: pytest.FixtureRequest, case: Case) -> User:
    """One of a commune, one of the whole province."""
    if request.param == Role.REVIEWER:
        return factories.make_user(Role.REVIEWER, commune=case.commune)
    return factories.make_user(Role.SENIOR_REVIEWER)


@pytest.fixture
def client_of(officer: User, visit: Callable[[User], Client]) -> Client:
    return visit(officer)


def facets(officer: User, case: Case) -> dict[str, str]:
    """What can be asked of the list of people, each with an address."""
    typed = TypedSearch.objects.create(user=officer, text="Duyên")
    return {
        "none": "",
        "outcome": "?outcome=ambiguous",
        "commune": f"?commune={case.commune.code}",
        "police": "?with=police",
        "overdue": "?with=overdue",
        "everything": "?with=all",
        "mine": "?mine=1",
        "again": "?again=1",
        "waited": "?waited=30",
        "age": "?order=age",
        "place": "?after=1.1",
        "name": f"?q={typed.token}",
    }


FACETS = (
    "none", "outcome", "commune", "police", "overdue", "everything", "mine", "again", "waited", "age",
    "place", "name",
)  # fmt: skip


@pytest.mark.parametrize("facet", FACETS)
def test_the_list_of_people(facet: str, officer: User, client_of: Client, case: Case) -> None:
    address = reverse("worklist") + facets(officer, case)[facet]
    with by_index_alone():
        assert client_of.get(address).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?group=3",
        "?rule=holder_ambiguous",
        "?confirmed=no",
        "?confirmed=no&rule=code_shared",
        "?dimension=clean",
        "?confirmed=no&dimension=clean",
    ],
)
def test_the_queue_of_plots(query: str, client_of: Client) -> None:
    with by_index_alone():
        assert client_of.get(reverse("queue") + query).status_code == 200


def test_the_desk(client_of: Client, case: Case) -> None:
    with by_index_alone():
        assert client_of.get(reverse("land-user", args=[case.land_user.pk])).status_code == 200


def test_next(officer: User, client_of: Client, case: Case) -> None:
    for name in ("work-start", "desk-start"):
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        with by_index_alone():
            assert client_of.post(address).status_code == 302


def test_a_decision_and_its_undo(client_of: Client, case: Case) -> None:
    sent = {
        "decision": "same",
        "match": case.match.pk,
        "seen": matches.stamp(case.match),
        "seen_all": matches.stamp_all(case.matches),
        "reason": "đã đối chiếu giấy tờ",
        "mend": "on",
    }
    with by_index_alone():
        assert client_of.post(reverse("land-user-decide", args=[case.land_user.pk]), sent).status_code == 302
    assert case.groups() == [Group.READY, Group.READY]
    decision = Decision.objects.get()
    with by_index_alone():
        assert client_of.post(reverse("decision-undo", args=[decision.pk])).status_code == 302
    assert case.groups() == [Group.SUPPLEMENT, Group.SUPPLEMENT]
