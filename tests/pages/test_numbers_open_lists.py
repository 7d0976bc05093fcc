"""Every number of the managers' pages equals the list that it opens: a small province, each link followed."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from itertools import product

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from landdb.models import AdminUnit, Role, User
from parcels.models import Plot
from reconciliation import classification
from reconciliation.models import DayFigures, GroupMove, Target, Task, WeeklySnapshot, WorkItem
from tests import factories
from tests.campaign import season

pytestmark = pytest.mark.django_db
Visit = Callable[[User], Client]

NUMBER = re.compile(r'<a[^>]* href="(/[^"]*)"[^>]*>([+−]?[\d.]+)</a>')
BODY = re.compile(r"<table[^>]*>.*?<tbody[^>]*>(.*?)</tbody>", re.DOTALL)


#: What of the lists that are kept with a close each page has to lead to.
KEPT = {
    "overview": {"alone=1", "land-users/at", "left=any"},
    "report": {
        "land-users/at",
        "task=code",
        "task=collect",
        "task=scan",
        "word=sufficient",
        "left=any",
        "plan/excluded",
        "why=citizen_lost",
    },
}


@pytest.fixture
def communes() -> list[AdminUnit]:
    cache.clear()
    offices = [factories.make_office(code=code) for code in ("VP-A", "VP-B")]
    return [
        factories.make_commune(office=offices[n % 2], map_lon=106 + n / 10, map_lat=21.2) for n in range(3)
    ]


@pytest.fixture
def weeks(communes: list[AdminUnit]) -> list[dt.date]:
    for n, commune in enumerate(communes):
        ids = [factories.make_ready_plot(commune).pk for _ in range(5 + n)]
        ids += [factories.make_ready_plot(commune, code="").pk for _ in range(2)]
        classification.refresh(ids, cause=GroupMove.Cause.FIRST)
    for n in range(12):
        people = factories.make_land_user(communes[n % 3])
        where = ("", "police", "commune")[n % 3 and n % 4 % 3]
        since = timezone.now() - dt.timedelta(days=3 * n + 2) if where else None
        WorkItem.objects.create(
            land_user=people, commune=people.commune, plots=1, opened_at=timezone.now(), waits_with=where,
            waits_since=since, waits_until=timezone.localdate() - dt.timedelta(days=9) if where else None,
        )  # fmt: skip
    for n, commune in enumerate(communes):
        for why in ("citizen_lost", "citizen_absent")[: n + 1]:
            _cannot_be_collected(commune, why)
    found = season.live_through(5)
    season.plan(found[0], found[-1] + dt.timedelta(weeks=6))
    for commune, task in product(communes, set(Task) - {Task.CLEAN}):
        Target.objects.create(
            commune=commune,
            task=task,
            assigned=9,
            starts_on=found[0],
            due_on=found[-1] + dt.timedelta(weeks=6),
        )
    for plot in Plot.objects.filter(status__group=1)[:3]:
        Plot.objects.filter(pk=plot.pk).update(code="x")
        classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    return found


def _cannot_be_collected(commune: AdminUnit, why: str) -> None:
    """A plot of a land user whom nobody knows and who has been waited for since the first week."""
    plot, person = factories.make_plot(commune), factories.make_land_user(commune)
    factories.make_verification(person, "not_found")
    factories.make_holding(plot, person, factories.make_certificate(commune, scanned=False))
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    WorkItem.objects.create(
        land_user=person, commune=commune, plots=1, opened_at=timezone.now(), waits_with="citizen",
        waits_why=why, waits_since=timezone.now() - dt.timedelta(weeks=5),
    )  # fmt: skip


def listed(client: Client, address: str) -> int:
    """Rows of the list behind an address; it fits on one page."""
    response = client.get(html.unescape(address))
    assert response.status_code == 200, address
    content = response.content.decode()
    body = max(BODY.findall(content), key=lambda rows: rows.count("<tr"), default="")
    return body.count("<tr")


@pytest.mark.parametrize(
    "page",
    [
        "overview", "overview?all=1", "overview?week={closed}", "overview?week={closed}&all=1",
        "overview?commune={commune}", "overview?commune={commune}&week={closed}", "ledger",
        "ledger?commune={commune}", "ledger?from={monday}&to={sunday}", "overview?office=VP-A",
        "ledger?office=VP-A", "overview?office=VP-A&week={closed}", "plan", "plan?commune={commune}",
        "report", "report?week={closed}", "report?office=VP-A&week={closed}",
        "report?commune={commune}&week={closed}", "report-screen", "report-screen?n=1",
        "report-screen?commune={commune}&week={closed}",
    ],
)  # fmt: skip
def test_every_number_equals_the_list_that_it_opens(
    visit: Visit, weeks: list[dt.date], communes: list[AdminUnit], page: str
) -> None:
    client, sunday = visit(factories.make_user(Role.MANAGER)), weeks[-2] + dt.timedelta(days=6)
    name, _mark, query = page.format(
        closed=weeks[-2],
        commune=communes[0].code,
        monday=f"{weeks[-2]:%d/%m/%Y}",
        sunday=f"{sunday:%d/%m/%Y}",
    ).partition("?")
    shown = client.get(f"{reverse(name)}?{query}").content.decode()
    links = NUMBER.findall(shown)
    assert links
    if name == "report":
        assert {"plots/at", "ledger/plots"} <= {"/".join(href.split("/")[1:3]) for href, _n in links}
    if name == "plan":
        # On a Monday the last thing written down is the week.
        now = DayFigures.objects.exists()
        assert (shown.count("/plan/done/") >= len(Task) - 1) == now
        assert ("/certificates/at/" in shown) != now
        # Of four tasks the sum and two reasons; in the one commune one reason.
        assert shown.count("/plan/excluded/") >= (8 if query else 12)
    if name in ("overview", "ledger"):
        assert "/plots/at/?" in shown
    for now in ("overview/waiting/?", "overview/people/?"):
        assert (now in shown) == (name == "overview" and "week" not in query)
    if "week" in query or name.startswith("report"):
        wanted = {"overview/waiting/at", "group=all"} if name != "report-screen" else {"overview/waiting/at"}
        wanted |= KEPT.get(name, set())
        assert {part for part in wanted if part not in shown} == set()
    wrong = {
        address: (number, rows)
        for address, number in links
        if (rows := listed(client, address)) != abs(int(number.replace(".", "").replace("−", "-")))
    }
    assert wrong == {}


def test_the_groups_of_an_office_in_a_closed_week_open_their_lists(
    visit: Visit, weeks: list[dt.date], communes: list[AdminUnit]
) -> None:
    client = visit(factories.make_user(Role.MANAGER))
    told = client.get(f"/overview/?office=VP-A&week={weeks[-2]}").context
    for tile in told["tiles"]:
        assert listed(client, tile["href"]) == tile["plots"]
    for line in told["flow"]["lines"]:
        for end in ("opening", "closing"):
            assert listed(client, line[f"{end}_href"]) == line[end], (line["group"], end)
    shown = {row.unit for row in client.get(told["tiles"][0]["href"]).context["rows"]}
    assert shown == {communes[0], communes[2]}


def test_a_list_of_an_office_is_for_whom_the_office_belongs_to(
    visit: Visit, weeks: list[dt.date], communes: list[AdminUnit]
) -> None:
    assert communes[1].office is not None
    own = visit(factories.make_user(Role.MANAGER, office=communes[1].office))
    address = f"/plots/at/?week={weeks[-2]}&group=1"
    assert own.get(f"{address}&office=VP-A").status_code == 404
    assert {row.unit for row in own.get(f"{address}&office=VP-B").context["rows"]} == {communes[1]}


def test_what_is_done_of_every_task_opens_its_list_where_the_plan_tells_of_a_closed_week(
    visit: Visit, weeks: list[dt.date]
) -> None:
    DayFigures.objects.all().delete()
    client = visit(factories.make_user(Role.MANAGER))
    rows = client.get("/plan/").context["tasks"]()
    assert [row["line"].task for row in rows if row["done_href"]] == list(Task)
    for row in rows:
        assert listed(client, row["done_href"]) == row["line"].figures.done > 0


def test_nothing_leads_to_a_list_that_was_not_kept(visit: Visit, weeks: list[dt.date]) -> None:
    WeeklySnapshot.objects.filter(week=weeks[-2]).update(lists=[])
    client = visit(factories.make_user(Role.MANAGER))
    for page in ("overview", "report", "report-screen"):
        shown = client.get(f"{reverse(page)}?week={weeks[-2]}").content.decode()
        assert not [
            kept
            for kept in ("waiting/at", "alone=1", "land-users/at", "certificates/at", "plan/excluded")
            if kept in shown
        ]
    told = client.get(f"/overview/waiting/at/?week={weeks[-2]}&with=desk")
    assert told.context["rows"] == []
    assert "Bản chốt này không giữ danh sách" in told.content.decode()
