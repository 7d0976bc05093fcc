"""After any day of work, what was judged piece by piece is what a full run says, to the row."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from landdb.models import User
from reconciliation import classification
from reconciliation.actions import changes
from reconciliation.classification import due
from reconciliation.models import ChangeSet, GroupMove
from tests import factories as make
from tests.rules.looking import change

from . import any_day_people as people
from . import any_day_uploads as books
from .any_day import Day, Step
from .days import work

pytestmark = pytest.mark.django_db

RECORDS: list[Step] = [
    Day.correct,
    Day.date,
    Day.bring,
    Day.retire,
    Day.share,
    Day.waive,
    Day.agree,
    Day.confirm,
]
PEOPLE: list[Step] = [
    people.decide, people.decide, people.turn_all_down, people.mend, people.join, people.join,
    people.hear_from_the_registry, people.take_back_a_word, people.take_back_a_word,
]  # fmt: skip
WORKBOOKS: list[Step] = [
    books.send, books.send, books.answer, books.answer, books.answer, books.take_back_a_workbook
]  # fmt: skip
STEPS: list[Step] = [*RECORDS, Day.share, *PEOPLE, *WORKBOOKS]
SEEDS = range(4)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.mark.parametrize("seed", SEEDS)
def test_judged_piece_by_piece_is_judged_as_a_full_run_does(seed: int) -> None:
    day = Day(random.Random(4100 + seed))
    for round_ in range(2):
        day.work(STEPS, hours=8)
        day.assert_judged()
        if round_ == seed:
            day.rule_ends()
        day.sleep()
        day.assert_judged()


def test_the_cause_of_a_move_is_kept_while_it_waits() -> None:
    plot, by = make.make_ready_plot(), make.make_user()
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    change(plot, code="x")
    change_set = changes.plan(ChangeSet.Kind.CORRECTION, [], by=by)
    due.put_off([plot.pk], cause=GroupMove.Cause.CORRECTION, change_set=change_set, by=by)
    work()
    move = GroupMove.objects.latest("id")
    assert (move.to_group, move.cause, move.change_set) == (2, "correction", change_set)
    assert isinstance(change_set.planned_by, User)
