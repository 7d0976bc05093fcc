"""What was accepted in bulk is looked at a second time too, by somebody who had no part in it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from landdb.models import Role, User
from reconciliation.actions import bulk, bulk_portions, consents, matches, review_weeks, second_eyes
from reconciliation.actions.bulk import Act, Wanted
from reconciliation.actions.consents import SamePerson
from reconciliation.classification.weeks import week_of
from reconciliation.models import BulkDecision, ChangeSet, Match, ReviewWeek, SecondLook, WorkItem
from tests import factories as make
from tests.actions.cast import make_resident

pytestmark = pytest.mark.django_db
Word = SecondLook.Word


@pytest.fixture
def seniors() -> tuple[User, User, User]:
    """Who decided, who agreed, and one who had no part in it."""
    decided, agreed, other = (make.make_user(Role.SENIOR_REVIEWER) for _n in range(3))
    return decided, agreed, other


@pytest.fixture
def week() -> dt.date:
    return week_of(timezone.localdate())


def accept(by: User, agreed: User | None = None, *, n: int = 3) -> BulkDecision:
    """`n` people with one likely candidate each, said to be the same in bulk."""
    commune = make.make_commune()
    items = [_likely(commune, name) for name in ("An", "Bình", "Cúc", "Dung", "Én")[:n]]
    decision = bulk.go(bulk.draft(items, Wanted(Act.SAME, least=0.9), by=by), by=by)
    if agreed is not None:
        decision = bulk.answer(decision, by=agreed, is_yes=True)
    decision.refresh_from_db()
    for first, last in bulk_portions.portions(decision, is_done=False):
        bulk_portions.carry_out(decision, first, last)
    bulk.finish(decision.pk)
    decision.refresh_from_db()
    assert decision.change_set.state == ChangeSet.State.APPLIED
    assert Match.objects.filter(state=Match.State.ACCEPTED, decided_by=by).count() == n
    return decision


def _likely(commune, given: str) -> int:
    name = f"Nguyễn Thị {given}"
    person = make.make_land_user(
        commune, name_raw=name, birth_raw="12/03/1975", sex_raw="Nữ", id_number_raw=""
    )
    resident = make_resident(name, "12/03/1975", commune=commune)
    make.make_match(person, resident, probability=0.97, outcome=Match.Outcome.REVIEW)
    return WorkItem.objects.create(
        land_user=person, commune=commune, opened_at=timezone.now(), plots=1, outcome="ambiguous"
    ).pk


def share(people: float, by: User) -> None:
    second_eyes.set_shares(second_eyes.Shares(people, 0.0), by=by, reason="thử")


def test_they_are_drawn_by_the_share_of_peoples_words(seniors, week) -> None:
    accept(seniors[0])
    share(1.0, seniors[0])
    assert second_eyes.draw(week) == 3
    assert set(SecondLook.objects.values_list("first_by", flat=True)) == {seniors[0].pk}


def test_of_each_bulk_decision_one_at_least_is_drawn_and_once(seniors, week) -> None:
    accept(seniors[0])
    accept(seniors[2], n=2)
    share(1e-12, seniors[0])
    assert second_eyes.draw(week) == 2
    assert set(SecondLook.objects.values_list("first_by", flat=True)) == {seniors[0].pk, seniors[2].pk}
    assert second_eyes.draw(week) == 0


def test_where_no_share_is_wanted_none_is_drawn(seniors, week) -> None:
    accept(seniors[0])
    share(0.0, seniors[0])
    assert second_eyes.draw(week) == 0


def test_who_agreed_to_the_bulk_neither_finds_nor_says_nor_settles_the_second_word(
    seniors, week, monkeypatch, visit
) -> None:
    monkeypatch.setattr(consents, "ALONE", 1)
    decided, agreed, other = seniors
    accept(decided, agreed)
    share(1.0, decided)
    second_eyes.draw(week)
    look = SecondLook.objects.order_by("pk").first()
    assert look is not None
    seen = matches.stamp(Match.objects.get(pk=look.match_id))
    for user in (decided, agreed):
        assert second_eyes.next_for(user) is None
        assert not second_eyes.open_for(look, by=user)
        assert visit(user).get("/second-eyes/").context["count"] == 0
        assert visit(user).get(f"/second-eyes/{look.pk}/").status_code == 302
        with pytest.raises(SamePerson):
            second_eyes.say(look, Word.SAME, by=user, reason="xem lại", seen=seen)
    assert second_eyes.next_for(other) == look
    second_eyes.say(look, Word.DIFFERENT, by=other, reason="khác thôn", seen=seen)
    with pytest.raises(SamePerson):
        second_eyes.settle(look, Word.SAME, by=agreed, reason="đã đồng ý")


def test_the_figures_count_what_was_said_in_bulk_and_what_of_it_went_back(seniors, week) -> None:
    decision = accept(seniors[0])
    review_weeks.count(week, weeks=1)
    assert sum(row.decided for row in ReviewWeek.objects.all()) == 3
    bulk.ask_undo(decision, by=seniors[0])
    decision.refresh_from_db()
    for first, last in bulk_portions.portions(decision, is_done=True):
        bulk_portions.take_back(decision, first, last)
    review_weeks.count(week, weeks=1)
    rows = list(ReviewWeek.objects.all())
    assert (sum(row.decided for row in rows), sum(row.undone for row in rows)) == (3, 3)
