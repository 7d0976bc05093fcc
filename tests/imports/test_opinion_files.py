"""The table of plan 2959 as workbook, and from the command line."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from landdb.intake.outcome import Refused
from landdb.models import AdminUnit, RowProblem
from reconciliation.actions.opinions import import_opinions
from reconciliation.models import OutsideOpinion
from tests import factories as make

from .conftest import Write
from .opinion_table import GOOD, HEADERS, NO_BOOK, counts, row

pytestmark = pytest.mark.usefixtures("communes")


@pytest.fixture
def commune() -> AdminUnit:
    return AdminUnit.objects.in_force().get(code="07822")


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for cells in rows:
            page.append(cells)
    book.save(path)
    return path


def test_a_workbook_may_have_a_sheet_for_each_commune(commune: AdminUnit, tmp_path: Path) -> None:
    other = AdminUnit.objects.in_force().exclude(pk=commune.pk)[0]
    here, there = make.make_plot(commune), make.make_plot(other)
    lines = [["BẢNG PHÂN LOẠI"], list(HEADERS), list(row(here, *GOOD).values())]
    wrong = row(there, *GOOD) | {"Phân loại kế hoạch 2959": "NHÓM 9"}
    more = [list(HEADERS), list(row(there, NO_BOOK, group="NHÓM 2", mark="X").values()), list(wrong.values())]
    path = workbook(tmp_path / "bang.xlsx", Một=lines, Hai=more, Ghi_chú=[["chỉ là ghi chú"]])
    outcome = import_opinions(path)
    assert counts(outcome) == (3, 2, 0, 1, 0)
    assert {(p.sheet, p.row, p.code) for p in RowProblem.objects.all()} == {
        ("Hai", 3, "opinion_group_unknown"),
        ("Ghi_chú", 1, "opinion_sheet_other"),
    }
    assert dict(OutsideOpinion.objects.values_list("plot", "group")) == {here.pk: 1, there.pk: 2}


def test_plots_that_are_not_there_are_named_with_the_sheet_and_row_of_the_workbook(
    commune: AdminUnit, tmp_path: Path
) -> None:
    plot, gone = make.make_plot(commune), make.make_plot(commune, state="retired")
    lines = [list(HEADERS), list(row(plot, *GOOD).values())]
    more = [list(HEADERS), list(row(gone, *GOOD).values())]
    import_opinions(workbook(tmp_path / "bang.xlsx", Một=lines, Hai=more))
    assert [(p.sheet, p.row, p.code) for p in RowProblem.objects.all()] == [
        ("Hai", 2, "opinion_plot_unknown")
    ]


def test_a_workbook_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="mã xã"):
        import_opinions(workbook(tmp_path / "khac.xlsx", Trang=[["Tên", "Tuổi"], ["An", 3]]))


def test_the_command_tells_every_row(commune: AdminUnit, write_csv: Write) -> None:
    plot = make.make_plot(commune)
    path = write_csv([row(plot, *GOOD), row(plot, *GOOD) | {"Số thửa": "999999"}])
    out = StringIO()
    call_command("import_opinions", str(path), "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert (found["rows"], found["applied"], found["rejected"]) == (2, 1, 1)
    assert found["problems"][0]["code"] == "opinion_plot_unknown"
    with pytest.raises(CommandError, match="1 dòng bị trả"):
        call_command("import_opinions", str(path), "--strict")
    call_command("import_opinions", str(path), "--simulate", stdout=StringIO())
    assert OutsideOpinion.objects.count() == 1


def test_formulas_without_a_result_and_errors_are_told_and_are_no_marks(
    commune: AdminUnit, tmp_path: Path
) -> None:
    plots = [make.make_plot(commune) for _n in range(3)]
    lines = [list(row(plot, *GOOD).values()) for plot in plots]
    mark = lines[0].index("x")
    lines[0][mark], lines[1][-1] = "=1", "#REF!"
    outcome = import_opinions(workbook(tmp_path / "bang.xlsx", Một=[list(HEADERS), *lines]))
    assert counts(outcome) == (3, 1, 0, 2, 0)
    assert set(RowProblem.objects.values_list("row", "code", "column", "value")) == {
        (2, "opinion_cell_unsaved", HEADERS[mark].casefold(), "=1"),
        (3, "opinion_cell_error", "phân loại kế hoạch 2959", "#REF!"),
    }
