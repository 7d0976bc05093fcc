"""No word of the police is lost where entries are merged, and a merge taken back gives each its own again."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from reconciliation.actions import changes, duplicates, handovers
from reconciliation.actions.consents import SamePerson
from reconciliation.models import Decision, Duplicate, WorkItem
from tests import factories
from tests.actions.conftest import easily_sure  # noqa: F401  the same fixture
from tests.actions.duplicate_cast import entry, merge, seen

from .cast import issued, item_of, line_of, outcome_of
from .files import answered, apply, as_csv, row, send, take_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("easily_sure")]
CLEAR = ["no_such", "several", "confirmed", "corrected", "deceased"]
STRENGTH = ["", "undetermined", *CLEAR]
CONTRADICT = [pair for pair in permutations(CLEAR, 2) if {*pair} != {"confirmed", "corrected"}]
AGREE = [pair for pair in product(STRENGTH, repeat=2) if pair not in CONTRADICT]


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
    duplicates.undo(decision, by=staff.mai)


def say(two, *words: str) -> None:
    handovers.open_items([person.pk for person in two])
    for person, word in zip(two, words, strict=True):
        WorkItem.objects.filter(land_user=person).update(police_word=word)


def choose(visit, two, staff, *, by=None, **given):
    """As the button does: merge into the first, with what the page showed."""
    found = Duplicate.objects.get()
    told = {"decision": "merge", "keep": two[0].pk, "others": two[1].pk, "reason": "cùng một người"}
    address = f"/duplicates/{found.pk}/decide/"
    return visit(by or staff.mai).post(address, told | {"seen": seen(found)} | given)


@pytest.mark.parametrize("words", AGREE, ids=" ".join)
def test_of_two_words_the_fullest_is_kept_and_both_come_back(two, staff, words) -> None:
    say(two, *words)
    decision = joined(two, staff)
    assert word_of(two[0]) == max(words, key=STRENGTH.index)
    changes.undo(decision.change_set, by=staff.mai)
    assert (word_of(two[0]), word_of(two[1])) == words


@pytest.mark.parametrize("words", CONTRADICT, ids=" ".join)
def test_words_that_contradict_hold_the_merge_until_somebody_chooses(visit, two, staff, words) -> None:
    say(two, *words)
    held = choose(visit, two, staff)
    assert held.status_code == 422
    assert "Công an trả lời trái nhau về các bản ghi này" in held.content.decode()
    neither = next(word for word in CLEAR if word not in words)
    assert choose(visit, two, staff, police_word=neither).status_code == 422
    assert not Decision.objects.exists()
    assert (word_of(two[0]), word_of(two[1])) == words
    assert choose(visit, two, staff, police_word=words[1]).status_code == 302
    assert word_of(two[0]) == words[1]
    changes.undo(Decision.objects.get().change_set, by=staff.mai)
    assert (word_of(two[0]), word_of(two[1])) == words


def sent_by(two, staff, by, *words: str) -> None:
    """An answer about each of the two, in a file that this person sent."""
    issued(staff)
    rows = [row(line_of(person), word) for person, word in zip(two, words, strict=True)]
    apply(send(as_csv(rows), by), staff)


def test_who_sent_the_answers_does_not_choose_between_them(visit, two, staff) -> None:
    sent_by(two, staff, staff.mai, "Đúng", "Đã mất")
    assert (word_of(two[0]), word_of(two[1])) == ("confirmed", "deceased")
    address = f"/duplicates/{Duplicate.objects.get().pk}/"
    page = visit(staff.mai).get(address).content.decode()
    assert 'name="police_word"' not in page
    assert "bạn đã nộp một câu trả lời: người khác chọn và gộp" in page
    held = choose(visit, two, staff, police_word="deceased")
    assert held.status_code == 403
    assert "Bạn đã nộp một trong các câu trả lời trái nhau" in held.content.decode()
    assert not Decision.objects.exists()
    assert 'name="police_word"' in visit(staff.an).get(address).content.decode()
    assert choose(visit, two, staff, by=staff.an, police_word="deceased").status_code == 302
    assert word_of(two[0]) == "deceased"


def test_what_does_not_contradict_is_merged_by_who_sent_it_too(visit, two, staff) -> None:
    sent_by(two, staff, staff.mai, "Đúng", "Chưa xác định được")
    assert choose(visit, two, staff).status_code == 302
    assert word_of(two[0]) == "confirmed"


def test_who_sent_an_answer_about_an_entry_merged_before_does_not_choose_either(two, staff) -> None:
    sent_by(two, staff, staff.mai, "Đúng", "Chưa xác định được")
    joined(two, staff)
    third = entry(two[0].commune, birth="1975")
    handovers.open_items([third.pk])
    WorkItem.objects.filter(land_user=third).update(police_word="deceased")
    group = Duplicate.objects.open().get()
    told = {"reason": "cùng người", "seen": seen(group), "police_word": "deceased"}
    with pytest.raises(SamePerson):
        duplicates.merge(group, third.pk, [two[0].pk], by=staff.mai, **told)
    duplicates.merge(group, third.pk, [two[0].pk], by=staff.an, **told)


def test_both_words_stand_side_by_side_and_none_is_chosen_yet(visit, two, staff) -> None:
    say(two, "no_such", "confirmed")
    page = visit(staff.mai).get(f"/duplicates/{Duplicate.objects.get().pk}/").content.decode()
    assert 'name="police_word" value="no_such" aria-label="Công an, bản ghi 1: Không có người này"' in page
    assert 'name="police_word" value="confirmed" aria-label="Công an, bản ghi 2: Đúng"' in page
    assert "trái nhau" in page


def test_a_word_that_comes_while_the_page_is_open_is_shown_before_anything_is_merged(
    visit, two, staff
) -> None:
    say(two, "confirmed", "")
    before = seen(Duplicate.objects.get())
    say(two, "confirmed", "deceased")
    assert choose(visit, two, staff, seen=before, police_word="confirmed").status_code == 409
    assert not Decision.objects.exists()


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
