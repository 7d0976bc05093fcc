"""What clerks do to rows: what goes in with a warning, what is sent back with a reason."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from landdb.intake import problems as words
from landdb.intake.outcome import Outcome
from landdb.models import AdminUnit, RowProblem
from parcels.importers import form01
from parcels.importers.form01 import fields
from parcels.models import Certificate, Holding, LandUse, LandUser, Plot, Scan
from tests import factories
from tests.form01.conftest import Write, bare, row

pytestmark = pytest.mark.django_db


def take_in(workbook: Write, *rows: dict[str, Any], **options: Any) -> Outcome:
    return form01.import_register(workbook(rows), **options)


def codes(outcome: Outcome) -> set[str]:
    return {problem.code for problem in outcome.problems}


@pytest.mark.parametrize(
    ("dirt", "code", "column"),
    [
        ({"serial": "BK 000001; BK 000002"}, "several_serials", "C"),
        ({"serial": "#REF!"}, "identity_error", "C"),
        ({"name": "#N/A"}, "identity_error", "H"),
        ({"sheet": "12; 13"}, "several_numbers", "V"),
        ({"number": "mười"}, "number_malformed", "W"),
        ({"commune_code": "99999"}, "commune_code_unknown", "B"),
        ({"commune_code": None}, "commune_missing", "B"),
        (
            {"serial": None, "sheet": None, "certificate_sheet": None, "guid": None},
            "plot_missing",
            "W",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "_" in value else "",
)
def test_a_row_that_could_be_anybodys_is_sent_back_and_the_good_go_in(
    commune: AdminUnit, workbook: Write, dirt: dict[str, Any], code: str, column: str
) -> None:
    outcome = take_in(workbook, row(1), row(2, **dirt), row(3))

    assert (outcome.file.applied, outcome.file.rejected) == (2, 1)
    assert sorted(Plot.objects.values_list("number", flat=True)) == [1, 3]
    problem = RowProblem.objects.get(level="rejected")
    assert (problem.sheet, problem.row, problem.code) == ("Sheet1", 6, code)
    assert problem.column.startswith(f"{column} · ")
    told = words.text(code)
    assert str(told.reason)
    assert str(told.mend)


def test_a_rejected_row_shows_the_value_that_was_typed(commune: AdminUnit, workbook: Write) -> None:
    take_in(workbook, row(1), row(2, serial="BK 000001; BK 000002"))

    assert RowProblem.objects.get(level="rejected").value == "BK 000001; BK 000002"


def test_a_real_error_cell_is_seen_and_not_taken_for_empty(commune: AdminUnit, workbook: Write) -> None:
    path = workbook([row(1), row(2)])
    book = openpyxl.load_workbook(path)
    for place in ("C6", "K5"):
        book["Sheet1"][place] = "#REF!"
        book["Sheet1"][place].data_type = "e"
    book.save(path)
    outcome = form01.import_register(path)

    assert [(p.row, p.code) for p in outcome.problems] == [(5, "cell_error"), (6, "identity_error")]
    assert LandUser.objects.get().sex == ""


def test_rows_of_other_communes_are_sent_back(commune: AdminUnit, workbook: Write) -> None:
    other = factories.make_commune(code="09187", delivered=False)
    outcome = take_in(workbook, row(1), row(2, commune_code=other.code), commune=commune)

    assert (outcome.file.applied, outcome.file.rejected) == (1, 1)
    assert codes(outcome) == {"row_of_other_commune"}


def test_sums_blanks_and_repeated_headers_are_no_rows(commune: AdminUnit, workbook: Write) -> None:
    headers = {field.name: field.header for field in fields.V1}
    outcome = take_in(
        workbook,
        row(1),
        {},
        {"no": "Tổng DT", "legal_area": 120.5},
        {"name": "Tổng cộng", "legal_area": 120.5},
        headers,
        {"no": 7},
        row(2),
    )

    file = outcome.file
    assert (file.rows, file.applied, file.ignored, file.rejected) == (7, 2, 5, 0)
    ignored = RowProblem.objects.filter(level="ignored")
    assert [problem.code for problem in ignored] == [
        "row_blank", "row_subtotal", "row_subtotal", "row_header", "row_blank",
    ]  # fmt: skip


def test_a_man_named_tong_is_no_sum(commune: AdminUnit, workbook: Write) -> None:
    assert take_in(workbook, row(name="Tống Công Mẫu", no=None)).file.applied == 1


def test_a_plot_without_certificate_has_a_holding_all_the_same(commune: AdminUnit, workbook: Write) -> None:
    take_in(
        workbook,
        row(
            serial="CHUACOGIAY_07210_12_1",
            issued=None,
            book_number=None,
            scans="CHUACOGIAY_07210_12_1-DDK.pdf",
        ),
    )

    assert not Certificate.objects.exists()
    assert Holding.objects.get().certificate is None
    scan = Scan.objects.get()
    assert (scan.kind, scan.is_linked, scan.certificate) == ("DDK", False, None)


def test_lost_zeros_are_put_back_and_told(commune: AdminUnit, workbook: Write) -> None:
    outcome = take_in(workbook, row(commune_code=7210, id_number=24075000001))

    assert codes(outcome) == {"commune_padded", "id_number_padded"}
    assert LandUser.objects.get().id_number == "024075000001"
    assert Plot.objects.get().commune == commune


def test_nine_digits_are_an_old_number_and_never_padded(commune: AdminUnit, workbook: Write) -> None:
    take_in(workbook, row(id_number=125123456))

    land_user = LandUser.objects.get()
    assert (land_user.id_number, land_user.id_kind) == ("125123456", "cmnd")


def test_two_people_in_a_cell_leave_the_first_named(commune: AdminUnit, workbook: Write) -> None:
    outcome = take_in(workbook, row(name="Ông Nguyễn Văn Mẫu và vợ là Trần Thị Thử"))

    land_user = LandUser.objects.get()
    assert codes(outcome) == {"two_people_in_cell"}
    assert (land_user.name, land_user.second_name) == ("Nguyễn Văn Mẫu", "Trần Thị Thử")
    assert land_user.name_raw == "Ông Nguyễn Văn Mẫu và vợ là Trần Thị Thử"


def test_words_codes_and_signs_of_use_are_understood(commune: AdminUnit, workbook: Write) -> None:
    rows = [
        row(1, use1_purpose="Đất ở tại đô thị"),
        row(2, use1_purpose="thổ cư"),
        row(3, use1_purpose="đất trên mây"),
        row(4, use1_purpose="ONT+CLN"),
    ]
    outcome = take_in(workbook, *rows)

    purposes = LandUse.objects.filter(line=1).order_by("plot__number").values_list("purpose", flat=True)
    assert list(purposes) == ["ODT", "OTC", "", "ONT"]
    assert codes(outcome) == {"purpose_unsure", "purpose_unknown", "several_purposes"}


def test_a_row_without_a_name_has_a_holding_without_a_land_user(commune: AdminUnit, workbook: Write) -> None:
    outcome = take_in(workbook, row(1, name=None), row(2, name="không rõ"))

    assert codes(outcome) == {"name_missing", "name_placeholder"}
    assert not LandUser.objects.exists()
    assert Holding.objects.count() == 2


def test_a_copied_guid_is_sent_back(commune: AdminUnit, workbook: Write) -> None:
    outcome = take_in(workbook, row(1), row(2, guid=row(1)["guid"]))

    assert (outcome.file.applied, outcome.file.rejected) == (1, 1)
    assert codes(outcome) == {"guid_repeated"}


def test_rows_that_contradict_each_other_keep_the_first_word(commune: AdminUnit, workbook: Write) -> None:
    wife = row(1, name="Trần Thị Mẫu", id_number="024175000009", guid="b", legal_area=99, use1_area=99)
    outcome = take_in(workbook, row(1), wife)

    assert Plot.objects.get().legal_area == Decimal("120.50")
    assert LandUse.objects.count() == 2
    told = [(p.row, p.column.partition(" ")[0], p.code) for p in outcome.problems]
    assert told == [(6, "Y", "contradicts_earlier_row"), (6, "Z", "contradicts_earlier_row")]


def test_a_later_row_fills_what_the_first_left_empty(commune: AdminUnit, workbook: Write) -> None:
    wife = row(1, name="Trần Thị Mẫu", id_number="024175000009", guid="b")
    outcome = take_in(workbook, row(1, legal_area=None, issued=None), wife)

    assert Plot.objects.get().legal_area == Decimal("120.50")
    assert Certificate.objects.get().issued_on == dt.date(2012, 5, 20)
    assert codes(outcome) == set()


def test_the_same_row_twice_is_one_holding(commune: AdminUnit, workbook: Write) -> None:
    outcome = take_in(workbook, bare(1), bare(1))

    assert Holding.objects.count() == 1
    assert (outcome.file.applied, outcome.file.unchanged) == (1, 1)
    assert codes(outcome) == {"row_repeated"}


def test_a_scan_whose_name_lacks_the_serial_is_not_linked(commune: AdminUnit, workbook: Write) -> None:
    take_in(workbook, row(scans="07210_GCN_BK000001.pdf; IMG_2231.pdf"))

    assert dict(Scan.objects.values_list("file_name", "is_linked")) == {
        "07210_GCN_BK000001.pdf": True,
        "IMG_2231.pdf": False,
    }
    assert Scan.objects.filter(certificate__serial="BK 000001").count() == 2


def test_a_nine_digit_paper_is_kept_as_the_former_number(commune: AdminUnit, workbook: Write) -> None:
    take_in(
        workbook,
        row(paper1_number="024075000001", paper1_kind="CCCD", paper2_number=125123456, paper2_kind="CMND"),
    )

    assert LandUser.objects.get().former_number == "125123456"


def test_what_is_too_long_is_cut_and_told(commune: AdminUnit, workbook: Write) -> None:
    outcome = take_in(workbook, row(plot_address="Thôn Đông " * 60))

    assert codes(outcome) == {"text_cut"}
    assert len(Plot.objects.get().address) == 300


@pytest.mark.parametrize(
    ("address", "lives"),
    [
        ("Thôn Quan Hậu, xã Tam Đa, huyện Yên Phong, tỉnh Bắc Ninh", "09208"),
        ("Thôn Quan Hậu", "07210"),
        ("Thôn Quan Hậu, Xã Tam Đa, tỉnh Thái Bình", "07210"),
    ],
)
def test_a_land_user_stands_in_the_commune_of_the_permanent_address(
    commune: AdminUnit, workbook: Write, address: str, lives: str
) -> None:
    factories.make_commune(code="09208", name="Xã Tam Đa", short_name="Tam Đa", delivered=False)
    take_in(workbook, row(address=address))
    there = LandUser.objects.get()
    assert (there.commune.code, there.village) == (lives, "Thôn Quan Hậu")
    assert Plot.objects.get().commune == Holding.objects.get().commune == commune
