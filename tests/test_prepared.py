"""A question that is written once finds what the query set finds, whatever values are asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from landdb.any_of import FEW
from landdb.prepared import Prepared
from parcels.models import LandUser, Plot
from tests.factories import make_commune, make_land_user, make_plot, make_verification

pytestmark = pytest.mark.django_db


def plots(sheet: Any, within: Any) -> QuerySet[Plot]:
    return Plot.objects.within(within).filter(sheet__gte=sheet).select_related("commune").order_by("-pk")


class AskedTwice(TestCase):
    """Communes and sheets at random, by the question and by the query set."""

    def setUp(self) -> None:
        self.communes = [make_commune().pk for _ in range(3)]
        for number in range(12):
            make_plot(commune_id=self.communes[number % 3], sheet=number // 4)
        self.question = Prepared(plots)

    @given(
        sheet=st.integers(-1, 5),
        chosen=st.none() | st.sets(st.integers(0, 2)),
        more=st.integers(0, 2 * FEW),
    )
    @settings(max_examples=60)
    def test_it_finds_the_same_in_the_same_order(
        self, sheet: int, chosen: set[int] | None, more: int
    ) -> None:
        within = None if chosen is None else (*(self.communes[n] for n in chosen), *range(-more, 0))
        assert self.question.all(sheet=sheet, within=within) == list(plots(sheet, within))


def test_the_text_is_written_once_for_each_set_of_values_that_are_there() -> None:
    written = []

    def build(**values: Any) -> QuerySet[Plot]:
        written.append(sorted(name for name, value in values.items() if value is not None))
        return plots(**values)

    question = Prepared(build)
    for sheet in range(3):
        question.all(sheet=sheet, within=None)
        question.all(sheet=sheet, within=(1, 2))
    assert written == [["sheet"], ["sheet", "within"]]


def test_what_a_row_refers_to_comes_with_it(django_assert_num_queries: Any) -> None:
    person = make_land_user(make_commune(name="Xã Kinh Bắc"))
    make_verification(person)
    everybody = LandUser.objects.select_related("commune", "verification")
    question = Prepared(lambda pk: everybody.filter(pk=pk))
    with django_assert_num_queries(1):
        found = question.first(pk=person.pk)
        assert found is not None
        assert found.commune.name == "Xã Kinh Bắc"
        assert found.verification == person.verification


def test_what_was_left_out_is_read_when_it_is_wanted() -> None:
    plot = make_plot(sheet=7)
    found = Prepared(lambda pk: Plot.objects.filter(pk=pk).only("number")).first(pk=plot.pk)
    assert found is not None
    assert found.get_deferred_fields() >= {"sheet"}
    assert found.sheet == 7


def test_values_one_by_one() -> None:
    keys = sorted(make_plot().pk for _ in range(3))
    question = Prepared(
        lambda least: Plot.objects.filter(pk__gte=least).order_by("pk").values_list("pk", flat=True)
    )
    assert question.all(least=keys[1]) == keys[1:]


def test_nothing_is_nobody() -> None:
    make_plot()
    question = Prepared(lambda pk: Plot.objects.filter(pk=pk))
    assert question.first(pk=0) is None
    assert question.all(pk=0) == []


def test_a_value_is_never_text_of_the_question() -> None:
    odd = make_plot(address="' OR 1=1 --")
    make_plot()
    question = Prepared(lambda address: Plot.objects.filter(address=address))
    assert question.all(address=odd.address) == [odd]


@pytest.mark.parametrize(
    "rows",
    [
        lambda: Plot.objects.prefetch_related("holdings"),
        lambda: Plot.objects.values("pk"),
        lambda: Plot.objects.values_list("pk", "sheet"),
        lambda: Plot.objects.none(),
    ],
)
def test_what_it_would_answer_otherwise_it_refuses(rows: Any) -> None:
    with pytest.raises(ValueError, match=r"a question that|more than one question"):
        Prepared(rows).all()
