"""A workbook of V1 exactly: one row, one holding, everything where it belongs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import openpyxl
import pytest

from landdb.models import AdminUnit, Delivery, ReceivedFile
from parcels.importers import form01
from parcels.importers.form01 import fields, layout
from parcels.models import Asset, Certificate, Holding, LandUse, LandUser, Plot, Scan
from tests.form01.conftest import Write, row

pytestmark = pytest.mark.django_db


def test_the_written_form_is_the_official_one(workbook: Write) -> None:
    sheet = openpyxl.load_workbook(workbook([row()])).active

    assert sheet.title == "Sheet1"
    assert sheet.dimensions == "A1:BI5"
    assert len(sheet.merged_cells.ranges) == 46
    assert (sheet["B1"].value, sheet["I2"].value) == ("Mã ĐVHC cấp xã", "Số định danh cá nhân/CCCD")
    assert (sheet["AE2"].value, sheet["AI3"].value) == ("Loại đất 2 (Mục đích sử dụng)", "Thời hạn sử dụng")
    assert (sheet["AY1"].value, sheet["BI3"].value) == ("Phân loại thửa đất", "Guid")
    assert [sheet.cell(4, column).value for column in (1, 2, 51, 52)] == [None, 1, 50, None]


def test_every_column_of_v1_is_recognised(commune: AdminUnit, workbook: Write) -> None:
    from parcels.importers.form01 import archive, headers
    from parcels.importers.form01 import workbook as book

    (sheet,) = book.sheets(workbook([row()]), archive.Limits())
    header = headers.find(sheet, {})

    assert header is not None
    assert [column.field for column in header.columns] == [field.name for field in fields.V1]
    assert header.first_data_row == 4


def test_a_row_becomes_plot_certificate_land_user_and_holding(commune: AdminUnit, workbook: Write) -> None:
    outcome = form01.import_register(workbook([row(3)]))

    plot, certificate = Plot.objects.get(), Certificate.objects.get()
    land_user, holding = LandUser.objects.get(), Holding.objects.get()
    assert (plot.commune, plot.sheet, plot.number, plot.code) == (commune, 12, 3, "w7g9088sc92b")
    assert (plot.legal_area, plot.state) == (Decimal("120.50"), Plot.State.LIVE)
    assert (certificate.serial, certificate.issued_on) == ("BK 000003", dt.date(2012, 5, 20))
    assert (certificate.book_number, certificate.kind) == ("CH00003", "GCN NĐ 88")
    assert (land_user.id_number, land_user.birth_on, land_user.sex) == (
        "024075000003",
        dt.date(1975, 3, 12),
        "M",
    )
    assert (land_user.commune, land_user.village) == (commune, "Thôn Đông")
    assert (holding.plot, holding.certificate, holding.land_user) == (plot, certificate, land_user)
    assert (holding.legal_form, holding.role) == (Holding.LegalForm.HOUSEHOLD, Holding.Role.HEAD)
    assert (holding.certificate_sheet, holding.certificate_plot, holding.row) == ("7", "3", 5)
    assert holding.guid == "00000000-0000-0000-0000-000000000003"
    assert outcome.plots == [plot.pk]
    assert outcome.land_users == [land_user.pk]
    assert {plot.file, certificate.file, land_user.file, holding.file} == {outcome.file}


def test_lines_of_use_assets_and_scans_hang_on_it(commune: AdminUnit, workbook: Write) -> None:
    form01.import_register(workbook([row(3)]))

    first, second = LandUse.objects.all()
    assert (first.purpose, first.area, first.origin, first.form) == (
        "ONT",
        Decimal(100),
        "CNQ-CTT",
        "private",
    )
    assert (first.term_kind, second.term_until) == ("long", dt.date(2074, 8, 1))
    assert (second.purpose, second.purpose_raw) == ("CLN", "Đất trồng cây lâu năm")
    asset = Asset.objects.get()
    assert (asset.kind, asset.built_area, asset.floor_area) == ("Nhà ở riêng lẻ", Decimal("80.25"), 160)
    scans = Scan.objects.order_by("file_name")
    assert [(s.file_name, s.kind, s.is_linked, s.is_signed) for s in scans] == [
        ("BK 000003-GT.pdf", "GT", True, False),
        ("BK000003-GCN.pdf", "GCN", True, False),
    ]


def test_the_register_is_delivered_and_the_scans_are_not(commune: AdminUnit, workbook: Write) -> None:
    form01.import_register(workbook([row()]))

    assert [d.source for d in Delivery.objects.filter(commune=commune)] == [Delivery.Source.REGISTER]


def test_the_received_file_keeps_hash_raw_file_and_counts(
    commune: AdminUnit, workbook: Write, settings: pytest.FixtureRequest
) -> None:
    path = workbook([row(1), row(2)])
    form01.import_register(path, name="Biểu xã.xlsx")

    file = ReceivedFile.objects.get()
    assert (file.name, file.rows, file.applied, file.commune) == ("Biểu xã.xlsx", 2, 2, commune)
    kept = settings.FILES_DIR / file.path
    assert kept.read_bytes() == path.read_bytes()
    assert file.sha256 in file.path


def test_a_simulation_tells_all_and_leaves_nothing(
    commune: AdminUnit, workbook: Write, settings: pytest.FixtureRequest
) -> None:
    outcome = form01.import_register(workbook([row(1), row(2)]), simulate=True)

    assert (outcome.file.applied, len(outcome.plots)) == (2, 2)
    assert not Plot.objects.exists()
    assert not ReceivedFile.objects.exists()
    assert not settings.FILES_DIR.exists()


def test_husband_and_wife_share_plot_and_certificate(commune: AdminUnit, workbook: Write) -> None:
    wife = row(1, name="Trần Thị Mẫu", id_number="024175000009", sex="Nữ", role="Vợ", guid="b")
    form01.import_register(workbook([row(1, role="Chồng", legal_form="Vợ chồng"), wife]))

    assert (Plot.objects.count(), Certificate.objects.count(), LandUser.objects.count()) == (1, 1, 2)
    assert set(Holding.objects.values_list("role", flat=True)) == {Holding.Role.HUSBAND, Holding.Role.WIFE}
    assert LandUse.objects.count() == 2
    assert Scan.objects.count() == 2


def test_an_organisation_is_the_land_user_not_its_representative(commune: AdminUnit, workbook: Write) -> None:
    company = row(organisation_name="Công ty TNHH Mẫu", organisation_number="N/A-2300000008")
    form01.import_register(workbook([company | {"legal_form": "Tổ chức"}]))

    land_user = LandUser.objects.get()
    assert (land_user.kind, land_user.name_raw) == (LandUser.Kind.ORGANISATION, "Công ty TNHH Mẫu")
    assert land_user.id_number_raw == "2300000008"


def test_layout_knows_every_field_it_writes() -> None:
    assert [field.name for field in fields.V1] == list(layout.Layout().columns)
    assert len(set(layout.Layout().columns)) == 61
