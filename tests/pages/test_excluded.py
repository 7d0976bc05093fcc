"""What cannot be collected: each number, of every reason and of all, opens the records it counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.asserts import assertRedirects

from landdb.models import AdminUnit, Role, User
from parcels.models import Holding, Plot
from reconciliation import classification
from reconciliation.campaign import snapshots
from reconciliation.models import (
    ExcludedList,
    GroupMove,
    Target,
    Task,
    Verification,
    WeeklySnapshot,
    WorkItem,
)
from tests import factories as make
from tests.campaign.clock import moment

from .test_plans import by_index_alone

pytestmark = pytest.mark.django_db
Visit = Callable[[User], Client]

WEEK, LOST, ABSENT = dt.date(2026, 3, 2), "citizen_lost", "citizen_absent"
TASKS = (Task.CLEAN, Task.COLLECT, Task.VERIFY, Task.SCAN)
LIST = f"/plan/excluded/?week={WEEK}&task=clean"


def held_back(commune: AdminUnit, why: str) -> Plot:
    """A plot with an unscanned certificate, whose land user nobody knows and who is waited for."""
    plot, person = make.make_plot(commune), make.make_land_user(commune)
    make.make_verification(person, "not_found", since=moment(4))
    make.make_holding(plot, person, make.make_certificate(commune, scanned=False))
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST, at=moment(4))
    WorkItem.objects.create(
        land_user=person, commune=commune, plots=1, opened_at=moment(4), waits_with="citizen",
        waits_why=why, waits_since=moment(5),
    )  # fmt: skip
    return plot


@pytest.fixture
def communes() -> list[AdminUnit]:
    """Two communes with targets; papers are lost of two people and of one, and one of the first is absent."""
    cache.clear()
    both = [make.make_commune(), make.make_commune()]
    for commune, whys in zip(both, ((LOST, ABSENT, LOST), (LOST,)), strict=True):
        for why in whys:
            held_back(commune, why)
        for task in Task:
            Target.objects.create(
                commune=commune, task=task, assigned=9, starts_on=WEEK, due_on=dt.date(2026, 9, 1)
            )
    return both


def end_of_day() -> None:
    snapshots.take_yesterday(moment(11, 1))


def end_of_week() -> None:
    snapshots.take(WEEK, moment(9, 1))


@pytest.fixture(params=[end_of_day, end_of_week])
def written(request: pytest.FixtureRequest, communes: list[AdminUnit]) -> list[AdminUnit]:
    request.param()
    return communes


@pytest.fixture
def manager(visit: Visit) -> Client:
    return visit(make.make_user(Role.MANAGER))


def numbers(client: Client, query: str = "") -> dict[tuple[Task, str], tuple[int, str]]:
    """(Task, reason in words or "" for all) → what the plan says, and the list behind it."""
    context = client.get(f"/plan/{query}").context
    told = {}
    for row in context["rows" if query else "tasks"]():
        if row["line"].excluded:
            task = row["line"].task
            told[task, ""] = row["line"].excluded, row["excluded_href"]
            told |= {(task, str(why)): (n, href) for why, n, href in row["reasons"]}
    return told


def rows(client: Client, address: str) -> list[Any]:
    response = client.get(address)
    assert response.status_code == 200, address
    assert response.context["total"] == len(response.context["rows"])
    return list(response.context["rows"])


def all_is_done() -> None:
    """Nobody is waited for, everybody is known, every paper is scanned and every plot in the first group."""
    WorkItem.objects.update(state=WorkItem.State.DONE, waits_with="", waits_why="", closed_at=moment(12))
    Verification.objects.update(outcome="matched", since=moment(12))
    for plot in Plot.objects.all():
        paper = plot.holdings.get().certificate
        assert paper is not None
        make.make_scan(paper)
        classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION, at=moment(12))


def test_each_number_equals_its_list_and_goes_on_doing_so(manager: Client, written: list[AdminUnit]) -> None:
    for change in (lambda: None, all_is_done):
        change()
        for query, lost, absent in (("", 3, 1), (f"?commune={written[1].code}", 1, 0)):
            told = numbers(manager, query)
            wanted = {"": lost + absent, "Mất giấy": lost, "Chủ vắng mặt": absent}
            assert {key: n for key, (n, _href) in told.items()} == {
                (task, why): n for task in TASKS for why, n in wanted.items() if n
            }
            for (task, why), (n, href) in told.items():
                listed = rows(manager, href)
                assert len({row.record.pk for row in listed}) == n, (task, why)
                assert not why or {row.why for row in listed} == {why}


def test_a_record_that_waits_for_two_reasons_is_counted_and_listed_once(
    manager: Client, communes: list[AdminUnit]
) -> None:
    plot = Plot.objects.filter(holdings__land_user__work_item__waits_why=LOST, commune=communes[0]).first()
    other = make.make_land_user(communes[0])
    assert plot is not None
    make.make_verification(other, "matched", since=moment(4))
    make.make_holding(plot, other, plot.holdings.get().certificate)
    WorkItem.objects.create(
        land_user=other, commune=communes[0], plots=1, opened_at=moment(4), waits_with="citizen",
        waits_why="citizen_absent", waits_since=moment(5),
    )  # fmt: skip
    end_of_week()
    told = numbers(manager)
    for task, lost, absent in ((Task.CLEAN, 2, 2), (Task.COLLECT, 2, 2), (Task.VERIFY, 3, 1)):
        for why, n in (("", 4), ("Mất giấy", lost), ("Chủ vắng mặt", absent)):
            assert told[task, why][0] == len(rows(manager, told[task, why][1])) == n


def test_each_row_tells_the_reason_of_then_and_how_it_is_now(
    manager: Client, written: list[AdminUnit]
) -> None:
    told = numbers(manager)
    all_is_done()
    people = manager.get(told[Task.VERIFY, "Chủ vắng mặt"][1])
    (row,) = people.context["rows"]
    page = people.content.decode()
    assert (row.why, row.work, row.record.verification.outcome) == ("Chủ vắng mặt", "Đã xong", "matched")
    assert "Khớp" in page
    assert row.record.id_number not in page
    papers = manager.get(told[Task.COLLECT, ""][1]).content.decode()
    assert papers.count("<td>đã gắn</td>") == 4
    (plot,) = rows(manager, told[Task.CLEAN, "Chủ vắng mặt"][1])
    assert plot.record.status.group == 1


def test_pages_go_on_through_reasons_and_communes(
    manager: Client, written: list[AdminUnit], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = numbers(manager)[Task.CLEAN, ""][1]
    whole = [(row.record, row.why) for row in rows(manager, address)]
    assert [why for _record, why in whole] == ["Chủ vắng mặt", "Mất giấy", "Mất giấy", "Mất giấy"]
    for size in (1, 2, 3):
        monkeypatch.setattr("reconciliation.web.excluded.PAGE", size)
        monkeypatch.setattr("reconciliation.web.closes.PAGE", size)
        seen, query = [], address.partition("/plan/excluded/")[2]
        while query:
            response = manager.get(f"/plan/excluded/{query}")
            assert len(response.context["rows"]) <= size
            seen += [(row.record, row.why) for row in response.context["rows"]]
            query = response.context["older"]
        assert seen == whole


def test_an_official_sees_the_own_commune_alone(visit: Visit, written: list[AdminUnit]) -> None:
    client = visit(make.make_user(Role.COMMUNE_OFFICIAL, commune=written[1]))
    told = numbers(client, f"?commune={written[1].code}")
    for task in TASKS:
        n, href = told[task, ""]
        assert (n, [row.unit for row in rows(client, href)]) == (1, [written[1]])
        other = href.replace(written[1].code, written[0].code)
        assert client.get(other).status_code == 404


@pytest.mark.parametrize("task", TASKS)
def test_what_left_the_territory_since_is_counted_and_not_named(
    visit: Visit, written: list[AdminUnit], task: Task
) -> None:
    official = visit(make.make_user(Role.COMMUNE_OFFICIAL, commune=written[1]))
    address = numbers(official, f"?commune={written[1].code}")[task, ""][1]
    record = rows(official, address)[0].record
    holding = Holding.objects.get(commune=written[1])
    for each in (holding, holding.plot, holding.land_user, holding.certificate):
        assert each is not None
        type(each).objects.filter(pk=each.pk).update(commune=written[0])
    told = official.get(address)
    assert [row.record for row in told.context["rows"]] == [None]
    page = told.content.decode()
    name = record.name if task == Task.VERIFY else str(record)
    assert name not in page
    assert "nay không thuộc địa bàn" in page


def test_it_is_for_whom_the_lists_are(visit: Visit, written: list[AdminUnit]) -> None:
    client = visit(make.make_user(Role.POLICE_LIAISON))
    assert client.get(LIST).status_code == 403
    assert "/plan/excluded/" not in client.get("/plan/").content.decode()


def test_the_sum_has_no_list_where_a_commune_without_a_target_would_be_in_it(
    manager: Client, written: list[AdminUnit]
) -> None:
    Target.objects.filter(commune=written[1], task=Task.CLEAN).delete()
    told = numbers(manager)
    assert told[Task.CLEAN, ""] == (3, "")
    assert told[Task.VERIFY, ""][1]
    n, href = numbers(manager, f"?commune={written[0].code}")[Task.CLEAN, ""]
    assert len(rows(manager, href)) == n == 3


def test_a_close_of_before_has_the_number_and_says_that_it_has_no_list(
    manager: Client, communes: list[AdminUnit]
) -> None:
    end_of_week()
    WeeklySnapshot.objects.update(lists=["alone", "waits", "outcome", "done"])
    assert {href for _n, href in numbers(manager).values()} == {""}
    page = manager.get("/plan/").content.decode()
    assert "Mất giấy: 3" in page
    assert "Số này không có danh sách" in page
    assert "Những người đang chờ hôm nay" in page
    told = manager.get(LIST)
    assert told.context["rows"] == []
    assert "Bản chốt này không giữ danh sách" in told.content.decode()


def test_a_day_of_before_has_the_number_and_says_that_it_has_no_list(
    manager: Client, communes: list[AdminUnit]
) -> None:
    end_of_day()
    ExcludedList.objects.filter(commune=communes[1]).delete()
    assert {href for _n, href in numbers(manager).values()} == {""}
    assert "Số này không có danh sách" in manager.get("/plan/").content.decode()
    told = manager.get("/plan/excluded/?task=clean")
    assert told.context["rows"] == []
    assert "Lần ghi này không giữ danh sách" in told.content.decode()


def test_an_address_without_a_week_leads_to_the_close_of_which_the_plan_tells(
    manager: Client, communes: list[AdminUnit]
) -> None:
    assert "Tuần này chưa được chốt" in manager.get("/plan/excluded/?task=clean").content.decode()
    end_of_week()
    former = f"/plan/excluded/?task=scan&why={LOST}"
    assertRedirects(manager.get(former), f"{former}&week={WEEK}")


def test_counted_again_a_week_keeps_its_list_and_its_number(
    manager: Client, communes: list[AdminUnit]
) -> None:
    end_of_week()
    all_is_done()
    WeeklySnapshot.objects.update(group_1=7)
    assert snapshots.revise(WEEK, "sổ đã sai") == 2
    cache.clear()
    n, href = numbers(manager)[Task.CLEAN, ""]
    assert len(rows(manager, href)) == n == 4


def test_no_large_table_is_read_through(manager: Client, written: list[AdminUnit]) -> None:
    for _n, href in numbers(manager).values():
        with by_index_alone():
            manager.get(href)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "task=code",
        "task=clean&why=police_absent",
        "task=clean&week=2026-03-03",
        "task=clean&commune=99999",
    ],
)
def test_what_does_not_exist_is_not_found(manager: Client, written: list[AdminUnit], query: str) -> None:
    response = manager.get(f"/plan/excluded/?{query}", follow=True)
    assert response.status_code == 404
