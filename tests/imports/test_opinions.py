"""The table of plan 2959: every row is an opinion on one plot, or a problem that names what is wrong."""

from __future__ import annotations

import json
import random
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from landdb.intake import problems
from landdb.intake.outcome import Outcome, Refused
from landdb.models import AdminUnit, RowProblem
from parcels.importers.opinion_rows import ANSWERS
from parcels.models import Plot, SheetCrosswalk
from reconciliation import classification
from reconciliation.actions.opinions import import_opinions
from reconciliation.models import GroupMove, OpinionCount, OutsideOpinion, PlotStatus
from tests import factories as make

from .conftest import Write

pytestmark = pytest.mark.usefixtures("communes")

HEADERS = (
    "Mã xã",
    "Số tờ",
    "Số thửa",
    "Đã xuất sổ địa chính điện tử",
    "Chưa được xuất sổ địa chính điện tử",
    "Đồng bộ 3 khối thông tin (không gian, thuộc tính, phi cấu trúc)",
    "Không đồng bộ 3 khối thông tin (không gian, thuộc tính, phi cấu trúc)",
    "Chỉ có dữ liệu thuộc tính (thiếu dữ liệu không gian)",
    "Khớp người sử dụng đất trong CSDLQG về dân cư",
    "Chưa khớp người sử dụng đất trong CSDLQG về dân cư",
    "Không xác định được người sử dụng đất trong CSDLQG về dân cư",
    "Được vận hành 24/7",
    "Không được vận hành 24/7",
    "Phân loại kế hoạch 2959",
)
#: Places of the columns, as the plan numbers them.
BOOK, NO_BOOK, STEP, NO_STEP, BARE, MATCHED, DIFFERS, NOT_FOUND, ON, OFF = range(4, 14)
GOOD = (BOOK, STEP, MATCHED, ON)


@pytest.fixture
def commune() -> AdminUnit:
    return AdminUnit.objects.in_force().get(code="07822")


def row(plot: Plot, *marks: int, group: str = "NHÓM 1", mark: str = "x") -> dict[str, Any]:
    """A row of the table: a mark in each of these columns."""
    cells: dict[str, Any] = dict.fromkeys(HEADERS, "")
    cells |= {"Mã xã": plot.commune.code, "Số tờ": plot.sheet, "Số thửa": plot.number}
    cells |= {HEADERS[place - 1]: mark for place in marks}
    return cells | {"Phân loại kế hoạch 2959": group}


def counts(outcome: Outcome) -> tuple[int, ...]:
    """(rows, applied, unchanged, rejected, ignored), which add up."""
    file = outcome.file
    assert file.rows == file.applied + file.unchanged + file.proposed + file.rejected + file.ignored
    return file.rows, file.applied, file.unchanged, file.rejected, file.ignored


def told(outcome: Outcome) -> list[tuple[str, int, str, str]]:
    """(code, row, column, value) of each kept problem."""
    kept = RowProblem.objects.filter(file=outcome.file)
    return [(each.code, each.row, each.column, each.value) for each in kept]


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for cells in rows:
            page.append(cells)
    book.save(path)
    return path


def test_marks_are_answers_and_the_group_is_theirs(commune: AdminUnit, write_csv: Write) -> None:
    one, two, three = (make.make_plot(commune) for _n in range(3))
    path = write_csv(
        [
            row(one, *GOOD),
            row(two, NO_BOOK, NO_STEP, BARE, DIFFERS, OFF, group="nhóm 2", mark="1"),
            row(three, NOT_FOUND, group=""),
        ]
    )
    assert counts(import_opinions(path)) == (3, 3, 0, 0, 0)
    told_of = ("group", "has_book", "is_in_step", "is_attributes_only", "population", "is_always_on")
    assert list(OutsideOpinion.objects.order_by("plot_id").values_list("plot_id", *told_of)) == [
        (one.pk, 1, True, True, False, "matched", True),
        (two.pk, 2, False, False, True, "differs", False),
        (three.pk, 0, None, None, False, "not_found", None),
    ]


def test_columns_are_found_by_their_headers_and_strange_ones_reported(
    commune: AdminUnit, write_csv: Write
) -> None:
    plot = make.make_plot(commune)
    cells = {"STT": 1} | dict(reversed(row(plot, *GOOD).items())) | {"Người nhập": "văn thư"}
    outcome = import_opinions(write_csv([cells]))
    assert OutsideOpinion.objects.get().is_in_step is True
    assert outcome.file.unknown_headers == ["STT", "Người nhập"]


