"""Axe finds nothing on a dashboard with weeks, plan and forecast, nor on that of a closed week."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from landdb.models import Role
from reconciliation import classification
from reconciliation.models import GroupMove, WorkItem
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
    for days in (2, 12, 40):
        since = timezone.now() - dt.timedelta(days=days)
        WorkItem.objects.create(
            land_user=factories.make_land_user(communes[0]), commune=communes[0], plots=2, opened_at=since,
            waits_with="police", waits_since=since, waits_until=since.date() + dt.timedelta(days=20),
        )  # fmt: skip
    weeks = season.live_through(6)
    season.plan(weeks[0], weeks[-1] + dt.timedelta(weeks=3), share=0.95)
    page = open_page(factories.make_user(Role.MANAGER), language=language)
    found = []
    for query in ("", "?all=1", f"?week={weeks[-1]}", f"?commune={communes[0].code}"):
        page.goto(f"/overview/{query}")
        found += faults(page)
    code = communes[0].code
    for address in (
        "/overview/waiting/?with=police", f"/plots/at/?week={weeks[-1]}&group=1", "/report/", "/plan/",
        f"/plan/targets/{code}/clean/", f"/queue/?rule=plot_code_missing&alone=1&commune={code}", "/ledger/",
    ):  # fmt: skip
        page.goto(address)
        found += faults(page)
    page = open_page(factories.make_user(Role.COMMUNE_OFFICIAL, commune=communes[1]), language=language)
    page.goto("/overview/")
    assert found + faults(page) == []
