"""The match page: seen by its territory, masked until asked, decided with a reason, taken back."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citizens.models import Resident
from landdb.models import AccessLog, Role
from reconciliation.actions import matches
from reconciliation.models import Decision, Match, Verification
from tests import factories
from tests.actions.cast import make_case, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case(plots=2)


def page(case) -> str:
    return f"/land-users/{case.land_user.pk}/"


def word(case, decision="same", reason="đã đối chiếu hồ sơ", **fields):
    return {
        "decision": decision,
        "match": case.match.pk,
        "seen": matches.stamp(case.match),
        "seen_all": matches.stamp_all(case.matches),
        "reason": reason,
    } | fields


def test_an_outsider_sees_and_changes_nothing(client: Client, case) -> None:
    _reviewer, _senior, outsider = make_staff(case.commune)
    client.force_login(outsider)
    assert client.get(page(case)).status_code == 404
    assert client.post(page(case) + "reveal/").status_code == 404
    assert client.post(page(case) + "decide/", word(case)).status_code == 404
    assert case.groups() == [2, 2]


@pytest.mark.parametrize(
    ("role", "sees", "decides"),
    [
        (Role.REVIEWER, 200, 302),
        (Role.SENIOR_REVIEWER, 200, 302),
        (Role.AUDITOR, 200, 403),
        (Role.POLICE_LIAISON, 200, 403),
        (Role.COMMUNE_OFFICIAL, 403, 403),
        (Role.MANAGER, 403, 403),
        (Role.ADMINISTRATOR, 403, 403),
    ],
)
def test_who_sees_and_who_decides(client: Client, case, role: str, sees: int, decides: int) -> None:
    client.force_login(factories.make_user(role))
    assert client.get(page(case)).status_code == sees
    assert client.post(page(case) + "decide/", word(case)).status_code == decides
    assert case.groups() == ([1, 1] if decides == 302 else [2, 2])


def test_the_weights_shown_add_up_to_the_total_shown(client: Client, case) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    context = client.get(page(case)).context
    shown = [round(100 * line.weight) for line in context["evidence"]]
    start, total = round(100 * context["sum"].prior), round(100 * context["sum"].total)
    assert start == case.match.weights[-1]
    assert start + sum(shown) == total == sum(case.match.weights)


def test_rows_that_say_nothing_do_not_crowd_the_table(client: Client, case) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    titles = [str(line.title) for line in client.get(page(case)).context["evidence"]]
    assert "Người trên cùng giấy" not in titles
    assert titles[:4] == ["Họ và tên", "Ngày sinh", "Giới tính", "Số định danh"]
    Resident.objects.filter(pk=case.match.resident_id).update(former_number="125123456")
    titles = [str(line.title) for line in client.get(page(case)).context["evidence"]]
    assert "Số CMND" in titles


def test_it_names_who_comes_behind_and_by_how_much(client: Client, case) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    first, second = case.matches
    assert "Ngang nhau với " in client.get(page(case)).content.decode()
    Match.objects.filter(pk=first.pk).update(probability=0.9)
    Match.objects.filter(pk=second.pk).update(probability=0.06)
    name, born = second.resident.name, second.resident.birth_text
    shown = client.get(page(case)).content.decode()
    assert f"Người đứng sau: {name} ({born}), kém 15 lần" in shown
    shown = client.get(page(case) + f"?candidate={second.pk}").content.decode()
    assert f"Người đứng đầu: {name} ({first.resident.birth_text}), gấp 15 lần" in shown
    Match.objects.filter(pk=second.pk).update(probability=0.0000001)
    assert "kém hơn 1.000 lần" in client.get(page(case)).content.decode()
    Match.objects.filter(pk=second.pk).update(state=Match.State.REJECTED)
    assert "Người đứng sau" not in client.get(page(case)).content.decode()


def test_it_says_what_would_settle_while_nobody_is_accepted(client: Client, case) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    shown = client.get(page(case)).content.decode()
    assert "Điều gì sẽ phân định" in shown
    assert "Ngày và tháng sinh: hiện mới biết năm" in shown
    client.post(page(case) + "decide/", word(case))
    assert "Điều gì sẽ phân định" not in client.get(page(case)).content.decode()


def test_the_share_of_nobody_is_the_one_stored(client: Client, case) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    Verification.objects.filter(land_user=case.land_user).update(absent_probability=0.0123)
    odds = client.get(page(case)).context["odds"]
    assert (odds.this, odds.absent) == (case.match.probability, 0.0123)
    assert odds.this + odds.others + odds.absent == pytest.approx(1)


def test_whom_somebody_turned_down_takes_no_share(client: Client, case) -> None:
    turned_down = case.match
    client.force_login(factories.make_user(Role.REVIEWER))
    client.post(page(case) + "decide/", word(case, "different"))
    # The next in line is looked at first; whoever was turned down stays in the list.
    assert client.get(page(case)).context["chosen"] != turned_down
    shown = client.get(page(case), {"candidate": turned_down.pk})
    odds, verification = shown.context["odds"], Verification.objects.get(land_user=case.land_user)
    assert odds.this == 0
    assert odds.absent == verification.absent_probability
    assert shown.content.decode().count("đã loại") == 2


def test_whoever_has_no_candidate_sees_what_the_register_says(client: Client, case) -> None:
    Match.objects.filter(land_user=case.land_user).delete()
    Verification.objects.filter(land_user=case.land_user).update(outcome="unverifiable")
    client.force_login(factories.make_user(Role.REVIEWER))
    shown = client.get(page(case)).content.decode()
    assert "Chưa đủ thông tin để đối chiếu" in shown
    assert "Sổ đất ghi về người này" in shown
    assert case.land_user.name_raw in shown


def test_what_is_known_is_not_asked_for(client: Client, case) -> None:
    """The village was not compared, since the commune differs; but it is there."""
    type(case.land_user).objects.filter(pk=case.land_user.pk).update(
        village="Thôn Đông", second_name="Lê Văn Tư"
    )
    client.force_login(factories.make_user(Role.REVIEWER))
    asked = [str(each) for each in client.get(page(case)).context["unsettled"]]
    assert asked
    assert not [each for each in asked if "Thôn, khu phố" in each or "cùng đứng tên" in each]


def test_it_says_how_many_plots_rose(client: Client, case) -> None:
    client.force_login(factories.make_user(Role.REVIEWER, commune=case.commune))
    answer = client.post(page(case) + "decide/", word(case), follow=True)
    assert "2 thửa lên nhóm 1" in answer.content.decode()
    assert "Hoàn tác" in answer.content.decode()


@pytest.mark.parametrize(
    ("decision", "outcome", "groups"),
    [
        ("same", "matched", [1, 1]),
        ("different", None, [2, 2]),
        ("unsure", None, [2, 2]),
        ("not_in_registry", "not_found", [2, 2]),
    ],
)
def test_each_decision_button(
    client: Client, case, decision: str, outcome: str | None, groups: list[int]
) -> None:
    reviewer = factories.make_user(Role.REVIEWER, commune=case.commune)
    client.force_login(reviewer)
    assert client.post(page(case) + "decide/", word(case, decision)).status_code == 302
    kept = Decision.objects.get()
    assert (kept.kind, kept.by, kept.reason) == (decision, reviewer, "đã đối chiếu hồ sơ")
    assert case.groups() == groups
    if outcome:
        assert Verification.objects.get(land_user=case.land_user).outcome == outcome


def test_after_different_the_next_candidate_of_the_same_person_comes_and_then_the_next_person(
    client: Client, case
) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    _first, second = case.matches
    answer = client.post(page(case) + "decide/", word(case, "different"), follow=True)
    assert answer.request["PATH_INFO"] == page(case)
    assert answer.context["chosen"] == second
    assert answer.context["is_mine"]
    last = word(case, "different", match=second.pk, last=answer.context["newest"])
    last |= {name: answer.context[name] for name in ("seen", "seen_all")}
    answer = client.post(page(case) + "decide/", last, follow=True)
    assert answer.request["PATH_INFO"] == reverse("desk-end")
    assert {match.state for match in case.matches} == {Match.State.REJECTED}


@pytest.mark.parametrize("reason", ["", "  "])
def test_one_key_decides_and_the_evidence_is_the_reason(client: Client, case, reason: str) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    assert client.post(page(case) + "decide/", word(case, reason=reason)).status_code == 302
    assert Decision.objects.get().reason == "theo chứng cứ trên trang"


@pytest.mark.parametrize("reason", ["ab", "số 024175123456", "cmnd 125 123 456"])
def test_a_reason_that_says_nothing_or_too_much_is_refused_and_kept(
    client: Client, case, reason: str
) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    answer = client.post(page(case) + "decide/", word(case, reason=reason))
    assert answer.status_code == 422
    assert f'value="{reason}"' in answer.content.decode()
    assert not Decision.objects.exists()


def test_a_stale_page_is_refused_and_keeps_what_was_typed(client: Client, case) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    old = word(case, reason="lý do gõ dở")
    matches.decide(
        case.match, Decision.Kind.UNSURE, by=factories.make_user(), reason="người khác", seen=old["seen"]
    )
    answer = client.post(page(case) + "decide/", old)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="lý do gõ dở"' in shown
    assert "đã thay đổi" in shown
    assert matches.stamp(case.match) in shown
    assert case.groups() == [2, 2]


def test_a_candidate_of_somebody_else_is_refused(client: Client, case) -> None:
    other = make_case(name="Trần Thị Hoà")
    client.force_login(factories.make_user(Role.REVIEWER))
    data = word(case) | {"match": other.match.pk, "seen": matches.stamp(other.match)}
    assert client.post(page(case) + "decide/", data).status_code == 409
    assert not Match.objects.filter(state=Match.State.ACCEPTED).exists()


def test_the_chosen_candidate_stands_in_the_address_by_its_id_alone(client: Client, case) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    second = case.matches[1]
    Match.objects.filter(pk=second.pk).update(id=second.pk + 1_000_000)
    answer = client.get(page(case) + f"?candidate={second.pk + 1_000_000}")
    assert answer.context["chosen"].pk == second.pk + 1_000_000
    shown = answer.content.decode()
    assert f'name="match" value="{second.pk + 1_000_000}"' in shown
    assert f'href="?candidate={second.pk + 1_000_000}"' in shown


def test_svg_numbers_are_not_written_the_vietnamese_way(client: Client, case) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    shown = client.get(page(case)).content.decode()
    for value in re.findall(r'<rect[^>]* (?:x|width)="([^"]*)"', shown):
        assert re.fullmatch(r"-?\d+(\.\d+)?", value), value


def test_opening_the_address_of_a_form_leads_to_its_page(client: Client, case) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    for form in ("reveal/", "decide/"):
        assert client.get(page(case) + form)["Location"] == page(case)
    assert not AccessLog.objects.filter(action="reveal").exists()
    assert not Decision.objects.exists()


def test_the_other_entries_of_the_same_person_are_one_press_away(client: Client) -> None:
    case = make_case()
    reviewer = factories.make_user(Role.REVIEWER)
    twin = factories.make_land_user(case.commune, name_raw="Nguyễn Thị Duyên")
    for person in (case.land_user, twin):
        Verification.objects.update_or_create(
            land_user=person,
            defaults={
                "commune": case.commune,
                "outcome": "matched",
                "resident": case.residents[0],
                "since": timezone.now(),
            },
        )
    client.force_login(reviewer)
    page = client.get(reverse("land-user", args=[case.land_user.pk])).content.decode()
    assert f'href="{reverse("land-user", args=[twin.pk])}"' in page


def test_a_candidate_who_was_found_for_another_entry_is_told(client: Client, case) -> None:
    other = factories.make_land_user(case.commune, name_raw="Nguyễn Thị Duyên Khác")
    factories.make_verification(other, resident=case.matches[1].resident)
    client.force_login(factories.make_user(Role.REVIEWER, commune=case.commune))
    assert (
        f"đã là Nguyễn Thị Duyên Khác, {case.commune.tight_name}" in client.get(page(case)).content.decode()
    )
    client.force_login(factories.make_user(Role.REVIEWER, commune=factories.make_commune()))
    assert "Duyên Khác" not in client.get(page(case)).content.decode()
