"""Searching the registry by hand: nothing typed in the address, every search logged, a pick that stays."""

from __future__ import annotations

import pytest
from django.test import Client

from citizens.models import Resident
from landdb.models import AccessLog, TypedSearch
from parcels.models import LandUser
from reconciliation import matching
from reconciliation.actions import changes, matches, picks
from reconciliation.matching import engine
from reconciliation.models import Decision, Match, Verification
from reconciliation.web.registry_questions import MOST, Question, find
from tests import factories
from tests.actions.cast import make_case, make_resident, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case()


@pytest.fixture
def stranger(case) -> Resident:
    """Somebody whom the engine would never find for the land user."""
    return make_resident("Vũ Thị Xuân", "01/02/1950", "024150999888", commune=case.commune)


def page(case, tail="") -> str:
    return f"/land-users/{case.land_user.pk}/registry/{tail}"


def search(client: Client, case, who: str, **more):
    return client.post(page(case), {"who": who, **more}, follow=True)


def test_an_outsider_searches_for_nobody(client: Client, case) -> None:
    client.force_login(make_staff(case.commune)[2])
    assert client.get(page(case)).status_code == 404
    assert client.post(page(case), {"who": "Nguyễn"}).status_code == 404
    assert client.post(page(case, "pick/"), {"resident": 1}).status_code == 404


def test_a_name_is_found_without_its_marks_and_stands_in_no_address(client: Client, case) -> None:
    user = make_staff(case.commune)[0]
    client.force_login(user)
    answer = search(client, case, "nguyen thi duyen")
    assert {found.resident for found in answer.context["found"]} == set(case.residents)
    address = answer.redirect_chain[-1][0].lower()
    assert "duyen" not in address
    assert TypedSearch.objects.get().user == user
    logged = AccessLog.objects.get(action="search")
    assert (logged.subject, logged.subject_id, logged.user) == ("land_user", case.land_user.pk, user)
    assert "duyen" not in logged.reason.lower()


def test_every_look_at_the_result_is_logged_and_another_persons_token_finds_nothing(client, case) -> None:
    reviewer, senior, _outsider = make_staff(case.commune)
    client.force_login(reviewer)
    address = search(client, case, "Nguyễn Thị Duyên").redirect_chain[-1][0]
    client.get(address)
    assert AccessLog.objects.filter(action="search").count() == 2
    client.force_login(senior)
    assert client.get(address).context["is_asked"] is False
    assert AccessLog.objects.filter(action="search", user=senior).count() == 0


def test_numbers_of_either_kind_find_their_bearer_and_are_shown_masked(
    client: Client, case, stranger
) -> None:
    Resident.objects.filter(pk=stranger.pk).update(former_number="125999777")
    client.force_login(make_staff(case.commune)[0])
    for typed in ("024150999888", "024 150 999 888", "125999777"):
        answer = search(client, case, typed)
        assert [found.resident for found in answer.context["found"]] == [stranger]
        own = typed.replace(" ", "")
        assert "024150999888" not in answer.content.decode().replace(f'value="{own}"', "")
        assert "9888" in answer.content.decode()
    assert client.post(page(case), {"who": "12345"}).status_code == 422


def test_year_and_place_narrow_down_also_by_an_old_name(case) -> None:
    commune = case.residents[0].commune
    old = factories.make_commune(name="Xã Đình Cũ", short_name="Đình Cũ", successor=commune)
    name = "Nguyễn Thị Duyên"
    assert find(Question(name, None, "Đình Cũ"), case.land_user) == [case.residents[0]]
    assert find(Question(name, None, "xa dinh cu"), case.land_user) == [case.residents[0]]
    assert len(find(Question(name, 1975, ""), case.land_user)) == 2
    assert find(Question(name, 1960, ""), case.land_user) == []
    assert old.successor == commune


def test_a_name_spelt_otherwise_is_found_within_its_year_and_commune(case) -> None:
    commune = case.residents[0].commune
    near = make_resident("Nguyễn Thị Duyền", "1975", commune=commune)
    other = make_resident("Trần Thị Duyên", "1975", commune=commune)
    found = find(Question("Nguyễn Thị Duyên", 1975, commune.name), case.land_user)
    assert set(found) == {case.residents[0], near, other}


