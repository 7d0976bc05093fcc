"""We say 1, MPLIS says 2, because: counts, causes and the plots behind each of them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from landdb.models import AdminUnit, ReceivedFile, Role, RowProblem, User
from parcels.models import Plot
from reconciliation import classification
from reconciliation.models import GroupMove, OpinionCount, OutsideOpinion, PlotStatus
from reconciliation.web import opinion_plots
from tests import factories as make
from tests.classification.test_counts import say
from tests.geohash import geohash

pytestmark = pytest.mark.django_db

Visit = Callable[[User], Client]


def judge(commune: AdminUnit) -> None:
    classification.classify_communes([commune.pk])
    classification.count_opinions([commune.pk])


def links(page: str) -> list[tuple[str, int]]:
    """Each count that opens a list: its address and the number on it."""
    found = re.findall(r'<a[^>]*href="(/opinions/plots/[^"]*)"[^>]*>([\d.]+)[^<]*</a>', page)
    return [(unescape(href), int(n.replace(".", ""))) for href, n in found]


def plots_on(page: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="plot-(\d+)"', page)]


def test_the_matrix_lays_our_groups_beside_theirs_and_says_why(visit: Visit) -> None:
    commune = make.make_commune()
    strict, lax, bare, silent = (
        make.make_ready_plot(commune),
        make.make_ready_plot(commune, code="x"),
        make.make_drawn_plot(commune),
        make.make_ready_plot(commune),
    )
    make.make_opinion(strict, group=2, has_book=False, is_always_on=False)
    make.make_opinion(lax)
    make.make_opinion(bare, group=0, has_book=None)
    judge(commune)
    page = visit(make.make_user(Role.MANAGER)).get("/opinions/").content.decode()
    counted = dict(links(page))
    assert {key: n for key, n in counted.items() if "cause" not in key} == {
        "/opinions/plots/?ours=1&theirs=2": 1,
        "/opinions/plots/?ours=2&theirs=1": 1,
        "/opinions/plots/?ours=3&theirs=0": 1,
        "/opinions/plots/?ours=1&theirs=none": 1,
    }
    for cause in ("mplis:no_book", "mplis:not_always_on"):
        assert counted[f"/opinions/plots/?ours=1&theirs=2&cause={cause}"] == 1
    assert counted["/opinions/plots/?ours=2&theirs=1&cause=plot_code_wrong"] == 1
    for words in ("MPLIS chặt hơn", "ta chặt hơn", "chưa xuất sổ địa chính điện tử", "không vận hành 24/7"):
        assert words in page
    assert PlotStatus.objects.get(pk=silent.pk).group == 1


@pytest.mark.parametrize("seed", range(2))
def test_every_count_opens_exactly_its_plots(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(opinion_plots, "PAGE", 2)
    monkeypatch.setattr(opinion_plots.OpinionPlots.page, "__defaults__", (2,))
    chance = random.Random(seed)
    communes = [make.make_commune(), make.make_commune()]
    for commune in communes:
        plots = [make.make_ready_plot(commune, code=chance.choice(["x", "y"])) for _n in range(4)]
        plots += [make.make_ready_plot(commune), *(make.make_drawn_plot(commune) for _n in range(2))]
        for plot in plots[:-1] if commune is communes[0] else plots:
            say(plot, chance)
        judge(commune)
    client = visit(make.make_user(Role.AUDITOR))
    counted = links(client.get("/opinions/").content.decode())
    assert len(counted) > 8
    for href, n in counted:
        found: list[int] = []
        address: str | None = href
        while address:
            page = client.get(address).content.decode()
            found += plots_on(page)
            older = re.search(r'rel="next" href="(\?[^"]*)"', page)
            address = f"/opinions/plots/{unescape(older[1])}" if older else None
        assert len(found) == len(set(found)) == n, href


def test_only_the_own_territory_is_counted_and_listed(visit: Visit) -> None:
    here, there = make.make_commune(), make.make_commune()
    for commune in (here, there):
        make.make_opinion(make.make_ready_plot(commune), group=2, has_book=False)
        judge(commune)
    client = visit(make.make_user(Role.COMMUNE_OFFICIAL, commune=here))
    assert dict(links(client.get("/opinions/").content.decode()))["/opinions/plots/?ours=1&theirs=2"] == 1
    found = plots_on(client.get("/opinions/plots/?ours=1&theirs=2").content.decode())
    assert found == [Plot.objects.get(commune=here).pk]
    elsewhere = client.get(f"/opinions/plots/?ours=1&theirs=2&commune={there.code}").content.decode()
    assert plots_on(elsewhere) == []
    assert client.get(f"/opinions/?commune={there.code}").content.decode().count(there.name) == 0
    province = visit(make.make_user(Role.AUDITOR))
    one = dict(links(province.get(f"/opinions/?commune={there.code}").content.decode()))
    assert one[f"/opinions/plots/?ours=1&theirs=2&commune={there.code}"] == 1


@pytest.mark.parametrize("query", ["", "ours=4&theirs=1", "ours=1&theirs=3", "ours=1", "ours=x&theirs=2"])
def test_a_cell_that_is_none_is_not_found(visit: Visit, query: str) -> None:
    assert visit(make.make_user(Role.AUDITOR)).get(f"/opinions/plots/?{query}").status_code == 404


def test_strange_causes_and_places_do_no_harm(visit: Visit) -> None:
    client = visit(make.make_user(Role.AUDITOR))
    for rest in ("cause=khong_co", "cause=%00", "after=x", "after=1.99999999999999999999", "commune=99999"):
        assert client.get(f"/opinions/plots/?ours=1&theirs=2&{rest}").status_code == 200


def test_the_police_have_no_business_here(visit: Visit) -> None:
    client = visit(make.make_user(Role.POLICE_LIAISON))
    assert client.get("/opinions/").status_code == 403
    assert client.get("/opinions/plots/?ours=1&theirs=2").status_code == 403
    assert "/opinions/" not in client.get("/overview/").content.decode()


def test_the_plot_page_tells_the_opinion_in_one_line(visit: Visit) -> None:
    plot = make.make_ready_plot()
    client = visit(make.make_user(Role.REVIEWER))
    assert "MPLIS nói:" not in client.get(f"/plots/{plot.pk}/").content.decode()
    make.make_opinion(plot, group=OutsideOpinion.Says.SUPPLEMENT, population="not_found", is_in_step=False)
    page = " ".join(re.sub(r"<[^>]*>", " ", client.get(f"/plots/{plot.pk}/").content.decode()).split())
    line = "NHÓM 2 · không đồng bộ ba khối thông tin, không xác định được trong dân cư"
    assert f"MPLIS nói: {line}" in page


def test_before_the_first_table_the_page_says_how_it_comes(visit: Visit) -> None:
    page = visit(make.make_user(Role.ADMINISTRATOR)).get("/opinions/").content.decode()
    assert "import_opinions" in page


def test_rows_that_could_not_be_used_are_listed_for_the_whole_province_only(visit: Visit) -> None:
    file = make.make_file(kind=ReceivedFile.Kind.OPINIONS, rows=1, rejected=1)
    RowProblem.objects.create(
        file=file, level="rejected", sheet="Hai", row=7, column="số thửa", value="tờ 1, thửa 2",
        code="opinion_plot_unknown",
    )  # fmt: skip
    address = f"/opinions/files/{file.pk}/"
    client = visit(make.make_user(Role.AUDITOR))
    assert address in client.get("/opinions/").content.decode()
    page = client.get(address).content.decode()
    for words in ("Hai", "7", "tờ 1, thửa 2", "không có thửa nào đang dùng", "nhập thửa này trước"):
        assert words in page
    assert visit(make.make_user(Role.COMMUNE_OFFICIAL)).get(address).status_code == 404
    other = make.make_file(kind=ReceivedFile.Kind.REGISTER)
    assert client.get(f"/opinions/files/{other.pk}/").status_code == 404


def test_one_corrected_plot_moves_in_the_matrix_at_once() -> None:
    plot = make.make_ready_plot(code="x")
    make.make_opinion(plot)
    judge(plot.commune)
    Plot.objects.filter(pk=plot.pk).update(code=geohash(plot.lat, plot.lon))
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    counted = OpinionCount.objects.filter(plots__gt=0).values_list("ours", "theirs", "cause", "plots")
    assert list(counted) == [(1, 1, "", 1)]
