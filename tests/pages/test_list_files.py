"""The filter that drives a list drives its file: the same rows, in its order, no more than it shows."""

from __future__ import annotations

import csv
import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from landdb.models import AccessLog, Role, TypedSearch
from reconciliation import classification
from reconciliation.models import GroupMove, WorkItem
from reconciliation.web import file_links, list_files
from tests import factories

pytestmark = pytest.mark.django_db

PEOPLE, PLOTS = "/queue/people/file/", "/queue/file/"


def item(plots: int, commune=None, **fields) -> WorkItem:
    names = {name: fields.pop(name) for name in ("name_raw", "id_number_raw", "source_key") if name in fields}
    person = factories.make_land_user(commune, **names)
    given = {"opened_at": timezone.now(), "commune": person.commune, "outcome": "not_found"} | fields
    return WorkItem.objects.create(land_user=person, plots=plots, **given)


def flagged(commune=None, *names: str, **fields):
    plot = factories.make_plot(commune, **fields)
    for name in names:
        person = factories.make_land_user(plot.commune, name_raw=name)
        factories.make_holding(plot, person, factories.make_certificate(plot.commune))
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    return plot


def sheet(answer) -> list[list]:
    assert answer.status_code == 200
    return [list(row) for row in load_workbook(io.BytesIO(answer.content)).worksheets[0].values]


def lines(answer) -> list[list[str]]:
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\xef\xbb\xbf") == 1
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture
def reviewer(visit):
    return visit(factories.make_user(Role.REVIEWER))


def test_a_file_of_people_holds_the_rows_of_the_filter_in_its_order(reviewer) -> None:
    commune = factories.make_commune()
    for plots in (2, 9, 4):
        item(plots, commune)
    item(7, commune, outcome="deceased")
    item(8)
    query = f"?commune={commune.code}&outcome=not_found"
    shown = [row.item.plots for row in reviewer.get(f"/queue/people/{query}").context["rows"]]
    table = sheet(reviewer.get(f"{PEOPLE}xlsx/{query}"))
    assert [row[table[0].index("Số thửa chờ")] for row in table[1:]] == shown == [9, 4, 2]
    texts = lines(reviewer.get(f"{PEOPLE}csv/{query}"))
    assert [row[6] for row in texts[1:]] == ["9", "4", "2"]
    assert texts[0] == table[0]


def test_a_file_of_plots_holds_the_rows_of_the_filter(reviewer) -> None:
    commune = factories.make_commune()
    wanted = flagged(commune, "Nguyễn Thị Bưởi", sheet=3, number=12, code="")
    flagged(None, "Trần Văn Khác")
    query = f"?commune={commune.code}"
    shown = [row.status.plot_id for row in reviewer.get(f"/queue/{query}").context["rows"]]
    table = sheet(reviewer.get(f"{PLOTS}xlsx/{query}"))
    assert shown == [wanted.pk]
    assert [row[:2] for row in table[1:]] == [[3, 12]]
    assert table[1][4] == "Nguyễn Thị Bưởi"
    assert lines(reviewer.get(f"{PLOTS}csv/{query}"))[1][:2] == ["3", "12"]


def test_long_lists_are_read_on_in_portions_and_lose_nobody(reviewer, monkeypatch) -> None:
    monkeypatch.setattr(list_files, "_PORTION", 2)
    commune = factories.make_commune()
    for n in range(5):
        item(n, commune)
        flagged(commune, "Lê Thị Mơ", code="")
    for address in (PEOPLE, PLOTS):
        assert len(lines(reviewer.get(f"{address}csv/"))) == 6, address
        assert len(sheet(reviewer.get(f"{address}xlsx/"))) == 6, address


def test_a_file_ends_at_its_limit_and_page_and_file_say_so(reviewer, monkeypatch) -> None:
    monkeypatch.setitem(file_links.MOST, "xlsx", 2)
    for n in range(3):
        item(n)
    page = reviewer.get("/queue/people/").content.decode()
    assert "Tệp .xlsx chỉ có 2 dòng đầu." in page
    assert "Tệp .csv chỉ có" not in page
    answer = reviewer.get(f"{PEOPLE}xlsx/")
    assert len(sheet(answer)) == 3
    about = load_workbook(io.BytesIO(answer.content)).worksheets[1]
    assert ("Số dòng", "2 trên 3 (mỗi tệp .xlsx nhiều nhất 2 dòng)") in list(about.values)


