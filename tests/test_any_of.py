"""A long list of keys is one array to the database, and finds the same as a short one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from landdb.any_of import FEW
from parcels.models import Plot
from tests.factories import make_commune, make_plot

pytestmark = pytest.mark.django_db

#: Keys that nothing has.
NOBODY = list(range(-2 * FEW, 0))


def asked(found: QuerySet[Any]) -> str:
    with CaptureQueriesContext(connection) as queries:
        list(found.all())
    return str(queries[0]["sql"])


def test_a_long_list_of_keys_is_one_array() -> None:
    plot = make_plot()
    found = Plot.objects.filter(pk__in=[*NOBODY, plot.pk])
    assert list(found) == [plot]
    assert "= ANY (" in asked(found)


def test_a_short_list_stays_as_it_is() -> None:
    plot = make_plot()
    assert "IN (" in asked(Plot.objects.filter(pk__in=[plot.pk, plot.pk + 1]))


def test_references_are_found_by_keys_and_by_records() -> None:
    commune = make_commune()
    plot = make_plot(commune)
    make_plot(make_commune())
    by_key = Plot.objects.filter(commune__in=[*NOBODY, commune.pk])
    by_record = Plot.objects.filter(commune__in=[*NOBODY, commune])
    assert list(by_key) == list(by_record) == [plot]
    assert "= ANY (" in asked(by_key)


def test_all_others_are_found_too() -> None:
    plot = make_plot()
    assert list(Plot.objects.exclude(pk__in=NOBODY)) == [plot]
    assert not Plot.objects.exclude(pk__in=[*NOBODY, plot.pk]).exists()


def test_none_in_the_list_is_nobody() -> None:
    plot = make_plot()
    assert list(Plot.objects.filter(pk__in=[None, *NOBODY, plot.pk])) == [plot]


def test_a_number_beyond_all_keys_finds_nothing() -> None:
    assert not Plot.objects.filter(pk__in=[10**30 - each for each in NOBODY]).exists()


def test_what_is_no_whole_number_goes_the_usual_way() -> None:
    make_plot()
    texts = Plot.objects.filter(code__in=[str(each) for each in NOBODY])
    assert "IN (" in asked(texts)
