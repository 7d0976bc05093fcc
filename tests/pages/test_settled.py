"""The head of the desk says what a word did to plots: at once where that is known, else as soon as it is."""

from __future__ import annotations

import pytest
from django.utils import timezone

from landdb.models import AdminUnit, Role, User
from parcels.models import Plot
from reconciliation.actions import settling
from reconciliation.models import ChangeSet, Decision, GroupMove
from tests import factories

from .desk_cast import page, word

pytestmark = [pytest.mark.django_db, pytest.mark.settled_later]


def decide(client, case):
    return client.post(page(case) + "decide/", word(case), follow=True)


def moved_plots(user: User, by_commune: dict[AdminUnit, int], plot: Plot) -> Decision:
    """A decision that moved so many plots of a commune to group 1, or out of it."""
    change_set = ChangeSet.objects.create(kind=ChangeSet.Kind.MATCH, state=ChangeSet.State.APPLIED)
    for commune, n in by_commune.items():
        ends = {"from_group": 2, "to_group": 1} if n > 0 else {"from_group": 1, "to_group": 2}
        what = {"cause": GroupMove.Cause.MATCH, "change_set": change_set, **ends}
        for _move in range(abs(n)):
            GroupMove.objects.create(plot=plot, commune=commune, at=timezone.now(), **what)
    return Decision.objects.create(kind=Decision.Kind.SAME, change_set=change_set, by=user)


class TestTheNextRecord:
    def test_opens_while_the_plots_are_still_being_sorted(self, visit, officer, cases) -> None:
        text = decide(visit(officer), cases[0]).content.decode()
        assert "đang xếp lại thửa" in text
        assert "/moved/?asked=0" in text
        assert cases[1].land_user.name in text

    @pytest.mark.django_db(transaction=True)
    def test_says_how_many_plots_rose_where_that_is_known_already(
        self, visit, officer, cases, monkeypatch
    ) -> None:
        monkeypatch.setattr(settling, "_call", settling.settle)
        text = decide(visit(officer), cases[0]).content.decode()
        assert "3 thửa lên nhóm 1" in text
        assert "/moved/" not in text


class TestTheLineOfADecision:
    def test_asks_again_until_a_worker_is_through(
        self, visit, officer, cases, django_assert_max_num_queries
    ) -> None:
        client = visit(officer)
        last = decide(client, cases[0]).context["last"]
        waiting = client.get(f"/decisions/{last.pk}/moved/?asked=0").content.decode()
        assert "đang xếp lại thửa" in waiting
        assert "/moved/?asked=1" in waiting
        settling.settle()
        with django_assert_max_num_queries(3):
            settled = client.get(f"/decisions/{last.pk}/moved/?asked=1").content.decode()
        assert settled.strip() == "3 thửa lên nhóm 1"

    def test_counts_the_plots_of_the_territory_alone(self, visit, cases) -> None:
        plot = factories.make_ready_plot()
        for commune, told in ((cases[0].commune, "2 thửa lên nhóm 1"), (plot.commune, "1 thửa rời nhóm 1")):
            user = factories.make_user(Role.REVIEWER, commune=commune)
            decision = moved_plots(user, {cases[0].commune: 2, plot.commune: -1}, plot)
            assert visit(user).get(f"/decisions/{decision.pk}/moved/").content.decode().strip() == told

    def test_does_not_ask_for_ever(self, visit, officer, cases) -> None:
        client = visit(officer)
        last = decide(client, cases[0]).context["last"]
        assert "hx-get" not in client.get(f"/decisions/{last.pk}/moved/?asked=9").content.decode()

    def test_is_told_to_nobody_else(self, visit, officer, other, cases) -> None:
        last = decide(visit(officer), cases[0]).context["last"]
        assert visit(other).get(f"/decisions/{last.pk}/moved/").status_code == 404


def test_who_opens_the_record_meanwhile_reads_that_it_is_being_worked_out(visit, officer, cases) -> None:
    client = visit(officer)
    decide(client, cases[0])
    notice = "Kết luận vừa ghi"
    assert notice in client.get(page(cases[0])).content.decode()
    settling.settle()
    assert notice not in client.get(page(cases[0])).content.decode()


class TestTheRecordThatStaysOpen:
    """After "different" the next candidate of the same person comes first."""

    @pytest.fixture
    def decided(self, visit, officer, cases):
        client = visit(officer)
        sent = word(cases[0]) | {"decision": "different"}
        answer = client.post(page(cases[0]) + "decide/", sent, follow=True)
        assert answer.redirect_chain[-1][0].startswith(page(cases[0]))
        return client, answer

    def test_opens_anew_once_the_word_is_worked_out_and_says_what_it_did(self, decided, cases) -> None:
        client, answer = decided
        asked = f"/decisions/{answer.context['last'].pk}/moved/?asked=0&here=1"
        assert asked.replace("&", "&amp;") in answer.content.decode()
        assert "HX-Trigger" not in client.get(asked).headers
        settling.settle()
        assert client.get(asked).headers["HX-Trigger"] == "record-settled"
        again = client.get(page(cases[0])).content.decode()
        assert "chưa thửa nào lên nhóm 1" in again
        assert "Kết luận vừa ghi" not in again

    def test_a_word_on_the_page_that_opened_anew_is_taken(self, decided, cases) -> None:
        client, _answer = decided
        settling.settle()
        client.get(page(cases[0]))
        sent = client.post(page(cases[0]) + "decide/", word(cases[0]) | {"decision": "not_in_registry"})
        assert sent.status_code == 302


def test_no_passing_message_covers_the_head_of_the_next_record(visit, officer, cases) -> None:
    assert 'class="toast ' not in decide(visit(officer), cases[0]).content.decode()
