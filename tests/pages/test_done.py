"""What is done of the plan's other tasks: each number opens the records it counted, whatever came since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertRedirects

from landdb.models import AdminUnit, Role, User
from parcels.models import Plot, Scan
from reconciliation import classification
from reconciliation.campaign import snapshots
from reconciliation.classification.weeks import WEEK, closes_at, week_of
from reconciliation.models import DayFigures, DoneList, GroupMove, PlotStatus, Target, Task, Verification
from tests import factories

pytestmark = pytest.mark.django_db
Visit = Callable[[User], Client]

OTHERS = (Task.COLLECT, Task.VERIFY, Task.CODE, Task.SCAN)


@pytest.fixture
def communes() -> list[AdminUnit]:
    """Two communes, of three plots and of two, that were ready the day before yesterday."""
    cache.clear()
    both = [factories.make_commune(), factories.make_commune()]
    then = timezone.now() - dt.timedelta(days=2)
    for commune, plots in zip(both, (3, 2), strict=True):
        ids = [factories.make_ready_plot(commune).pk for _ in range(plots)]
        classification.refresh(ids, cause=GroupMove.Cause.FIRST, at=then)
        for task in Task:
            Target.objects.create(
                commune=commune, task=task, assigned=9,
                starts_on=timezone.localdate(), due_on=timezone.localdate() + dt.timedelta(days=60),
            )  # fmt: skip
    Verification.objects.update(since=then)
    Scan.objects.filter(pk__in=Scan.objects.values("pk")[:1]).update(is_linked=False)
    return both


@pytest.fixture
def manager(visit: Visit) -> Client:
    return visit(factories.make_user(Role.MANAGER))


def midnight() -> dt.datetime:
    """After the last day within a week: where that was a Sunday, tomorrow's is as good."""
    today = timezone.localdate()
    today += dt.timedelta(days=today == week_of(today))
    return dt.datetime.combine(today, dt.time(1), timezone.get_current_timezone())


def write_down() -> None:
    """What was done by midnight."""
    snapshots.take_yesterday(midnight())


def four_weeks_ago() -> None:
    """All that was so the day before yesterday was so by then."""
    then = timezone.now() - 4 * WEEK
    GroupMove.objects.update(at=then)
    for dated in (PlotStatus, Verification):
        dated.objects.update(since=then)


def numbers(client: Client, query: str = "") -> dict[Any, tuple[int | None, str]]:
    """Task → what the plan says is done, and the list behind it."""
    context = client.get(f"/plan/{query}").context
    rows = context["rows" if query else "tasks"]()
    return {row["line"].task: (row["line"].figures.done, row["done_href"]) for row in rows}


def records(client: Client, address: str) -> list[Any]:
    response = client.get(address)
    assert response.status_code == 200
    return [row.record for row in response.context["rows"]]


def test_each_number_equals_its_list_and_goes_on_doing_so(manager: Client, communes: list[AdminUnit]) -> None:
    write_down()
    for query, plots in (("", 5), (f"?commune={communes[1].code}", 2)):
        told = numbers(manager, query)
        assert told[Task.CODE][0] == told[Task.COLLECT][0] == told[Task.VERIFY][0] == plots
        for task in OTHERS:
            done, href = told[task]
            assert len(records(manager, href)) == done, task
    Plot.objects.update(code="")
    Verification.objects.update(outcome="not_found", since=timezone.now())
    Scan.objects.all().delete()
    factories.make_ready_plot(communes[0])
    for task, (done, href) in numbers(manager).items():
        if task in OTHERS:
            assert len(records(manager, href)) == done, task


def test_a_record_that_is_gone_keeps_its_line(manager: Client, communes: list[AdminUnit]) -> None:
    write_down()
    done, href = numbers(manager)[Task.CODE]
    plot = Plot.objects.order_by("pk").first()
    assert plot is not None
    DoneList.objects.filter(task=Task.CODE, commune=communes[0]).update(ids=[plot.pk, 10**12, 10**12 + 1])
    found = records(manager, href)
    assert len(found) == done
    assert found.count(None) == 2
    assert "không còn trong sổ" in manager.get(href).content.decode()


