"""Axe finds nothing on a dashboard with weeks, plan and forecast, nor on that of a closed week."""

from __future__ import annotations

import datetime as dt

import pytest

from landdb.models import Role
from reconciliation import classification
from reconciliation.models import GroupMove
from tests import factories
from tests.campaign import season

from .test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_dashboard_has_a_fault(open_page, language: str) -> None:
    communes = [factories.make_commune(map_lon=106 + n / 9, map_lat=21 + n / 7) for n in range(3)]
    for commune in communes:
        ids = [factories.make_ready_plot(commune).pk for _ in range(12)]
        ids += [factories.make_ready_plot(commune, code="").pk for _ in range(3)]
        classification.refresh(ids, cause=GroupMove.Cause.FIRST)
    weeks = season.live_through(6)
    season.plan(weeks[0], weeks[-1] + dt.timedelta(weeks=3), share=0.95)
    page = open_page(factories.make_user(Role.MANAGER), language=language)
    found = []
    for query in ("", "?all=1", f"?week={weeks[-1]}", f"?commune={communes[0].code}"):
        page.goto(f"/overview/{query}")
        found += faults(page)
    page = open_page(factories.make_user(Role.COMMUNE_OFFICIAL, commune=communes[1]), language=language)
    page.goto("/overview/")
    assert found + faults(page) == []
