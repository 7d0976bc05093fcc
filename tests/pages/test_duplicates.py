"""Entries side by side: listed, seen by their territories, masked, decided with a reason, taken back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from landdb.models import AccessLog, Role
from parcels.models import LandUser
from reconciliation import duplicates
from reconciliation.actions import duplicates as actions
from reconciliation.models import Decision, Duplicate
from reconciliation.plot_search import find_plots
from tests import factories
from tests.actions.cast import judge

pytestmark = pytest.mark.django_db
NUMBER = "024175123456"


def entry(commune, name="Nguyễn Thị Duyên", **fields) -> LandUser:
    given = {"name_raw": name, "birth_raw": "1975", "sex_raw": "Nữ", "id_number_raw": NUMBER} | fields
    person = factories.make_land_user(commune, **given)
    plot = factories.make_plot(commune)
    factories.make_holding(plot, person, factories.make_certificate(commune))
    judge(person, plot)
    duplicates.refresh([person.pk])
    return person


@pytest.fixture
def commune():
    return factories.make_commune(office=factories.make_office())


@pytest.fixture
def pair(commune) -> tuple[LandUser, LandUser]:
    return entry(commune), entry(commune, "NGUYEN THI DUYEN", phone="0911222333")


@pytest.fixture
def group(pair) -> Duplicate:
    return Duplicate.objects.get()


@pytest.fixture
def reviewer(commune):
    return factories.make_user(Role.REVIEWER, office=commune.office)


def page(group: Duplicate) -> str:
    return reverse("duplicate", args=[group.pk])


def word(group: Duplicate, decision="merge", reason="đã đối chiếu hồ sơ", **fields):
    keep, *others = group.members
    return {
        "decision": decision,
        "keep": keep,
        "others": others,
        "seen": actions.stamp(actions.standing(group)),
        "reason": reason,
    } | fields


@pytest.mark.parametrize(
    ("role", "sees", "decides"),
    [
        (Role.REVIEWER, 200, 302),
        (Role.SENIOR_REVIEWER, 200, 302),
        (Role.AUDITOR, 200, 403),
        (Role.POLICE_LIAISON, 403, 403),
        (Role.MANAGER, 403, 403),
        (Role.ADMINISTRATOR, 403, 403),
    ],
)
def test_who_sees_and_who_decides(client: Client, group, role: str, sees: int, decides: int) -> None:
    client.force_login(factories.make_user(role))
    assert client.get("/duplicates/").status_code == sees
    assert client.get(page(group)).status_code == sees
    assert client.post(page(group) + "decide/", word(group)).status_code == decides
    assert LandUser.objects.live().count() == (1 if decides == 302 else 2)


def test_an_outsider_sees_and_changes_nothing(client: Client, group) -> None:
    client.force_login(factories.make_user(Role.REVIEWER, commune=factories.make_commune()))
    assert "Nguyễn Thị Duyên" not in client.get("/duplicates/").content.decode()
    assert client.get(page(group)).status_code == 404
    assert client.post(page(group) + "reveal/").status_code == 404
    assert client.post(page(group) + "decide/", word(group)).status_code == 404
    assert LandUser.objects.live().count() == 2


def test_the_list_begins_with_the_strongest_and_goes_on_from_where_a_page_ended(
    client: Client, commune, monkeypatch
) -> None:
    monkeypatch.setattr("reconciliation.web.duplicates.PAGE", 2)
    for number in range(3):
        for _n in range(2):
            entry(commune, f"Trần Thị Mai {'ABC'[number]}", id_number_raw=f"02417500000{number}")
    for _n in range(2):
        entry(commune, "Lê Thị Hoà", id_number_raw="")
    client.force_login(factories.make_user(Role.REVIEWER))
    first = client.get("/duplicates/")
    second = client.get(f"/duplicates/?{first.context['older']}")
    told = [line["row"].why for answer in (first, second) for line in answer.context["rows"]]
    assert told == ["number", "number", "number", "village"]
    assert not second.context["older"]
    only = client.get("/duplicates/?why=village").context["rows"]
    assert [line["row"].why for line in only] == ["village"]
    assert not client.get(f"/duplicates/?commune={factories.make_commune().code}").context["rows"]


def test_numbers_are_masked_until_revealed_and_every_look_is_logged(client: Client, group, reviewer) -> None:
    client.force_login(reviewer)
    shown = client.get(page(group)).content.decode()
    assert NUMBER not in shown
    assert "0911222333" not in shown
    answer = client.post(page(group) + "reveal/")
    assert NUMBER in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    logged = AccessLog.objects.filter(user=reviewer, subject="land_user").order_by("pk")
    assert sorted(logged.values_list("action", "subject_id")) == sorted(
        (action, pk) for action in ("view", "reveal") for pk in group.members
    )


def test_what_the_kept_entry_lacks_is_ticked_and_nothing_else(client: Client, commune, reviewer) -> None:
    keep = entry(commune, phone="")
    entry(commune, "Nguyễn Thị Duyênn", phone="0911222333")
    client.force_login(reviewer)
    answer = client.get(page(Duplicate.objects.get()) + f"?keep={keep.pk}")
    ticked = [cell.carry for row in answer.context["rows"] for cell in row.cells if cell.is_ticked]
    offered = [cell.carry for row in answer.context["rows"] for cell in row.cells if cell.carry]
    assert [each.split(":")[0] for each in ticked] == ["phone"]
    assert [each.split(":")[0] for each in offered] == ["name_raw", "phone"]


def test_merging_says_what_moved_and_can_be_taken_back(client: Client, pair, group, reviewer) -> None:
    client.force_login(reviewer)
    keep, other = pair
    carry = [f"phone:{other.pk}"]
    answer = client.post(page(group) + "decide/", word(group, carry=carry), follow=True)
    shown = answer.content.decode()
    assert "Đã ghi." in shown
    assert "đã gộp vào" in shown
    keep.refresh_from_db()
    assert keep.phone == "0911222333"
    decision = Decision.objects.get()
    assert (decision.kind, decision.land_user, decision.duplicate) == ("merge", keep, group)
    answer = client.post(f"/decisions/{decision.pk}/undo/", follow=True)
    assert answer.redirect_chain[-1][0] == page(group)
    assert "Đã hoàn tác." in answer.content.decode()
    assert LandUser.objects.live().count() == 2


def test_a_merged_entry_says_where_it_went_and_takes_no_decision(client: Client, pair, group) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    client.post(page(group) + "decide/", word(group))
    answer = client.get(f"/land-users/{pair[1].pk}/")
    assert f'href="/land-users/{pair[0].pk}/"' in answer.content.decode()
    assert not answer.context["may_decide"]


@pytest.mark.parametrize("reason", ["", "ab"])
def test_without_a_reason_nothing_is_merged(client: Client, group, reviewer, reason: str) -> None:
    client.force_login(reviewer)
    assert client.post(page(group) + "decide/", word(group, reason=reason)).status_code == 422
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"others": []}, {"keep": 0}, {"carry": ["state:1"]}, {"carry": ["phone:1"]}]
)
def test_a_word_on_others_than_those_of_the_group_is_refused(client: Client, group, reviewer, wrong) -> None:
    client.force_login(reviewer)
    assert client.post(page(group) + "decide/", word(group, **wrong)).status_code == 422
    assert LandUser.objects.live().count() == 2


def test_a_stale_page_is_refused_and_keeps_what_was_typed_and_ticked(client: Client, pair, group) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    old = word(group, reason="lý do gõ dở", carry=[f"phone:{pair[1].pk}"])
    LandUser.objects.filter(pk=pair[1].pk).update(address_raw="Thôn Thượng")
    answer = client.post(page(group) + "decide/", old)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="lý do gõ dở"' in shown
    assert f'value="phone:{pair[1].pk}" checked' in shown
    assert LandUser.objects.live().count() == 2


def test_a_group_across_two_offices_is_seen_by_both_and_merged_by_neither(client: Client, commune) -> None:
    there = factories.make_commune(office=factories.make_office(name="Văn phòng Lục Ngạn"))
    entry(commune), entry(there)
    group = Duplicate.objects.get()
    for unit in (commune, there):
        client.force_login(factories.make_user(Role.SENIOR_REVIEWER, office=unit.office))
        answer = client.get(page(group))
        assert len(answer.context["columns"]) == 1
        assert "ngoài địa bàn của bạn" in answer.content.decode()
        assert client.post(page(group) + "decide/", word(group)).status_code == 403
    assert LandUser.objects.live().count() == 2
    client.force_login(factories.make_user(Role.REVIEWER))
    assert client.post(page(group) + "decide/", word(group)).status_code == 302
    client.force_login(factories.make_user(Role.SENIOR_REVIEWER, office=commune.office))
    answer = client.post(f"/decisions/{Decision.objects.get().pk}/undo/", follow=True)
    assert "ngoài địa bàn của bạn" in answer.content.decode()
    assert LandUser.objects.live().count() == 1


def test_a_shared_number_stays_with_whom_the_registry_names(client: Client, commune, reviewer) -> None:
    wife = entry(commune)
    husband = entry(commune, "Trần Văn Bách", birth_raw="1972", sex_raw="Nam")
    factories.make_resident(wife)
    group = Duplicate.objects.get()
    client.force_login(reviewer)
    answer = client.get(page(group))
    assert answer.context["keep"] == wife.pk
    assert "Dân cư: số này của" in answer.content.decode()
    client.post(page(group) + "decide/", word(group, "split", keep=wife.pk, others=[husband.pk]))
    husband.refresh_from_db()
    assert husband.id_number == ""
    assert Duplicate.objects.get().state == Duplicate.State.SPLIT
    # Split or not, the number is the one that the registry gives her.
    assert "Dân cư: số này của" in client.get(page(group)).content.decode()


def test_the_next_one_goes_round_the_list(client: Client, commune) -> None:
    for number in range(3):
        for _n in range(2):
            entry(commune, f"Trần Thị Mai {'ABC'[number]}", id_number_raw=f"02417500000{number}")
    client.force_login(factories.make_user(Role.REVIEWER))
    first = at = Duplicate.objects.open().strongest_first()[0].pk
    seen = []
    for _step in range(3):
        at = client.get(reverse("duplicate", args=[at])).context["next"].pk
        seen.append(at)
    assert len(set(seen)) == 3
    assert seen[-1] == first


def test_the_match_page_leads_to_the_entries_side_by_side(client: Client, pair, group, reviewer) -> None:
    client.force_login(reviewer)
    assert f'href="{page(group)}"' in client.get(f"/land-users/{pair[0].pk}/").content.decode()


def test_a_number_of_a_merged_entry_still_finds_its_plots(client: Client, commune, reviewer) -> None:
    keep, other = entry(commune, id_number_raw=""), entry(commune)
    group = Duplicate.objects.get()
    plot = other.holdings.get().plot
    client.force_login(reviewer)
    assert find_plots(reviewer, NUMBER).plots == {plot.pk}
    client.post(page(group) + "decide/", word(group, keep=keep.pk, others=[other.pk]))
    assert find_plots(reviewer, NUMBER).plots == {plot.pk, keep.holdings.exclude(plot=plot).get().plot_id}


def test_rows_that_say_the_same_after_a_merge_are_shown_once(client: Client, pair, group, reviewer) -> None:
    keep, other = pair
    known = keep.holdings.get()
    factories.make_holding(known.plot, other, known.certificate)
    client.force_login(reviewer)
    before = client.get(f"/plots/{known.plot_id}/").context["holdings"]
    client.post(page(group) + "decide/", word(group))
    after = client.get(f"/plots/{known.plot_id}/").context["holdings"]
    assert (len(before), len(after)) == (2, 1)


def test_another_spelling_of_the_owner_keeps_the_number(client: Client, commune, reviewer) -> None:
    wife = entry(commune)
    other = entry(commune, "NGUYEN T DUYEN")
    husband = entry(commune, "Trần Văn Bách", birth_raw="1972", sex_raw="Nam")
    factories.make_resident(wife)
    client.force_login(reviewer)
    answer = client.get(page(Duplicate.objects.get(kind="number")))
    ticked = [column.person.pk for column in answer.context["columns"] if column.is_ticked]
    assert ticked == [husband.pk]
    assert other.pk in Duplicate.objects.get(kind="person").members
