"""Second eyes: drawn by lot, judged without the first word, settled by a third; figures of the process."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from landdb.models import AccessLog, Role
from parcels.models import Holding
from reconciliation.actions import changes, matches, review_weeks, second_eyes
from reconciliation.actions.consents import SamePerson
from reconciliation.classification.weeks import week_of
from reconciliation.models import Decision, Match, ReviewWeek, SecondLook
from reconciliation.tasks.second_eyes import draw_second_eyes
from reconciliation.web import evidence
from reconciliation.web.second_eyes_figures import Rate
from tests import factories
from tests.actions.cast import make_case, make_staff

pytestmark = pytest.mark.django_db
State, Word = SecondLook.State, SecondLook.Word


def this_week() -> dt.date:
    return week_of(timezone.localdate())


@pytest.fixture
def case():
    return make_case()


@pytest.fixture
def staff(case):
    """The first reviewer, a second one, a senior; all of the commune."""
    reviewer, senior, _outsider = make_staff(case.commune)
    return reviewer, factories.make_user(Role.REVIEWER, commune=case.commune), senior


@pytest.fixture
def look(case, staff) -> SecondLook:
    """The first reviewer's "same", drawn."""
    matches.decide(
        case.match,
        Decision.Kind.SAME,
        by=staff[0],
        reason="tin lời trưởng thôn",
        seen=matches.stamp(case.match),
    )
    second_eyes.set_shares(second_eyes.Shares(1.0, 0.0), by=staff[2], reason="thử")
    assert second_eyes.draw(this_week()) == 1
    return SecondLook.objects.get()


def say(look, word, by) -> SecondLook:
    match = Match.objects.get(pk=look.match_id)
    return second_eyes.say(look, word, by=by, reason="xem lại", seen=matches.stamp(match))


@given(st.integers(1, 10**12), st.dates(dt.date(2026, 1, 1), dt.date(2030, 1, 1)))
def test_a_lot_is_the_same_for_everybody_and_another_week_draws_anew(match_id: int, day: dt.date) -> None:
    week = week_of(day)
    lot = second_eyes.lot(match_id, week)
    assert 0 <= lot < 1
    assert lot == second_eyes.lot(match_id, week)
    assert lot != second_eyes.lot(match_id, week + dt.timedelta(weeks=1))


def test_about_two_in_a_hundred_are_drawn() -> None:
    week = dt.date(2026, 11, 23)
    drawn = sum(second_eyes.lot(pk, week) < second_eyes.PEOPLE for pk in range(50_000))
    assert 880 < drawn < 1_120
    assert second_eyes.ENGINE < second_eyes.PEOPLE == 0.02


def test_nobody_can_work_out_the_lot_without_the_key(settings) -> None:
    before = second_eyes.lot(7, dt.date(2026, 11, 23))
    settings.SECRET_KEY = "another key altogether"
    assert second_eyes.lot(7, dt.date(2026, 11, 23)) != before


def test_drawing_twice_draws_once_and_only_what_was_accepted(case, staff, look) -> None:
    assert second_eyes.draw(this_week()) == 0
    assert (look.match_id, look.first_by, look.stage) == (case.match.pk, staff[0], case.match.stage)
    assert SecondLook.objects.count() == 1
    assert second_eyes.draw(this_week() - dt.timedelta(weeks=1)) == 0


def test_of_the_engines_own_accepts_a_share_is_drawn_and_no_more_than_the_most(staff, monkeypatch) -> None:
    monkeypatch.setattr(second_eyes, "MOST_OF_ENGINE", 2)
    for _n in range(4):
        person = factories.make_land_user()
        resident = factories.make_resident(person)
        factories.make_match(person, resident, outcome=Match.Outcome.ACCEPT, stage=Match.Stage.NUMBER)
        factories.make_verification(person, resident=resident)
    second_eyes.set_shares(second_eyes.Shares(0.0, 1.0), by=staff[2], reason="thử")
    assert second_eyes.draw(this_week()) == 2
    assert second_eyes.draw(this_week()) == 0
    assert SecondLook.objects.filter(first_by=None, stage=Match.Stage.NUMBER).count() == 2


