"""What the two lists show is read in a few statements, and is what Django's own questions find one by one."""

from __future__ import annotations

import random
from itertools import product

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from landdb.models import AdminUnit, Role, User
from parcels.models import Holding
from reconciliation import classification
from reconciliation.filters import QueueFilter
from reconciliation.models import GroupMove, Match, PlotStatus, WorkItem
from reconciliation.worklists import WorkFilter
from tests import factories
from tests.actions.cast import make_case
from tests.classification.test_ledger import small_province

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer() -> User:
    return factories.make_user(Role.SENIOR_REVIEWER)


@pytest.fixture
def communes() -> list[AdminUnit]:
    """Four communes with two plots each that are known from the map alone."""
    communes = [factories.make_commune() for _n in range(4)]
    plots = [factories.make_drawn_plot(commune) for commune in communes for _n in range(2)]
    classification.refresh([plot.pk for plot in plots], cause=GroupMove.Cause.FIRST)
    return communes


def read(user: User, address: str = "") -> QueueFilter:
    return QueueFilter.read(user, QueryDict(address))


@pytest.mark.parametrize("address", ["", "rule=map_only", "group=3&dimension=sufficient", "confirmed=no"])
def test_a_page_over_several_communes_is_one_statement(
    reviewer: User, communes: list[AdminUnit], address: str
) -> None:
    wanted = read(reviewer, address)
    wanted.count_at_once()
    with CaptureQueriesContext(connection) as asked:
        found = wanted.page(size=5).statuses
    assert len(asked) == 1
    in_order = [unit for unit in reviewer.communes_in_order() if unit in communes]
    assert [one.commune for one in found] == [in_order[n // 2] for n in range(5)]


def test_where_a_commune_holds_less_than_the_counters_know_the_next_ones_fill_the_page(
    reviewer: User, communes: list[AdminUnit]
) -> None:
    first, *others = [unit for unit in reviewer.communes_in_order() if unit in communes]
    PlotStatus.objects.filter(commune=first).update(confirmed_at="2026-01-01T00:00Z", confirmed_by=reviewer)
    left = list(PlotStatus.objects.filter(commune__in=others).order_by("pk").values_list("pk", flat=True))
    wanted = read(reviewer, "confirmed=no&rule=map_only")
    page = wanted.page(size=2)
    assert [one.commune for one in page.statuses] == [others[0]] * 2
    assert {one.plot_id for one in page.statuses} < set(left)
    assert sorted(wanted.ids(100)) == left


@pytest.mark.parametrize(
    "address",
    ["", "group=2", "rule=map_only", "dimension=correct", "confirmed=no", "confirmed=no&rule=map_only",
     "rule=plot_code_missing&alone=1", "dimension=correct&rule=plot_code_missing"],
)  # fmt: skip
@pytest.mark.parametrize("is_local", [False, True])
def test_the_counts_of_a_page_are_one_statement_and_those_of_one_by_one(address: str, is_local: bool) -> None:
    communes = small_province(random.Random(5))
    factories.make_ready_plot(communes[0], code="")
    classification.classify_communes([commune.pk for commune in communes])
    user = factories.make_user(Role.REVIEWER, commune=communes[0] if is_local else None)

    def told(wanted: QueueFilter) -> list[object]:
        total = None if wanted.is_counted_on_the_way else wanted.total()
        return [wanted.group_counts(), wanted.commune_counts(), wanted.rule_counts(),
                wanted.dimension_counts(), total]  # fmt: skip

    for more in ("", f"&commune={communes[0].code}"):
        at_once, one_by_one = (read(user, address + more) for _n in range(2))
        user.communes_in_order()
        with CaptureQueriesContext(connection) as asked:
            at_once.count_at_once()
            found = told(at_once)
        assert len(asked) == 1
        with CaptureQueriesContext(connection) as asked:
            assert told(one_by_one) == found
        assert len(asked) > 1
        assert any(found)


def test_the_candidate_that_a_row_speaks_of_is_the_first_of_the_desk(reviewer: User) -> None:
    case = make_case(plots=2)
    item = WorkItem.objects.get(land_user=case.land_user)
    for states, is_asked_again in product(product(Match.State.values, repeat=2), (False, True)):
        for match, state in zip(case.matches, states, strict=True):
            evidence = {"name": "same"} if is_asked_again else None
            Match.objects.filter(pk=match.pk).update(state=state, decided_evidence=evidence)
        WorkItem.objects.filter(pk=item.pk).update(state=WorkItem.State.OPEN)
        (row,) = WorkFilter(reviewer, waits="all").page()
        best, other = Match.objects.filter(land_user=case.land_user).best_first()
        standing = [each for each in (best, other) if each.state != Match.State.REJECTED]
        assert row.best is not None
        assert (row.best.state, row.best.levels) == (best.state, best.levels)
        assert (row.best.candidates, row.best.standing) == (2, len(standing))
        assert row.is_again == (is_asked_again and Match.State.PROPOSED in states)


def test_a_row_of_the_list_of_people_knows_in_how_many_communes_live_plots_lie(reviewer: User) -> None:
    case = make_case(plots=2)
    other = factories.make_plot(factories.make_commune())
    Holding.objects.create(plot=other, land_user=case.land_user, commune=other.commune)
    for state, spread in (("live", 2), ("retired", 1)):
        type(other).objects.filter(pk=other.pk).update(state=state)
        assert [row.spread for row in WorkFilter(reviewer).page()] == [spread]


def test_what_a_row_says_is_said_in_the_language_of_who_reads_it(visit, reviewer: User) -> None:
    make_case()
    client = visit(reviewer)
    for language, told in (("vi", "2 người giống"), ("en", "2 people alike"), ("vi", "2 người giống")):
        client.cookies["django_language"] = language
        assert told in client.get("/queue/people/").content.decode()
