"""A plot is named in one way wherever it is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from landdb.models import Role, User
from parcels import plot_numbers
from reconciliation import classification
from reconciliation.models import GroupMove
from reconciliation.rules.plot_facts import PlotFacts
from tests import factories

pytestmark = pytest.mark.django_db


def test_sheet_comes_first_in_short_and_plot_first_in_words() -> None:
    assert plot_numbers.short(5, 12) == "5/12"
    assert plot_numbers.long(5, 12) == "Thửa 12, tờ 5"
    assert (plot_numbers.short(None, 12), plot_numbers.long(5, None)) == ("–/12", "Thửa –, tờ 5")
    assert PlotFacts(sheet=5, number=12).label == "5/12"
    with translation.override("en"):
        assert plot_numbers.long(5, 12) == "Plot 12, sheet 5"


def test_the_database_names_it_alike() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {plot_numbers.short_sql('t')} FROM (VALUES (5, 12), (NULL, 3)) AS t (sheet, number)"
        )
        assert [row[0] for row in cursor.fetchall()] == ["5/12", "–/3"]


def test_queue_plot_page_and_search_agree(visit: Callable[[User], Client]) -> None:
    plot = factories.make_ready_plot(code="", sheet=1234, number=12345)
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    user = factories.make_user(Role.REVIEWER, commune=plot.commune)
    client = visit(user)
    queue = client.get("/queue/").content.decode()
    assert ">1234/12345</a>" in queue
    assert ">Tờ/thửa</th>" in queue
    for address in (f"/plots/{plot.pk}/", f"/plots/{plot.pk}/timeline/"):
        assert "Thửa 12345, tờ 1234" in client.get(address).content.decode()
    found = client.post("/search/", {"text": plot.short_number}, follow=True)
    assert [row.status.plot_id for row in found.context["rows"]] == [plot.pk]