def test_a_table_without_their_group_is_refused(commune: AdminUnit, write_csv: Write) -> None:
    cells = row(make.make_plot(commune), *GOOD)
    del cells["Phân loại kế hoạch 2959"]
    with pytest.raises(Refused, match="phân loại kế hoạch 2959"):
        import_opinions(write_csv([cells]))
    assert not OutsideOpinion.objects.exists()


@pytest.mark.parametrize(
    ("marks", "both"),
    [
        ((BOOK, NO_BOOK), (0, 1)),
        ((STEP, NO_STEP), (2, 3)),
        ((STEP, BARE), (2, 4)),
        ((MATCHED, NOT_FOUND), (5, 7)),
        ((ON, OFF), (8, 9)),
    ],
)
def test_marks_that_contradict_each_other_are_never_guessed(
    commune: AdminUnit, write_csv: Write, marks: tuple[int, ...], both: tuple[int, int]
) -> None:
    wrong, right = make.make_plot(commune), make.make_plot(commune)
    outcome = import_opinions(write_csv([row(wrong, *marks), row(right, *GOOD)]))
    assert counts(outcome) == (2, 1, 0, 1, 0)
    first, second = (ANSWERS[place] for place in both)
    assert told(outcome) == [("opinion_marks_contradict", 2, first, f"{first} + {second}")]
    assert OutsideOpinion.objects.get().plot == right


@pytest.mark.parametrize(
    ("values", "code", "column"),
    [
        ({"Phân loại kế hoạch 2959": "NHÓM 3"}, "opinion_group_unknown", "phân loại kế hoạch 2959"),
        ({"Phân loại kế hoạch 2959": "chưa rõ"}, "opinion_group_unknown", "phân loại kế hoạch 2959"),
        ({HEADERS[3]: "đang làm"}, "opinion_mark_unclear", ANSWERS[0]),
        ({"Số tờ": "5a"}, "opinion_number_unreadable", "số tờ"),
        ({"Số thửa": ""}, "opinion_number_unreadable", "số thửa"),
        ({"Mã xã": "99999"}, "commune_unknown", "mã xã"),
        ({"Số thửa": "999999"}, "opinion_plot_unknown", "số thửa"),
    ],
)
def test_a_row_that_nobody_can_use_says_where_and_why(
    commune: AdminUnit, write_csv: Write, values: dict[str, str], code: str, column: str
) -> None:
    right = row(make.make_plot(commune), *GOOD)
    outcome = import_opinions(write_csv([right, row(make.make_plot(commune), *GOOD) | values]))
    assert counts(outcome) == (2, 1, 0, 1, 0)
    assert [problem[:3] for problem in told(outcome)] == [(code, 3, column)]
    reason, mend = problems.text(code)
    assert str(reason) != code
    assert str(mend)


def test_cells_that_say_no_are_no_marks(commune: AdminUnit, write_csv: Write) -> None:
    cells = row(make.make_plot(commune), *GOOD) | {HEADERS[4]: "0", HEADERS[6]: "Không", HEADERS[12]: "FALSE"}
    assert counts(import_opinions(write_csv([cells]))) == (1, 1, 0, 0, 0)
    assert OutsideOpinion.objects.get().has_book is True


def test_several_live_plots_of_one_number_are_named_and_retired_ones_do_not_count(
    commune: AdminUnit, write_csv: Write
) -> None:
    twin = make.make_plot(commune)
    make.make_plot(commune, sheet=twin.sheet, number=twin.number)
    alone = make.make_plot(commune)
    make.make_plot(commune, sheet=alone.sheet, number=alone.number, state="retired")
    outcome = import_opinions(write_csv([row(twin, *GOOD), row(alone, *GOOD)]))
    where = f"tờ {twin.sheet}, thửa {twin.number} (×2)"
    assert told(outcome) == [("opinion_plot_several", 2, "số thửa", where)]
    assert OutsideOpinion.objects.get().plot == alone


def test_rows_about_one_plot_agree_or_none_of_them_counts(commune: AdminUnit, write_csv: Write) -> None:
    same, torn = make.make_plot(commune), make.make_plot(commune)
    outcome = import_opinions(
        write_csv([row(same, *GOOD), row(same, *GOOD), row(torn, *GOOD), row(torn, NO_BOOK, group="NHÓM 2")])
    )
    assert counts(outcome) == (4, 1, 0, 2, 1)
    assert [(problem[0], problem[1]) for problem in told(outcome)] == [
        ("opinion_row_repeated", 3),
        ("opinion_rows_contradict", 4),
        ("opinion_rows_contradict", 5),
    ]
    assert OutsideOpinion.objects.get().plot == same


