"""What a workbook brings: no holder twice, no right without anybody, nothing that cannot be read."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest

from landdb.intake import problems as known_problems
from parcels.importers.form01 import problems
from parcels.models import Holding, LandUse, Plot
from reconciliation import classification
from reconciliation.models import GroupMove
from tests import factories

from .ground import PLACE, Ground, apply, filled, give_out, path_of, row_of, saved, send_up, states, whys

pytestmark = pytest.mark.django_db
NEW = {
    "serial": "CE 999999", "name": "Đỗ Thị Mới", "id_number": "024175999999", "birth": "1975", "sex": "Nữ",
    "sheet": "77", "number": "7", "plot_address": "Ngõ 9", "legal_form": "Cá nhân",
}  # fmt: skip


def without_keys(ground: Ground) -> bytes:
    """The commune's own list: the same rows, without our keys and Guids, one telephone number filled in."""
    book = openpyxl.load_workbook(path_of(give_out(ground)))
    sheet: Any = book.worksheets[0]
    for row in range(5, sheet.max_row + 1):
        sheet.cell(row, PLACE["row_key"]).value = sheet.cell(row, PLACE["guid"]).value = None
    sheet.cell(5, PLACE["phone"]).value = "0912345678"
    return saved(book)


def test_a_list_of_their_own_finds_the_entry_that_holds_the_plot_among_several_of_one_person(
    ground: Ground,
) -> None:
    holding = ground.holdings[0]
    person = holding.land_user
    assert person is not None
    # An entry of the same person, older than the one that holds the plot.
    older = factories.make_land_user(
        ground.commune, name_raw=person.name_raw, birth_raw=person.birth_raw, sex_raw=person.sex_raw,
        id_number_raw=person.id_number_raw,
    )  # fmt: skip
    Holding.objects.filter(pk=holding.pk).update(land_user=older)
    factories.make_holding(factories.make_plot(ground.commune), person)
    holding.refresh_from_db()
    Holding.objects.filter(pk=ground.holdings[1].pk).update(land_user=person)
    batch = send_up(ground, without_keys(ground))
    assert not batch.lines.filter(kinds__overlap=["holder_more", "new", "holder"]).exists()
    apply(batch, ground.reviewer)
    assert [plot.holdings.count() for plot in ground.plots] == [1] * len(ground.plots)


def test_a_plot_that_nobody_holds_gets_its_use_and_no_right_without_anybody(ground: Ground) -> None:
    plot = factories.make_plot(ground.commune, uses=False)
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    workbook = give_out(ground)
    row = workbook_row(workbook, plot)
    typed = {(row, "use1_purpose"): "ONT", (row, "use1_area"): "120"}
    apply(send_up(ground, filled(workbook, typed)), ground.reviewer)
    assert LandUse.objects.filter(plot=plot, purpose="ONT").exists()
    assert not plot.holdings.exists()


def test_a_line_of_use_on_a_known_plot_is_told_by_its_cells(ground: Ground) -> None:
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    typed = {(row, "use2_purpose"): "CLN", (row, "use2_area"): "50", (row, "asset_kind"): "Nhà ở riêng lẻ"}
    line = send_up(ground, filled(workbook, typed)).lines.get(row=row)
    assert line.kinds == ["details", "uses"]
    assert sorted(change[2] for change in line.changes) == ["asset_kind", "use2_area", "use2_purpose"]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("issued", "30/02/2020", problems.DATE_UNREADABLE),
        ("issued", "01/01/2099", problems.DATE_IMPOSSIBLE),
        ("phone", "abc", problems.PHONE_UNREADABLE),
        ("legal_area", "rộng", problems.AREA_UNREADABLE),
        ("birth", "01/01/1850", problems.DATE_IMPOSSIBLE),
    ],
)
def test_a_new_row_with_a_cell_that_cannot_be_read_goes_back_and_brings_nothing(
    ground: Ground, name: str, text: str, why: str
) -> None:
    typed = {(9, field): value for field, value in (NEW | {name: text}).items()}
    typed[9, "commune_code"] = ground.commune.code
    batch = send_up(ground, filled(give_out(ground), typed))
    assert (states(batch)[9], whys(batch)[9]) == ("rejected", why)
    assert known_problems.text(why).reason
    assert not Plot.objects.filter(commune=ground.commune, sheet=77).exists()


@pytest.mark.parametrize(
    ("name", "text"), [("issued", "01/01/1890"), ("issued", "01/01/2099"), ("birth", "2099")]
)
def test_a_day_that_cannot_be_turns_a_row_of_ours_away(ground: Ground, name: str, text: str) -> None:
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    batch = send_up(ground, filled(workbook, {(row, name): text}))
    assert whys(batch)[row] == problems.DATE_IMPOSSIBLE


def test_a_new_row_leads_to_its_records_once_they_are_there(ground: Ground) -> None:
    typed = {(9, field): value for field, value in (NEW | {"commune_code": ground.commune.code}).items()}
    batch = send_up(ground, filled(give_out(ground), typed))
    line = batch.lines.get(row=9)
    assert (line.state, line.plot, line.land_user) == ("proposed", None, None)
    apply(batch, ground.reviewer)
    line.refresh_from_db()
    plot = Plot.objects.get(commune=ground.commune, sheet=77, number=7)
    assert (line.plot, line.land_user) == (plot.pk, plot.holdings.get().land_user_id)


def test_an_emptied_cell_that_is_never_taken_away_turns_its_row_back(ground: Ground) -> None:
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    emptied = filled(workbook, {(row, "name"): None})
    assert states(send_up(ground, emptied))[row] == "unchanged"
    batch = send_up(ground, emptied, clears=True, clear_reason="ghi nhầm")
    assert (states(batch)[row], whys(batch)[row]) == ("rejected", problems.NOT_CLEARED)


def workbook_row(workbook: Any, plot: Plot) -> int:
    """The row of the sheet in which a plot without a holding stands."""
    keys = list(workbook.given.order_by("pk").values_list("plot", flat=True))
    return 5 + keys.index(plot.pk)
