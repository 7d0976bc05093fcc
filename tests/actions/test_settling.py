"""A word of the desk is written down at once; what follows from it is worked out by a worker afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace

import pytest

from citizens.models import Resident
from landdb.models import Role, User
from landdb.normalise import people
from reconciliation import classification, matching
from reconciliation.actions import changes, handovers, matches, settling
from reconciliation.actions.handovers import Handover
from reconciliation.models import Decision, Finding, GroupMove, Match, Unsettled, Why, WorkItem
from reconciliation.next_work import take_first
from reconciliation.tasks.settle import settle
from reconciliation.worklists import WorkFilter
from tests import factories

from .cast import Case, judge, make_case

rounds = import_module("reconciliation.tasks.settle")
pytestmark = [pytest.mark.django_db, pytest.mark.settled_later]


#: Land users whom no other resembles: name and number.
PEOPLE = [
    ("Nguyễn Thị Duyên", "024175123456"),
    ("Lê Thị Mơ", "024175123457"),
    ("Trần Thị Bách", "024175123458"),
    ("Hoàng Thị Xuyến", "024175123459"),
]


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


def say_different(case: Case, by: User) -> None:
    """From a page that knows of the last word."""
    match = case.match
    matches.decide(
        match,
        Decision.Kind.DIFFERENT,
        by=by,
        reason="nhầm",
        seen=matches.stamp(match),
        last=matches.last_of(case.land_user.pk),
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
        say_different(case, officer)
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
        handovers.hand_on(case.land_user.pk, handover, by=officer, seen=seen, settled_later=True)
        assert WorkItem.objects.get(land_user=case.land_user).waits_with == WorkItem.With.POLICE
        settling.settle()
        case.land_user.refresh_from_db()
        assert case.land_user.verification.outcome == "with_police"

    def test_a_hand_over_that_changes_no_match_leaves_nothing_to_do(self, officer: User) -> None:
        case = make_case()
        handover = Handover(WorkItem.With.COMMUNE, Why.COMMUNE_PAPERS)
        seen = matches.stamp_all(case.matches)
        handovers.hand_on(case.land_user.pk, handover, by=officer, seen=seen, settled_later=True)
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


class TestSeveralAtOnce:
    @pytest.fixture
    def rounds(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """How many land users were matched in each round of matching."""
        seen: list[int] = []
        match: Callable[..., set[int]] = matching.refresh

        def watched(ids: list[int]) -> set[int]:
            if ids:
                seen.append(len(ids))
            return match(ids)

        monkeypatch.setattr(matching, "refresh", watched)
        return seen

    def test_land_users_with_nothing_in_common_are_matched_together_and_judged_apart(
        self, officer: User, rounds: list[int]
    ) -> None:
        cases = [make_case(name=name, number=number) for name, number in PEOPLE]
        rounds.clear()
        decisions = [say_same(case, officer) for case in cases]
        assert settling.settle() == len(PEOPLE)
        assert rounds == [len(PEOPLE)]
        for case, decision in zip(cases, decisions, strict=True):
            assert case.groups() == [1]
            moves = GroupMove.objects.filter(change_set=decision.change_set)
            assert [move.plot_id for move in moves] == [case.plots[0].pk]

    def test_who_shares_a_plot_with_another_is_judged_after_the_other(
        self, officer: User, rounds: list[int]
    ) -> None:
        one, two, apart = (make_case(name=name, number=number) for name, number in PEOPLE[:3])
        both_on = one.plots[0].holdings.get().certificate
        factories.make_holding(one.plots[0], two.land_user, both_on)
        rounds.clear()
        sets = [say_same(case, officer).change_set for case in (one, two, apart)]
        assert settling.settle() == 3
        assert rounds == [2, 1]
        assert one.groups() == [1]
        assert [GroupMove.objects.filter(change_set=each).count() for each in sets] == [0, 2, 1]

    def test_who_comes_to_share_a_resident_by_their_words_is_judged_after_the_other(
        self, officer: User, rounds: list[int]
    ) -> None:
        one, two = make_case(), make_case(number="024175123457")
        same = two.land_user.matches.get(resident_id=one.match.resident_id)
        rounds.clear()
        say_same(one, officer)
        matches.decide(
            same, Decision.Kind.SAME, by=officer, reason="x", seen=matches.stamp(same), settled_later=True
        )
        assert settling.settle() == 2
        # Together it showed, and was taken back.
        assert rounds == [2, 1, 1]

    def test_two_words_on_one_land_user_keep_their_order(self, officer: User, rounds: list[int]) -> None:
        case, other = make_case(), make_case(name="Lê Thị Mơ", number="024175123457")
        rounds.clear()
        say_same(case, officer)
        say_same(other, officer)
        say_different(case, officer)
        assert settling.settle() == 3
        assert rounds == [2, 1]
        assert case.groups() != [1]

    def test_a_word_that_corrects_the_entry_is_worked_out_with_the_others(
        self, officer: User, rounds: list[int]
    ) -> None:
        mended, plain = (make_case(name=name, number=number) for name, number in PEOPLE[:2])
        told = people.person("Nguyễn Thị Duyện", "12/03/1975", "Nữ", "", "Thôn Đoài")
        both = Resident.objects.filter(pk__in=[each.pk for each in mended.residents])
        both.update(name=told.name, name_key=told.name_key, name_fold=told.name_fold)
        judge(mended.land_user, *mended.plots)
        rounds.clear()
        decisions = [say_same(mended, officer, mend=True), say_same(plain, officer)]
        assert decisions[0].change_set.changes.filter(field="name_raw").exists()
        assert settling.settle() == 2
        assert rounds == [2]
        for case, decision in zip((mended, plain), decisions, strict=True):
            assert case.groups() == [1]
            moves = GroupMove.objects.filter(change_set=decision.change_set)
            assert [move.plot_id for move in moves] == [case.plots[0].pk]

    def test_whoever_had_the_number_that_was_corrected_is_judged_too(self, officer: User) -> None:
        mended, other = (make_case(name=name, number=PEOPLE[0][1]) for name, _number in PEOPLE[:2])
        found = Resident.objects.filter(pk__in=[each.pk for each in mended.residents])
        found.filter(birth_on__isnull=False).update(id_number="024175654321")
        judge(mended.land_user, *mended.plots, *other.plots)
        shared = Finding.objects.filter(rule="id_number_shared", plot=other.plots[0])
        assert shared.open().exists()
        match = mended.land_user.matches.get(resident__id_number="024175654321")
        matches.decide(
            match,
            Decision.Kind.SAME,
            by=officer,
            reason="đã xem",
            seen=matches.stamp(match),
            mend=True,
            settled_later=True,
        )
        assert shared.open().exists()
        assert settling.settle() == 1
        assert not shared.open().exists()

    def test_a_hand_over_is_worked_out_by_itself(self, officer: User, rounds: list[int]) -> None:
        handed, judged = (make_case(name=name, number=number) for name, number in PEOPLE[:2])
        rounds.clear()
        handover = Handover(WorkItem.With.POLICE, Why.POLICE_UNCLEAR)
        seen = matches.stamp_all(handed.matches)
        handovers.hand_on(handed.land_user.pk, handover, by=officer, seen=seen, settled_later=True)
        say_same(judged, officer)
        assert settling.settle() == 2
        assert rounds == [1, 1]
        assert judged.groups() == [1]


class TestRounds:
    @pytest.fixture
    def naps(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        """How long each round waited for its beginning, by a clock that stands still but for these naps."""
        slept: list[float] = []
        monkeypatch.setattr(rounds, "time", SimpleNamespace(sleep=slept.append, monotonic=lambda: 1000.0))
        monkeypatch.setattr(settle, "over", float("-inf"))
        return slept

    def test_who_decides_alone_waits_for_no_round(self, officer: User, naps: list[float]) -> None:
        say_same(make_case(), officer)
        assert settle() == 1
        assert naps == [0.0]

    def test_words_right_after_a_round_gather_for_the_next(self, officer: User, naps: list[float]) -> None:
        for name, number in PEOPLE[:2]:
            say_same(make_case(name=name, number=number), officer)
            assert settle() == 1
        assert naps == [0.0, rounds.GATHER]

    def test_a_call_for_what_a_round_has_done_already_waits_for_nothing(
        self, officer: User, naps: list[float]
    ) -> None:
        say_same(make_case(), officer)
        assert [settle(), settle()] == [1, 0]
        assert naps == [0.0]


class TestWhatFails:
    def test_the_others_do_not_wait_for_it_and_it_is_tried_again(
        self, officer: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken, whole = make_case(), make_case(name="Lê Thị Mơ", number="024175123457")
        bad = say_same(broken, officer)
        say_same(whole, officer)
        judge: Callable[..., Counter[str]] = classification.refresh

        def stumble(plots: list[int], **how: object) -> Counter[str]:
            if broken.plots[0].pk in plots:
                raise ValueError("made up")
            return judge(plots, **how)

        monkeypatch.setattr(classification, "refresh", stumble)
        settling.settle()
        assert whole.groups() == [1]
        left = Unsettled.objects.get()
        assert (left.change_set_id, left.attempts) == (bad.change_set_id, 1)
        monkeypatch.setattr(classification, "refresh", judge)
        settling.settle()
        assert broken.groups() == [1]
