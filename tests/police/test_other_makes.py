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
