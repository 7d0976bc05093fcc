"""A word on a match: the group follows at once, stale words are refused, everything goes back."""

from __future__ import annotations

import pytest

from landdb.models import Role
from reconciliation import matching
from reconciliation.actions import changes, corrections, matches
from reconciliation.models import Decision, GroupMove, Match, PlotStatus, Verification, WorkItem
from tests import factories

from .cast import groups, make_case, make_resident

pytestmark = pytest.mark.django_db
Kind = Decision.Kind


def decide(case, kind, match=None, by=None):
    match = match or case.match
    by = by or factories.make_user(Role.REVIEWER)
    return matches.decide(match, kind, by=by, reason="đã xem hồ sơ", seen=matches.stamp(match))


def test_the_same_person_frees_every_plot_that_waited() -> None:
    case = make_case(plots=3)
    assert case.groups() == [2, 2, 2]
    assert WorkItem.objects.open().get(land_user=case.land_user).plots == 3
    decision = decide(case, Kind.SAME)
    assert case.groups() == [1, 1, 1]
    assert Verification.objects.get(land_user=case.land_user).outcome == "matched"
    assert not WorkItem.objects.open().filter(land_user=case.land_user).exists()
    moves = GroupMove.objects.filter(change_set=decision.change_set)
    assert {(move.from_group, move.to_group, move.cause) for move in moves} == {(2, 1, "match")}


def test_undo_brings_the_groups_and_the_match_back_as_they_were() -> None:
    case = make_case(plots=2)
    kept = list(Match.objects.order_by("pk").values())
    reviewer = factories.make_user(Role.REVIEWER)
    decision = decide(case, Kind.SAME, by=reviewer)
    assert changes.undo(decision.change_set, by=reviewer) == []
    assert case.groups() == [2, 2]
    now = list(Match.objects.order_by("pk").values())
    for before, after in zip(kept, now, strict=True):
        assert (before.pop("score"), before.pop("probability")) == pytest.approx(
            (after.pop("score"), after.pop("probability"))
        )
        assert before == after
    assert WorkItem.objects.open().filter(land_user=case.land_user).exists()
    cause = GroupMove.objects.order_by("-id").values_list("cause", flat=True)[0]
    assert cause == GroupMove.Cause.UNDO


def test_undo_gives_the_work_back_to_whom_it_was_given_and_a_later_opening_does_not() -> None:
    case = make_case()
    officer, reviewer = factories.make_user(Role.REVIEWER), factories.make_user(Role.REVIEWER)
    items = WorkItem.objects.filter(land_user=case.land_user)
    items.update(assigned_to=officer)
    decision = decide(case, Kind.SAME, by=reviewer)
    changes.undo(decision.change_set, by=reviewer)
    assert items.open().get().assigned_to == officer
    decide(case, Kind.SAME, by=reviewer)
    case.land_user.matches.update(state=Match.State.PROPOSED, decided_evidence=None)
    matching.refresh([case.land_user.pk])
    assert items.open().get().assigned_to is None


def test_another_person_stays_in_group_two_and_is_not_proposed_again() -> None:
    case = make_case()
    decide(case, Kind.DIFFERENT)
    assert case.groups() == [2]
    matching.refresh([case.land_user.pk])
    rejected = Match.objects.get(land_user=case.land_user, state=Match.State.REJECTED)
    assert rejected.outcome == Match.Outcome.NONE
    assert rejected.reason == "đã xem hồ sơ"


def test_unsure_is_kept_and_frees_nothing() -> None:
    case = make_case()
    decide(case, Kind.UNSURE)
    assert case.groups() == [2]
    assert Match.objects.filter(state=Match.State.UNSURE).count() == 1


def test_whom_somebody_was_unsure_of_waits_on_for_another_pair_of_eyes() -> None:
    case = make_case()
    opened = WorkItem.objects.get(land_user=case.land_user).opened_at
    decide(case, Kind.UNSURE)
    item = WorkItem.objects.at_desk().get(land_user=case.land_user)
    assert item.opened_at == opened
    decide(case, Kind.SAME)
    assert not WorkItem.objects.at_desk().filter(land_user=case.land_user).exists()


def test_not_in_the_registry_turns_every_candidate_down() -> None:
    case = make_case()
    reviewer = factories.make_user(Role.REVIEWER)
    matches.decide_not_in_registry(
        case.land_user.pk, by=reviewer, reason="không ai", seen=matches.stamp_all(case.matches)
    )
    assert {match.state for match in case.matches} == {"rejected"}
    assert Verification.objects.get(land_user=case.land_user).outcome == "not_found"


