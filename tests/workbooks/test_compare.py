"""What comes back is laid beside what was given out and what the register says by now."""

from __future__ import annotations

import openpyxl
import pytest

from landdb.intake import problems
from landdb.models import AdminUnit
from parcels.models import Certificate, Holding, LandUser, Plot
from reconciliation.actions import uploads
from reconciliation.actions.upload_compare import REGISTER, WORKBOOK
from reconciliation.models import ChangeSet, CorrectionBatch, CorrectionRow, PlotStatus, WorkItem
from tests import factories
from tests.actions.cast import judge

from .ground import (
    PLACE,
    Ground,
    adds_up,
    apply,
    filled,
    give_out,
    path_of,
    row_of,
    saved,
    send_up,
    states,
    whys,
)

pytestmark = pytest.mark.django_db
State = CorrectionBatch.State


def test_the_workbook_as_it_was_given_out_changes_nothing(ground: Ground) -> None:
    batch = send_up(ground, path_of(give_out(ground)).read_bytes())
    assert batch.state == State.CHECKED, batch.message
    assert set(states(batch).values()) == {"unchanged"}
    assert {line.plot for line in batch.lines.all()} == {plot.pk for plot in ground.plots}
    assert adds_up(batch)
    assert not ChangeSet.objects.exists()


def test_a_filled_in_cell_is_proposed_and_moves_the_plot_once_applied(ground: Ground) -> None:
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    batch = send_up(ground, filled(workbook, {(row, "book_number"): "CH00123"}))
    line = batch.lines.get(row=row)
    assert (line.state, line.kind, line.group_before, line.group_after) == ("proposed", "papers", 2, 1)
    assert batch.report["moves"] == [[2, 1, 1]]
    assert not Certificate.objects.filter(book_number="CH00123").exists()
    apply(batch, ground.reviewer)
    assert PlotStatus.objects.get(plot=ground.plots[0]).group == 1
    assert (batch.state, batch.file.applied, adds_up(batch)) == (State.APPLIED, 1, True)
    again = send_up(ground, filled(workbook, {(row, "book_number"): "CH00123"}))
    assert set(states(again).values()) == {"unchanged"}


def test_rows_may_be_sorted_moved_left_out_and_repeated(ground: Ground) -> None:
    workbook = give_out(ground)
    book = openpyxl.load_workbook(path_of(workbook))
    sheet = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5, max_row=8)]
    rows[2][PLACE["phone"] - 1] = "0912345678"
    for place, values in enumerate([rows[3], rows[2], rows[0], rows[3]]):
        for column, value in enumerate(values, 1):
            sheet.cell(5 + place, column, value)
    batch = send_up(ground, saved(book))
    assert states(batch) == {5: "unchanged", 6: "proposed", 7: "unchanged", 8: "ignored"}
    assert batch.lines.get(row=6).land_user == ground.holdings[2].land_user_id
    assert (batch.report["given"], batch.report["returned"]) == (4, 3)


def test_a_copied_row_with_something_else_in_it_is_not_guessed(ground: Ground) -> None:
    workbook = give_out(ground)
    book = openpyxl.load_workbook(path_of(workbook))
    sheet = book.worksheets[0]
    for column in range(1, sheet.max_column + 1):
        sheet.cell(9, column, sheet.cell(5, column).value)
    sheet.cell(5, PLACE["phone"], "0911111111")
    sheet.cell(9, PLACE["phone"], "0922222222")
    batch = send_up(ground, saved(book))
    assert whys(batch) == {5: "row_key_repeated", 9: "row_key_repeated"}
    assert dict(batch.file.problems.values_list("row", "about")) == {5: "9", 9: "5"}
    assert adds_up(batch)


def test_a_copy_that_was_edited_is_not_guessed_either_where_its_model_stayed(ground: Ground) -> None:
    workbook = give_out(ground)
    book = openpyxl.load_workbook(path_of(workbook))
    sheet = book.worksheets[0]
    for column in range(1, sheet.max_column + 1):
        sheet.cell(9, column, sheet.cell(5, column).value)
    sheet.cell(9, PLACE["book_number"], "CH00777")
    batch = send_up(ground, saved(book))
    assert whys(batch) == {5: "row_key_repeated", 9: "row_key_repeated"}
    assert adds_up(batch)


