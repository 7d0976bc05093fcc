"""No word of the police is lost where entries are merged, and a merge taken back gives each its own again."""

from __future__ import annotations

from itertools import product

import pytest

from reconciliation.actions import changes, duplicates, handovers
from reconciliation.models import Duplicate, WorkItem
from tests import factories
from tests.actions.conftest import easily_sure  # noqa: F401  the same fixture
from tests.actions.duplicate_cast import entry, merge

from .cast import issued, item_of, line_of, outcome_of
from .files import answered, row, take_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("easily_sure")]
STRENGTH = ["", "undetermined", "no_such", "several", "confirmed", "corrected", "deceased"]


@pytest.fixture
def two():
    """Two entries of one person, whom the registry does not know; each is a question of its own."""
    commune = factories.make_commune()
    return entry(commune), entry(commune, birth="1975")


def joined(two, staff):
    return merge(Duplicate.objects.get(), two[0], [two[1]], staff.mai)


def word_of(person) -> str:
    return item_of(person).police_word


def part(decision, staff) -> None:
    """As the button does."""
    changes.undo(decision.change_set, by=staff.mai)
    duplicates.after_undo(decision, by=staff.mai)


@pytest.mark.parametrize("words", list(product(STRENGTH[::2], repeat=2)), ids=" ".join)
def test_of_two_words_the_fullest_is_kept_and_both_come_back(two, staff, words) -> None:
    handovers.open_items([person.pk for person in two])
    WorkItem.objects.filter(land_user=two[0]).update(police_word=words[0])
    WorkItem.objects.filter(land_user=two[1]).update(police_word=words[1])
    decision = joined(two, staff)
    assert word_of(two[0]) == max(words, key=STRENGTH.index)
    changes.undo(decision.change_set, by=staff.mai)
    assert (word_of(two[0]), word_of(two[1])) == words


def test_what_was_said_of_the_merged_entry_is_what_the_kept_one_is_verified_as(two, staff) -> None:
    issued(staff)
    answered(staff, row(line_of(two[1]), "Đã mất"))
    assert outcome_of(two[0]) == "with_police"
    WorkItem.objects.filter(land_user=two[0]).update(waits_with="")
    decision = joined(two, staff)
    assert outcome_of(two[0]) == "deceased"
    part(decision, staff)
    assert (word_of(two[0]), word_of(two[1])) == ("", "deceased")
    assert outcome_of(two[1]) == "deceased"


def test_an_answer_that_comes_while_merged_goes_to_whom_it_is_about(two, staff) -> None:
    issued(staff)
    decision = joined(two, staff)
    answered(staff, row(line_of(two[1]), "Không có người này"))
    assert word_of(two[0]) == "no_such"
    part(decision, staff)
    assert (word_of(two[0]), word_of(two[1])) == ("", "no_such")
    assert item_of(two[1]).waits_with == ""
    assert outcome_of(two[1]) == "not_found"


def test_an_answer_taken_back_while_merged_leaves_no_word_behind(two, staff) -> None:
    issued(staff)
    answers = answered(staff, row(line_of(two[1]), "Đã mất"))
    decision = joined(two, staff)
    assert word_of(two[0]) == "deceased"
    take_back(answers, staff)
    assert word_of(two[0]) == ""
    part(decision, staff)
    assert (word_of(two[0]), word_of(two[1])) == ("", "")


def test_the_button_that_takes_a_merge_back_gives_the_words_back(visit, two, staff) -> None:
    issued(staff)
    decision = joined(two, staff)
    answered(staff, row(line_of(two[1]), "Đã mất"))
    visit(staff.senior).post(f"/decisions/{decision.pk}/undo/")
    assert (word_of(two[0]), word_of(two[1])) == ("", "deceased")
