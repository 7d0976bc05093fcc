"""What is read out of the cells of a row: areas, births, and what stays as it was typed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from landdb.models import AdminUnit
from parcels.models import Certificate, LandUser, Plot
from tests.form01.conftest import Write, row

from .test_dirt import codes, take_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("raw", "area", "code"),
    [
        ("1.234,5", Decimal("1234.50"), None),
        ("120,5 m2", Decimal("120.50"), None),
        (120.456, Decimal("120.46"), None),
        ("100; 20,5", None, "several_areas"),
        ("khoảng một sào", None, "area_unreadable"),
    ],
)
def test_areas(
    commune: AdminUnit, workbook: Write, raw: object, area: Decimal | None, code: str | None
) -> None:
    outcome = take_in(workbook, row(legal_area=raw))

    assert Plot.objects.get().legal_area == area
    assert codes(outcome) == ({code} if code else set())


@pytest.mark.parametrize(
    ("raw", "on", "year"),
    [
        (1975, None, 1975),
        ("01/01/1975", None, 1975),
        ("năm 1975", None, 1975),
        (dt.date(1975, 3, 12), dt.date(1975, 3, 12), 1975),
        ("19750312", dt.date(1975, 3, 12), 1975),
    ],
)
def test_births(commune: AdminUnit, workbook: Write, raw: object, on: dt.date | None, year: int) -> None:
    take_in(workbook, row(birth=raw))

    land_user = LandUser.objects.get()
    assert (land_user.birth_on, land_user.birth_year) == (on, year)


def test_unreadable_cells_warn_and_stay_as_typed(commune: AdminUnit, workbook: Write) -> None:
    outcome = take_in(
        workbook,
        row(
            birth="không nhớ", sex="?!", legal_form="gì đó", role="bác", serial="XYZ",
            id_number="024075000001; 024075000002",
        ),
    )  # fmt: skip

    assert codes(outcome) == {
        "date_unreadable", "sex_unreadable", "legal_form_unknown", "role_unknown", "serial_odd",
        "several_id_numbers",
    }  # fmt: skip
    land_user = LandUser.objects.get()
    assert (land_user.birth_raw, land_user.id_number) == ("không nhớ", "")
    assert Certificate.objects.get().serial_raw == "XYZ"
    assert outcome.file.applied == 1
