"""Answers of the police become evidence for the match, and reach all plots of the person."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from landdb.models import Role
from landdb.normalise import line_keys
from reconciliation import matching
from reconciliation.actions import (
    answer_files,
    answer_settling,
    consents,
    matches,
    police_batches,
    police_freezing,
    police_sheets,
)
from reconciliation.actions.answer_files import State
from reconciliation.actions.police_batches import Line
from reconciliation.models import Decision, Match, PlotStatus, PoliceAnswer, WorkItem
from tests import factories
from tests.actions.cast import make_resident

from .cast import issue, issued, item_of, line_of, make_unknown, outcome_of, plots_of
from .files import (
    answered,
    apply,
    as_csv,
    as_workbook,
    balance,
    codes,
    conflict,
    row,
    send,
    states,
    take_back,
)

pytestmark = pytest.mark.django_db
NUMBER = "024175123456"
Conflict = PoliceAnswer.Conflict


def groups(person) -> set[int]:
    return set(PlotStatus.objects.filter(plot__in=plots_of(person)).values_list("group", flat=True))


def test_confirmed_the_person_is_known_and_all_their_plots_are_judged_again(staff) -> None:
    person = make_unknown(plots=3)
    issued(staff)
    assert groups(person) == {2}
    answers = answered(staff, row(line_of(person), "Đúng"))
    assert outcome_of(person) == "matched"
    assert groups(person) == {1}
    item = item_of(person)
    assert (item.waits_with, item.state, item.police_word) == ("", "done", "confirmed")
    assert line_of(person).state == Line.ANSWERED
    assert balance(answers) == (1, 1, 0, 0, 0, 0)


def test_a_number_given_leads_to_the_resident_who_becomes_the_accepted_match(staff) -> None:
    person = make_unknown(name_raw="Trần Thị Hoà", birth_raw="1960", sex_raw="Nữ", id_number_raw="")
    issued(staff)
    resident = make_resident("Trần Thị Hòa", "12/03/1975", NUMBER, commune=factories.make_commune())
    answered(
        staff,
        row(line_of(person), "sai, đã sửa", Ngày_sinh_đúng="12/03/1975", Số_định_danh_đúng=NUMBER),
    )
    match = person.matches.get(resident=resident)
    assert (match.state, match.decided_by) == (Match.State.ACCEPTED, staff.an)
    person.refresh_from_db()
    assert (person.id_number, person.birth_text, outcome_of(person)) == (NUMBER, "12/03/1975", "matched")
    matching.refresh([person.pk])
    assert outcome_of(person) == "matched"


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("Không có người này", "not_found"),
        ("Đã mất", "deceased"),
        ("đã chết ngày 03/02/2019", "deceased"),
        ("Có nhiều người", "ambiguous"),
        ("chưa xác định được", "not_found"),
    ],
)
def test_each_word_is_what_the_person_is_then_verified_as(staff, word: str, outcome: str) -> None:
    person = make_unknown()
    issued(staff)
    answered(staff, row(line_of(person), word))
    assert outcome_of(person) == outcome
    assert item_of(person).waits_with == ""
    matching.refresh([person.pk])
    assert outcome_of(person) == outcome
    assert WorkItem.objects.at_desk().filter(land_user=person).exists() == (outcome == "ambiguous")


def test_rows_in_any_order_with_any_columns_partly_and_retyped_are_found_by_their_key(staff) -> None:
    people = [make_unknown() for _n in range(4)]
    issued(staff)
    lines = [line_of(person) for person in people]
    table = [
        ["Công an phường – kết quả", None, None],
        [None, None, None],
        ["Ghi chú", "trả lời", "MÃ DÒNG"],
        ["", "khớp", line_keys.shown(lines[2].key).lower()],
        ["gõ lại", "KHONG CO NGUOI NAY", lines[0].key.replace("0", "O").replace("1", "l")],
        ["", "", lines[1].key],
    ]
    answers = apply(send(as_workbook(table), staff.police, "kq.xlsx"), staff)
    assert [outcome_of(person) for person in people] == ["not_found", "with_police", "matched", "with_police"]
    assert balance(answers) == (3, 2, 0, 0, 0, 1)


def test_columns_that_are_ticked_say_the_same(staff) -> None:
    person = make_unknown()
    issued(staff)
    rows = [["Mã dòng", "Đúng", "Đã mất"], [line_of(person).key, "", "x"]]
    apply(send(as_workbook(rows), staff.police, "kq.xlsx"), staff)
    assert outcome_of(person) == "deceased"


def test_the_same_file_twice_changes_nothing(staff) -> None:
    people = [make_unknown() for _n in range(3)]
    issued(staff)
    rows = [
        row(line_of(person), word) for person, word in zip(people, ("Đúng", "Đã mất", "Đúng"), strict=True)
    ]
    answered(staff, *rows)
    before = [(outcome_of(person), item_of(person).closed_at) for person in people]
    again = send(as_csv(rows), staff.police)
    assert balance(again) == (3, 0, 3, 0, 0, 0)
    # Nobody is asked to approve nothing.
    assert (again.state, again.message) == (State.EMPTY, "Mọi trả lời trong tệp đã được ghi từ trước.")
    assert before == [(outcome_of(person), item_of(person).closed_at) for person in people]


def test_repeated_rows_are_folded_and_contradicting_rows_of_a_file_are_both_set_apart(staff) -> None:
    twice, torn = make_unknown(id_number_raw=""), make_unknown()
    issued(staff)
    answers = answered(
        staff,
        row(line_of(twice), "Đúng"),
        row(line_of(torn), "Đúng"),
        row(line_of(twice), "Đúng", Số_định_danh_đúng="024075000123"),
        row(line_of(torn), "Đã mất"),
    )
    assert states(answers) == ["applied", "conflict", "same", "conflict"]
    assert balance(answers) == (4, 1, 1, 2, 0, 0)
    twice.refresh_from_db()
    assert twice.id_number == "024075000123"
    assert outcome_of(torn) == "with_police"
    again = answered(staff, row(line_of(torn), "Đã mất"), row(line_of(torn), "Đúng"))
    assert balance(again) == (2, 0, 2, 0, 0, 0)
    assert PoliceAnswer.objects.filter(state="conflict").count() == 2


def test_what_contradicts_an_earlier_answer_overwrites_nothing_until_somebody_decides(staff) -> None:
    person = make_unknown()
    issued(staff)
    answered(staff, row(line_of(person), "Đúng"))
    later = answered(staff, row(line_of(person), "Không có người này"))
    assert conflict(later).conflict == Conflict.EARLIER
    assert outcome_of(person) == "matched"
    answer_settling.settle(conflict(later), take=False, by=staff.an, reason="hỏi lại rồi")
    assert outcome_of(person) == "matched"
    assert balance(answered(staff, row(line_of(person), "Không có người này"))) == (1, 0, 1, 0, 0, 0)
    third = answered(staff, row(line_of(person), "Đã mất"))
    with pytest.raises(answer_settling.SamePerson):
        answer_settling.settle(conflict(third), take=True, by=staff.police, reason="tự nhận")
    answer_settling.settle(conflict(third), take=True, by=staff.an, reason="có giấy chứng tử")
    assert outcome_of(person) == "deceased"
    assert item_of(person).police_word == "deceased"


def test_what_contradicts_a_persons_decision_waits_for_a_person(staff) -> None:
    person = make_unknown(name_raw="Trần Thị Hoà", birth_raw="1975", sex_raw="Nữ", id_number_raw="")
    issued(staff)
    mine = make_resident("Trần Thị Hòa", "1975", commune=person.commune)
    matching.refresh([person.pk])
    match = person.matches.get(resident=mine)
    matches.decide(match, Decision.Kind.SAME, by=staff.mai, reason="có sổ hộ khẩu", seen=matches.stamp(match))
    other = make_resident("Trần Thị Hòa", "12/03/1975", NUMBER, commune=factories.make_commune())
    answers = answered(staff, row(line_of(person), "Đúng", Số_định_danh_đúng=NUMBER))
    assert conflict(answers).conflict == Conflict.DECISION
    person.refresh_from_db()
    assert person.id_number == ""
    assert person.verification.resident == mine
    answer_settling.settle(conflict(answers), take=True, by=staff.senior, reason="công an đúng")
    person.refresh_from_db()
    assert person.verification.resident == other
    assert person.matches.get(resident=mine).state == Match.State.REJECTED


def test_a_number_that_belongs_to_somebody_of_another_name_is_never_taken_by_itself(staff) -> None:
    person = make_unknown(name_raw="Lê Văn Tám", id_number_raw="")
    issued(staff)
    make_resident("Phạm Thị Tuyết", "12/03/1975", NUMBER)
    answers = answered(staff, row(line_of(person), "Đúng", Số_định_danh_đúng=NUMBER))
    assert conflict(answers).conflict == Conflict.OTHER_PERSON
    person.refresh_from_db()
    assert (person.id_number, outcome_of(person)) == ("", "with_police")


def test_a_correction_that_makes_the_holder_another_person_is_set_apart(staff) -> None:
    first = make_unknown(name_raw="Lê Văn Tám", id_number_raw="")
    second = make_unknown(name_raw="Nguyễn Thị Lan", id_number_raw="")
    factories.make_land_user(name_raw="Đỗ Văn Tý", id_number_raw=NUMBER)
    issued(staff)
    answers = answered(
        staff,
        row(line_of(first), "Sai, đã sửa", Họ_và_tên_đúng="Hoàng Thị Mai"),
        row(line_of(second), "Đúng", Số_định_danh_đúng=NUMBER),
    )
    assert set(answers.rows.values_list("conflict", flat=True)) == {Conflict.WHO}
    slip = answered(staff, row(line_of(second), "Sai, đã sửa", Họ_và_tên_đúng="Nguyễn Thị Loan"))
    assert states(slip) == ["applied"]
    second.refresh_from_db()
    assert second.name == "Nguyễn Thị Loan"


def test_a_later_word_after_not_determined_or_with_more_is_taken(staff) -> None:
    person = make_unknown(id_number_raw="")
    issued(staff)
    answered(staff, row(line_of(person), "Chưa xác định được"))
    answered(staff, row(line_of(person), "Đúng"))
    assert outcome_of(person) == "matched"
    more = answered(staff, row(line_of(person), "Đúng", Số_định_danh_đúng="024075000123"))
    assert states(more) == ["applied"]
    assert states(answered(staff, row(line_of(person), "Chưa xác định được"))) == ["same"]
    assert list(PoliceAnswer.objects.order_by("pk").values_list("state", flat=True)) == [
        "replaced", "replaced", "applied", "same",
    ]  # fmt: skip


def test_taken_back_everything_is_as_before_and_the_file_can_be_applied_again(staff) -> None:
    person = make_unknown(name_raw="Trần Thị Hoà", birth_raw="1960", sex_raw="Nữ", id_number_raw="")
    issued(staff)
    make_resident("Trần Thị Hòa", "12/03/1975", NUMBER)
    said = row(line_of(person), "Sai, đã sửa", Ngày_sinh_đúng="12/03/1975", Số_định_danh_đúng=NUMBER)
    answers = take_back(answered(staff, said), staff)
    assert answers.state == State.UNDONE
    person.refresh_from_db()
    assert (person.id_number, person.birth_raw, outcome_of(person)) == ("", "1960", "with_police")
    assert (item_of(person).waits_with, item_of(person).police_word) == ("police", "")
    assert (line_of(person).state, line_of(person).answer) == (Line.WAITING, None)
    answered(staff, said)
    assert outcome_of(person) == "matched"


def test_an_old_key_answers_the_line_that_asks_again(staff) -> None:
    person = make_unknown()
    old = line_of_batch = issued(staff).lines.get()
    again = police_batches.reissue(old.batch, timezone.localdate() + dt.timedelta(days=9), by=staff.mai)
    police_freezing.freeze(again)
    again.refresh_from_db()
    issue(again, staff)
    answered(staff, row(line_of_batch, "Đúng"))
    old.refresh_from_db()
    assert (old.state, again.lines.get().state) == (Line.REISSUED, Line.ANSWERED)
    assert outcome_of(person) == "matched"


def test_each_unusable_row_says_what_is_wrong_and_the_good_ones_go_on(staff) -> None:
    people = [make_unknown(id_number_raw="") for _n in range(11)]
    issued(staff)
    lines = [line_of(person) for person in people]
    slip = ("0" if lines[0].key[0] != "0" else "2") + lines[0].key[1:]
    rows = [
        row(lines[0], "Đúng") | {"Mã dòng": slip},
        row(lines[1], "Đúng") | {"Mã dòng": line_keys.new()},
        row(lines[2], "Đúng") | {"Mã dòng": ""} | {"Họ và tên đúng": "A"},
        row(lines[3], "có lẽ"),
        row(lines[4], "", Số_định_danh_đúng=NUMBER),
        row(lines[5], "Đúng", Số_định_danh_đúng="12345"),
        row(lines[6], "Đã mất", Mất_ngày="31/02/2020"),
        row(lines[7], "Sai, đã sửa"),
        row(lines[8], "Đúng", Ngày_sinh_đúng="01/02/1990"),
        row(lines[9], "Đúng", Họ_và_tên="Hoàng Phủ Ngọc Tường"),
        row(lines[10], "Đúng", Họ_và_tên=people[10].name),
    ]
    answers = answered(staff, *rows)
    assert codes(answers) == [
        "answer_key_misread", "answer_key_unknown", "answer_key_missing", "answer_word_unknown",
        "answer_word_missing", "answer_number_bad", "answer_died_unreadable", "answer_nothing_corrected",
        "answer_contradicts_itself", "answer_name_differs",
    ]  # fmt: skip
    assert balance(answers) == (11, 1, 0, 0, 10, 0)
    assert outcome_of(people[10]) == "matched"


def test_the_police_of_a_commune_answer_only_for_their_own(staff) -> None:
    mine, other = make_unknown(), make_unknown()
    issued(staff)
    local = factories.make_user(Role.POLICE_LIAISON, commune=mine.commune)
    answers = send(as_csv([row(line_of(mine), "Đúng"), row(line_of(other), "Đúng")]), local)
    assert codes(answers) == ["answer_key_unknown"]
    assert [answer.line for answer in answers.rows.all()] == [line_of(mine)]


def test_who_sends_a_file_cannot_approve_it_and_a_file_sent_back_leaves_nothing(staff) -> None:
    person = make_unknown()
    issued(staff)
    answers = send(as_csv([row(line_of(person), "Đúng")]), staff.mai)
    with pytest.raises(answer_files.SamePerson):
        answer_files.approve(answers, by=staff.mai, reason="tự duyệt")
    answer_files.send_back(answers, by=staff.an, reason="thiếu chữ ký")
    assert outcome_of(person) == "with_police"
    assert states(answers) == ["dropped"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "rỗng"),
        ("Mã dòng,Kết quả xác minh\n".encode("utf-16-le"), "không"),
        (b"a,b\n1,2\n", "không có bảng"),
        ("Mã dòng,Họ và tên đúng\nx,y\n".encode(), "thiếu cột"),
        ("Mã dòng,Kết quả,Kết quả xác minh\nx,y,z\n".encode(), "Nhiều cột"),
        (b"PK\x03\x04" + b"0" * 40, "hỏng"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 40, "xls"),
        ("Mã dòng,Kết quả xác minh\n".encode() + b"\xff\xfe,x\n", "UTF-8"),
    ],
)
def test_a_file_of_no_use_is_told_in_one_sentence(staff, content: bytes, words: str) -> None:
    answers = send(content, staff.police)
    assert answers.state == State.UNREADABLE
    assert words in answers.message
    assert answers.message.endswith(".")


def test_our_own_list_filled_in_comes_back(staff, own_files) -> None:
    from openpyxl import load_workbook

    people = [make_unknown() for _n in range(2)]
    batch = issued(staff, split="whole")
    path = own_files / batch.parts.get().workbook
    book = load_workbook(path)
    sheet = book[police_sheets.LIST_SHEET]
    head = [cell.value for cell in sheet[1]]
    sheet.cell(2, head.index("Kết quả xác minh") + 1).value = "Sai – đã sửa"
    sheet.cell(2, head.index("Ngày sinh đúng") + 1).value = dt.date(1975, 3, 13)
    sheet.cell(3, head.index("Kết quả xác minh") + 1).value = "Đã mất"
    sheet.cell(3, head.index("Mất ngày") + 1).value = "2019"
    target = own_files / "back.xlsx"
    book.save(target)
    answers = apply(send(target.read_bytes(), staff.police, "back.xlsx"), staff)
    assert balance(answers)[:2] == (2, 2)
    assert sorted(map(outcome_of, people)) == ["deceased", "matched"]
    assert answers.rows.get(word="deceased").note == "mất năm 2019"


def test_taking_many_back_needs_a_second_person(staff, monkeypatch) -> None:
    monkeypatch.setattr(consents, "ALONE", 1)
    people = [make_unknown() for _n in range(4)]
    batch = issued(staff)
    answers = answered(staff, *(row(line_of(person), "Đúng") for person in people[:2]))
    asked = answer_files.ask_undo(answers, by=staff.senior)
    assert asked.state == State.UNDO_ASKED
    with pytest.raises(answer_files.SamePerson):
        answer_files.answer_undo(asked, by=staff.senior, is_yes=True)
    assert answer_files.answer_undo(asked, by=staff.an, is_yes=False).state == State.APPLIED
    back = police_batches.withdraw(batch, by=staff.mai)
    assert back.state == police_batches.State.BACK_ASKED
    assert police_batches.answer_withdrawal(back, by=staff.senior, is_yes=True).state == "withdrawing"
