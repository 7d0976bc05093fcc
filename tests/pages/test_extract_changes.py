"""What an extract changed beside the one before, and what the pages of the touched people say of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from citizens.models import Resident, ResidentChange
from landdb.models import AccessLog, Job, Role
from landdb.normalise import people
from reconciliation import matching
from reconciliation.models import Decision, ExtractTouch, Match, WorkItem
from tests import factories
from tests.actions.cast import Case, make_case, make_staff

from .extract_cast import birth_changed, change, decide, enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return make_case(plots=2)


class TestThePageOfAnExtract:
    def test_it_counts_by_kind_and_lists_whom_it_touches(self, client: Client, case: Case) -> None:
        extract = birth_changed(case)
        answer = enter(client, case).get(f"/extracts/{extract.pk}/")
        shown = answer.content.decode()
        assert "Đổi ngày sinh" in shown
        assert "→ <ins>02/01/1976</ins>" in shown
        assert f'href="/land-users/{case.land_user.pk}/"' in shown
        assert answer.context["total"] == 1
        assert [(line["unit"], line["count"]) for line in answer.context["communes"]] == [(case.commune, 1)]
        assert AccessLog.objects.filter(action="view", subject="extract", subject_id=extract.pk).exists()

    def test_numbers_are_masked(self, client: Client, case: Case) -> None:
        extract = change(case.residents[0], "number", "024175000111", "024175000222")
        shown = enter(client, case).get(f"/extracts/{extract.pk}/").content.decode()
        assert "024175000" not in shown
        assert "0111" in shown

    def test_an_outsider_sees_nobody_of_another_commune(self, client: Client, case: Case) -> None:
        extract = birth_changed(case)
        _reviewer, _senior, outsider = make_staff(case.commune)
        client.force_login(outsider)
        answer = client.get(f"/extracts/{extract.pk}/")
        assert answer.context["total"] == 0
        assert case.land_user.name not in answer.content.decode()

    def test_the_facets_narrow_the_list(self, client: Client, case: Case) -> None:
        extract = birth_changed(case)
        enter(client, case)
        for query, total in (
            ("kind=birth", 1),
            ("kind=name", 0),
            ("kind=birth&standing=proposed", 1),
            ("standing=accepted", 0),
            (f"commune={case.commune.code}", 1),
            ("commune=99999", 0),
        ):
            assert client.get(f"/extracts/{extract.pk}/?{query}").context["total"] == total, query

    def test_a_page_leads_to_the_next_by_its_last_key(
        self, client: Client, case: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("reconciliation.web.extract_changes.PAGE", 2)
        extract = birth_changed(case)
        known = ResidentChange.objects.get()
        others = [factories.make_land_user(case.commune) for _n in range(3)]
        ExtractTouch.objects.bulk_create(
            ExtractTouch(
                extract=extract,
                change=known,
                land_user=other,
                commune=case.commune,
                kind="birth",
                standing="linked",
            )
            for other in others
        )
        enter(client, case)
        query, seen = "", []
        for _step in range(2):
            context = client.get(f"/extracts/{extract.pk}/?{query}").context
            seen += [line.person.pk for line in context["lines"]]
            query = context["older"]
        assert seen == [case.land_user.pk, *(other.pk for other in others)]
        assert query == ""

    @pytest.mark.parametrize(
        ("role", "sees", "starts"),
        [
            (Role.REVIEWER, 200, 403),
            (Role.SENIOR_REVIEWER, 200, 302),
            (Role.AUDITOR, 200, 403),
            (Role.ADMINISTRATOR, 200, 302),
            (Role.MANAGER, 403, 403),
            (Role.COMMUNE_OFFICIAL, 403, 403),
            (Role.POLICE_LIAISON, 403, 403),
        ],
    )
    def test_who_sees_and_who_starts(
        self, client: Client, case: Case, work, role: str, sees: int, starts: int
    ) -> None:
        extract = birth_changed(case)
        client.force_login(factories.make_user(role))
        assert client.get(f"/extracts/{extract.pk}/").status_code == sees
        assert client.post(f"/extracts/{extract.pk}/rematch/").status_code == starts
        assert Job.objects.exists() == (starts == 302)

    def test_an_administrator_sees_counts_and_no_names(self, client: Client, case: Case) -> None:
        extract = birth_changed(case)
        client.force_login(factories.make_user(Role.ADMINISTRATOR))
        answer = client.get(f"/extracts/{extract.pk}/")
        assert answer.context["total"] == 1
        assert case.land_user.name not in answer.content.decode()

    def test_the_button_matches_the_touched_again(self, client: Client, case: Case, work) -> None:
        decide(case)
        extract = birth_changed(case)
        enter(client, case, Role.SENIOR_REVIEWER)
        answer = client.post(f"/extracts/{extract.pk}/rematch/")
        job = Job.objects.get()
        assert answer["Location"] == f"/jobs/{job.pk}/"
        client.post(f"/extracts/{extract.pk}/rematch/")
        assert Job.objects.count() == 1
        work()
        job.refresh_from_db()
        assert (job.state, job.result) == ("done", {"land_users": 1, "reopened": 1})
        assert case.groups() == [2, 2]

    def test_who_has_one_commune_matches_that_commune_alone(self, client: Client, case: Case, work) -> None:
        extract = birth_changed(case)
        client.force_login(factories.make_user(Role.SENIOR_REVIEWER, commune=factories.make_commune()))
        client.post(f"/extracts/{extract.pk}/rematch/")
        work()
        assert Job.objects.get(kind="rematch").result["land_users"] == 0


class TestThePageOfAPerson:
    def reopen(self, case: Case, kind: str = "same") -> None:
        birth_changed(case, decide(case, kind))
        matching.refresh([case.land_user.pk])

    @pytest.mark.parametrize(
        ("kind", "word"), [("same", "Cùng người"), ("different", "Khác người"), ("unsure", "Chưa rõ")]
    )
    def test_it_says_whose_word_opened_again_and_what_changed(
        self, client: Client, case: Case, kind: str, word: str
    ) -> None:
        self.reopen(case, kind)
        shown = enter(client, case).get(f"/land-users/{case.land_user.pk}/").content.decode()
        today = f"{timezone.localdate():%d/%m/%Y}"
        assert f"Kết luận «{word}» ngày {today} của Ngô Thị Xét mở lại vì:" in shown
        assert (
            "<b>Ngày sinh</b>: trước «cùng năm sinh», nay «lệch một năm, sinh đầu năm (năm âm lịch)»" in shown
        )
        assert "→ <ins>02/01/1976</ins>" in shown
        assert "bản trích ngày 20/11/2026" in shown
        assert "Lý do khi đó: xem hồ sơ gốc" in shown

    def test_a_word_that_stands_or_was_taken_back_is_not_open_again(self, client: Client, case: Case) -> None:
        enter(client, case)
        decide(case)
        page = f"/land-users/{case.land_user.pk}/"
        assert client.get(page).context["reopened"] is None
        decision = Decision.objects.get()
        client.force_login(decision.by)
        client.post(f"/decisions/{decision.pk}/undo/")
        assert client.get(page).context["reopened"] is None

    def test_after_a_new_word_it_is_history(self, client: Client, case: Case) -> None:
        self.reopen(case)
        decide(case)
        assert enter(client, case).get(f"/land-users/{case.land_user.pk}/").context["reopened"] is None

    def test_it_is_said_also_where_the_candidate_is_gone(self, client: Client, case: Case) -> None:
        match = decide(case)
        other = people.person("Đặng Quang Minh", "1950", "Nam", "", "Thôn Đoài")
        values = {key: getattr(other, key) for key in ("name", "name_key", "name_fold", "birth_year", "sex")}
        extract = change(match.resident, "name", match.resident.name, other.name, birth_on=None, **values)
        Match.objects.filter(pk=match.pk).delete()
        shown = enter(client, case).get(f"/land-users/{case.land_user.pk}/").content.decode()
        assert "người đó không còn là ứng viên" in shown
        assert f"<ins>{other.name}</ins>" in shown
        assert extract.changes == {"name": 1}

    def test_it_says_when_who_died_and_that_the_decision_stays(self, client: Client, case: Case) -> None:
        match = decide(case)
        change(match.resident, "died", "", "03/04/2026", status="deceased", died_on=dt.date(2026, 4, 3))
        matching.refresh([case.land_user.pk])
        shown = enter(client, case).get(f"/land-users/{case.land_user.pk}/").content.decode()
        assert "Đã mất ngày 03/04/2026, theo bản trích ngày 20/11/2026." in shown
        assert "Kết luận cùng người vẫn giữ." in shown
        assert "mở lại vì" not in shown

    def test_it_says_who_is_missing_from_a_whole_extract(self, client: Client, case: Case) -> None:
        extract = change(case.match.resident, "absent")
        Resident.objects.filter(pk=case.match.resident_id).update(absent_since=extract)
        shown = enter(client, case).get(f"/land-users/{case.land_user.pk}/").content.decode()
        assert "không còn trong bản trích toàn bộ ngày 20/11/2026" in shown


class TestTheWorklist:
    def test_open_again_is_marked_and_can_be_asked_for(self, client: Client, case: Case) -> None:
        other = make_case(case.commune, name="Trần Thị Hoà")
        decide(case)
        birth_changed(case)
        matching.refresh([case.land_user.pk])
        assert set(WorkItem.objects.open().values_list("land_user", flat=True)) == {
            case.land_user.pk,
            other.land_user.pk,
        }
        enter(client, case)
        everybody = client.get("/queue/people/")
        assert {row.item.person.pk: row.item.is_again for row in everybody.context["rows"]} == {
            case.land_user.pk: True,
            other.land_user.pk: False,
        }
        only = client.get("/queue/people/?again=1")
        assert [row.item.person.pk for row in only.context["rows"]] == [case.land_user.pk]


def test_the_list_of_extracts_leads_there_and_only_administrators_send_one(
    client: Client, case: Case
) -> None:
    extract = birth_changed(case)
    shown = enter(client, case).get("/extracts/").content.decode()
    assert f'href="/extracts/{extract.pk}/"' in shown
    assert "1 thay đổi" in shown
    assert "<form" not in shown.split('id="content"')[1].split("</main>")[0]