@pytest.mark.parametrize("typed", ["0912 345 678", "912345678", "+84912345678"])
def test_another_spelling_of_a_telephone_number_is_no_change(ground: Ground, typed: str) -> None:
    LandUser.objects.filter(pk=ground.people[0].pk).update(phone="0912345678")
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    assert states(send_up(ground, filled(workbook, {(row, "phone"): typed})))[row] == "unchanged"


@pytest.mark.parametrize("typed", ["+cmd|calc", "2", "không có"])
def test_what_is_no_telephone_number_does_not_get_into_the_register(ground: Ground, typed: str) -> None:
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    batch = send_up(ground, filled(workbook, {(row, "phone"): typed}))
    assert states(batch)[row] == "rejected"
    told = batch.file.problems.get(row=row)
    assert (told.code, told.value) == ("phone_unreadable", typed)


def test_a_row_typed_into_an_empty_line_is_a_new_one(ground: Ground) -> None:
    workbook = give_out(ground)
    typed = {
        (9, "commune_code"): ground.commune.code, (9, "serial"): "CE 999999", (9, "name"): "Đỗ Thị Mới",
        (9, "id_number"): "024175999999", (9, "birth"): "1975", (9, "sex"): "Nữ", (9, "sheet"): "77",
        (9, "number"): "7", (9, "legal_area"): "88,5", (9, "legal_form"): "Cá nhân", (9, "role"): "Cá nhân",
    }  # fmt: skip
    batch = apply(send_up(ground, filled(workbook, typed)), ground.reviewer)
    assert batch.lines.get(row=9).state == "applied"
    assert Plot.objects.get(commune=ground.commune, sheet=77, number=7).legal_area == 88.5
    uploads.take_back(batch, by=ground.reviewer)
    assert not Plot.objects.filter(commune=ground.commune, sheet=77).exists()


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("issued", "30/02/2018", "date_unreadable"),
        ("id_number", "12345", "id_number_unreadable"),
        ("serial", "123456", "serial_letters_missing"),
        ("legal_area", "không rõ", "area_unreadable"),
        ("sex", "abc", "sex_unreadable"),
        ("role", "ông nội", "role_unknown"),
        ("use1_purpose", "đất gì đó", "purpose_unknown"),
        ("use1_origin", "không nhớ", "origin_unknown"),
        ("use1_form", "tuỳ nhà", "use_form_unknown"),
        ("use1_term", "chưa xác minh", "term_unknown"),
        ("plot_code", "chưa cấp", "plot_code_odd"),
        ("plot_address", "???", "cell_says_nothing"),
        ("guid", "đổi", "cell_not_taken"),
        ("name", "[xoá]", "cell_not_cleared"),
        ("commune_code", "99999", "commune_code_unknown"),
        ("uncollectable", "tại trời mưa", "uncollectable_unknown"),
    ],
)
def test_a_cell_that_cannot_be_taken_turns_its_row_away(
    ground: Ground, name: str, text: str, code: str
) -> None:
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[1])
    batch = send_up(ground, filled(workbook, {(row, name): text, (row + 1, "phone"): "0912345678"}))
    assert whys(batch)[row] == code
    assert states(batch)[row + 1] == "proposed"
    problem = batch.file.problems.get(level="rejected")
    assert (problem.row, problem.code) == (row, code)
    assert adds_up(batch)


def test_what_was_wrong_before_is_not_held_against_the_official(ground: Ground) -> None:
    LandUser.objects.filter(pk=ground.people[0].pk).update(id_number_raw="không nhớ", sex_raw="??")
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    batch = send_up(ground, filled(workbook, {(row, "phone"): "0912345678"}))
    assert batch.lines.get(row=row).kinds == ["phone_added"]
    assert not batch.file.problems.filter(row=row).exists()


