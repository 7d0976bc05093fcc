"""The ledger of a period as a page and as a command: what each group held, what moved and why."""

from __future__ import annotations

import csv
import datetime as dt
import re
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from landdb.models import AdminUnit, Role
from parcels.models import Plot
from reconciliation import classification
from reconciliation.models import GroupMove, LedgerDay
from tests import factories as make

from .test_plans import by_index_alone

pytestmark = pytest.mark.django_db

MARCH = "from=01/03/2026&to=31/03/2026"


def moment(day: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, tzinfo=timezone.get_default_timezone())


def judge(plot: Plot, at: dt.datetime, cause: str = "correction") -> None:
    classification.refresh([plot.pk], cause=GroupMove.Cause(cause), at=at)


@pytest.fixture
def commune() -> AdminUnit:
    """Two plots seen in February; in March one is broken and, by a word of the police, mended in April."""
    unit = make.make_commune()
    plot, other = make.make_ready_plot(unit), make.make_ready_plot(unit)
    for one in (plot, other):
        judge(one, moment(1, 0) - dt.timedelta(days=3))
    Plot.objects.filter(pk=plot.pk).update(code="x")
    judge(plot, moment(10))
    Plot.objects.filter(pk=plot.pk).update(code=other.code[:-1] + "0")
    return unit


def numbers(client: Client, query: str = MARCH) -> list[tuple[int, ...]]:
    """Opening, in, out and closing of the three groups, as the page has them."""
    lines = client.get(f"/ledger/?{query}").context["groups"]
    return [tuple(line[key] for key in ("opening", "came", "went", "closing")) for line in lines]


def test_it_tells_stocks_and_moves_of_the_period(client: Client, commune: AdminUnit) -> None:
    client.force_login(make.make_user(Role.MANAGER))
    assert numbers(client) == [(2, 0, 1, 1), (0, 1, 0, 1), (0, 0, 0, 0)]
    assert numbers(client, "from=01/02/2026&to=28/02/2026") == [(0, 2, 0, 2), (0, 0, 0, 0), (0, 0, 0, 0)]
    assert numbers(client, "from=11/03/2026&to=11/03/2026") == [(1, 0, 0, 1), (1, 0, 0, 1), (0, 0, 0, 0)]
    page = client.get(f"/ledger/?{MARCH}").content.decode()
    for words in ("từ 01/03/2026 đến hết 31/03/2026", "Sổ khớp với bộ đếm", "Sửa thông tin", "1 lượt chuyển"):
        assert words in page, words


def test_an_office_is_told_of_its_communes_alone(client: Client, commune: AdminUnit) -> None:
    here, there = make.make_office(code="VP-A", name="Văn phòng A"), make.make_office(code="VP-B")
    AdminUnit.objects.filter(pk=commune.pk).update(office=here)
    other = make.make_ready_plot(make.make_commune(office=there))
    judge(other, moment(5))
    client.force_login(make.make_user(Role.MANAGER))
    assert numbers(client)[0] == (2, 1, 1, 2)
    assert numbers(client, f"{MARCH}&office=VP-A")[0] == (2, 0, 1, 1)
    assert numbers(client, f"{MARCH}&office=VP-B")[0] == (0, 1, 0, 1)
    assert numbers(client, f"{MARCH}&office=VP-B&commune={commune.code}")[0] == (2, 0, 1, 1)
    page = client.get(f"/ledger/?{MARCH}&office=VP-A").content.decode()
    assert '<span class="lead">Văn phòng A</span>' in page
    listed = client.get(f"/ledger/plots/?{MARCH}&office=VP-B").content.decode()
    assert listed.count("data-open") == 1
    client.force_login(make.make_user(Role.MANAGER, office=there))
    assert numbers(client, f"{MARCH}&office=VP-A")[0] == (0, 1, 0, 1)


def test_this_week_is_shown_where_no_days_are_named(client: Client, commune: AdminUnit) -> None:
    client.force_login(make.make_user(Role.MANAGER))
    look = client.get("/ledger/").context["look"]
    assert (look.first.weekday(), look.last) == (0, timezone.localdate())


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("from=31/03/2026&to=01/03/2026", "Ngày cuối phải từ ngày đầu trở đi."),
        ("from=hôm+qua&to=01/03/2026", 'role="alert"'),
        ("from=01/03/2026&to=02/03/2026&commune=99999", 'role="alert"'),
    ],
)
def test_what_cannot_be_read_is_said(client: Client, query: str, word: str) -> None:
    client.force_login(make.make_user(Role.MANAGER))
    response = client.get(f"/ledger/?{query}")
    assert response.status_code == 200
    assert word in response.content.decode()


def test_a_commune_opens_from_its_line_and_its_number_leads_to_the_plots(
    client: Client, commune: AdminUnit
) -> None:
    judge(make.make_ready_plot(), moment(2))
    client.force_login(make.make_user(Role.MANAGER))
    page = client.get(f"/ledger/?{MARCH}")
    row = next(row for row in page.context["communes"]() if row["unit"] == commune)
    assert row["href"] == f"/ledger/?{MARCH}&commune={commune.code}"
    own = client.get(row["href"])
    assert "Theo xã, phường" not in own.content.decode()
    assert {"opening": 2, "came": 1, "went": 1, "closing": 2}.items() <= own.context["sums"].items()
    (went,) = client.get(own.context["sums"]["went_href"]).context["rows"]
    assert went[0].from_group == 1
    (way,) = own.context["ways"]
    plots = client.get(way["href"])
    assert [(move.from_group, move.to_group) for move, _open in plots.context["rows"]] == [(1, 2)]
    assert len(client.get(row["groups"][0]["went_href"]).context["rows"]) == 1


