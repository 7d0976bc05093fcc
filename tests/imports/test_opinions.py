"""The table of plan 2959: every row is an opinion on one plot, or a problem that names what is wrong."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from landdb.intake import problems
from landdb.intake.outcome import Refused
from landdb.models import AdminUnit
from parcels.importers.opinion_rows import ANSWERS
from parcels.models import SheetCrosswalk
from reconciliation import classification
from reconciliation.actions.opinions import import_opinions
from reconciliation.models import GroupMove, OpinionCount, OutsideOpinion, PlotStatus
from tests import factories as make

from .conftest import Write
from .opinion_table import (
    BARE,
    BOOK,
    DIFFERS,
    GOOD,
    HEADERS,
    MATCHED,
    NO_BOOK,
    NO_STEP,
    NOT_FOUND,
    OFF,
    ON,
    STEP,
    counts,
    row,
    told,
)

pytestmark = pytest.mark.usefixtures("communes")


@pytest.fixture
def commune() -> AdminUnit:
    return AdminUnit.objects.in_force().get(code="07822")


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
    words = problems.text(code)
    assert str(words.reason) != code
    assert str(words.mend)


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
    where = f"{twin.long_number} (×2)"
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