def test_both_sides_alike_is_fine_and_differently_is_a_conflict(ground: Ground) -> None:
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings]
    for plot, address in zip(ground.plots, ["Ngõ 1", "Ngõ 2", "Ngõ 3"], strict=False):
        Plot.objects.filter(pk=plot.pk).update(address=address)
    typed = {
        (rows[0], "plot_address"): "Ngõ 1",
        (rows[1], "plot_address"): "Ngõ hai",
        (rows[3], "phone"): "0912345678",
    }
    batch = send_up(ground, filled(workbook, typed))
    assert [states(batch)[row] for row in rows] == ["unchanged", "conflict", "unchanged", "proposed"]
    assert adds_up(batch)
    with pytest.raises(uploads.StillInConflict):
        uploads.send(batch, by=ground.official)
    line = batch.lines.get(row=rows[1])
    assert line.cells == [["plot_address", "Khu phố Đông", "Ngõ 2", "Ngõ hai"]]
    uploads.choose(batch, {line.pk: {"plot_address": WORKBOOK}})
    batch.refresh_from_db()
    uploads.read(batch)
    batch.refresh_from_db()
    assert states(batch)[rows[1]] == "proposed"
    apply(batch, ground.reviewer)
    ground.plots[1].refresh_from_db()
    assert Plot.objects.get(pk=ground.plots[1].pk).address == "Ngõ hai"
    assert Plot.objects.get(pk=ground.plots[2].pk).address == "Ngõ 3"


def test_a_choice_holds_against_the_value_that_was_seen_alone(ground: Ground) -> None:
    workbook = give_out(ground)
    row, plot = row_of(workbook, ground.holdings[0]), ground.plots[0]
    Plot.objects.filter(pk=plot.pk).update(address="Ngõ 1")
    batch = send_up(ground, filled(workbook, {(row, "plot_address"): "Ngõ một"}))
    line = batch.lines.get(row=row)
    Plot.objects.filter(pk=plot.pk).update(address="Ngõ 11")
    uploads.choose(batch, {line.pk: {"plot_address": WORKBOOK}})
    batch.refresh_from_db()
    uploads.read(batch)
    assert states(batch)[row] == "conflict"
    line = batch.lines.get(row=row)
    batch.refresh_from_db()
    uploads.choose(batch, {line.pk: {"plot_address": REGISTER}})
    batch.refresh_from_db()
    uploads.read(batch)
    assert states(batch)[row] == "unchanged"


def test_a_blank_cell_says_nothing_unless_somebody_says_clear(ground: Ground) -> None:
    Holding.objects.filter(pk=ground.holdings[0].pk).update(change_reason="Thừa kế")
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    content = filled(workbook, {(row, "change_reason"): None, (row, "name"): None})
    assert set(states(send_up(ground, content)).values()) == {"unchanged"}
    content = filled(workbook, {(row, "change_reason"): None})
    cleared = send_up(ground, content, clears=True, clear_reason="ghi nhầm")
    assert cleared.lines.get(row=row).kinds == ["cleared"]
    word = send_up(ground, filled(workbook, {(row, "change_reason"): "[xoá]"}))
    apply(word, ground.reviewer)
    assert Holding.objects.get(pk=ground.holdings[0].pk).change_reason == ""
    uploads.take_back(word, by=ground.reviewer)
    assert Holding.objects.get(pk=ground.holdings[0].pk).change_reason == "Thừa kế"


def test_what_cannot_be_collected_waits_with_its_reason(ground: Ground) -> None:
    workbook = give_out(ground)
    row, person = row_of(workbook, ground.holdings[0]), ground.people[0]
    batch = apply(send_up(ground, filled(workbook, {(row, "uncollectable"): "Mất giấy"})), ground.reviewer)
    item = WorkItem.objects.get(land_user=person)
    assert (item.waits_with, item.waits_why) == ("citizen", "citizen_lost")
    again = give_out(ground)
    assert set(states(send_up(ground, path_of(again).read_bytes())).values()) == {"unchanged"}
    uploads.take_back(batch, by=ground.reviewer)
    assert WorkItem.objects.get(land_user=person).waits_with == ""


def test_two_rows_on_one_plot_may_not_say_two_things(ground: Ground) -> None:
    wife = factories.make_land_user(ground.commune, phone="")
    second = factories.make_holding(ground.plots[0], wife, ground.holdings[0].certificate)
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in (ground.holdings[0], second)]
    typed = {(rows[0], "plot_address"): "Ngõ 5", (rows[1], "plot_address"): "Ngõ 6"}
    batch = send_up(ground, filled(workbook, typed))
    assert states(batch)[rows[0]] == "proposed"
    assert whys(batch)[rows[1]] == "contradicts_earlier_row"
    both = send_up(ground, filled(workbook, typed | {(row, "legal_area"): f"{row}1" for row in rows}))
    told = both.file.problems.filter(row=rows[1]).values_list("code", "column", "about")
    assert {(code, about) for code, _column, about in told} == {("contradicts_earlier_row", str(rows[0]))}
    assert len({column for _code, column, _about in told}) == 2
    alone = send_up(ground, filled(workbook, {(rows[1], "plot_address"): "Ngõ 6"}))
    assert states(alone)[rows[1]] == "proposed"


