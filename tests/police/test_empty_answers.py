"""A file without an answer says so at once, and nobody is asked to approve nothing."""

from __future__ import annotations

import pytest

from reconciliation.actions import answer_files
from reconciliation.actions.changes import WrongState
from reconciliation.models import AnswerFile

from .cast import issued, line_of, make_unknown
from .files import KEY, WORD, as_csv, as_workbook, row, send

pytestmark = pytest.mark.django_db
State = AnswerFile.State


@pytest.mark.parametrize("as_file", ["csv", "xlsx"])
def test_a_header_alone_holds_no_answer(visit, staff, as_file: str) -> None:
    content = as_workbook([[KEY, WORD]]) if as_file == "xlsx" else f"{KEY},{WORD}\n".encode()
    answers = send(content, staff.police, f"kq.{as_file}")
    assert answers.state == State.EMPTY
    page = visit(staff.an).get(f"/police/answers/{answers.pk}/").content.decode()
    assert "Tệp chỉ có dòng tiêu đề, không có dòng trả lời nào" in page
    assert "Duyệt và áp dụng" not in page
    with pytest.raises(WrongState):
        answer_files.approve(answers, by=staff.an, reason="không có gì")


def test_our_list_sent_back_unfilled_says_that_no_row_answers(visit, staff) -> None:
    person = make_unknown()
    issued(staff)
    answers = send(as_csv([row(line_of(person), "")]), staff.police)
    assert (answers.state, answers.file.rows, answers.file.ignored) == (State.EMPTY, 1, 1)
    page = visit(staff.police).get(f"/police/answers/{answers.pk}/").content.decode()
    assert "Không dòng nào có trả lời" in page


def test_where_no_row_can_be_used_the_rows_are_told(visit, staff) -> None:
    person = make_unknown()
    issued(staff)
    answers = send(as_csv([row(line_of(person), "có lẽ")]), staff.police)
    assert (answers.state, answers.file.rejected) == (State.EMPTY, 1)
    page = visit(staff.police).get(f"/police/answers/{answers.pk}/").content.decode()
    assert "Không dòng nào dùng được" in page
    assert "không hiểu kết quả xác minh" in page


def test_a_file_with_one_answer_waits_as_before(staff) -> None:
    people = [make_unknown(), make_unknown()]
    issued(staff)
    answers = send(as_csv([row(line_of(people[0]), "Đúng"), row(line_of(people[1]), "")]), staff.police)
    assert (answers.state, answers.message) == (State.WAITING, "")
