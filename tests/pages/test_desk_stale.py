"""A page of the desk that is out of date is refused with what changed; Z goes back in time."""

from __future__ import annotations

import datetime as dt

import pytest

from citizens.models import Resident
from reconciliation.actions import leases, matches
from reconciliation.models import Decision, Match

from .desk_cast import PERSON, held_by, page, sheet, word

pytestmark = pytest.mark.django_db


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

    def test_a_newer_word_is_told_where_the_evidence_reads_as_before(self, visit, officer, cases) -> None:
        case, client = cases[0], visit(officer)
        for _n in range(2):
            opened = client.get(page(case))
            old = word(case, "unsure", shown=opened.context["shown"], last=opened.context["newest"])
            client.post(page(case) + "decide/", word(case, "unsure"))
        answer = client.post(page(case) + "decide/", old)
        assert answer.status_code == 409
        told = {str(each.title): each.now for each in answer.context["refused"].changes}
        assert told["Quyết định sau cùng"].startswith(f"Chưa rõ ({officer.full_name}), ")
        assert "Chứng cứ đọc lại vẫn như khi bạn mở" not in answer.content.decode()

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
