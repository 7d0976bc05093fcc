"""What contradicts about one person stands once, is settled with one word, and the second is told."""

from __future__ import annotations

import pytest

from landdb.models import Role
from reconciliation.actions import answer_settling
from reconciliation.actions.consents import SamePerson
from reconciliation.models import PoliceAnswer
from tests import factories

from .cast import issued, line_of, make_unknown, outcome_of
from .files import answered, as_csv, balance, row, send

pytestmark = pytest.mark.django_db


def states(person) -> list[str]:
    rows = PoliceAnswer.objects.filter(line=line_of(person)).order_by("pk")
    return list(rows.values_list("state", flat=True))


def twice_in_a_file(staff):
    """Two rows of one file that contradict each other about one person."""
    person = make_unknown()
    issued(staff)
    answered(staff, row(line_of(person), "Đúng"), row(line_of(person), "Đã mất"))
    return person, list(PoliceAnswer.objects.order_by("pk"))


def settled(client, answer, word: str, **more):
    given = {"word": word, "reason": "đã hỏi lại"} | more
    return client.post(f"/police/conflicts/{answer.pk}/settle/", given, follow=True).content.decode()


def test_two_rows_about_one_person_stand_in_one_place(visit, staff) -> None:
    person, _rows = twice_in_a_file(staff)
    page = visit(staff.an).get("/police/conflicts/").content.decode()
    assert page.count('name="reason"') == 1
    assert page.count("Lấy trả lời này") == 2
    assert page.count(f">{person.name}</a></h2>") == 1
    assert "1 người có trả lời mâu thuẫn" in visit(staff.an).get("/police/").content.decode()


def test_taking_one_keeps_the_other_out_and_who_comes_second_is_told(visit, staff) -> None:
    person, (first, second) = twice_in_a_file(staff)
    settled(visit(staff.an), second, "take")
    assert states(person) == ["kept_out", "applied"]
    assert outcome_of(person) == "deceased"
    late = settled(visit(staff.senior), first, "take")
    assert f"Đã xét: {staff.an.full_name} lấy trả lời “Đã mất” về {person.name}" in late
    assert states(person) == ["kept_out", "applied"]


def test_keeping_what_stands_keeps_all_of_them_out(visit, staff) -> None:
    person, (first, second) = twice_in_a_file(staff)
    settled(visit(staff.an), first, "keep")
    assert states(person) == ["kept_out", "kept_out"]
    assert outcome_of(person) == "with_police"
    late = settled(visit(staff.senior), second, "keep")
    assert f"Đã xét: {staff.an.full_name} giữ như đang có về {person.name}" in late
    assert "Không có mâu thuẫn nào" in late


def test_what_two_files_say_otherwise_is_settled_together_and_both_files_balance(visit, staff) -> None:
    person = make_unknown()
    issued(staff)
    answered(staff, row(line_of(person), "Đúng"))
    one = answered(staff, row(line_of(person), "Đã mất"))
    other = answered(staff, row(line_of(person), "Không có người này"))
    settled(visit(staff.an), one.rows.get(), "take")
    assert states(person) == ["replaced", "applied", "kept_out"]
    assert (balance(one), balance(other)) == ((1, 1, 0, 0, 0, 0), (1, 0, 1, 0, 0, 0))


def test_what_came_after_the_page_was_shown_is_not_settled_unseen(visit, staff) -> None:
    person = make_unknown()
    issued(staff)
    answered(staff, row(line_of(person), "Đúng"))
    one = answered(staff, row(line_of(person), "Đã mất")).rows.get()
    answered(staff, row(line_of(person), "Không có người này"))
    page = settled(visit(staff.an), one, "take", seen=[one.pk])
    assert f"Vừa có thêm trả lời về {person.name}" in page
    assert states(person) == ["applied", "conflict", "conflict"]


def test_a_file_that_waits_is_shown_and_left_alone(visit, staff) -> None:
    person = make_unknown()
    issued(staff)
    answered(staff, row(line_of(person), "Đúng"))
    one = answered(staff, row(line_of(person), "Đã mất")).rows.get()
    send(as_csv([row(line_of(person), "Không có người này")]), staff.police)
    assert "duyệt tệp trước" in visit(staff.an).get("/police/conflicts/").content.decode()
    settled(visit(staff.an), one, "keep")
    assert states(person) == ["applied", "kept_out", "conflict"]


def test_who_sent_one_of_the_files_does_not_settle(staff) -> None:
    person = make_unknown()
    issued(staff)
    answered(staff, row(line_of(person), "Đúng"))
    one = answered(staff, row(line_of(person), "Đã mất")).rows.get()
    with pytest.raises(SamePerson):
        answer_settling.settle(one, take=True, by=staff.police, reason="tự nhận")
    assert states(person) == ["applied", "conflict"]


def test_a_reviewer_of_another_commune_is_told_nothing(visit, staff) -> None:
    _person, (first, _second) = twice_in_a_file(staff)
    outsider = visit(factories.make_user(Role.REVIEWER, commune=factories.make_commune()))
    assert outsider.post(f"/police/conflicts/{first.pk}/settle/", {"word": "keep"}).status_code == 404
    assert "Không có mâu thuẫn nào" in outsider.get("/police/conflicts/").content.decode()
