"""A week of the campaign has one number, whoever looks at it and where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from landdb.models import AdminUnit, Role, User
from reconciliation.campaign import numbering
from reconciliation.models import Target, Task, WeeklySnapshot
from tests import factories as make
from tests.campaign import report_cast as cast

pytestmark = pytest.mark.django_db

#: The plan of the report's cast begins on Tuesday the 1st of September: five weeks before the first close.
FIRST_NUMBER = 6
Visit = Callable[[User], Client]


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def units() -> list[AdminUnit]:
    units = cast.communes(2)
    cast.campaign(units, 3)
    for unit in units:
        days = {"starts_on": dt.date(2026, 9, 1), "due_on": dt.date(2026, 12, 31)}
        Target.objects.create(commune=unit, task=Task.CLEAN, assigned=3400, **days)
    return units


def begin_later(unit: AdminUnit, day: str) -> None:
    for row in WeeklySnapshot.objects.filter(commune=unit):
        row.tasks["clean"]["starts"] = day
        row.save()
    Target.objects.filter(commune=unit).update(starts_on=dt.date.fromisoformat(day))


def told(client: Client, week: dt.date) -> tuple[int | None, int | None, int | None]:
    """The number on the dashboard, in the report and on the wall."""
    asked = f"?week={week}"
    return (
        client.get(f"/overview/{asked}").context["number"],
        client.get(f"/report/{asked}").context["told"].number,
        client.get(f"/report/screen/{asked}").context["told"].number,
    )


def test_dashboard_report_and_wall_count_from_the_week_of_the_plan_s_start(
    visit: Visit, units: list[AdminUnit]
) -> None:
    client = visit(make.make_user(Role.MANAGER))
    for place in (1, 2, 3):
        assert told(client, cast.week(place)) == (FIRST_NUMBER + place - 1,) * 3
    page = client.get(f"/overview/?week={cast.week(1)}").content.decode()
    assert f"Tuần {FIRST_NUMBER} / 18" in page


def test_a_commune_whose_plan_begins_later_counts_like_the_province(
    visit: Visit, units: list[AdminUnit]
) -> None:
    begin_later(units[0], "2026-10-12")
    client = visit(make.make_user(Role.MANAGER, commune=units[0]))
    assert told(client, cast.week(2)) == (FIRST_NUMBER + 1,) * 3


def test_before_the_plan_begins_that_is_said_instead_of_a_number(
    visit: Visit, units: list[AdminUnit]
) -> None:
    for unit in units:
        begin_later(unit, "2026-10-12")
    client = visit(make.make_user(Role.MANAGER))
    assert told(client, cast.week(1)) == (None, None, None)
    assert told(client, cast.week(2)) == (1, 1, 1)
    asked = f"?week={cast.week(1)}"
    assert "kế hoạch bắt đầu 12/10/2026" in client.get(f"/overview/{asked}").content.decode()
    assert "Trước tuần 1, chốt 11/10/2026" in client.get(f"/report/screen/{asked}").content.decode()
    report = client.get(f"/report/{asked}").content.decode()
    assert "None" not in report
    assert "trước khi kế hoạch bắt đầu" in report
    assert "tuan-20261011" in client.get(f"/report/xlsx/{asked}")["Content-Disposition"]


def test_without_a_plan_the_first_close_is_week_1(visit: Visit) -> None:
    cast.campaign(cast.communes(1), 2, plan=False)
    client = visit(make.make_user(Role.MANAGER))
    assert told(client, cast.week(1)) == (1, 1, 1)
    assert told(client, cast.week(2)) == (2, 2, 2)


def test_weeks_are_counted_with_both_ends() -> None:
    assert numbering.count(cast.week(1), cast.week(1)) == 1
    assert numbering.count(cast.week(1), cast.week(5)) == 5
