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
from landdb.models import Role
from reconciliation import classification
from reconciliation.actions import leases, matches, settling
from reconciliation.actions.handovers import With
from reconciliation.models import Decision, GroupMove, Lease, Match, Verification, Why, WorkItem
from reconciliation.rules.catalogue import RULES
from tests import factories

from .desk_cast import PERSON, held_by, page, path, sheet, word

pytestmark = pytest.mark.django_db
#: Of one GET of the desk; a query more must be worth its time for thirty officers.
QUERIES_OF_THE_DESK = 23
#: Of a decision while the officer waits (ten, and the savepoints of a test), and of what follows from it.
QUERIES_OF_A_DECISION = 14
QUERIES_OF_SETTLING = 73


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

    @pytest.mark.parametrize("query", ["", "?order=age"])
    def test_from_the_end_one_key_leads_to_the_last_one(self, visit, officer, cases, query: str) -> None:
        client = visit(officer)
        shown = client.get(f"/queue/people/end/{query}")
        assert 'data-key="k"' in shown.content.decode()
        answer = client.get(shown.context["walk"].hindmost, follow=True)
        last = client.get(page(cases[2], query)).context["walk"]
        assert answer.request["PATH_INFO"] == page(cases[2]), last.position_text

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

    def test_a_page_that_is_left_gives_back_what_it_held_and_no_more(
        self, visit, officer, other, cases
    ) -> None:
        client = visit(officer)
        address = page(cases[0]) + "leave/"
        client.get(page(cases[0]))
        first = Lease.objects.get().until.isoformat()
        # Loaded again, or opened in another tab, before the first page has said that it is left.
        client.get(page(cases[0]))
        second = Lease.objects.get().until.isoformat()
        assert client.post(address, {"until": first}).status_code == 204
        assert held_by(cases[0]) == officer
        assert visit(other).post(address, {"until": second}).status_code == 204
        assert held_by(cases[0]) == officer
        for raw in ("", "hôm nay", "2026-11-29T10:00:00", "2026-02-31T10:00:00+07:00"):
            assert client.post(address, {"until": raw}).status_code == 400
        assert client.post(address, {"until": second}).status_code == 204
        assert held_by(cases[0]) is None

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


def test_it_says_what_a_decision_frees_and_how_long_it_has_waited(visit, officer, cases) -> None:
    WorkItem.objects.update(opened_at=timezone.now() - dt.timedelta(days=21, hours=1))
    shown = visit(officer).get(page(cases[0])).content.decode()
    assert "Chờ quyết định ở đây: <b>3 thửa ở 1 xã, phường</b>; đã chờ 21 ngày." in shown


@pytest.mark.parametrize(
    ("faulty", "told"),
    [(1, "(2 thửa chỉ vướng ở người này)"), (3, "(thửa nào cũng còn vướng khác)")],
)
def test_it_says_what_each_plot_lacks_and_how_many_lack_nothing_else(
    visit, officer, cases, faulty: int, told: str
) -> None:
    for plot in cases[0].plots[:faulty]:
        type(plot).objects.filter(pk=plot.pk).update(code="")
    classification.refresh([plot.pk for plot in cases[0].plots], cause=GroupMove.Cause.CORRECTION)
    shown = visit(officer).get(page(cases[0])).content.decode()
    assert f"Chờ quyết định ở đây: <b>3 thửa ở 1 xã, phường</b> {told}" in shown
    assert shown.count("còn 1 điều để vào nhóm 1") == 3 - faulty
    assert shown.count("còn 2 điều để vào nhóm 1") == faulty
    assert f"{cases[0].commune.tight_name} · còn" not in shown, "all of them lie in the one named above"
    assert str(next(rule for rule in RULES if rule.id == "plot_code_missing").mend) in shown


@pytest.mark.settled_later
def test_the_desk_a_decision_and_what_follows_ask_little(client: Client, officer, cases) -> None:
    client.force_login(officer)
    client.get(page(cases[0]))
    with CaptureQueriesContext(connection) as asked:
        client.get(page(cases[0], "?order=age"))
    assert len(asked) <= QUERIES_OF_THE_DESK, len(asked)
    said = word(cases[0])
    with CaptureQueriesContext(connection) as asked:
        client.post(page(cases[0]) + "decide/", said)
    assert len(asked) <= QUERIES_OF_A_DECISION, len(asked)
    with CaptureQueriesContext(connection) as asked:
        settling.settle()
    assert len(asked) <= QUERIES_OF_SETTLING, len(asked)
