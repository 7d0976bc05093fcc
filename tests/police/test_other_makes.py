"""Answers that an office program has saved in its own or an older format are read like any others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workbooks import office

from .cast import issued, line_of, make_unknown, outcome_of
from .files import apply, as_workbook, send

pytestmark = pytest.mark.django_db


def test_answers_are_read_whatever_the_office_program_saved_them_as(staff, tmp_path: Path) -> None:
    if reason := office.missing():
        pytest.skip(reason)
    people = {suffix: make_unknown() for suffix in office.FILTERS}
    issued(staff)
    rows = [["Mã dòng", "Kết quả xác minh"]]
    rows += [[line_of(person).key, ""] for person in people.values()]
    source = tmp_path / "hoi.xlsx"
    source.write_bytes(as_workbook(rows))
    typed = {(2 + place, 2): "Không có người này" for place in range(len(people))}
    for suffix, path in office.edit(source, tmp_path, typed).items():
        answers = send(path.read_bytes(), staff.police, f"kq{suffix}")
        assert answers.file.rows == len(people), (suffix, answers.message)
    apply(answers, staff)
    assert {outcome_of(person) for person in people.values()} == {"not_found"}


def test_formulas_without_a_result_and_errors_are_no_answers(staff) -> None:
    people = [make_unknown() for _n in range(4)]
    issued(staff)
    keys = [line_of(person).key for person in people]
    rows = [
        ["Mã dòng", "Kết quả xác minh", "Ghi chú"],
        [keys[0], "=B5", ""],
        ["=A1", "Đúng", ""],
        [keys[2], "Đúng", "#N/A"],
        [keys[3], "Không có người này", ""],
    ]
    answers = send(as_workbook(rows), staff.police, "kq.xlsx")
    assert list(answers.file.problems.order_by("row").values_list("row", "code", "column", "value")) == [
        (2, "answer_cell_unsaved", "Kết quả xác minh", "=B5"),
        (3, "answer_cell_unsaved", "Mã dòng", "=A1"),
        (4, "answer_cell_error", "Ghi chú", "#N/A"),
    ]
    assert (answers.file.rejected, answers.file.applied) == (3, 1)


def test_errors_that_an_office_program_calculated_are_told_in_every_format(staff, tmp_path: Path) -> None:
    if reason := office.missing():
        pytest.skip(reason)
    person = make_unknown()
    issued(staff)
    source = tmp_path / "hoi.xlsx"
    source.write_bytes(as_workbook([["Mã dòng", "Kết quả xác minh"], [line_of(person).key, ""]]))
    for suffix, path in office.edit(source, tmp_path, {(2, 2): "=1/0"}).items():
        answers = send(path.read_bytes(), staff.police, f"kq{suffix}")
        assert list(answers.file.problems.values_list("code", "value")) == [
            ("answer_cell_error", "#DIV/0!")
        ], suffix
