"""The plan goes out as a workbook and comes back; nothing is guessed, no row is lost."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from landdb.intake.outcome import Refused
from landdb.intake.problems import text
from landdb.models import AdminUnit, ReceivedFile, Role, RowProblem
from reconciliation.campaign import plan, plan_import, plan_workbook
from reconciliation.campaign.plan_rows import whole_number
from reconciliation.models import Target, Task
from tests import factories as make

pytestmark = pytest.mark.django_db

HEAD = ["Mã xã, phường", "Việc", "Số được giao", "Đơn vị", "Phụ trách", "Bắt đầu", "Hạn"]
FIRST, LAST = dt.date(2026, 2, 1), dt.date(2026, 6, 30)


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


@pytest.fixture
def commune() -> AdminUnit:
    return make.make_commune(code="09163", name="Phường Kinh Bắc", short_name="Kinh Bắc")


def book(*rows: list[Any]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


def sent(content: bytes) -> ReceivedFile:
    upload = SimpleUploadedFile("kế hoạch.xlsx", content)
    return plan_import.receive(upload, by=make.make_user(Role.MANAGER))


def seen(*rows: list[Any], head: list[Any] | None = None) -> plan_import.Preview:
    return plan_import.preview(sent(book(head or HEAD, *rows)), AdminUnit.objects.in_force())


def give(commune: AdminUnit, **fields: Any) -> Target:
    given = {"task": Task.CLEAN, "assigned": 1200, "unit": "Chi nhánh 1", "leader": "Nguyễn Văn An"}
    return Target.objects.create(**given | {"commune": commune, "starts_on": FIRST, "due_on": LAST} | fields)


def out() -> bytes:
    return plan_workbook.written(plan.lines(list(AdminUnit.objects.in_force()), plan.Close()))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_went_out_comes_back_unchanged(commune: AdminUnit, language: str) -> None:
    give(commune)
    give(commune, task=Task.SCAN, assigned=0, unit="Chi nhánh 84", leader="")
    with translation.override(language):
        content = out()
    back = plan_import.preview(sent(content), AdminUnit.objects.in_force())
    assert (back.writes, back.unchanged, back.rejected, back.ignored, back.rows) == (0, 2, [], 3, 5)
    assert back.unknown == []


def test_codes_go_out_as_text_and_nothing_as_a_formula(commune: AdminUnit) -> None:
    give(commune, leader="=HYPERLINK(1)")
    rows = list(openpyxl.load_workbook(io.BytesIO(out())).active)
    cells = {cell.value: cell.data_type for cell in rows[1]}
    assert cells["09163"] == "s"
    assert cells["=HYPERLINK(1)"] == "s"
    assert cells[1200] == "n"


def test_every_row_is_new_changed_unchanged_turned_away_or_blank(commune: AdminUnit) -> None:
    give(commune)
    found = seen(
        ["09163", "Làm sạch thửa đất", "1.150", "Chi nhánh 1", "Trần Thị Bé", "01/02/2026", LAST],
        [9163, "thu giấy chứng nhận", 300, "", "", FIRST, "30/06/2026"],
        [None] * 7,
        ["00001", "Làm sạch thửa đất", 5, "", "", FIRST, LAST],
    )
    assert (len(found.new), len(found.changed), found.unchanged, len(found.rejected)) == (1, 1, 0, 1)
    assert (found.ignored, found.rows) == (1, 4)
    assert found.changed[0].fields == {
        "assigned": (1200, 1150),
        "leader": ("Nguyễn Văn An", "Trần Thị Bé"),
    }


GOOD = ["09163", "Làm sạch thửa đất", 5, "", "", FIRST, LAST]


@pytest.mark.parametrize(
    ("place", "cell", "code", "where"),
    [
        (0, "", "plan_code_missing", "(A2)"),
        (0, "99999", "plan_code_unknown", "(A2)"),
        (1, "Làm đẹp thửa đất", "plan_task_unknown", "(B2)"),
        (3, "@Chi nhánh", "plan_text_formula", "(D2)"),
        (3, " +84 222", "plan_text_formula", "(D2)"),
        (4, "-An", "plan_text_formula", "(E2)"),
        (2, "", "plan_number_missing", "(C2)"),
        (2, 1.2, "plan_number_unreadable", "(C2)"),
        (2, 1.234, "plan_number_unreadable", "(C2)"),
        (2, -1, "plan_number_unreadable", "(C2)"),
        (2, "khoảng 5", "plan_number_unreadable", "(C2)"),
        (2, "12.34", "plan_number_unreadable", "(C2)"),
        (2, "=SUM(C3:C9)", "plan_formula", "(C2)"),
        (3, "x" * 121, "plan_text_too_long", "(D2)"),
        (5, "", "plan_date_missing", "(F2)"),
        (5, "31/02/2026", "plan_date_unreadable", "(F2)"),
        (5, "02/13/2026", "plan_date_unreadable", "(F2)"),
        (5, "2026", "plan_date_unreadable", "(F2)"),
        (5, "31/12/2019", "plan_date_implausible", "(F2)"),
        (5, dt.date(1926, 2, 1), "plan_date_implausible", "(F2)"),
        (6, dt.date(9999, 12, 31), "plan_date_implausible", "(G2)"),
        (6, "30/06/2126", "plan_date_implausible", "(G2)"),
        (6, "31/01/2026", "plan_due_before_start", "(G2)"),
    ],
)
def test_a_bad_cell_turns_its_row_away_and_says_where_and_how_to_mend(
    commune: AdminUnit, place: int, cell: Any, code: str, where: str
) -> None:
    row: list[Any] = list(GOOD)
    row[place] = cell
    found = seen(row)
    (problem,) = found.rejected
    assert (problem.row, problem.code, found.writes) == (2, code, 0)
    assert problem.column.endswith(where)
    assert text(code).mend


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (1200, 1200), (1200.0, 1200), ("1200", 1200), ("1.200", 1200), ("1,200", 1200), ("1 200", 1200),
        ("1\xa0200", 1200), ("1.234.567", 1234567), ("0", 0), (1.234, None), ("1.2", None),
        ("1.200,5", None), ("1.200,300", None), (True, None), ("", None), (10**9, None), ("²", None),
    ],
)  # fmt: skip
def test_thousands_are_read_as_typed(cell: Any, number: int | None) -> None:
    assert whole_number(cell) == number


def test_a_name_that_is_another_communes_is_told(commune: AdminUnit) -> None:
    head = ["Mã xã", "Tên xã", *HEAD[1:]]
    (problem,) = seen(["09163", "Phường Vũ Ninh", *GOOD[1:]], head=head).rejected
    assert problem.code == "plan_name_other"
    assert seen(["09163", "kinh bắc", *GOOD[1:]], head=head).writes == 1


def test_the_second_row_of_a_commune_and_task_is_turned_away(commune: AdminUnit) -> None:
    found = seen(GOOD, [*GOOD[:2], 6, *GOOD[3:]])
    assert [problem.code for problem in found.rejected] == ["plan_repeated"]
    assert found.new[0].fields["assigned"] == (None, 5)


def test_a_column_that_is_not_there_leaves_what_stands(commune: AdminUnit) -> None:
    give(commune)
    head = ["commune code", "task", "assigned"]
    found = seen(["09163", "clean", 7], ["09163", "scan", 7], head=head)
    assert found.changed[0].fields == {"assigned": (1200, 7)}
    assert [problem.code for problem in found.rejected] == ["plan_date_missing"]


def test_the_header_may_stand_below_a_title(commune: AdminUnit) -> None:
    made = seen(HEAD, GOOD, head=["KẾ HOẠCH LÀM SẠCH"])
    assert made.new[0].said.row == 3


@pytest.mark.parametrize(
    "content", [b"", b"Ma xa;Viec\n", book(["Tên", "Số"], ["a", 1]), book(["Mã xã", "Việc"], ["1", "2"])]
)
def test_a_file_without_a_plan_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(Refused):
        sent(content)
    assert not ReceivedFile.objects.exists()


def test_what_was_seen_is_written_once_and_the_file_sent_again_changes_nothing(commune: AdminUnit) -> None:
    units = AdminUnit.objects.in_force()
    content = book(HEAD, GOOD, ["00001", *GOOD[1:]])
    file = sent(content)
    assert not Target.objects.exists()
    plan_import.confirm(file, units, seen=plan_import.preview(file, units).stamp)
    assert Target.objects.get().assigned == 5
    file.refresh_from_db()
    assert (file.rows, file.applied, file.rejected) == (2, 1, 1)
    assert RowProblem.objects.get(file=file).code == "plan_code_unknown"
    with pytest.raises(plan.Changed):
        plan_import.confirm(file, units, seen=plan_import.preview(file, units).stamp)
    again = plan_import.preview(sent(content), units)
    assert (again.writes, again.unchanged) == (0, 1)


def test_nothing_is_written_where_the_plan_has_changed_since_it_was_seen(commune: AdminUnit) -> None:
    units, target = AdminUnit.objects.in_force(), give(commune)
    file = sent(book(HEAD, GOOD))
    was = plan_import.preview(file, units).stamp
    Target.objects.filter(pk=target.pk).update(assigned=900)
    with pytest.raises(plan.Changed):
        plan_import.confirm(file, units, seen=was)
    assert Target.objects.get().assigned == 900
