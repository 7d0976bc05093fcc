"""Answer files as they come: our own list filled in, or somebody's own table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from landdb.models import User
from landdb.normalise import line_keys
from landdb.spreadsheets import csv_bytes
from reconciliation.actions import answer_files, answer_portions
from reconciliation.actions.answer_files import Row, State
from reconciliation.models import AnswerFile, PoliceAnswer, VerificationLine

from .cast import Staff

WORD, KEY = "Kết quả xác minh", "Mã dòng"


def row(line: VerificationLine, word: str, **more: str) -> dict[str, str]:
    """A row of an answer; `more` in words of the columns, with blanks as underscores."""
    return {KEY: line_keys.shown(line.key), WORD: word} | {
        key.replace("_", " "): value for key, value in more.items()
    }


def as_csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    heads = list(dict.fromkeys(head for each in rows for head in each))
    return csv_bytes([heads, *([each.get(head, "") for head in heads] for each in rows)])


def as_workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    book, packed = Workbook(), BytesIO()
    for each in rows:
        book.active.append(list(each))
    book.save(packed)
    return packed.getvalue()


def send(content: bytes, by: User, name: str = "tra-loi.csv") -> AnswerFile:
    """Received and read; nothing is applied."""
    answers = answer_files.receive(SimpleUploadedFile(name, content), by=by)
    answer_files.read(answers)
    answers.refresh_from_db()
    return answers


def apply(answers: AnswerFile, staff: Staff) -> AnswerFile:
    """Approved by another person and applied, as the job does."""
    answers = answer_files.approve(answers, by=staff.an, reason="đã xem")
    answers.refresh_from_db()
    for portion in answer_portions.portions(answers, Row.PLANNED):
        answer_portions.carry_out(answers, *portion)
    answer_files.finish(answers.pk, State.APPLYING)
    answers.refresh_from_db()
    return answers


def answered(staff: Staff, *rows: Mapping[str, str]) -> AnswerFile:
    """A CSV of these rows, sent by the police and, where it says anything new, applied."""
    answers = send(as_csv(rows), staff.police)
    return apply(answers, staff) if answers.state == State.WAITING else answers


def take_back(answers: AnswerFile, staff: Staff) -> AnswerFile:
    answers = answer_files.ask_undo(answers, by=staff.an)
    answers.refresh_from_db()
    for portion in reversed(answer_portions.portions(answers, Row.APPLIED)):
        answer_portions.take_back(answers, *portion)
    answer_files.finish(answers.pk, State.UNDOING)
    answers.refresh_from_db()
    return answers


def codes(answers: AnswerFile) -> list[str]:
    return list(answers.file.problems.order_by("row").values_list("code", flat=True))


def states(answers: AnswerFile) -> list[str]:
    return list(answers.rows.order_by("row").values_list("state", flat=True))


def balance(answers: AnswerFile) -> tuple[int, int, int, int, int, int]:
    """Rows = applied + unchanged + contradicting + rejected + ignored."""
    file = answers.file
    file.refresh_from_db()
    return (file.rows, file.applied, file.unchanged, file.proposed, file.rejected, file.ignored)


def conflict(answers: AnswerFile) -> PoliceAnswer:
    return answers.rows.get(state=Row.CONFLICT)