def test_a_key_of_another_commune_opens_nothing(ground: Ground) -> None:
    from .ground import make_ground

    other = make_ground(1)
    stolen = filled(give_out(other), {(5, "phone"): "0912345678"})
    batch = send_up(ground, stolen)
    assert set(whys(batch).values()) == {"row_key_unknown"}
    assert other.people[0].name_raw not in str(list(batch.lines.values()))
    assert not batch.lines.exclude(plot=None).exists()
    assert LandUser.objects.get(pk=other.people[0].pk).phone == ""
    assert AdminUnit.objects.filter(pk=ground.commune.pk).exists()


def test_a_plot_that_is_gone_turns_its_row_away(ground: Ground) -> None:
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    Plot.objects.filter(pk=ground.plots[0].pk).update(state=Plot.State.RETIRED)
    batch = send_up(ground, filled(workbook, {(row, "phone"): "0912345678"}))
    assert whys(batch)[row] == "row_record_gone"


def test_a_change_to_an_asset_of_ours_is_told_not_swallowed(ground: Ground) -> None:
    factories.make_plot(ground.commune)
    from parcels.models import Asset

    Asset.objects.create(plot=ground.plots[0], commune=ground.commune, kind="Nhà ở riêng lẻ")
    workbook = give_out(ground)
    row = row_of(workbook, ground.holdings[0])
    batch = send_up(ground, filled(workbook, {(row, "built_area"): "60"}))
    assert whys(batch)[row] == "cell_not_taken"
    assert CorrectionRow.objects.filter(batch=batch, state="proposed").count() == 0


def test_papers_that_nobody_can_be_asked_for_say_so_with_the_mend(ground: Ground) -> None:
    plot = factories.make_plot(ground.commune)
    nobody = factories.make_holding(plot, None, factories.make_certificate(ground.commune, book_number=""))
    judge(ground.people[0], plot)
    workbook = give_out(ground)
    row = row_of(workbook, nobody)
    reason = {(row, "uncollectable"): "Mất giấy"}
    batch = send_up(ground, filled(workbook, reason))
    assert whys(batch)[row] == "uncollectable_nobody"
    assert "ghi tên người sử dụng đất" in str(problems.text(whys(batch)[row]).mend)
    mended = reason | {(row, "name"): "Đỗ Thị Mới", (row, "birth"): "1975"}
    assert states(send_up(ground, filled(workbook, mended)))[row] == "proposed"


@pytest.mark.parametrize("told", [{"birth": "31/02/1970"}, {"phone": "abc"}, {"id_number": "001065012345"}])
def test_what_is_told_of_a_person_whom_nobody_names_is_not_lost(ground: Ground, told: dict[str, str]) -> None:
    plot = factories.make_plot(ground.commune)
    nobody = factories.make_holding(plot, None, factories.make_certificate(ground.commune, book_number=""))
    judge(ground.people[0], plot)
    workbook = give_out(ground)
    row = row_of(workbook, nobody)
    typed = {(row, name): text for name, text in told.items()}
    batch = send_up(ground, filled(workbook, typed))
    assert whys(batch)[row] == "person_nobody"
    assert adds_up(batch)
    named = {(row, "name"): "Đỗ Thị Mới", (row, "birth"): "1975"}
    assert states(send_up(ground, filled(workbook, named)))[row] == "proposed"


def test_a_row_without_a_key_that_names_nobody_to_ask_says_so(ground: Ground) -> None:
    plot = ground.plots[0]
    typed = {
        (9, "commune_code"): ground.commune.code, (9, "serial"): "CE 999999", (9, "sheet"): plot.sheet,
        (9, "number"): plot.number, (9, "uncollectable"): "Mất giấy",
    }  # fmt: skip
    batch = send_up(ground, filled(give_out(ground), typed))
    assert whys(batch)[9] == "uncollectable_nobody"
    assert adds_up(batch)