@pytest.mark.parametrize(("page", "file"), [("/queue/people/", PEOPLE), ("/queue/", PLOTS)])
def test_each_list_leads_to_its_files_with_its_filter(reviewer, page, file) -> None:
    commune = factories.make_commune()
    item(1, commune)
    flagged(commune, code="")
    shown = reviewer.get(f"{page}?commune={commune.code}").content.decode()
    for kind in ("xlsx", "csv"):
        assert f'href="{file}{kind}/?commune={commune.code}"' in shown


def test_names_are_whole_within_one_commune_and_letters_beyond(reviewer) -> None:
    commune = factories.make_commune()
    item(2, commune, name_raw="Nguyễn Thị Bưởi")
    item(1, name_raw="Trần Văn Khác")
    flagged(commune, "Nguyễn Thị Bưởi", code="")
    for address, place in ((PEOPLE, 1), (PLOTS, 4)):
        assert sheet(reviewer.get(f"{address}xlsx/?commune={commune.code}"))[1][place] == "Nguyễn Thị Bưởi"
        assert sheet(reviewer.get(f"{address}xlsx/"))[1][place] == "N. T. B."


def test_an_organisation_keeps_its_name_everywhere(reviewer) -> None:
    body = item(1, name_raw="Công ty Sông Cầu")
    body.land_user.kind = "organisation"
    body.land_user.save()
    assert sheet(reviewer.get(f"{PEOPLE}xlsx/"))[1][1] == body.land_user.name


def test_no_identity_number_leaves_the_house(reviewer) -> None:
    commune = factories.make_commune()
    item(1, commune, id_number_raw="024175123456")
    content = "\n".join(",".join(row) for row in lines(reviewer.get(f"{PEOPLE}csv/?commune={commune.code}")))
    assert "024175123456" not in content


def test_only_the_own_territory_leaves_in_a_file(visit) -> None:
    here = factories.make_commune()
    item(1, here)
    item(9)
    flagged(here, sheet=1, number=1)
    flagged(None, sheet=9, number=9)
    client = visit(factories.make_user(Role.REVIEWER, commune=here))
    assert [row[6] for row in sheet(client.get(f"{PEOPLE}xlsx/"))[1:]] == [1]
    assert [row[:2] for row in sheet(client.get(f"{PLOTS}xlsx/"))[1:]] == [[1, 1]]


def test_every_file_is_logged_without_what_was_typed(visit) -> None:
    user = factories.make_user(Role.REVIEWER)
    commune = factories.make_commune()
    item(1, commune, name_raw="Nguyễn Thị Bưởi")
    token = TypedSearch.objects.create(user=user, text="bưởi").token
    visit(user).get(f"{PEOPLE}xlsx/?commune={commune.code}&q={token}")
    log = AccessLog.objects.get(action=AccessLog.Action.EXPORT)
    assert (log.user, log.subject, log.commune) == (user, "land_user", commune)
    assert log.reason == f"xlsx, 1/1: commune={commune.code}"


def test_no_cell_is_a_formula(reviewer) -> None:
    commune = factories.make_commune()
    item(1, commune, name_raw="x", source_key="=1+1")
    query = f"?commune={commune.code}"
    assert lines(reviewer.get(f"{PEOPLE}csv/{query}"))[1][0] == "'=1+1"
    book = load_workbook(io.BytesIO(reviewer.get(f"{PEOPLE}xlsx/{query}").content))
    assert book.worksheets[0]["A2"].data_type == "s"


@pytest.mark.parametrize(
    ("role", "people", "plots"),
    [(Role.AUDITOR, 200, 200), (Role.MANAGER, 403, 200), (Role.POLICE_LIAISON, 403, 403)],
)
def test_who_may_see_a_list_may_take_its_file(visit, role, people, plots) -> None:
    client = visit(factories.make_user(role))
    assert client.get(f"{PEOPLE}xlsx/").status_code == people
    assert client.get(f"{PLOTS}xlsx/").status_code == plots
    assert visit(factories.make_user(Role.AUDITOR)).get(f"{PLOTS}pdf/").status_code == 404