def test_a_word_on_evidence_that_has_changed_is_refused() -> None:
    case = make_case()
    match = case.match
    seen, seen_all = matches.stamp(match), matches.stamp_all(case.matches)
    decide(case, Kind.UNSURE)
    with pytest.raises(matches.EvidenceChanged):
        matches.decide(match, Kind.SAME, by=factories.make_user(), reason="lý do", seen=seen)
    with pytest.raises(matches.EvidenceChanged):
        matches.decide_not_in_registry(
            case.land_user.pk, by=factories.make_user(), reason="lý do", seen=seen_all
        )
    assert case.groups() == [2]


def test_a_word_on_a_candidate_that_is_gone_is_refused() -> None:
    case = make_case()
    match = case.match
    seen = matches.stamp(match)
    Match.objects.filter(pk=match.pk).delete()
    with pytest.raises(matches.EvidenceChanged):
        matches.decide(match, Kind.SAME, by=factories.make_user(), reason="lý do", seen=seen)


def test_a_second_accept_takes_the_place_of_the_first() -> None:
    case = make_case()
    first, second = case.matches
    decide(case, Kind.SAME, first)
    second.refresh_from_db()
    decide(case, Kind.SAME, second)
    states = dict(Match.objects.values_list("pk", "state"))
    assert states == {first.pk: "rejected", second.pk: "accepted"}
    assert Verification.objects.get(land_user=case.land_user).resident_id == second.resident_id


def test_plots_that_shared_the_resident_are_judged_again_after_undo() -> None:
    """Two land users on one resident are doubled; when one goes, the other is no longer."""
    case, other = make_case(), make_case(name="Nguyễn Thị Duyên")
    resident = case.residents[0]
    reviewer = factories.make_user(Role.REVIEWER)
    mine = case.land_user.matches.get(resident=resident)
    matching.refresh([other.land_user.pk, case.land_user.pk])
    theirs = other.land_user.matches.get(resident=resident)
    mine.refresh_from_db()
    decide(case, Kind.SAME, mine, reviewer)
    theirs.refresh_from_db()
    second = decide(other, Kind.SAME, theirs, reviewer)
    doubled = PlotStatus.objects.filter(rules__contains=["holder_duplicated"])
    assert set(doubled.values_list("plot", flat=True)) == {case.plots[0].pk, other.plots[0].pk}
    changes.undo(second.change_set, by=reviewer)
    assert not doubled.exists()
    assert groups(case.plots[0]) == [1]


def test_a_resident_that_arrives_later_does_not_undo_a_decision() -> None:
    case = make_case()
    decide(case, Kind.SAME)
    make_resident(case.land_user.name, "05/05/1975", commune=factories.make_commune())
    matching.refresh([case.land_user.pk])
    assert Verification.objects.get(land_user=case.land_user).outcome == "matched"


def test_the_same_person_can_be_corrected_by_the_registry_in_one_go() -> None:
    case = make_case(plots=2)
    person, resident = case.land_user, case.match.resident
    # The entry lacks the sex and has the year off by one: found, but it differs.
    person.sex_raw, person.sex = "", ""
    person.birth_raw, person.birth_on, person.birth_year = (
        str(resident.birth_year + 1),
        None,
        resident.birth_year + 1,
    )
    person.save()
    matching.refresh([person.pk])
    match = Match.objects.get(land_user=person, resident=resident)
    reviewer = factories.make_user(Role.REVIEWER)
    decision = matches.decide(
        match, Kind.SAME, by=reviewer, reason="giấy gốc", seen=matches.stamp(match), mend=True
    )
    person.refresh_from_db()
    assert (person.sex, person.birth_year) == (resident.sex, resident.birth_year)
    match.refresh_from_db()
    assert match.state == Match.State.ACCEPTED, "stronger evidence must not re-open an accept"
    assert Verification.objects.get(land_user=person).outcome == "matched"
    changes.undo(decision.change_set, by=reviewer)
    person.refresh_from_db()
    assert (person.sex_raw, person.sex, person.birth_year) == ("", "", resident.birth_year + 1)


def test_a_cell_with_two_people_keeps_both_names() -> None:
    case = make_case()
    case.land_user.second_name = "Trần Thị Mận"
    case.land_user.name_key = "khác"
    wanted = corrections.from_registry(case.land_user, case.match.resident)
    assert "name_raw" not in {change.field for change in wanted}
