"""A word of the desk is written down at once; what follows from it is worked out by a worker afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from landdb.models import Role, User
from reconciliation.actions import changes, effects, handovers, matches, settling
from reconciliation.actions.handovers import Handover
from reconciliation.models import ChangeSet, Decision, GroupMove, Match, Unsettled, Why, WorkItem
from reconciliation.next_work import take_first
from reconciliation.tasks.settle import settle
from reconciliation.worklists import WorkFilter
from tests import factories

from .cast import Case, make_case

pytestmark = [pytest.mark.django_db, pytest.mark.settled_later]


@pytest.fixture
def officer() -> User:
    return factories.make_user(Role.REVIEWER)


def say_same(case: Case, by: User, *, mend: bool = False) -> Decision:
    match = case.match
    return matches.decide(
        match,
        Decision.Kind.SAME,
        by=by,
        reason="đã xem",
        seen=matches.stamp(match),
        mend=mend,
        settled_later=True,
    )


class TestUntilItIsWorkedOut:
    def test_the_word_stands_and_the_plots_are_where_they_were(self, officer: User) -> None:
        case = make_case(plots=2)
        before = case.groups()
        say_same(case, officer)
        assert case.match.state == Match.State.ACCEPTED
        assert case.groups() == before
        assert not GroupMove.objects.exclude(cause=GroupMove.Cause.FIRST).exists()

    def test_nobody_is_offered_the_record_though_it_is_open(self, officer: User) -> None:
        case, other = make_case(plots=3), make_case(name="Lê Thị Mơ", number="024175123457")
        say_same(case, officer)
        assert WorkItem.objects.open().filter(land_user=case.land_user).exists()
        for user in (officer, factories.make_user(Role.REVIEWER)):
            item = take_first(WorkFilter(user))
            assert item is None or item.land_user_id == other.land_user.pk

    def test_a_second_word_from_a_page_that_knows_the_first_is_taken(self, officer: User) -> None:
        case = make_case()
        say_same(case, officer)
        match = case.match
        matches.decide(
            match,
            Decision.Kind.DIFFERENT,
            by=officer,
            reason="nhầm",
            seen=matches.stamp(match),
            last=matches.last_of(case.land_user.pk),
            settled_later=True,
        )
        assert settling.settle() == 2
        assert case.match.state != Match.State.ACCEPTED
        assert 1 not in case.groups()


class TestOnceItIs:
    @pytest.mark.parametrize("mend", [False, True])
    def test_everything_is_as_if_the_officer_had_waited(self, officer: User, mend: bool) -> None:
        waited, later = make_case(plots=2), make_case(plots=2, name="Lê Thị Mơ", number="024175123457")
        match = waited.match
        matches.decide(
            match, Decision.Kind.SAME, by=officer, reason="đã xem", seen=matches.stamp(match), mend=mend
        )
        decision = say_same(later, officer, mend=mend)
        assert settle() == 1
        assert later.groups() == waited.groups()
        assert not Unsettled.objects.exists()
        moves = GroupMove.objects.filter(change_set=decision.change_set)
        assert {move.plot_id for move in moves} == {plot.pk for plot in later.plots}
        assert not WorkItem.objects.open().filter(land_user=later.land_user).exists()

    def test_who_is_handed_to_the_police_is_verified_as_such(self, officer: User) -> None:
        case = make_case()
        handover = Handover(WorkItem.With.POLICE, Why.POLICE_UNCLEAR)
        seen = matches.stamp_all(case.matches)
        handovers.hand_on(case.land_user, handover, by=officer, seen=seen, settled_later=True)
        assert WorkItem.objects.get(land_user=case.land_user).waits_with == WorkItem.With.POLICE
        settling.settle()
        case.land_user.refresh_from_db()
        assert case.land_user.verification.outcome == "with_police"

    def test_a_hand_over_that_changes_no_match_leaves_nothing_to_do(self, officer: User) -> None:
        case = make_case()
        handover = Handover(WorkItem.With.COMMUNE, Why.COMMUNE_PAPERS)
        seen = matches.stamp_all(case.matches)
        handovers.hand_on(case.land_user, handover, by=officer, seen=seen, settled_later=True)
        assert not Unsettled.objects.exists()

    def test_taken_back_before_it_changes_nothing(self, officer: User) -> None:
        case = make_case(plots=2)
        opened = WorkItem.objects.get(land_user=case.land_user).opened_at
        before = case.groups()
        decision = say_same(case, officer)
        assert changes.undo(decision.change_set, by=officer) == []
        assert settling.settle() == 1
        assert case.groups() == before
        item = WorkItem.objects.get(land_user=case.land_user)
        assert (item.state, item.opened_at) == (WorkItem.State.OPEN, opened)


class TestWhatFails:
    def test_the_others_do_not_wait_for_it_and_it_is_tried_again(
        self, officer: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken, whole = make_case(), make_case(name="Lê Thị Mơ", number="024175123457")
        bad = say_same(broken, officer)
        say_same(whole, officer)
        follow: Callable[..., None] = effects.follow

        def stumble(change_set: ChangeSet, *told: object) -> None:
            if change_set.pk == bad.change_set_id:
                raise ValueError("made up")
            follow(change_set, *told)

        monkeypatch.setattr(effects, "follow", stumble)
        settling.settle()
        assert whole.groups() == [1]
        left = Unsettled.objects.get()
        assert (left.change_set_id, left.attempts) == (bad.change_set_id, 1)
        monkeypatch.setattr(effects, "follow", follow)
        settling.settle()
        assert broken.groups() == [1]
