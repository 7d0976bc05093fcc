"""The counters of outcomes say what counting the verifications would say, whatever happened to these."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from hypothesis import given
from hypothesis import strategies as st

from landdb.models import AdminUnit
from reconciliation.campaign import people
from reconciliation.models import OutcomeCount, Verification
from reconciliation.models.outcome_counts import KEPT
from tests import factories

pytestmark = pytest.mark.django_db

OUTCOME = st.sampled_from(["matched", "mismatch", "not_found"])
COMMUNE = st.sampled_from([None, 0, 1])
FEW = st.lists(st.integers(0, 9), max_size=4)
STEP = st.one_of(
    st.tuples(st.just("come"), OUTCOME, COMMUNE),
    st.tuples(st.just("say"), FEW, OUTCOME),
    st.tuples(st.just("move"), FEW, COMMUNE),
    st.tuples(st.just("go"), FEW),
    st.tuples(st.just("gather")),
)


@given(st.lists(STEP, max_size=12))
def test_counters_and_counting_agree_after_anything(steps: list[tuple[Any, ...]]) -> None:
    Verification.objects.all().delete()
    communes = [factories.make_commune(), factories.make_commune()]
    for step in steps:
        take(step, communes)
        assert people.by_commune(None) == counted()


def test_as_many_rows_are_left_as_there_are_outcomes() -> None:
    unit = factories.make_commune()
    for _n in range(3):
        take(("come", "matched", 0), [unit, unit])
    Verification.objects.filter(pk__in=Verification.objects.values("pk")[:1]).update(outcome="mismatch")
    assert OutcomeCount.objects.count() == 5
    assert KEPT.gather() == 2
    assert people.together(people.by_commune((unit.pk,))) == {"matched": 2, "mismatch": 1}


def test_emptying_the_table_empties_the_counters() -> None:
    take(("come", "matched", 0), [factories.make_commune()] * 2)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE reconciliation_verification")
    assert not OutcomeCount.objects.exists()


def take(step: tuple[Any, ...], communes: list[AdminUnit]) -> None:
    """Do to the verifications what a step says."""
    kind, *told = step
    if kind == "gather":
        KEPT.gather()
    elif kind == "come":
        outcome, place = told
        person = factories.make_land_user(communes[0])
        factories.make_verification(
            person, outcome, commune=None if place is None else communes[place], resident=None
        )
    elif kind == "go":
        Verification.objects.filter(pk__in=chosen(told[0])).delete()
    elif kind == "say":
        Verification.objects.filter(pk__in=chosen(told[0])).update(outcome=told[1])
    else:
        place = told[1]
        unit = None if place is None else communes[place]
        Verification.objects.filter(pk__in=chosen(told[0])).update(commune=unit)


def chosen(places: list[int]) -> list[int]:
    known = list(Verification.objects.order_by("pk").values_list("pk", flat=True))
    return [known[place] for place in places if place < len(known)]


def counted() -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = {}
    rows = Verification.objects.filter(commune__isnull=False).values_list("commune", "outcome")
    for commune, outcome, n in rows.annotate(n=Count("pk")).order_by():
        found.setdefault(commune, Counter())[outcome] = n
    return found
