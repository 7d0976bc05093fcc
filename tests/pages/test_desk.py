"""The desk: walk through a filter, hold what is open, decide with one key, hand on, go back."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from citizens.models import Resident
from landdb import working_days
from landdb.models import Role, User
from reconciliation.actions import handovers, leases, matches
from reconciliation.actions.handovers import Handover, With
from reconciliation.models import Decision, Lease, Match, Verification, Why, WorkItem
from tests import factories
from tests.actions.cast import Case, make_case

pytestmark = pytest.mark.django_db
PERSON = Lease.Kind.PERSON
#: Of one GET of the desk; a query more must be worth its time for thirty officers.
QUERIES_OF_THE_DESK = 23
#: Nine in ten of them match the person and judge the plots again.
QUERIES_OF_A_DECISION = 92


@pytest.fixture
def officer() -> User:
    return factories.make_user(Role.REVIEWER)


@pytest.fixture
def other() -> User:
    return factories.make_user(Role.REVIEWER)


@pytest.fixture
def senior() -> User:
    return factories.make_user(Role.SENIOR_REVIEWER)


@pytest.fixture
def cases() -> list[Case]:
    """Three people; most plots wait on the first."""
    return [
        make_case(plots=n, name=name, number=f"02417512345{n}")
        for n, name in ((3, "Nguyễn Thị Duyên"), (2, "Trần Thị Hoà"), (1, "Lê Thị Mơ"))
    ]


def page(case: Case, query: str = "") -> str:
    return f"/land-users/{case.land_user.pk}/{query}"


def word(case: Case, decision: str = "same", **fields):
    return {
        "decision": decision,
        "match": case.match.pk,
        "seen": matches.stamp(case.match),
        "seen_all": matches.stamp_all(case.matches),
    } | fields


def sheet(case: Case, where: str, why: str, **fields):
    return {"where": where, "why": why, "seen_all": matches.stamp_all(case.matches)} | fields


def held_by(case: Case) -> User | None:
    lease = leases.held(PERSON, [case.land_user.pk]).get(case.land_user.pk)
    return lease.holder if lease else None


def path(answer) -> str:
    return urlsplit(answer["Location"]).path


class TestWalking:
    def test_start_opens_the_one_on_whom_most_plots_wait_and_holds_it(self, visit, officer, cases) -> None:
        answer = visit(officer).get("/queue/people/start/")
        assert path(answer) == page(cases[0])
        assert held_by(cases[0]) == officer

    def test_of_two_who_start_each_gets_another_one(self, visit, officer, other, cases) -> None:
        first = visit(officer).post("/queue/people/start/")
        second = visit(other).post("/queue/people/start/")
        assert path(first) == page(cases[0])
        assert path(second) == page(cases[1])

    def test_next_and_previous_stay_within_the_filter_and_give_back_what_is_left(
        self, visit, officer, cases
    ) -> None:
        Verification.objects.filter(land_user=cases[1].land_user).update(outcome="mismatch")
        WorkItem.objects.filter(land_user=cases[1].land_user).update(outcome="mismatch")
        client, query = visit(officer), "outcome=ambiguous&order=impact"
        shown = client.get(page(cases[0], f"?{query}"))
        assert shown.context["walk"].position_text == "1"
        answer = client.get(shown.context["walk"].onward)
        assert path(answer) == page(cases[2])
        assert parse_qs(urlsplit(answer["Location"]).query) == parse_qs(query)
        assert (held_by(cases[0]), held_by(cases[2])) == (None, officer)
        back = client.get(client.get(answer["Location"]).context["walk"].backward)
        assert path(back) == page(cases[0])

    def test_the_head_says_what_is_filtered_and_where_we_are(self, visit, officer, cases) -> None:
        code = cases[1].commune.code
        shown = visit(officer).get(page(cases[1], f"?commune={code}&order=age")).content.decode()
        assert f"Đang lọc {cases[1].commune.tight_name} · chờ lâu nhất trước" in shown
        assert '<span class="place"><b>1</b> / 1</span>' in shown
        shown = visit(officer).get(page(cases[1])).content.decode()
        assert '<span class="place"><b>2</b> / 3</span>' in shown

    def test_what_is_not_in_the_filter_has_no_place_in_it(self, visit, officer, cases) -> None:
        shown = visit(officer).get(page(cases[1], f"?commune={cases[0].commune.code}")).content.decode()
        assert '<span class="place"><b>–</b> / 1</span>' in shown

    def test_beyond_a_thousand_it_says_so_where_no_counter_knows(
        self, visit, officer, cases, monkeypatch
    ) -> None:
        monkeypatch.setattr("reconciliation.web.walk.EXACT", 2)
        assert "/ 3</span>" in visit(officer).get(page(cases[1])).content.decode()
        WorkItem.objects.update(opened_at=timezone.now() - dt.timedelta(days=8))
        assert "/ 2+</span>" in visit(officer).get(page(cases[1], "?waited=7")).content.decode()

    def test_before_the_first_there_is_nothing(self, visit, officer, cases) -> None:
        client = visit(officer)
        answer = client.get(client.get(page(cases[0])).context["walk"].backward, follow=True)
        assert answer.request["PATH_INFO"] == page(cases[0])
        assert "việc đầu tiên" in answer.content.decode()

    def test_esc_gives_back_and_leads_to_the_filtered_list(self, visit, officer, cases) -> None:
        client = visit(officer)
        home = client.get(page(cases[0], "?order=age")).context["walk"].home
        assert client.get(home)["Location"] == "/queue/people/?order=age"
        assert held_by(cases[0]) is None

    def test_the_end_of_the_filter_says_so(self, visit, officer, cases) -> None:
        client = visit(officer)
        answer = client.get(client.get(page(cases[2])).context["walk"].onward, follow=True)
        assert answer.request["PATH_INFO"] == "/queue/people/end/"
        assert "Đã đến cuối bộ lọc" in answer.content.decode()

    def test_whoever_only_reads_walks_without_holding(self, visit, cases) -> None:
        client = visit(factories.make_user(Role.AUDITOR))
        answer = client.get("/queue/people/start/", follow=True)
        assert answer.request["PATH_INFO"] == page(cases[0])
        assert not Lease.objects.exists()

    def test_an_outsider_walks_only_at_home(self, visit, cases) -> None:
        outsider = factories.make_user(Role.REVIEWER, commune=factories.make_commune())
        assert path(visit(outsider).get("/queue/people/start/")) == "/queue/people/end/"


class TestLeases:
    def test_opening_holds_and_says_until_when(self, visit, officer, cases) -> None:
        shown = visit(officer).get(page(cases[0])).content.decode()
        assert held_by(cases[0]) == officer
        assert re.search(r"bạn giữ đến \d\d:\d\d", shown)

    def test_what_somebody_else_holds_is_seen_and_not_decided(self, visit, officer, other, cases) -> None:
        leases.take(PERSON, cases[0].land_user.pk, by=other)
        client = visit(officer)
        shown = client.get(page(cases[0])).content.decode()
        assert f"{other.full_name} đang mở hồ sơ này" in shown
        assert re.search(r'data-key="s" disabled', shown)
        assert "Nhận lại việc này" not in shown
        answer = client.post(page(cases[0]) + "decide/", word(cases[0], reason="lý do của tôi"))
        assert answer.status_code == 409
        assert 'value="lý do của tôi"' in answer.content.decode()
        answer = client.post(
            page(cases[0]) + "hand-on/", sheet(cases[0], "commune", "commune_papers", note="xin bản chụp")
        )
        assert answer.status_code == 409
        assert "xin bản chụp" in answer.content.decode()
        assert not Decision.objects.exists()

    def test_a_ping_extends_and_says_how_long(self, visit, officer, other, cases) -> None:
        client = visit(officer)
        client.get(page(cases[0]))
        soon = timezone.now() + dt.timedelta(seconds=20)
        Lease.objects.update(until=soon)
        answer = client.post(page(cases[0]) + "hold/")
        assert answer.json()["left"] == 600
        assert Lease.objects.get().until > soon
        refused = visit(other).post(page(cases[0]) + "hold/")
        assert refused.status_code == 409
        assert officer.full_name in refused.json()["held"]

    def test_a_senior_reviewer_takes_over_and_the_other_is_told(self, visit, officer, senior, cases) -> None:
        theirs = visit(officer)
        theirs.get(page(cases[0]))
        client = visit(senior)
        assert "Nhận lại việc này" in client.get(page(cases[0])).content.decode()
        client.post(page(cases[0]) + "take-over/")
        assert held_by(cases[0]) == senior
        refused = theirs.post(page(cases[0]) + "decide/", word(cases[0]))
        assert refused.status_code == 409
        told = f"{senior.full_name} đã nhận lại hồ sơ {cases[0].land_user.name}"
        assert told in refused.content.decode()
        assert told not in theirs.get(page(cases[1])).content.decode()
        assert "đã nhận lại" not in theirs.get(page(cases[1])).content.decode()

    def test_a_reviewer_does_not_take_over(self, visit, officer, other, cases) -> None:
        leases.take(PERSON, cases[0].land_user.pk, by=other)
        assert visit(officer).post(page(cases[0]) + "take-over/").status_code == 403

    def test_a_decision_gives_back_and_holds_the_next(self, visit, officer, cases) -> None:
        client = visit(officer)
        client.get(page(cases[0]))
        answer = client.post(page(cases[0]) + "decide/?order=impact", word(cases[0]))
        assert answer["Location"] == page(cases[1], "?order=impact")
        assert (held_by(cases[0]), held_by(cases[1])) == (None, officer)

    def test_the_next_one_is_not_what_another_has_open(self, visit, officer, other, cases) -> None:
        leases.take(PERSON, cases[1].land_user.pk, by=other)
        answer = visit(officer).post(page(cases[0]) + "decide/", word(cases[0]))
        assert path(answer) == page(cases[2])


class TestDecisions:
    def test_the_last_one_stands_in_the_head(self, visit, officer, cases) -> None:
        answer = visit(officer).post(page(cases[0]) + "decide/", word(cases[0]), follow=True)
        head = re.search(r'<span class="last fresh".*?</span></span>', answer.content.decode(), re.S)
        assert head is not None
        assert "Nguyễn Thị Duyên" in head[0]
        assert "cùng người" in head[0]
        assert "3 thửa lên nhóm 1" in head[0]
        assert answer.content.decode().count("3 thửa lên nhóm 1") == 1

    def test_dead_in_the_registry_is_the_same_person(self, visit, officer, cases) -> None:
        Resident.objects.filter(pk=cases[0].match.resident_id).update(
            status="deceased", died_on=dt.date(2024, 5, 6)
        )
        visit(officer).post(page(cases[0]) + "decide/", word(cases[0], "deceased"))
        assert Decision.objects.get().kind == Decision.Kind.DECEASED
        assert Match.objects.filter(state=Match.State.ACCEPTED).count() == 1
        assert Verification.objects.get(land_user=cases[0].land_user).outcome == "deceased"

    def test_dead_but_alive_in_the_registry_goes_to_the_police(self, visit, officer, cases) -> None:
        visit(officer).post(page(cases[0]) + "decide/", word(cases[0], "deceased", reason="mất năm 2019"))
        decision, item = Decision.objects.get(), WorkItem.objects.get(land_user=cases[0].land_user)
        assert decision.kind == Decision.Kind.DECEASED
        assert (item.waits_with, item.waits_why) == (With.POLICE, Why.POLICE_DECEASED)
        assert item.waits_note == "mất năm 2019"
        assert item.waits_until == working_days.after(timezone.localdate(), 10)
        assert not Match.objects.exclude(state=Match.State.PROPOSED).exists()

    def test_dead_without_any_candidate_goes_to_the_police(self, visit, officer, cases) -> None:
        cases[0].land_user.matches.all().delete()
        nobody = {"decision": "deceased", "match": "", "seen": "", "seen_all": matches.stamp_all([])}
        assert visit(officer).post(page(cases[0]) + "decide/", nobody).status_code == 302
        assert WorkItem.objects.get(land_user=cases[0].land_user).waits_with == With.POLICE


def test_nobody_can_be_picked_and_then_said(visit, officer, cases) -> None:
    client = visit(officer)
    shown = client.get(page(cases[0], "?order=age&candidate=0"))
    assert shown.context["chosen"] is None
    assert "Sổ đất ghi về người này" in shown.content.decode()
    assert re.search(r'data-key="s" disabled', shown.content.decode())
    assert not re.search(r'data-key="n" disabled', shown.content.decode())
    nobody = {"decision": "not_in_registry", "match": "", "seen_all": shown.context["seen_all"]}
    client.post(page(cases[0]) + "decide/", nobody)
    assert Decision.objects.get().kind == Decision.Kind.NOT_IN_REGISTRY


class TestHandingOn:
    @pytest.mark.parametrize(
        ("where", "why"),
        [
            ("police", "police_unclear"),
            ("commune", "commune_papers"),
            ("citizen", "citizen_mortgaged"),
        ],
    )
    def test_each_receiver_gets_the_person_with_reason_day_and_note(
        self, visit, officer, cases, where: str, why: str
    ) -> None:
        day = working_days.after(timezone.localdate(), 6)
        data = sheet(cases[0], where, why, until=f"{day:%d/%m/%Y}", note="nhờ xem lại")
        answer = visit(officer).post(page(cases[0]) + "hand-on/", data)
        assert path(answer) == page(cases[1])
        item = WorkItem.objects.get(land_user=cases[0].land_user)
        assert (item.waits_with, item.waits_why, item.waits_note) == (where, why, "nhờ xem lại")
        assert item.waits_until == day
        assert Decision.objects.get().kind == where

    def test_later_is_a_working_day_that_one_key_picks(self, visit, officer, cases, today) -> None:
        today(dt.date(2027, 2, 3))  # the Wednesday before Tết
        client = visit(officer)
        assert "Đến thứ 5 11/02/2027" in client.get(page(cases[0], "?sheet=later")).content.decode()
        client.post(page(cases[0]) + "hand-on/", sheet(cases[0], "later", "tomorrow"))
        item = WorkItem.objects.get(land_user=cases[0].land_user)
        assert item.waits_until == dt.date(2027, 2, 11)

    def test_a_day_off_moves_to_the_next_working_day_and_the_desk_says_so(
        self, visit, officer, cases, today
    ) -> None:
        today(dt.date(2027, 4, 20))
        data = sheet(cases[0], "police", "police_unclear", until="30/04/2027")
        told = visit(officer).post(page(cases[0]) + "hand-on/", data, follow=True).content.decode()
        assert WorkItem.objects.get(land_user=cases[0].land_user).waits_until == dt.date(2027, 5, 4)
        assert "30/04/2027 là ngày nghỉ (Ngày Chiến thắng); hạn ghi là 04/05/2027" in told

    def test_the_proposed_day_says_which_days_off_it_passed_over(self, visit, officer, cases, today) -> None:
        today(dt.date(2027, 4, 28))
        shown = visit(officer).get(page(cases[0], "?sheet=commune")).content.decode()
        assert 'value="07/05/2027"' in shown
        assert "5 ngày làm việc, không tính 30/04 Ngày Chiến thắng, 03/05" in shown

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"why": ""}, "Chọn một lý do."),
            ({"why": "police_absent"}, "police_absent"),
            ({"note": "số 024175123456"}, "9 hoặc 12 chữ số"),
            ({"note": "cmnd 125 123 456"}, "9 hoặc 12 chữ số"),
            ({"until": "31/02/2030"}, "ngày"),
            ({"until": "01/01/2020"}, "Ngày phải sau hôm nay."),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_kept(
        self, visit, officer, cases, fields: dict[str, str], told: str
    ) -> None:
        data = sheet(cases[0], "commune", "commune_papers", note="xin bản chụp thẻ", until="") | fields
        answer = visit(officer).post(page(cases[0]) + "hand-on/", data)
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert told in shown
        assert data["note"] in shown
        assert re.search(r'data-sheet-of="commune">', shown)
        assert not Decision.objects.exists()

    def test_a_phone_number_and_a_year_may_stand_in_a_note(self, visit, officer, cases) -> None:
        note = "gọi 0912 345 678, sinh 1956 hay 1965, tờ 45 thửa 128"
        data = sheet(cases[0], "commune", "commune_papers", note=note)
        assert visit(officer).post(page(cases[0]) + "hand-on/", data).status_code == 302

    def test_the_sheets_open_without_script_too(self, visit, officer, cases) -> None:
        shown = visit(officer).get(page(cases[0], "?sheet=police")).content.decode()
        assert re.search(r'data-sheet-of="police">', shown)
        assert re.search(r'data-sheet-of="commune" hidden>', shown)
        assert f"{working_days.after(timezone.localdate(), 10):%d/%m/%Y}" in shown

    def test_who_waits_elsewhere_is_told_on_top_and_taken_back(self, visit, officer, cases) -> None:
        handover = Handover(With.COMMUNE, Why.COMMUNE_PAPERS, "xin bản chụp", timezone.localdate())
        handovers.hand_on(cases[0].land_user, handover, by=officer, seen=matches.stamp_all(cases[0].matches))
        client = visit(officer)
        shown = client.get(page(cases[0])).content.decode()
        assert "Đang chờ: Xã, phường" in shown
        assert "Cần bản chụp giấy tờ" in shown
        assert "“xin bản chụp”" in shown
        answer = client.post(page(cases[0]) + "take-back/", follow=True)
        assert "Đang chờ:" not in answer.content.decode()
        assert WorkItem.objects.at_desk().filter(land_user=cases[0].land_user).exists()


class TestUndo:
    def test_z_goes_back_in_time_each_time_to_its_record(self, visit, officer, cases) -> None:
        client = visit(officer)
        client.post(page(cases[0]) + "decide/", word(cases[0]))
        client.post(page(cases[1]) + "hand-on/", sheet(cases[1], "commune", "commune_papers"))
        at = page(cases[2])
        for case in (cases[1], cases[0]):
            undo = client.get(at).context["undo"]
            answer = client.post(undo, follow=True)
            at = answer.request["PATH_INFO"]
            assert at == page(case)
            assert "Đã hoàn tác." in answer.content.decode()
        assert client.get(at).context["last"] is None
        assert held_by(cases[0]) == officer
        assert held_by(cases[2]) is None

    def test_it_is_mine_that_z_takes_back_not_what_another_did_here(
        self, visit, officer, other, cases
    ) -> None:
        visit(other).post(page(cases[0]) + "decide/", word(cases[0]))
        assert visit(officer).get(page(cases[0])).context["last"] is None

    def test_a_record_that_another_has_open_is_left_alone(self, visit, officer, other, cases) -> None:
        client = visit(officer)
        client.post(page(cases[0]) + "decide/", word(cases[0]))
        leases.take(PERSON, cases[0].land_user.pk, by=other)
        answer = client.post(client.get(page(cases[1])).context["undo"], follow=True)
        assert "Chưa hoàn tác được" in answer.content.decode()
        assert cases[0].groups() == [1, 1, 1]


class TestStale:
    def test_it_says_what_changed_and_then_decides_on_the_new(self, visit, officer, other, cases) -> None:
        case, client = cases[0], visit(officer)
        old = word(case, reason="lý do gõ dở", shown=client.get(page(case)).context["shown"])
        seen = matches.stamp(case.match)
        matches.decide(case.match, Decision.Kind.UNSURE, by=other, reason="chưa rõ", seen=seen)
        answer = client.post(page(case) + "decide/", old)
        assert answer.status_code == 409
        change = answer.context["refused"].changes[0]
        assert (change.then, change.now) == ("Đề xuất", f"Chưa rõ ({other.full_name})")
        assert 'value="lý do gõ dở"' in answer.content.decode()
        again = old | {name: answer.context[name] for name in ("seen", "seen_all", "shown")}
        assert client.post(page(case) + "decide/", again).status_code == 302
        assert Decision.objects.filter(by=officer, kind="same").exists()

    def test_a_field_of_the_registry_stands_with_then_and_now(self, visit, officer, cases) -> None:
        case, client = cases[0], visit(officer)
        old = word(case, shown=client.get(page(case)).context["shown"])
        Resident.objects.filter(pk=case.match.resident_id).update(
            birth_on=dt.date(1976, 1, 2), birth_year=1976
        )
        Match.objects.filter(pk=case.match.pk).update(levels="b" + case.match.levels[1:])
        answer = client.post(page(case) + "decide/", old)
        assert answer.status_code == 409
        told = {str(each.title): (each.then, each.now) for each in answer.context["refused"].changes}
        assert told["Ngày sinh"] == ("12/03/1975", "02/01/1976")

    def test_hidden_digits_that_change_are_a_change_and_stay_hidden(self, visit, officer, cases) -> None:
        case, client = cases[0], visit(officer)
        old = word(case, shown=client.get(page(case)).context["shown"])
        type(case.land_user).objects.filter(pk=case.land_user.pk).update(id_number="999175123453")
        Match.objects.filter(pk=case.match.pk).update(levels="b" + case.match.levels[1:])
        answer = client.post(page(case) + "decide/", old)
        told = [str(each.title) for each in answer.context["refused"].changes]
        assert "Số định danh" in told
        assert "999175123453" not in answer.content.decode()

    @pytest.mark.parametrize("forged", ["", "abc", "e30:1:x"])
    def test_what_was_not_signed_here_tells_nothing(self, visit, officer, other, cases, forged: str) -> None:
        case, client = cases[0], visit(officer)
        old = word(case, shown=forged)
        matches.decide(
            case.match, Decision.Kind.UNSURE, by=other, reason="chưa rõ", seen=matches.stamp(case.match)
        )
        answer = client.post(page(case) + "decide/", old)
        assert answer.status_code == 409
        assert answer.context["refused"] is None

    def test_a_sheet_on_stale_evidence_stays_open_with_its_note(self, visit, officer, other, cases) -> None:
        case, client = cases[0], visit(officer)
        shown = client.get(page(case)).context["shown"]
        old = sheet(case, "police", "police_unclear", note="ba người giống nhau", shown=shown)
        matches.decide(
            case.match, Decision.Kind.UNSURE, by=other, reason="chưa rõ", seen=matches.stamp(case.match)
        )
        answer = client.post(page(case) + "hand-on/", old)
        assert answer.status_code == 409
        assert "ba người giống nhau</textarea>" in answer.content.decode()
        assert answer.context["refused"].changes


def test_it_says_what_a_decision_frees_and_how_long_it_has_waited(visit, officer, cases) -> None:
    WorkItem.objects.update(opened_at=timezone.now() - dt.timedelta(days=21, hours=1))
    shown = visit(officer).get(page(cases[0])).content.decode()
    assert "<b>mở khoá 3 thửa ở 1 xã, phường</b>; đã chờ 21 ngày." in shown


def test_the_desk_and_a_decision_ask_little(client: Client, officer, cases) -> None:
    client.force_login(officer)
    client.get(page(cases[0]))
    with CaptureQueriesContext(connection) as asked:
        client.get(page(cases[0], "?order=age"))
    assert len(asked) <= QUERIES_OF_THE_DESK, len(asked)
    with CaptureQueriesContext(connection) as asked:
        client.post(page(cases[0]) + "decide/", word(cases[0]))
    assert len(asked) <= QUERIES_OF_A_DECISION, len(asked)
