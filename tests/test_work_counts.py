"""The counters of open work say what counting the work items would say, whatever happened to these."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from landdb.models import AdminUnit, Role, User
from reconciliation.models import WorkCount, WorkItem
from reconciliation.models.work_counts import KEPT
from reconciliation.worklists import WorkFilter
from tests import factories

pytestmark = pytest.mark.django_db

CELL = ("commune", "outcome", "stage", "waits_with", "waits_until")
_TODAY = dt.date(2026, 3, 2)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(WorkItem.State.values),
        "outcome": st.sampled_from(["ambiguous", "mismatch"]),
        "stage": st.sampled_from(["number", "scored"]),
        "plots": st.integers(0, 9),
        "waits_with": st.sampled_from(WorkItem.With.values),
        "waits_until": st.sampled_from([None, *(_TODAY + dt.timedelta(days=n) for n in range(3))]),
        "commune": st.sampled_from([None, 0, 1]),
    },
)
STEP = st.one_of(
    st.tuples(st.just("come"), FIELDS),
    st.tuples(st.just("change"), st.lists(st.integers(0, 9), max_size=4), FIELDS),
    st.tuples(st.just("go"), st.lists(st.integers(0, 9), max_size=3)),
    st.tuples(st.just("gather")),
    st.tuples(st.just("empty")),
)


@given(st.lists(STEP, max_size=12))
def test_counters_and_counting_agree_after_any_work(steps: list[tuple[Any, ...]]) -> None:
    WorkItem.objects.all().delete()
    communes = [factories.make_commune(), factories.make_commune()]
    for step in steps:
        take(step, communes)
        assert kept() == counted()


def test_the_facets_are_those_of_the_items_for_a_commune_and_for_the_province() -> None:
    here, there = factories.make_commune(), factories.make_commune()
    for unit, changed in (
        (here, {}),
        (here, {"outcome": "mismatch", "stage": "number"}),
        (there, {"outcome": "mismatch", "stage": "scored"}),
        (there, {"waits_with": "police", "waits_until": timezone.localdate() - dt.timedelta(days=1)}),
        (there, {"waits_with": "later", "waits_until": timezone.localdate()}),
    ):
        take(("come", {"plots": 3, **changed}), [unit, unit])
    for officer in (
        factories.make_user(Role.REVIEWER, commune=here),
        factories.make_user(Role.SENIOR_REVIEWER),
    ):
        for address in ("", "with=overdue", "with=all", "outcome=mismatch", "stage=number", "stage=none"):
            assert facets(officer, address) == facets(officer, f"{address}&given=none")


def test_as_many_rows_are_left_as_there_are_cells_with_work() -> None:
    unit = factories.make_commune()
    for _n in range(5):
        take(("come", {"plots": 2, "commune": 0}), [unit, unit])
    WorkItem.objects.filter(pk__in=WorkItem.objects.values("pk")[:2]).update(state=WorkItem.State.DONE)
    assert WorkCount.objects.count() == 6
    assert KEPT.gather() == 1
    assert list(WorkCount.objects.values_list("items", "plots")) == [(3, 6)]


def test_emptying_the_table_empties_the_counters() -> None:
    take(("come", {}), [factories.make_commune()] * 2)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE reconciliation_workitem")
    assert not WorkCount.objects.exists()


def take(step: tuple[Any, ...], communes: list[AdminUnit]) -> None:
    """Do to the work items what a step says."""
    kind, *told = step
    if kind == "gather":
        KEPT.gather()
    elif kind == "empty":
        WorkItem.objects.all().delete()
    elif kind == "go":
        WorkItem.objects.filter(pk__in=chosen(told[0])).delete()
    elif kind == "change":
        if told[1]:
            WorkItem.objects.filter(pk__in=chosen(told[0])).update(**with_commune(told[1], communes))
    else:
        person = factories.make_land_user(communes[0])
        given = {"commune": communes[0], **with_commune(told[0], communes)}
        WorkItem.objects.create(land_user=person, opened_at=timezone.now(), **given)


def chosen(places: list[int]) -> list[int]:
    ids = list(WorkItem.objects.order_by("pk").values_list("pk", flat=True))
    return [pk for place, pk in enumerate(ids) if place in places]


def with_commune(fields: dict[str, Any], communes: list[AdminUnit]) -> dict[str, Any]:
    return {
        name: communes[value] if name == "commune" and isinstance(value, int) else value
        for name, value in fields.items()
    }


def kept() -> dict[tuple[Any, ...], list[int]]:
    return summed(WorkCount.objects.values_list(*CELL, "items", "plots"))


def counted() -> dict[tuple[Any, ...], list[int]]:
    rows = WorkItem.objects.open().values_list(*CELL, "plots")
    return summed((*cell, 1, plots) for *cell, plots in rows)


def summed(rows: Any) -> dict[tuple[Any, ...], list[int]]:
    found: dict[tuple[Any, ...], list[int]] = {}
    for *cell, items, plots in rows:
        sums = found.setdefault(tuple(cell), [0, 0])
        sums[0] += items
        sums[1] += plots
    return {cell: sums for cell, sums in found.items() if sums != [0, 0]}


def facets(officer: User, address: str) -> Any:
    return WorkFilter.read(officer, QueryDict(address)).counts
