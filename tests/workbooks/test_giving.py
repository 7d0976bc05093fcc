"""What a commune is given: exactly its rows to mend, in the official form, with the cells to look at."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from landdb.intake.outcome import Refused
from landdb.models import AccessLog, Role
from parcels.importers.form01.fields import V1
from parcels.models import LandUser
from reconciliation.actions import handovers, workbook_marks, workbook_rows, workbooks
from reconciliation.actions.handovers import Handover
from reconciliation.actions.workbook_rows import Wanted
from reconciliation.models import Workbook, WorkbookRow, WorkItem
from reconciliation.rules import catalogue
from tests import factories
from tests.actions.cast import judge

from .ground import PLACE, Ground, give_out, path_of, row_of

pytestmark = pytest.mark.django_db


def test_one_row_per_holding_with_the_cell_to_mend_marked(ground: Ground) -> None:
    in_order = factories.make_ready_plot(ground.commune)
    judge(in_order.holdings.get().land_user, in_order)
    workbook = give_out(ground)
    assert workbook.rows == len(ground.holdings)
    sheet = openpyxl.load_workbook(path_of(workbook)).worksheets[0]
    assert sheet.cell(2, 9).value == V1[8].header
    for holding in ground.holdings:
        row = row_of(workbook, holding)
        cell = sheet.cell(row, PLACE["book_number"])
        assert "Thiếu số vào sổ" in cell.comment.text
        assert cell.fill.fgColor.rgb.endswith("FFF2CC")
        assert sheet.cell(row, PLACE["name"]).value == holding.land_user.name_raw
        assert sheet.cell(row, PLACE["id_number"]).data_type == "s"
        assert sheet.cell(row, PLACE["id_number"]).number_format == "@"
        assert sheet.cell(row, PLACE["legal_area"]).value == "120"
        assert "số điện thoại" in sheet.cell(row, PLACE["needs"]).value
    assert sheet.column_dimensions["BM"].hidden
    assert {"HuongDan", "DanhMuc"} <= set(openpyxl.load_workbook(path_of(workbook)).sheetnames)
    assert any("DanhMuc" in each.formula1 for each in sheet.data_validations.dataValidation)


def test_a_plot_without_a_holding_has_a_row_of_its_own(ground: Ground) -> None:
    drawn = factories.make_drawn_plot(ground.commune, sheet=9, number=9)
    judge(ground.people[0], drawn)
    workbook = give_out(ground)
    row = WorkbookRow.objects.get(workbook=workbook, plot=drawn.pk)
    assert row.holding is None
    assert row.cells["sheet"] == "9"


def test_a_key_tells_nothing_and_is_another_each_time(ground: Ground) -> None:
    first, second = give_out(ground), give_out(ground)
    keys = [
        set(WorkbookRow.objects.filter(workbook=each).values_list("key", flat=True))
        for each in (first, second)
    ]
    assert not keys[0] & keys[1]
    ids = {str(holding.pk) for holding in ground.holdings}
    assert not any(pk == key for pk in ids for key in keys[0])
    assert all(len(key) == 16 for key in keys[0])


def test_what_the_desk_sent_back_comes_first(ground: Ground) -> None:
    plot = factories.make_ready_plot(ground.commune)
    person = plot.holdings.get().land_user
    judge(person, plot)
    assert give_out(ground).rows == 4
    back = Handover(WorkItem.With.COMMUNE, "commune_papers", note="thiếu bản chụp căn cước")
    handovers.write(person, back, by=ground.reviewer)
    assert give_out(ground).rows == 5
    alone = give_out(ground, Wanted(who=workbook_rows.DESK))
    row = WorkbookRow.objects.get(workbook=alone)
    assert row.asks["scans"] == "desk:commune_papers"
    sheet = openpyxl.load_workbook(path_of(alone)).worksheets[0]
    assert "thiếu bản chụp căn cước" in sheet.cell(5, PLACE["scans"]).comment.text


def test_the_fields_that_the_desk_asks_about_are_marked_with_its_word(ground: Ground) -> None:
    plot = factories.make_ready_plot(ground.commune)
    person = plot.holdings.get().land_user
    judge(person, plot)
    fields = ("birth", "certificate")
    back = Handover(WorkItem.With.COMMUNE, "commune_differs", "xem bản gốc", fields=fields)
    handovers.write(person, back, by=ground.reviewer)
    alone = give_out(ground, Wanted(who=workbook_rows.DESK))
    asks = WorkbookRow.objects.get(workbook=alone).asks
    asked = {name for name, ask in asks.items() if ask == "desk:commune_differs"}
    assert asked == {"birth", "serial", "issued", "book_number"}
    sheet = openpyxl.load_workbook(path_of(alone)).worksheets[0]
    for name in asked:
        told = sheet.cell(5, PLACE[name]).comment.text
        assert "Sổ đất và dân cư ghi khác nhau. xem bản gốc." in told
    needs = sheet.cell(5, PLACE["needs"]).value
    assert "Sổ đất và dân cư ghi khác nhau: ngày sinh, giấy chứng nhận → xem bản gốc" in needs


def test_of_an_organisation_the_desk_asks_about_its_own_cells() -> None:
    cells = workbook_marks.handed_on("commune_cells", ["name", "id_number"], is_organisation=True)
    assert cells == ("organisation_name", "organisation_number")
    assert workbook_marks.handed_on("commune_user", []) == ("current_user_name", "change_reason")
    assert workbook_marks.handed_on("", []) == ("name",)


def test_it_is_narrowed_by_rule_village_and_whom_to_ask(ground: Ground) -> None:
    ground.people[0].__class__.objects.filter(pk=ground.people[0].pk).update(address_raw="Thôn Đoài")
    assert give_out(ground, Wanted(village="Thôn Đoài")).rows == 1
    assert give_out(ground, Wanted(rules=("phone_missing",))).rows == 4
    assert give_out(ground, Wanted(rules=("book_number_missing",), who="commune")).rows == 4
    with pytest.raises(Refused, match="Không có dòng nào"):
        workbook_rows.rows(ground.commune, Wanted(rules=("book_number_missing",), who="citizen"))


def test_nothing_that_leaves_can_run_as_a_formula(ground: Ground) -> None:
    wild = ['=HYPERLINK("http://x")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "#REF!", "\x07=1+1"]
    person = ground.people[0]
    for text in wild:
        LandUser.objects.filter(pk=person.pk).update(name_raw=text, address_raw=text)
        workbook = give_out(ground)
        sheet = openpyxl.load_workbook(path_of(workbook)).worksheets[0]
        cells = [cell for row in sheet.iter_rows(min_row=5) for cell in row if cell.value is not None]
        assert all(cell.data_type == "s" for cell in cells)
        name = sheet.cell(row_of(workbook, ground.holdings[0]), PLACE["name"])
        assert name.value == text.replace("\x07", "")
        if name.value.startswith(("=", "+", "-", "@")):
            assert name.quotePrefix


def test_it_is_asked_for_with_a_purpose_taken_away_and_logged(client: Client, ground: Ground, work) -> None:
    client.force_login(ground.official)
    assert client.post("/uploads/workbooks/new/", {"purpose": ""}).status_code == 422
    answer = client.post(
        "/uploads/workbooks/new/", {"purpose": "sửa số vào sổ tuần 48", "rule": "book_number_missing"}
    )
    assert answer.status_code == 302
    work()
    workbook = Workbook.objects.get()
    page = client.get("/uploads/").content.decode()
    assert f"/uploads/workbooks/{workbook.pk}/" in page
    answer = client.get(f"/uploads/workbooks/{workbook.pk}/")
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert answer["Cache-Control"] == "no-store"
    log = AccessLog.objects.get(action="export")
    assert (log.subject_id, log.reason, log.commune) == (workbook.pk, "sửa số vào sổ tuần 48", ground.commune)


def test_the_list_says_what_a_workbook_was_narrowed_to(client: Client, ground: Ground) -> None:
    give_out(ground, Wanted(rules=("book_number_missing",), who="commune"))
    client.force_login(ground.official)
    page = client.get("/uploads/workbooks/").content.decode()
    assert f"kiểm thử · Thiếu số vào sổ, {catalogue.Who.COMMUNE.label}" in page


def test_it_expires_and_its_file_goes(client: Client, ground: Ground) -> None:
    workbook = give_out(ground)
    path = path_of(workbook)
    Workbook.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    client.force_login(ground.official)
    answer = client.get(f"/uploads/workbooks/{workbook.pk}/", follow=True)
    assert "hết hạn" in answer.content.decode()
    assert workbooks.drop_expired() == 1
    assert not path.exists()
    assert WorkbookRow.objects.filter(workbook=workbook).count() == 4
    assert not AccessLog.objects.filter(action="export").exists()


def test_other_roles_take_none_away(client: Client, ground: Ground) -> None:
    workbook = give_out(ground)
    for role in (Role.REVIEWER, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR, Role.POLICE_LIAISON):
        client.force_login(factories.make_user(role))
        assert client.get(f"/uploads/workbooks/{workbook.pk}/").status_code == 403
        assert client.post("/uploads/workbooks/new/", {"purpose": "thử xem sao"}).status_code == 403


def test_the_page_tells_plots_and_rows_apart_and_counts_what_the_desk_sent_back(
    client: Client, ground: Ground
) -> None:
    plot = ground.plots[0]
    other = factories.make_land_user(ground.commune, phone="")
    factories.make_resident(other)
    paper = factories.make_certificate(ground.commune, book_number="", book_number_raw="")
    factories.make_holding(plot, other, paper)
    judge(other, plot)
    sent_back = factories.make_ready_plot(ground.commune)
    person = sent_back.holdings.get().land_user
    judge(person, sent_back)
    handovers.write(person, Handover(WorkItem.With.COMMUNE, "commune_papers"), by=ground.reviewer)
    workbook = give_out(ground)
    assert (workbook.rows, workbook.plots) == (6, 5)
    assert workbook_rows.count(ground.commune) == workbook.plots
    client.force_login(ground.official)
    page = client.get("/uploads/").content.decode()
    assert "<dd>5</dd>" in page
    assert "6 / 5" in page
    assert "một dòng cho mỗi người sử dụng đất" in page