def test_who_said_the_first_word_neither_finds_nor_opens_nor_says_the_second(client, staff, look) -> None:
    client.force_login(staff[0])
    assert client.get("/second-eyes/").context["next"] is None
    answer = client.get(f"/second-eyes/{look.pk}/", follow=True)
    assert answer.redirect_chain == [("/second-eyes/", 302)]
    assert "Bạn đã có ý kiến về hồ sơ này" in answer.content.decode()
    with pytest.raises(SamePerson):
        say(look, Word.SAME, staff[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondLook.objects.update(second_by=staff[0])


def test_the_second_sees_the_evidence_without_the_first_word(client: Client, case, staff, look) -> None:
    client.force_login(staff[1])
    assert client.get("/second-eyes/").context["next"] == look
    shown = client.get(f"/second-eyes/{look.pk}/").content.decode()
    assert "Nguyễn Thị Duyên" in shown
    for told in (staff[0].full_name, "tin lời trưởng thôn", "Đã kết luận", "đã ghi", "bit"):
        assert told not in shown
    assert f"/land-users/{case.land_user.pk}/" not in shown
    # The papers stand beside the evidence; their history, which tells the first word, is not offered.
    assert str(Holding.objects.filter(land_user=case.land_user).first().certificate) in shown
    assert "/timeline/" not in shown
    assert "024175123456" not in shown
    assert AccessLog.objects.filter(user=staff[1], subject_id=case.land_user.pk).exists()


def test_an_outsider_does_not_come_near(client: Client, look) -> None:
    client.force_login(factories.make_user(Role.REVIEWER, commune=factories.make_commune()))
    assert client.get("/second-eyes/").context["next"] is None
    assert client.get(f"/second-eyes/{look.pk}/").status_code == 404
    client.force_login(factories.make_user(Role.MANAGER))
    assert client.get(f"/second-eyes/{look.pk}/").status_code == 403


def test_two_do_not_look_at_once_and_after_a_while_it_is_free_again(client, case, staff, look) -> None:
    third = factories.make_user(Role.REVIEWER, commune=case.commune)
    client.force_login(staff[1])
    client.get(f"/second-eyes/{look.pk}/")
    client.force_login(third)
    assert client.get("/second-eyes/").context["next"] is None
    assert client.get(f"/second-eyes/{look.pk}/").status_code == 302
    SecondLook.objects.update(opened_at=timezone.now() - second_eyes.OPEN_FOR * 2)
    assert client.get(f"/second-eyes/{look.pk}/").status_code == 200


def test_agreement_ends_it_and_changes_nothing(client: Client, case, staff, look) -> None:
    client.force_login(staff[1])
    seen = client.get(f"/second-eyes/{look.pk}/").context["seen"]
    client.post(f"/second-eyes/{look.pk}/", {"decision": "same", "reason": "cùng số", "seen": seen})
    look.refresh_from_db()
    assert (look.state, look.second_by, look.second_word) == (State.AGREED, staff[1], Word.SAME)
    assert Match.objects.get(pk=look.match_id).decided_by == staff[0]


def test_a_reason_is_needed_and_what_was_typed_stays(client: Client, staff, look) -> None:
    client.force_login(staff[1])
    answer = client.post(f"/second-eyes/{look.pk}/", {"decision": "same", "reason": "ab", "seen": "x"})
    assert answer.status_code == 422
    assert 'value="ab"' in answer.content.decode()
    answer = client.post(f"/second-eyes/{look.pk}/", {"decision": "same", "reason": "cùng số", "seen": "x"})
    assert answer.status_code == 409
    assert 'value="cùng số"' in answer.content.decode()
    look.refresh_from_db()
    assert look.state == State.WAITING


def test_a_dispute_goes_to_a_senior_who_sees_both_and_may_overturn(client, case, staff, look) -> None:
    say(look, Word.DIFFERENT, staff[1])
    client.force_login(staff[1])
    assert client.get(f"/second-eyes/{look.pk}/").status_code == 302
    client.force_login(staff[2])
    assert look in client.get("/second-eyes/").context["disputed"]
    shown = client.get(f"/second-eyes/{look.pk}/").content.decode()
    assert "tin lời trưởng thôn" in shown
    assert "xem lại" in shown
    client.post(f"/second-eyes/{look.pk}/settle/", {"decision": "different", "reason": "khác năm sinh"})
    look.refresh_from_db()
    assert look.state == State.OVERTURNED
    assert Match.objects.get(pk=look.match_id).state == Match.State.REJECTED
    decision = Decision.objects.get(kind=Decision.Kind.DIFFERENT)
    assert (decision.by, case.groups()) == (staff[2], [2])
    changes.undo(decision.change_set, by=staff[2])
    assert Match.objects.get(pk=look.match_id).state == Match.State.ACCEPTED


def test_a_dispute_upheld_keeps_the_accept_and_neither_of_the_two_settles_it(case, look, staff) -> None:
    say(look, Word.UNSURE, staff[1])
    for one in staff[:2]:
        with pytest.raises(SamePerson):
            second_eyes.settle(look, Word.SAME, by=one, reason="thử")
    after = second_eyes.settle(look, Word.SAME, by=staff[2], reason="đủ căn cứ")
    assert after.state == State.UPHELD
    assert case.groups() == [1]


def test_an_accept_taken_back_meanwhile_needs_no_second_look(client: Client, staff, look) -> None:
    changes.undo(Decision.objects.get().change_set, by=staff[0])
    client.force_login(staff[1])
    assert client.get(f"/second-eyes/{look.pk}/").status_code == 302
    look.refresh_from_db()
    assert look.state == State.VOID


def test_the_share_is_set_by_a_manager_of_the_province_alone(client: Client, case) -> None:
    form = {"people": "5", "engine": "0,5", "reason": "tháng đầu"}
    for user, status in (
        (factories.make_user(Role.SENIOR_REVIEWER), 403),
        (factories.make_user(Role.MANAGER, commune=case.commune), 403),
        (factories.make_user(Role.REVIEWER), 403),
        (factories.make_user(Role.MANAGER), 302),
    ):
        client.force_login(user)
        assert client.post("/second-eyes/figures/", form).status_code == status
    assert second_eyes.shares() == second_eyes.Shares(0.05, 0.005)
    assert client.post("/second-eyes/figures/", form | {"people": "101"}).status_code == 422


def test_the_figures_count_agreement_undone_and_reopened_and_name_nobody(client, case, staff, look) -> None:
    say(look, Word.DIFFERENT, staff[1])
    other = make_case(case.commune, name="Lê Thị Mai")
    taken = matches.decide(
        other.match, Decision.Kind.SAME, by=staff[0], reason="thử", seen=matches.stamp(other.match)
    )
    changes.undo(taken.change_set, by=staff[0])
    Match.objects.filter(pk=look.match_id).update(state=Match.State.PROPOSED, decided_by=None)
    draw_second_eyes()
    week = ReviewWeek.objects.filter(week=this_week())
    assert sum(row.decided for row in week) == 2
    assert sum(row.undone for row in week) == 1
    assert sum(row.reopened for row in week) == 1
    review_weeks.count(this_week())
    assert sum(row.decided for row in ReviewWeek.objects.all()) == 2
    client.force_login(factories.make_user(Role.MANAGER))
    answer = client.get("/second-eyes/figures/")
    row = answer.context["weeks"][0]
    assert (row.people.part, row.people.of, row.undone, row.reopened) == (0, 1, Rate(1, 2), Rate(1, 2))
    for person in staff:
        assert person.full_name not in answer.content.decode()
    client.force_login(factories.make_user(Role.MANAGER, commune=factories.make_commune()))
    assert client.get("/second-eyes/figures/").context["weeks"] == []
    client.force_login(staff[1])
    assert client.get("/second-eyes/figures/").status_code == 403


def test_the_figures_read_a_few_times(client: Client, look, django_assert_max_num_queries) -> None:
    client.force_login(factories.make_user(Role.MANAGER))
    with django_assert_max_num_queries(10):
        client.get("/second-eyes/figures/")


@given(st.integers(1, 999).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_bounds_hold_the_rate_and_stay_between_nothing_and_all(pair: tuple[int, int]) -> None:
    rate = Rate(*pair)
    bounds, share = rate.bounds, rate.share
    assert bounds is not None
    assert share is not None
    assert -1e-9 <= bounds[0] <= share + 1e-9
    assert share - 1e-9 <= bounds[1] <= 1 + 1e-9


def test_bounds_are_those_of_wilson_and_only_told_of_few() -> None:
    low, high = Rate(45, 50).bounds or (0.0, 0.0)
    assert (round(low, 4), round(high, 4)) == (0.7864, 0.9565)
    assert Rate(900, 1_000).bounds is None
    assert Rate(0, 0).bounds is None


def test_the_second_sees_what_the_first_saw_and_not_what_was_corrected_by_it(client, case, staff) -> None:
    """The number of the register is another's; "same" puts the registry's in its place."""
    resident = case.match.resident
    type(resident).objects.filter(pk=resident.pk).update(id_number="024175999999")
    match = Match.objects.get(pk=case.match.pk)
    before = {line.title: line.word for line in evidence.lines(match, match.land_user, is_revealed=False)}
    matches.decide(match, Decision.Kind.SAME, by=staff[0], reason="tin", seen=matches.stamp(match), mend=True)
    assert type(case.land_user).objects.get(pk=case.land_user.pk).id_number == "024175999999"
    second_eyes.set_shares(second_eyes.Shares(1.0, 0.0), by=staff[2], reason="thử")
    second_eyes.draw(this_week())
    client.force_login(staff[1])
    shown = client.get(f"/second-eyes/{SecondLook.objects.get().pk}/")
    assert {line.title: line.word for line in shown.context["evidence"]} == before
    assert "3456" in shown.content.decode()
    assert shown.context["person"].id_number == "024175123456"