def test_no_more_than_twenty_are_shown(client: Client, case) -> None:
    for _n in range(MOST + 3):
        make_resident("Nguyễn Thị Duyên", "1975", commune=factories.make_commune())
    client.force_login(make_staff(case.commune)[0])
    answer = search(client, case, "Nguyễn Thị Duyên")
    assert len(answer.context["found"]) == MOST == 20
    assert "Chỉ hiện 20 người, gần năm sinh của người này nhất" in answer.content.decode()


def test_of_many_namesakes_those_nearest_in_birth_and_place_are_shown_first(case) -> None:
    person, name = case.land_user, "Nguyễn Thị Duyên"
    for _n in range(MOST):
        make_resident(name, "1942", commune=factories.make_commune())
    young = make_resident(name, "1976", commune=factories.make_commune())
    here = make_resident(name, "1974", commune=person.commune)
    found = find(Question(name), person)
    assert len(found) == MOST
    assert {one.birth_year for one in found[:2]} == {1975}
    assert found[2:4] == [here, young]
    LandUser.objects.filter(pk=person.pk).update(birth_year=None)
    person.refresh_from_db()
    assert find(Question(name), person)[0].birth_year == 1942


def test_the_page_reads_a_few_times_however_many_it_shows(
    client: Client, case, django_assert_max_num_queries
) -> None:
    for _n in range(15):
        make_resident("Nguyễn Thị Duyên", "1975", commune=factories.make_commune())
    client.force_login(make_staff(case.commune)[0])
    address = search(client, case, "Nguyễn Thị Duyên").redirect_chain[-1][0]
    with django_assert_max_num_queries(12):
        client.get(address)


def test_a_pick_is_weighed_like_the_others_and_survives_runs(client: Client, case, stranger) -> None:
    user = make_staff(case.commune)[0]
    client.force_login(user)
    token = search(client, case, "vu thi xuan").context["token"]
    answer = client.post(page(case, "pick/"), {"resident": stranger.pk, "asked": token})
    match = Match.objects.get(land_user=case.land_user, resident=stranger)
    assert answer["Location"] == f"/land-users/{case.land_user.pk}/?candidate={match.pk}"
    assert len(match.levels) > 3
    assert (match.picked_by, match.state) == (user, Match.State.PROPOSED)
    matching.refresh([case.land_user.pk])
    assert Match.objects.get(pk=match.pk).levels == match.levels
    # A whole run asks for the pairs to keep in these words.
    assert Match.objects.spoken_of().get() == match
    assert "picked_by_id IS NOT NULL" in engine.DECIDED


def test_who_was_picked_can_be_decided_on_and_the_word_stays(case, stranger) -> None:
    user = make_staff(case.commune)[0]
    match = picks.pick(case.land_user, stranger, by=user, reason="tự tìm")
    matches.decide(match, Decision.Kind.SAME, by=user, reason="đúng người", seen=matches.stamp(match))
    matching.refresh([case.land_user.pk])
    assert Verification.objects.get(land_user=case.land_user).resident == stranger


def test_a_pick_taken_back_leaves_what_the_engine_finds(case, stranger) -> None:
    matching.refresh([case.land_user.pk])
    before = [(match.resident_id, match.score) for match in case.matches]
    picks.pick(case.land_user, stranger, by=make_staff(case.commune)[0], reason="tự tìm")
    decision = Decision.objects.get(kind=Decision.Kind.PICK)
    assert changes.undo(decision.change_set, by=decision.by) == []
    assert [(match.resident_id, match.score) for match in case.matches] == before


def test_a_resident_whom_no_search_showed_is_not_picked(client: Client, case, stranger) -> None:
    client.force_login(make_staff(case.commune)[0])
    token = search(client, case, "nguyen thi duyen").context["token"]
    client.post(page(case, "pick/"), {"resident": stranger.pk, "asked": token})
    assert not Match.objects.filter(resident=stranger).exists()


def test_who_is_a_candidate_already_is_led_to_and_not_made_again(client: Client, case) -> None:
    client.force_login(make_staff(case.commune)[0])
    token = search(client, case, "nguyen thi duyen").context["token"]
    answer = client.post(page(case, "pick/"), {"resident": case.match.resident_id, "asked": token})
    assert answer["Location"].endswith(f"?candidate={case.match.pk}")
    assert not Decision.objects.exists()
