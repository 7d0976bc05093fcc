"""Headers are found by their whole path, wherever and however they stand."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from landdb.intake.outcome import Refused
from landdb.models import AdminUnit
from parcels.importers import form01
from parcels.importers.form01 import fields
from parcels.models import HeaderMapping, Holding, LandUse, LandUser, Plot
from tests.form01.conftest import Write, row

pytestmark = pytest.mark.django_db

V1 = tuple(field.name for field in fields.V1)
#: What the system accepted in a real file: A–C, H–N, T, U, X–AD, AX–BB.
ACCEPTED = (*V1[0:3], *V1[7:14], *V1[19:21], *V1[23:30], *V1[49:54])


def assert_all_read(path: Path, rows: list[dict[str, Any]]) -> None:
    reading = form01.read(path)
    assert reading.unknown_headers == []
    assert [entry.person.name for entry in reading.entries if entry.person] == [r["name"] for r in rows]
    assert [entry.uses[0].purpose for entry in reading.entries] == ["ONT"] * len(rows)
    assert all(entry.certificate and entry.certificate.serial for entry in reading.entries)


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"merged": False},
        {"depth": 2},
        {"depth": 2, "merged": False},
        {"top": 3, "left": 2, "title": "BIỂU MẪU SỐ 01: THU THẬP THÔNG TIN"},
        {"top": 6, "items": False},
        {"columns": ACCEPTED},
        {"columns": tuple(reversed(V1))},
    ],
    ids=lambda shape: ", ".join(shape) or "V1",
)
def test_the_same_rows_come_out_of_every_layout(
    commune: AdminUnit, workbook: Write, shape: dict[str, Any]
) -> None:
    rows = [row(1), row(2), row(3)]

    assert_all_read(workbook(rows, **shape), rows)


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_the_columns_will_do(commune: AdminUnit, workbook: Write, seed: int) -> None:
    columns = list(V1)
    random.Random(seed).shuffle(columns)
    rows = [row(1), row(2)]

    assert_all_read(workbook(rows, columns=tuple(columns), merged=False), rows)


def rewritten(path: Path, change: dict[str, str]) -> Path:
    """The workbook with other texts in cells."""
    book = openpyxl.load_workbook(path)
    for place, text in change.items():
        book["Sheet1"][place] = text
    book.save(path)
    return path


def test_case_marks_line_breaks_and_slips_are_forgiven(commune: AdminUnit, workbook: Write) -> None:
    path = rewritten(
        workbook([row()]),
        {
            "C2": "SỐ PHÁT\nHÀNH  GCN",
            "H2": "Ho va ten chu su dung / Ho ten nguoi dai dien to chuc",
            "J2": "Ngày, thàng, năm sinh",
            "S1": "THÔNG TIN VỀ THỬA ĐẤT",
            "H1": "Thông tin chủ sử dụng",
        },
    )

    assert_all_read(path, [row()])


def test_birth_and_sex_before_the_number_stay_with_their_headers(commune: AdminUnit, workbook: Write) -> None:
    columns = (*V1[:8], "birth", "sex", "id_number", *V1[11:])
    form01.import_register(workbook([row()], columns=columns))

    land_user = LandUser.objects.get()
    assert (land_user.id_number, land_user.birth_year, land_user.sex) == ("024075000001", 1975, "M")


def test_the_birth_of_the_current_user_is_not_taken_for_the_holders(
    commune: AdminUnit, workbook: Write
) -> None:
    columns = (*V1[:15], "current_user_birth", *V1[15:])
    values = row(current_user_name="Lê Thị Mẫu", current_user_birth="01/02/1999")
    form01.import_register(workbook([values], columns=columns))

    assert LandUser.objects.get().birth_year == 1975
    assert Holding.objects.get().current_user_name == "Lê Thị Mẫu"


def test_an_unknown_header_is_reported_and_left_out(commune: AdminUnit, workbook: Write) -> None:
    path = rewritten(workbook([row()]), {"BJ1": "Ý kiến của thôn", "BJ5": "đồng ý"})
    outcome = form01.import_register(path)

    assert outcome.file.unknown_headers == ["Ý kiến của thôn"]
    assert outcome.file.applied == 1


def test_a_header_under_an_unknown_group_is_nobodys(commune: AdminUnit, workbook: Write) -> None:
    path = rewritten(
        workbook([row()]),
        {"BJ1": "Thông tin người thừa kế", "BJ2": "Ngày, tháng, năm sinh", "BJ5": "02/02/2002"},
    )
    reading = form01.read(path)

    assert reading.unknown_headers == ["Thông tin người thừa kế / Ngày, tháng, năm sinh"]
    assert reading.entries[0].person is not None
    assert reading.entries[0].person.keys.birth_year == 1975


def test_an_answer_about_a_header_is_remembered_for_the_commune(commune: AdminUnit, workbook: Write) -> None:
    path = rewritten(workbook([row()]), {"BJ1": "Liên lạc", "BJ5": "0912 000 001"})
    HeaderMapping.objects.create(commune=commune, header="Liên lạc", field="phone")
    HeaderMapping.objects.create(commune=None, header="Liên lạc", field="")
    outcome = form01.import_register(path, commune=commune)

    assert LandUser.objects.get().phone == "0912000001"
    assert outcome.file.unknown_headers == []


def test_an_answer_to_leave_a_column_out_is_kept(commune: AdminUnit, workbook: Write) -> None:
    path = rewritten(workbook([row()]), {"BJ1": "Liên lạc", "BJ5": "0912 000 001"})
    HeaderMapping.objects.create(commune=None, header="Liên lạc", field="")

    assert form01.import_register(path).file.unknown_headers == []
    assert LandUser.objects.get().phone == ""


def test_two_columns_for_one_field_are_refused_by_their_letters(commune: AdminUnit, workbook: Write) -> None:
    path = workbook([row()], columns=(*V1, "serial"))

    with pytest.raises(Refused, match="Cột C và cột BJ"):
        form01.import_register(path)
    assert not Plot.objects.exists()


@pytest.mark.parametrize(
    ("columns", "missing"),
    [
        ([name for name in V1 if name != "commune_code"], "mã xã"),
        ([name for name in V1 if name not in ("name", "organisation_name")], "tên chủ sử dụng"),
        (
            [
                n
                for n in V1
                if n not in ("serial", "sheet", "number", "certificate_sheet", "certificate_plot")
            ],
            "số tờ và số thửa",
        ),
    ],
)
def test_missing_columns_are_named(
    commune: AdminUnit, workbook: Write, columns: list[str], missing: str
) -> None:
    with pytest.raises(Refused, match=missing):
        form01.import_register(workbook([row()], columns=tuple(columns)))


def test_a_given_commune_stands_in_for_the_column(commune: AdminUnit, workbook: Write) -> None:
    columns = tuple(name for name in V1 if name != "commune_code")
    form01.import_register(workbook([row()], columns=columns), commune=commune)

    assert Plot.objects.get().commune == commune


@pytest.mark.parametrize(
    ("field", "values", "words"),
    [
        ("birth", [f"0240750000{n:02}" for n in range(5)], "số định danh"),
        ("birth", [24065001111, "024170002222", "121234567", "024055008888", "Nam"], "số định danh"),
        ("serial", [f"{n + 1:02}/03/2012" for n in range(5)], "ngày tháng"),
        ("id_number", ["Nam"] * 5, "giới tính"),
        ("name", [f"BK 00000{n}" for n in range(5)], "số phát hành"),
        ("legal_area", ["Nguyễn Văn Mẫu"] * 5, "họ tên"),
    ],
)
def test_a_shifted_column_stops_the_import(
    commune: AdminUnit, workbook: Write, field: str, values: list[object], words: str
) -> None:
    rows = [row(n, **{field: value}) for n, value in enumerate(values, 1)]
    with pytest.raises(Refused) as refused:
        form01.import_register(workbook(rows))

    own = " ".join(fields.FIELDS[field].header.split())
    assert words in str(refused.value)
    assert own in str(refused.value)
    assert not Plot.objects.exists()


def test_several_sheets_of_the_form_are_all_read(commune: AdminUnit, workbook: Write, tmp_path: Path) -> None:
    path = workbook([row(1)])
    book = openpyxl.load_workbook(path)
    other = book.copy_worksheet(book["Sheet1"])
    other.title = "Thôn Đoài"
    for field, value in row(2).items():
        other.cell(5, V1.index(field) + 1, value)
    book.create_sheet("CachNhap")["A1"] = "Cách nhập"
    book.create_sheet("Ghi chú")["A1"] = "Nhớ gọi lại"
    book.save(path)
    outcome = form01.import_register(path)

    assert outcome.file.applied == 2
    assert [(p.code, p.sheet) for p in outcome.problems] == [("sheet_without_header", "Ghi chú")]


def test_land_use_lines_keep_their_places(commune: AdminUnit, workbook: Write) -> None:
    form01.import_register(workbook([row(use3_purpose="LUC", use3_area=1)], depth=2, left=1))

    assert list(LandUse.objects.values_list("line", "purpose")) == [(1, "ONT"), (2, "CLN"), (3, "LUC")]


def test_blank_rows_after_the_data_do_not_count(commune: AdminUnit, workbook: Write) -> None:
    path: Path = workbook([row(1)])
    book = openpyxl.load_workbook(path)
    for number in range(6, 300):
        book["Sheet1"].cell(number, 3).number_format = "@"
    book.save(path)

    assert form01.import_register(path).file.rows == 1
