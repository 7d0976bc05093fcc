"""Handing on from the desk: to whom, why, until which working day, and back."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from landdb import working_days
from reconciliation.actions import handovers, matches
from reconciliation.actions.handovers import Handover, With
from reconciliation.models import Decision, Why, WorkItem

from .desk_cast import page, path, sheet

pytestmark = pytest.mark.django_db


def ticked(page_source: str) -> list[str]:
    """The fields that are ticked on the sheet of the commune."""
    return re.findall(r'name="fields_asked" value="(\w+)"[^>]* checked', page_source)


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

    def test_the_commune_gets_the_fields_to_look_at_in_their_order(self, visit, officer, cases) -> None:
        data = sheet(cases[0], "commune", "commune_differs", fields_asked=["birth", "name"], note="xem lại")
        client = visit(officer)
        assert client.post(page(cases[0]) + "hand-on/", data).status_code == 302
        assert WorkItem.objects.get(land_user=cases[0].land_user).waits_fields == ["name", "birth"]
        told = "Sổ đất và dân cư ghi khác nhau: họ và tên, ngày sinh"
        assert told in client.get(page(cases[0])).content.decode()
        timeline = client.get(page(cases[0]) + "timeline/").content.decode()
        assert re.search(r"Ô cần xem lại.*họ và tên, ngày sinh", timeline, re.DOTALL)

    def test_others_than_the_commune_are_asked_about_no_field(self, visit, officer, cases) -> None:
        data = sheet(cases[0], "police", "police_unclear", fields_asked=["birth"])
        visit(officer).post(page(cases[0]) + "hand-on/", data)
        assert WorkItem.objects.get(land_user=cases[0].land_user).waits_fields == []

    def test_a_reason_that_does_not_say_what_is_wrong_needs_a_field(self, visit, officer, cases) -> None:
        data = sheet(cases[0], "commune", "commune_differs", note="nhờ xem lại")
        answer = visit(officer).post(page(cases[0]) + "hand-on/", data)
        assert answer.status_code == 422
        assert "Chọn ít nhất một ô: lý do này chưa nói ô nào sai." in answer.content.decode()
        assert "nhờ xem lại" in answer.content.decode()
        data["fields_asked"] = ["birth"]
        answer = visit(officer).post(page(cases[0]) + "hand-on/", data | {"until": "31/02/2030"})
        assert ticked(answer.content.decode()) == ["birth"]
        assert not Decision.objects.exists()

    def test_later_is_a_working_day_that_one_key_picks(self, visit, officer, cases, today) -> None:
        today(dt.date(2027, 2, 3))  # the Wednesday before Tết
        client = visit(officer)
        assert "Đến thứ 5, 11/02/2027" in client.get(page(cases[0], "?sheet=later")).content.decode()
        client.post(page(cases[0]) + "hand-on/", sheet(cases[0], "later", "tomorrow"))
        item = WorkItem.objects.get(land_user=cases[0].land_user)
        assert item.waits_until == dt.date(2027, 2, 11)

    def test_on_a_friday_the_second_key_is_not_the_first_over_again(
        self, visit, officer, cases, today
    ) -> None:
        today(dt.date(2026, 11, 27))
        shown = visit(officer).get(page(cases[0], "?sheet=later")).content.decode()
        assert "Đến thứ 2, 30/11/2026" in shown
        assert "Đến thứ 2, 07/12/2026" in shown

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
            ({"why": ""}, "Chưa chuyển đi vì chưa chọn lý do"),
            ({"why": "police_absent"}, "police_absent"),
            ({"note": "số 024175123456"}, "9 hoặc 12 chữ số"),
            ({"note": "cmnd 125 123 456"}, "9 hoặc 12 chữ số"),
            ({"until": "31/02/2030"}, "ngày"),
            ({"until": "01/01/2020"}, "Ngày phải sau hôm nay."),
            ({"until": "31/12/9999"}, "Ngày quá xa: muộn nhất"),
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
        handovers.hand_on(
            cases[0].land_user.pk, handover, by=officer, seen=matches.stamp_all(cases[0].matches)
        )
        client = visit(officer)
        shown = client.get(page(cases[0])).content.decode()
        assert "Đang chờ: Xã, phường" in shown
        assert "Cần bản chụp giấy tờ" in shown
        assert "“xin bản chụp”" in shown
        answer = client.post(page(cases[0]) + "take-back/", follow=True)
        assert "Đang chờ:" not in answer.content.decode()
        assert WorkItem.objects.at_desk().filter(land_user=cases[0].land_user).exists()