def test_a_former_communes_code_leads_over_the_reference_table_or_is_a_problem(write_csv: Write) -> None:
    former = next(
        unit
        for unit in AdminUnit.objects.former().select_related("successor")
        if not AdminUnit.objects.in_force().filter(code=unit.code).exists()
    )
    today = former.successor
    assert today is not None
    plots = [make.make_plot(today, sheet=40 + n, number=7) for n in range(3)]
    for old, new in ((1, 40), (2, 41), (2, 42)):
        SheetCrosswalk.objects.create(old_unit=former, old_sheet=old, commune=today, sheet=new)
    SheetCrosswalk.objects.create(old_unit=former, old_sheet=2, old_plot=9, commune=today, sheet=42, plot=7)
    old = [
        row(plots[0], *GOOD) | {"Mã xã": former.code, "Số tờ": sheet, "Số thửa": number}
        for sheet, number in ((1, 7), (2, 7), (2, 9), (3, 7))
    ]
    outcome = import_opinions(write_csv(old))
    assert counts(outcome) == (4, 2, 0, 2, 0)
    assert [(problem[0], problem[1], problem[3]) for problem in told(outcome)] == [
        ("sheet_ambiguous_row", 3, "2"),
        ("sheet_not_found", 5, "3"),
    ]
    assert set(OutsideOpinion.objects.values_list("plot", flat=True)) == {plots[0].pk, plots[2].pk}


def test_the_same_file_again_changes_nothing_and_another_only_what_differs(
    commune: AdminUnit, write_csv: Write
) -> None:
    plots = [make.make_plot(commune) for _n in range(3)]
    path = write_csv([row(plot, *GOOD) for plot in plots])
    import_opinions(path)
    before = list(OutsideOpinion.objects.order_by("pk").values())
    assert counts(import_opinions(path)) == (3, 0, 3, 0, 0)
    assert list(OutsideOpinion.objects.order_by("pk").values()) == before
    other = write_csv([row(plots[0], *GOOD), row(plots[1], NO_BOOK, group="NHÓM 2")])
    assert counts(import_opinions(other)) == (2, 1, 1, 0, 0)
    after = list(OutsideOpinion.objects.order_by("pk").values())
    assert [after[0], after[2]] == [before[0], before[2]]
    assert (after[1]["group"], after[1]["has_book"], after[1]["is_in_step"]) == (2, False, None)


def test_our_groups_do_not_move(commune: AdminUnit, write_csv: Write) -> None:
    plot = make.make_ready_plot(commune)
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    group, moves = PlotStatus.objects.get().group, GroupMove.objects.count()
    import_opinions(write_csv([row(plot, NO_BOOK, group="NHÓM 2")]))
    assert (PlotStatus.objects.get().group, GroupMove.objects.count()) == (group, moves)
    assert set(OpinionCount.objects.values_list("ours", "theirs", "cause", "plots")) == {
        (group, 2, "", 1),
        (group, 2, "mplis:no_book", 1),
    } | ({(2, 2, "unjudged", 1)} if group == 2 else set())


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


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_in_the_rows_they_add_up_and_nothing_is_guessed(
    commune: AdminUnit, write_csv: Write, seed: int
) -> None:
    chance = random.Random(seed)
    plots = [make.make_plot(commune) for _n in range(8)]
    make.make_plot(commune, sheet=plots[0].sheet, number=plots[0].number)
    rows, usable = [row(plots[-1], *GOOD)], Counter([plots[-1].pk])
    for plot in chance.choices(plots[:-1], k=30):
        marks = chance.sample(range(4, 14), chance.randint(0, 4))
        group = chance.choice(["NHÓM 1", "NHÓM 2", "", "NHÓM 3"])
        rows.append(row(plot, *marks, group=group, mark=chance.choice(["x", "1", "✓"])))
        usable[plot.pk] += 1
    outcome = import_opinions(write_csv(rows))
    assert counts(outcome)[0] == len(rows)
    assert outcome.file.applied == OutsideOpinion.objects.count()
    given = {"has_book": (4, 5), "is_in_step": (6, 7), "is_always_on": (12, 13)}
    for opinion in OutsideOpinion.objects.select_related("plot"):
        own = [r for r in rows if (r["Số tờ"], r["Số thửa"]) == (opinion.plot.sheet, opinion.plot.number)]
        for name, (yes, no) in given.items():
            said = {(bool(r[HEADERS[yes - 1]]), bool(r[HEADERS[no - 1]])) for r in own}
            value = getattr(opinion, name)
            assert (value is True, value is False) in said
