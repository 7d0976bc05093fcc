"""The list behind the ages of what waits: with whom, on which day, and of the own communes alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from landdb.models import AdminUnit, Role, User
from reconciliation.campaign import counting
from reconciliation.classification.weeks import day_closes_at
from reconciliation.models import DayFigures, Tally, WorkItem
from tests import factories

pytestmark = pytest.mark.django_db
Visit = Callable[[User], Client]

DAY = dt.date(2026, 3, 10)


@pytest.fixture
def commune() -> AdminUnit:
    cache.clear()
    commune = factories.make_commune()
    Tally.objects.create(commune=commune, group=1, plots=1)
    return commune


def at(days: int, hour: int = 12) -> dt.datetime:
    """An hour of the day so many days before DAY."""
    day = dt.datetime.combine(DAY - dt.timedelta(days=days), dt.time(hour))
    return timezone.make_aware(day)


def item(
    commune: AdminUnit, name: str, days: int, where: str = "", hour: int = 12, **more: object
) -> WorkItem:
    person = factories.make_land_user(commune, name=name)
    since = at(days, hour) if where else None
    given = {"opened_at": at(days + 3, hour) if where else at(days, hour), "waits_since": since} | more
    return WorkItem.objects.create(land_user=person, commune=commune, plots=2, waits_with=where, **given)


def shown(client: Client, query: str) -> list[str]:
    response = client.get(f"/overview/waiting/?{query}")
    assert response.status_code == 200
    return [row.item.land_user.name for row in response.context["rows"]]


def test_each_age_lists_whom_the_figures_of_the_day_counted(visit: Visit, commune: AdminUnit) -> None:
    for n, days in enumerate((0, 7, 8, 14, 15, 30, 31, 90)):
        item(commune, f"A{n}", days)
        item(commune, f"B{n}", days, "police", hour=0)
    item(commune, "Sau", 0, opened_at=day_closes_at(DAY))
    item(commune, "Hẹn lại", 5, "later", waits_until=DAY)
    client = visit(factories.make_user(Role.MANAGER))
    told = counting.at_close_of(DAY, at(-1, 1))[commune.pk].waiting
    assert told["police"]["ages"] == [2, 2, 2, 2]
    assert told["desk"]["ages"] == [2, 3, 2, 2]
    for where in ("desk", "police"):
        for age, n in enumerate(told[where]["ages"]):
            assert len(shown(client, f"with={where}&age={age}&day={DAY}")) == n, (where, age)
    assert shown(client, f"with=police&age=1&day={DAY}") == ["B3", "B2"]


def test_what_was_handed_on_since_is_still_listed_where_it_waited(visit: Visit, commune: AdminUnit) -> None:
    item(commune, "Vừa chuyển", 20, "police", opened_at=at(20), waits_since=at(-1))
    client = visit(factories.make_user(Role.MANAGER))
    assert shown(client, f"with=desk&age=2&day={DAY}") == ["Vừa chuyển"]
    assert shown(client, f"with=police&day={DAY}") == []
    assert shown(client, "with=police") == ["Vừa chuyển"]


def test_an_official_sees_the_own_commune_alone(visit: Visit, commune: AdminUnit) -> None:
    other = factories.make_commune()
    item(commune, "Của mình", 1)
    item(other, "Xã khác", 1)
    client = visit(factories.make_user(Role.COMMUNE_OFFICIAL, commune=commune))
    assert shown(client, "with=desk") == ["Của mình"]
    assert client.get(f"/overview/waiting/?with=desk&commune={other.code}").status_code == 404


def test_pages_go_on_from_the_oldest(
    visit: Visit, commune: AdminUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciliation.web.waits.PAGE", 2)
    for n in range(5):
        item(commune, f"N{n}", n)
    client = visit(factories.make_user(Role.MANAGER))
    seen, query = [], "with=desk"
    while query:
        response = client.get(f"/overview/waiting/?{query}")
        seen += [row.item.land_user.name for row in response.context["rows"]]
        query = response.context["older"].lstrip("?")
    assert seen == ["N4", "N3", "N2", "N1", "N0"]


@pytest.mark.parametrize(
    "query", ["with=nobody", "with=desk&age=1", "with=desk&age=9&day=2026-03-10", "day=x"]
)
def test_what_does_not_exist_is_not_found(visit: Visit, commune: AdminUnit, query: str) -> None:
    client = visit(factories.make_user(Role.MANAGER))
    assert client.get(f"/overview/waiting/?{query}").status_code == 404


def test_a_page_asks_few_questions_however_many_wait(
    visit: Visit, commune: AdminUnit, django_assert_max_num_queries: Any
) -> None:
    for n in range(20):
        item(commune, f"N{n}", n)
    client = visit(factories.make_user(Role.MANAGER))
    shown(client, "with=desk")
    with django_assert_max_num_queries(6) as asked:
        assert len(shown(client, f"with=desk&day={DAY}")) == 20
    assert "parcels_plot" not in " ".join(each["sql"] for each in asked.captured_queries)


def test_the_age_of_the_oldest_is_that_of_the_first_row_behind_it(visit: Visit, commune: AdminUnit) -> None:
    """The figures are of a day that is over; the list behind them must not count on to today."""
    item(commune, "Lâu", 91, "police")
    day = timezone.localdate() - dt.timedelta(days=1)
    told = counting.at_close_of(day, timezone.now())[commune.pk]
    DayFigures.objects.create(commune=commune, day=day, group_1=1, group_2=0, group_3=0, waiting=told.waiting)
    client = visit(factories.make_user(Role.MANAGER))
    (line,) = client.get("/overview/").context["waiting"]
    (row,) = client.get(line["oldest_href"]).context["rows"]
    assert row.days == line["oldest"] == (day - DAY).days + 91


def test_what_is_past_its_day_is_a_list_of_its_own_and_the_alert_opens_it(
    visit: Visit, commune: AdminUnit
) -> None:
    today = timezone.localdate()
    day = dt.timedelta(days=1)
    item(commune, "Quá hạn", 20, "police", waits_until=today - day)
    item(commune, "Chưa đến hạn", 20, "police", waits_until=today + day)
    item(commune, "Hẹn lại", 20, "later", waits_until=today - day)
    item(commune, "Ở bàn", 20)
    client = visit(factories.make_user(Role.MANAGER))
    assert shown(client, "with=overdue") == ["Quá hạn"]
    (kind,) = [each for each in client.get("/alerts/").context["kinds"]() if each["kind"] == "handover"]
    (row,) = kind["rows"]
    assert row["figure"] == "1"
    assert shown(client, row["href"].partition("?")[2]) == ["Quá hạn"]


def test_it_says_why_and_which_fields_the_commune_is_asked_about(visit: Visit, commune: AdminUnit) -> None:
    item(commune, "An", 3, "commune", waits_why="commune_differs", waits_fields=["name", "birth"])
    official = visit(factories.make_user(Role.COMMUNE_OFFICIAL, commune=commune))
    (row,) = official.get("/overview/waiting/?with=commune").context["rows"]
    assert row.why == "Sổ đất và dân cư ghi khác nhau: họ và tên, ngày sinh"
