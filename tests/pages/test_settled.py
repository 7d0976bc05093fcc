"""The head of the desk says what a word did to plots: at once where that is known, else as soon as it is."""

from __future__ import annotations

import pytest

from reconciliation.actions import settling

from .desk_cast import page, word

pytestmark = [pytest.mark.django_db, pytest.mark.settled_later]


def decide(client, case):
    return client.post(page(case) + "decide/", word(case), follow=True)


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
    def test_asks_again_until_a_worker_is_through(self, visit, officer, cases) -> None:
        client = visit(officer)
        last = decide(client, cases[0]).context["last"]
        waiting = client.get(f"/decisions/{last.pk}/moved/?asked=0").content.decode()
        assert "đang xếp lại thửa" in waiting
        assert "/moved/?asked=1" in waiting
        settling.settle()
        settled = client.get(f"/decisions/{last.pk}/moved/?asked=1").content.decode()
        assert settled.strip() == "3 thửa lên nhóm 1"

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
