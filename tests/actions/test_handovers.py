"""A land user handed on waits with somebody else, comes back, and every step can be taken back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from landdb.models import Role
from reconciliation import matching
from reconciliation.actions import changes, handovers, matches
from reconciliation.actions.handovers import Handover, With
from reconciliation.models import Decision, GroupMove, Verification, Why, WorkItem
from tests import factories

from .cast import make_case

pytestmark = pytest.mark.django_db


def hand_on(case, handover, by=None):
    by = by or factories.make_user(Role.REVIEWER)
    seen = matches.stamp_all(case.land_user.matches.all())
    return handovers.hand_on(case.land_user.pk, handover, by=by, seen=seen)


def item(case) -> WorkItem:
    return WorkItem.objects.get(land_user=case.land_user)


def at_desk(case) -> bool:
    return WorkItem.objects.at_desk().filter(land_user=case.land_user).exists()


def outcome(case) -> str:
    return Verification.objects.get(land_user=case.land_user).outcome


def test_with_the_police_the_person_waits_there_whatever_a_run_finds() -> None:
    case = make_case()
    due = timezone.localdate() + dt.timedelta(days=7)
    decision = hand_on(case, Handover(With.POLICE, Why.POLICE_UNCLEAR, "ba người giống nhau", due))
    assert decision.kind == Decision.Kind.POLICE
    assert outcome(case) == "with_police"
    matching.refresh([case.land_user.pk])
    assert outcome(case) == "with_police"
    held = item(case)
    assert (held.state, held.waits_with, held.waits_until) == ("open", "police", due)
    assert not at_desk(case)


def test_undo_of_a_hand_over_brings_the_person_back_to_the_desk_as_before() -> None:
    case = make_case()
    before = outcome(case)
    decision = hand_on(case, Handover(With.POLICE, Why.POLICE_NUMBER))
    assert changes.undo(decision.change_set, by=decision.by) == []
    assert outcome(case) == before
    assert at_desk(case)
    held = item(case)
    assert (held.waits_with, held.waits_why, held.waits_since) == ("", "", None)


def test_taken_back_from_the_commune_it_is_at_the_desk_again() -> None:
    case = make_case()
    hand_on(case, Handover(With.COMMUNE, Why.COMMUNE_PAPERS, "xin bản chụp thẻ"))
    assert item(case).is_handed_on
    decision = handovers.take_back(case.land_user, by=factories.make_user(Role.REVIEWER))
    assert decision.kind == Decision.Kind.BACK
    assert at_desk(case)
    with pytest.raises(changes.WrongState):
        handovers.take_back(case.land_user, by=decision.by)


def test_the_commune_is_asked_about_fields_until_it_is_taken_back_or_undone() -> None:
    case = make_case()
    asked = Handover(With.COMMUNE, Why.COMMUNE_DIFFERS, fields=("name", "birth"))
    decision = hand_on(case, asked)
    assert item(case).waits_fields == ["name", "birth"]
    assert decision.reason == "Sổ đất và dân cư ghi khác nhau: họ và tên, ngày sinh"
    back = handovers.take_back(case.land_user, by=decision.by)
    assert item(case).waits_fields == []
    assert changes.undo(back.change_set, by=decision.by) == []
    assert item(case).waits_fields == ["name", "birth"]
    assert changes.undo(decision.change_set, by=decision.by) == []
    assert item(case).waits_fields == []


@pytest.mark.parametrize(
    ("where", "why", "fields"),
    [
        (With.COMMUNE, Why.COMMUNE_DIFFERS, ()),
        (With.COMMUNE, Why.COMMUNE_CELLS, ()),
        (With.COMMUNE, Why.COMMUNE_DIFFERS, ("birth", "name")),
        (With.COMMUNE, Why.COMMUNE_DIFFERS, ("name", "name")),
        (With.COMMUNE, Why.COMMUNE_DIFFERS, ("sheet",)),
        (With.POLICE, Why.POLICE_NUMBER, ("id_number",)),
    ],
)
def test_fields_are_named_where_a_reason_needs_them_in_order_and_to_a_commune_alone(
    where: With, why: str, fields: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match=r"field|sheet"):
        Handover(where, why, fields=fields)


def test_what_was_put_off_comes_back_on_its_day() -> None:
    case = make_case()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    hand_on(case, Handover(With.LATER, until=tomorrow))
    assert not at_desk(case)
    WorkItem.objects.update(waits_until=timezone.localdate())
    assert at_desk(case)
    assert not item(case).is_handed_on


def test_somebody_whom_the_registry_does_not_know_goes_to_the_police_and_leaves_no_work_when_taken_back() -> (
    None
):
    case = make_case()
    by = factories.make_user(Role.REVIEWER)
    seen = matches.stamp_all(case.land_user.matches.all())
    matches.decide_not_in_registry(case.land_user.pk, by=by, reason="không thấy ai", seen=seen)
    assert not at_desk(case)
    decision = hand_on(case, Handover(With.POLICE, Why.POLICE_ABSENT), by=by)
    assert item(case).state == WorkItem.State.OPEN
    changes.undo(decision.change_set, by=by)
    assert outcome(case) == "not_found"
    assert item(case).state == WorkItem.State.DONE


def test_a_person_found_meanwhile_waits_with_nobody() -> None:
    case = make_case()
    hand_on(case, Handover(With.COMMUNE, Why.COMMUNE_DIFFERS, fields=("birth",)))
    by = factories.make_user(Role.REVIEWER)
    matches.decide(
        case.match, Decision.Kind.SAME, by=by, reason="xã đã trả lời", seen=matches.stamp(case.match)
    )
    held = item(case)
    assert (held.state, held.waits_with, held.waits_fields) == (WorkItem.State.DONE, With.DESK, [])


def test_a_move_that_the_police_bring_about_says_so() -> None:
    case = make_case()
    decision = hand_on(case, Handover(With.POLICE, Why.POLICE_UNCLEAR))
    causes = GroupMove.objects.filter(change_set=decision.change_set).values_list("cause", flat=True)
    assert set(causes) <= {GroupMove.Cause.POLICE}


def test_who_looked_at_other_evidence_is_refused() -> None:
    case = make_case()
    with pytest.raises(matches.EvidenceChanged):
        handovers.hand_on(
            case.land_user.pk,
            Handover(With.COMMUNE, Why.COMMUNE_CELLS, fields=("name",)),
            by=factories.make_user(Role.REVIEWER),
            seen="khác",
        )
    assert at_desk(case)


@pytest.mark.parametrize(
    ("where", "why", "until"),
    [
        (With.POLICE, "", None),
        (With.POLICE, Why.COMMUNE_PAPERS, None),
        (With.DESK, Why.POLICE_ABSENT, None),
        (With.LATER, "", None),
    ],
)
def test_a_hand_over_has_a_reason_of_its_own_and_a_day_where_it_needs_one(
    where: With, why: str, until: dt.date | None
) -> None:
    with pytest.raises(ValueError, match=r"reason|day"):
        Handover(where, why, until=until)


def test_what_was_closed_is_handed_on_with_what_the_registry_says_by_now() -> None:
    case = make_case()
    officer = factories.make_user(Role.REVIEWER)
    seen = matches.stamp_all(case.land_user.matches.all())
    matches.decide_not_in_registry(case.land_user.pk, by=officer, reason="không thấy", seen=seen)
    closed = item(case)
    assert (closed.state, closed.outcome) == (WorkItem.State.DONE, "not_found")
    match = case.match
    matches.decide(match, Decision.Kind.SAME, by=officer, reason="đúng", seen=matches.stamp(match))
    hand_on(case, Handover(With.COMMUNE, Why.COMMUNE_PAPERS))
    held = item(case)
    assert (held.state, held.outcome) == (WorkItem.State.OPEN, outcome(case))
    assert outcome(case) != "not_found"
