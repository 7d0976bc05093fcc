"""Numbers printed on certificates lead to today's plots where one answer is certain, and never otherwise."""

from __future__ import annotations

import datetime as dt

import pytest

from landdb.models import AdminUnit
from parcels.importers import form01
from parcels.models import Holding, Plot, SheetCrosswalk
from tests import factories
from tests.form01.conftest import Row, Write, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(db: None) -> AdminUnit:
    return factories.make_commune(code="07822", name="Xã Hoàng Vân", short_name="Hoàng Vân", delivered=False)


@pytest.fixture
def former(today: AdminUnit) -> AdminUnit:
    return factories.make_commune(
        code="07831", name="Xã Đồng Tiến", short_name="Đồng Tiến", district="Huyện Hiệp Hòa",
        valid_from=None, valid_to=dt.date(2025, 6, 30), successor=today, delivered=False,
    )  # fmt: skip


def printed(number: int = 4, /, **values: object) -> Row:
    given = {"commune_code": "07822", "sheet": None, "number": None, "certificate_sheet": 5}
    return row(
        number, **given | {"plot_address": "Thôn Đông, xã Đồng Tiến, huyện Hiệp Hòa, tỉnh Bắc Giang"} | values
    )


def test_one_answer_locates_the_plot(today: AdminUnit, former: AdminUnit, workbook: Write) -> None:
    SheetCrosswalk.objects.create(old_unit=former, old_sheet=5, commune=today, sheet=45)
    outcome = form01.import_register(workbook([printed(4)]))

    plot, holding = Plot.objects.get(), Holding.objects.get()
    assert (plot.sheet, plot.number) == (45, 4)
    assert (holding.certificate_sheet, holding.certificate_plot) == ("5", "4")
    assert outcome.problems == []


def test_a_line_for_the_very_plot_beats_one_for_its_sheet(
    today: AdminUnit, former: AdminUnit, workbook: Write
) -> None:
    SheetCrosswalk.objects.create(old_unit=former, old_sheet=5, commune=today, sheet=45)
    SheetCrosswalk.objects.create(old_unit=former, old_sheet=5, old_plot=4, commune=today, sheet=46, plot=104)
    form01.import_register(workbook([printed(4), printed(6)]))

    assert set(Plot.objects.values_list("sheet", "number")) == {(46, 104), (45, 6)}


@pytest.mark.parametrize("sheets", [(), (45, 46)])
def test_none_or_two_answers_leave_the_plot_without_numbers(
    today: AdminUnit, former: AdminUnit, workbook: Write, sheets: tuple[int, ...]
) -> None:
    for sheet in sheets:
        SheetCrosswalk.objects.create(old_unit=former, old_sheet=5, commune=today, sheet=sheet)
    outcome = form01.import_register(workbook([printed(4)]))

    plot = Plot.objects.get()
    assert (plot.sheet, plot.number) == (None, None)
    code = "sheet_ambiguous_row" if sheets else "sheet_not_found"
    assert [problem.code for problem in outcome.problems] == [code]
    assert outcome.file.applied == 1


@pytest.mark.parametrize(
    ("address", "sheet"),
    [
        ("Thôn Đông, xã Hoàng Vân, tỉnh Bắc Ninh", None),
        ("Thôn Đông, xã Hoàng Vân, huyện Hiệp Hòa, tỉnh Bắc Giang", 5),
    ],
)
def test_a_name_that_is_also_todays_needs_its_district(
    today: AdminUnit, former: AdminUnit, workbook: Write, address: str, sheet: int | None
) -> None:
    namesake = factories.make_commune(
        code="07822", name="Xã Hoàng Vân", short_name="Hoàng Vân", district="Huyện Hiệp Hòa",
        valid_from=None, valid_to=dt.date(2025, 6, 30), successor=today, delivered=False,
    )  # fmt: skip
    SheetCrosswalk.objects.create(old_unit=namesake, old_sheet=5, commune=today, sheet=5)
    form01.import_register(workbook([printed(4, plot_address=address)]))

    assert Plot.objects.get().sheet == sheet


def test_the_wifes_row_finds_the_plot_of_the_husbands(today: AdminUnit, workbook: Write) -> None:
    wife = printed(4, name="Trần Thị Mẫu", id_number="024175000009", guid=None)
    form01.import_register(workbook([printed(4, sheet=45, number=4, guid=None), wife]))

    assert Plot.objects.count() == 1
    assert Holding.objects.count() == 2


def test_a_plot_known_by_certificate_and_printed_numbers_is_found_again(
    today: AdminUnit, workbook: Write
) -> None:
    form01.import_register(workbook([printed(4, sheet=45, number=4, guid=None)]))
    outcome = form01.import_register(workbook([printed(4, guid=None)]))

    assert Plot.objects.count() == 1
    assert outcome.file.unchanged == 1
