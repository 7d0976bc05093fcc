"""The weekly report as a page, its files, and on the wall of the meeting."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from landdb.models import AccessLog, AdminUnit, Role
from reconciliation.models import StoredReport, WeeklySnapshot
from tests import factories as make
from tests.campaign import report_cast as cast
from tests.web.test_catalogue import VIETNAMESE

pytestmark = pytest.mark.django_db

WEEKS = 4


@pytest.fixture
def manager(client: Client) -> Client:
    cast.campaign(cast.communes(6), WEEKS)
    client.force_login(make.make_user(Role.MANAGER))
    return client


def text_of(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def test_the_page_says_what_the_report_says(manager: Client) -> None:
    told = manager.get("/report/").context["told"]
    page = text_of(manager, "/report/")
    for block in told.blocks:
        if block.kind in ("part", "head", "text", "item"):
            assert re.sub(r"\s+", " ", block.text) in page
    for figure in told.figures.values():
        assert figure.definition in page


def test_an_earlier_week_is_told_as_it_was(manager: Client) -> None:
    told = manager.get(f"/report/?week={cast.week(2)}").context["told"]
    assert told.week == cast.week(2)
    assert manager.get("/report/?week=gestern&revision=99").context["told"].week == cast.week(WEEKS)


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_a_file_is_the_same_twice_kept_and_logged(manager: Client, kind: str) -> None:
    first, second = (manager.get(f"/report/{kind}/").content for _n in range(2))
    assert first == second == b"".join(manager.get(f"/report/{kind}/?kept=1").streaming_content)  # type: ignore[arg-type]
    assert StoredReport.objects.count() == 1
    assert AccessLog.objects.filter(action="export", subject="report").count() == 3
    assert "giống bản đã lưu" in text_of(manager, "/report/")


def test_there_is_no_other_kind_of_file(manager: Client) -> None:
    assert manager.get("/report/pdf/").status_code == 404


def test_before_the_first_close_it_says_so(client: Client) -> None:
    client.force_login(make.make_user(Role.MANAGER))
    for address in ("/report/", "/report/screen/"):
        assert "Chưa có tuần nào được chốt" in client.get(address).content.decode()
    assert client.get("/report/docx/").status_code == 404


def test_an_earlier_revision_opens_no_lists_of_the_last_one(manager: Client) -> None:
    address = f"/report/?week={cast.week(WEEKS)}&revision=1"
    assert "/plots/at/" in manager.get(address).content.decode()
    taken = WeeklySnapshot.objects.filter(week=cast.week(WEEKS)).first()
    assert taken is not None
    taken.pk, taken.revision, taken.reason = None, 2, "đếm lại"
    taken.save()
    assert "/plots/at/" not in manager.get(address).content.decode()
    assert "/plots/at/" in manager.get(address.replace("=1", "=2")).content.decode()


def test_who_may_not_see_the_lists_gets_the_bare_numbers(manager: Client, client: Client) -> None:
    client.force_login(make.make_user(Role.POLICE_LIAISON))
    page = client.get("/report/").content.decode()
    assert "/plots/at/" not in page
    assert "/ledger/plots/" not in page


def test_an_official_sees_the_own_commune_and_the_average(client: Client) -> None:
    units = cast.communes(4)
    cast.campaign(units, WEEKS)
    client.force_login(make.make_user(Role.COMMUNE_OFFICIAL, commune=units[0]))
    for address in ("/report/", "/report/screen/", "/report/screen/?n=2"):
        page = client.get(address).content.decode()
        assert units[0].name in page
        for other in units[1:]:
            assert other.name not in page
    assert "Cả tỉnh" in client.get("/report/screen/").content.decode()


def test_the_wall_leads_from_the_province_to_the_slowest_and_on(manager: Client) -> None:
    page = manager.get("/report/screen/")
    assert page.context["page"]["name"] == "Toàn tỉnh"
    ranks = []
    while page.context["next_href"]:
        page = manager.get(page.context["next_href"])
        ranks.append(page.context["page"]["rank"])
    assert ranks == [6, 5, 4, 3, 2, 1]
    assert 'data-key="k ArrowLeft ArrowUp PageUp"' in page.content.decode()
    assert manager.get("/report/screen/?n=999").context["n"] == 6


def test_more_communes_ask_no_more(manager: Client) -> None:
    counts = []
    for _n in range(2):
        with CaptureQueriesContext(connection) as asked:
            manager.get("/report/")
        counts.append(len(asked))
        cast.campaign(cast.communes(3), WEEKS)
    assert counts[0] == counts[1]


@pytest.fixture
def offices(client: Client) -> list[AdminUnit]:
    """Two communes of an office and three of another."""
    communes = cast.communes(2, make.make_office(code="VP-1", name="Văn phòng số 1"))
    communes += cast.communes(3, make.make_office(code="VP-2", name="Văn phòng số 2"))
    cast.campaign(communes, WEEKS)
    client.force_login(make.make_user(Role.MANAGER))
    return communes


def test_the_province_gets_the_report_of_an_office_and_of_a_commune(
    client: Client, offices: list[AdminUnit]
) -> None:
    unit = offices[2]
    asked = ("office=VP-1", "Văn phòng số 1", 2), (f"commune={unit.code}", unit.name, 1)
    for query, name, communes in asked:
        page = client.get(f"/report/?{query}&week={cast.week(2)}")
        told = page.context["told"]
        assert (told.value("plots"), told.week) == (communes * cast.PLOTS, cast.week(2))
        assert f'<span class="lead">{name}</span>' in page.content.decode()
        links = set(re.findall(r'href="(/report/[^"]*|[?][^"]*)"', html.unescape(page.content.decode())))
        files = [href for href in links if "/docx/" in href or "/xlsx/" in href or "/screen/" in href]
        assert len(files) == 3
        assert all(query in href for href in files)
        wall = client.get(next(href for href in files if "screen" in href))
        assert wall.context["page"]["plots"] == communes * cast.PLOTS


def test_its_files_are_kept_beside_those_of_the_province(client: Client, offices: list[AdminUnit]) -> None:
    for query in ("", "office=VP-1", f"commune={offices[0].code}"):
        assert client.get(f"/report/xlsx/?{query}").status_code == 200
    kept = StoredReport.objects.order_by("pk").values_list("office__code", "commune")
    assert list(kept) == [(None, None), ("VP-1", None), (None, offices[0].pk)]
    answer = client.get("/report/docx/?office=VP-1")
    assert "VP-1" in answer["Content-Disposition"]


def test_nobody_gets_the_report_of_another_territory(client: Client, offices: list[AdminUnit]) -> None:
    client.force_login(make.make_user(Role.MANAGER, office=offices[0].office))
    assert client.get(f"/report/?commune={offices[1].code}").context["told"].value("plots") == cast.PLOTS
    for kind in ("", "docx/", "xlsx/", "screen/"):
        assert client.get(f"/report/{kind}?commune={offices[2].code}").status_code == 404
        assert client.get(f"/report/{kind}?office=VP-2").status_code == 404
    client.force_login(make.make_user(Role.COMMUNE_OFFICIAL, commune=offices[0]))
    assert client.get(f"/report/?commune={offices[0].code}").status_code == 200
    assert client.get(f"/report/?commune={offices[1].code}").status_code == 404


def test_a_week_that_was_never_closed_is_not_passed_off_as_another(manager: Client) -> None:
    never = f"week={cast.week(WEEKS + 3)}"
    for address in ("/report/", "/report/screen/", "/overview/"):
        assert "chưa được chốt" in text_of(manager, f"{address}?{never}")
        assert "chưa được chốt" not in text_of(manager, f"{address}?week={cast.week(2)}")
    assert manager.get(f"/report/docx/?{never}").status_code == 404


def test_a_later_revision_is_named_on_the_wall_and_in_the_list(manager: Client) -> None:
    week = cast.week(WEEKS)
    pages = f"/report/screen/?week={week}", f"/plots/at/?week={week}&group=1"
    for address in pages:
        assert "bản chốt 2" not in text_of(manager, address)
    taken = WeeklySnapshot.objects.filter(week=week).first()
    assert taken is not None
    taken.pk, taken.revision, taken.reason = None, 2, "đếm lại"
    taken.save()
    for address in pages:
        assert "bản chốt 2" in text_of(manager, address)


def test_an_english_page_says_in_english_what_each_number_is_and_keeps_the_report_vietnamese(
    manager: Client,
) -> None:
    manager.cookies["django_language"] = "en"
    page = manager.get("/report/")
    shown, _article, paper = page.content.decode().partition('<article class="report" lang="vi">')
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in paper
    assert "Group 1, at the week&#x27;s end: <b>" in shown
    assert "Figures of midnight, " in shown
    told = page.context["figures"]
    assert len(told) > 100
    assert [
        each.name for each in told if VIETNAMESE.search(f"{each.name} {each.shown} {each.definition}")
    ] == []


def test_a_vietnamese_page_says_of_each_number_what_the_report_says(manager: Client) -> None:
    page = manager.get("/report/").context
    figures = page["told"].figures.values()
    assert [(each.name, each.shown, each.definition) for each in page["figures"]] == [
        (each.name, each.shown, each.definition) for each in figures
    ]
    assert page["told"].note == "Số liệu chốt lúc 24 giờ ngày {}; bản chốt {}; bộ quy tắc {}.".format(
        f"{page['told'].last:%d/%m/%Y}", page["told"].revision, page["rules"]
    )


def test_the_files_are_vietnamese_whatever_the_page_is_read_in(manager: Client) -> None:
    address, files = f"/report/xlsx/?week={cast.week(3)}", []
    for language in ("en", "vi"):
        manager.cookies["django_language"] = language
        files.append(manager.get(address).content)
    assert files[0] == files[1]