def test_every_number_leads_to_as_many_moves(client: Client, commune: AdminUnit) -> None:
    judge(make.make_ready_plot(commune, code=""), moment(2))
    client.force_login(make.make_user(Role.MANAGER))
    page = client.get("/ledger/?from=01/02/2026&to=31/03/2026").content.decode()
    links = re.findall(r'href="(/ledger/plots/[^"]+)">([\d.]+)</a>', page)
    assert len(links) > 6
    for href, shown in links:
        assert len(client.get(href.replace("&amp;", "&")).context["rows"]) == int(shown), href


def test_only_the_own_territory_is_told(client: Client, commune: AdminUnit) -> None:
    judge(make.make_ready_plot(), moment(2))
    client.force_login(make.make_user(Role.COMMUNE_OFFICIAL, commune=make.make_commune()))
    assert numbers(client) == [(0, 0, 0, 0)] * 3
    assert client.get(f"/ledger/plots/?{MARCH}").context["rows"] == []
    foreign = client.get(f"/ledger/?{MARCH}&commune={commune.code}")
    assert not foreign.context["form"].is_valid()
    assert client.get(f"/ledger/plots/?{MARCH}&commune={commune.code}").context["rows"] == []


def test_a_plot_that_has_left_the_territory_is_named_and_has_no_link(
    client: Client, commune: AdminUnit
) -> None:
    plot = Plot.objects.filter(commune=commune).order_by("pk")[0]
    Plot.objects.filter(pk=plot.pk).update(commune=make.make_commune())
    judge(plot, moment(20))
    client.force_login(make.make_user(Role.COMMUNE_OFFICIAL, commune=commune))
    page = client.get(f"/ledger/plots/?{MARCH}&entered=0")
    assert [is_open for _move, is_open in page.context["rows"]] == [False]
    assert f'href="/plots/{plot.pk}/"' not in page.content.decode()


def test_who_may_open_no_plot_gets_no_link_to_them(client: Client, commune: AdminUnit) -> None:
    client.force_login(make.make_user(Role.POLICE_LIAISON))
    assert "/ledger/plots/" not in client.get(f"/ledger/?{MARCH}").content.decode()


def test_the_books_say_so_where_they_do_not_balance(client: Client, commune: AdminUnit) -> None:
    LedgerDay.objects.filter(day=moment(10).date()).update(plots=5)
    client.force_login(make.make_user(Role.MANAGER))
    assert "Sổ không khớp với bộ đếm" in client.get(f"/ledger/?{MARCH}").content.decode()


def test_no_page_reads_the_moves_through_and_more_communes_ask_no_more(
    client: Client, commune: AdminUnit
) -> None:
    client.force_login(make.make_user(Role.MANAGER))
    addresses = (f"/ledger/?{MARCH}", f"/ledger/plots/?{MARCH}", f"/ledger/plots/?{MARCH}&left=1&entered=2")
    for address in addresses:
        with by_index_alone():
            client.get(address)
    counts = []
    for _n in range(2):
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            client.get(addresses[0])
        counts.append(len(asked))
        for _commune in range(3):
            judge(make.make_ready_plot(), moment(3))
    assert counts[0] == counts[1] <= 11


def told(*args: str) -> str:
    out = StringIO()
    call_command("ledger", *args, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_same(commune: AdminUnit) -> None:
    text = told("--from", "01/03/2026", "--to", "31/03/2026")
    for words in ("Toàn tỉnh, 01/03/2026 – 31/03/2026", "Nhóm 1: 2 + 0 − 1 = 1", "Sửa thông tin: 1 → 2  1"):
        assert words in text, words
    own = told("--from", "01/03/2026", "--to", "31/03/2026", "--commune", commune.code)
    assert own.startswith(f"{commune.name}, ")


def test_the_command_writes_numbers_that_balance_as_csv(commune: AdminUnit) -> None:
    text = told("--from", "01/03/2026", "--to", "31/03/2026", "--csv")
    held = {1: 0, 2: 0, 3: 0}
    for row in csv.DictReader(StringIO(text)):
        assert row["commune_code"] == commune.code
        plots, left, entered = int(row["plots"]), row["from_group"], row["to_group"]
        if row["line"] == "closing":
            assert held[int(entered)] == plots
        if row["line"] != "closing" and entered:
            held[int(entered)] += plots
        if row["line"] == "move" and left:
            held[int(left)] -= plots


def test_the_command_refuses_what_makes_no_period(commune: AdminUnit) -> None:
    with pytest.raises(CommandError, match="before the first"):
        told("--from", "31/03/2026", "--to", "01/03/2026")
    with pytest.raises(CommandError, match="no commune"):
        told("--from", "01/03/2026", "--to", "01/03/2026", "--commune", "1")
    with pytest.raises(CommandError, match="dd/mm/yyyy"):
        told("--from", "2026-03-01", "--to", "31/03/2026")
    LedgerDay.objects.update(plots=7)
    with pytest.raises(CommandError, match=f"do not balance in {commune.code}"):
        told("--from", "01/03/2026", "--to", "31/03/2026")