def test_pages_go_on_commune_by_commune(
    manager: Client, communes: list[AdminUnit], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_down()
    whole = records(manager, "/plan/done/?task=code")
    monkeypatch.setattr("reconciliation.web.done.PAGE", 2)
    seen, address = [], "?task=code"
    while address:
        response = manager.get(f"/plan/done/{address}")
        seen += [row.record for row in response.context["rows"]]
        address = response.context["older"]
    assert seen == whole
    assert [plot.commune_id for plot in whole] == [communes[0].pk] * 3 + [communes[1].pk] * 2


def test_a_closed_week_is_told_by_the_lists_of_its_close_alone(
    manager: Client, communes: list[AdminUnit]
) -> None:
    four_weeks_ago()
    last = week_of(timezone.localdate()) - WEEK
    # Whichever of the two tasks comes first, the week is closed before its last day is written down.
    snapshots.take_yesterday(closes_at(last) + dt.timedelta(hours=1))
    assert snapshots.take(last, closes_at(last) + dt.timedelta(hours=1)) == 0
    assert DayFigures.objects.get(commune=communes[0]).day == last + dt.timedelta(days=6)
    assert not DoneList.objects.exists()
    for query in ("", f"?commune={communes[1].code}"):
        for task, (done, href) in numbers(manager, query).items():
            assert "/plan/done/" not in href
            assert len(manager.get(href).context["rows"]) == done, task
            if task in OTHERS:
                former = f"/plan/done/?task={task.value}{query.replace('?', '&')}"
                assertRedirects(manager.get(former), href)


def test_of_days_the_last_one_is_kept(manager: Client, communes: list[AdminUnit]) -> None:
    for days in (1, 0):
        snapshots.take_yesterday(midnight() - dt.timedelta(days=days))
    last = midnight().date() - dt.timedelta(days=1)
    assert set(DoneList.objects.values_list("day", flat=True)) == {last}
    assert DayFigures.objects.values("day").distinct().count() == 2


def test_a_figure_whose_records_were_not_kept_has_no_list(manager: Client, communes: list[AdminUnit]) -> None:
    write_down()
    DoneList.objects.filter(commune=communes[1]).delete()
    assert {numbers(manager)[task] for task in (Task.CODE, Task.VERIFY)} == {(5, "")}
    four_weeks_ago()
    DayFigures.objects.all().delete()
    cache.clear()
    snapshots.take(week_of(timezone.localdate()) - 3 * WEEK)
    told = numbers(manager)
    assert told[Task.CODE] == (None, "")
    assert told[Task.VERIFY][1].startswith("/land-users/at/")


def test_where_no_list_was_kept_no_nought_is_told(manager: Client, communes: list[AdminUnit]) -> None:
    page = manager.get("/plan/done/?task=code").content.decode()
    assert "Không có danh sách" in page
    assert "thửa đã có mã khi hết ngày ấy" not in page


def test_an_official_sees_the_own_commune_alone_and_no_whole_numbers(
    visit: Visit, communes: list[AdminUnit]
) -> None:
    write_down()
    client = visit(factories.make_user(Role.COMMUNE_OFFICIAL, commune=communes[1]))
    assert {plot.commune_id for plot in records(client, "/plan/done/?task=code")} == {communes[1].pk}
    assert client.get(f"/plan/done/?task=code&commune={communes[0].code}").status_code == 404
    page = client.get("/plan/done/?task=verify").content.decode()
    people = records(client, "/plan/done/?task=verify")
    assert len(people) == 2
    assert all(person.id_number not in page for person in people)


def test_it_is_for_whom_the_lists_are(visit: Visit, communes: list[AdminUnit]) -> None:
    write_down()
    client = visit(factories.make_user(Role.POLICE_LIAISON))
    assert client.get("/plan/done/?task=code").status_code == 403
    assert "/plan/done/" not in client.get("/plan/").content.decode()


@pytest.mark.parametrize("query", ["", "task=clean", "task=code&commune=99999"])
def test_what_does_not_exist_is_not_found(manager: Client, communes: list[AdminUnit], query: str) -> None:
    assert manager.get(f"/plan/done/?{query}").status_code == 404
