"""A list is withdrawn after a question, asked again once, and never both; two at once end in one sentence."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from django.utils import timezone

from landdb.models import Role
from reconciliation.actions import consents, police_batches, police_freezing, police_portions
from reconciliation.actions.police_batches import Line
from reconciliation.models import VerificationBatch
from tests import factories

from .cast import frozen, issued, item_of, line_of, make_unknown
from .files import answered, row

pytestmark = pytest.mark.django_db
State = VerificationBatch.State
LATER = "31/12/2030"


def again(batch, staff) -> VerificationBatch:
    day = timezone.localdate() + dt.timedelta(days=9)
    found = police_batches.reissue(batch, day, by=staff.mai)
    police_freezing.freeze(found)
    found.refresh_from_db()
    return found


def test_withdrawing_asks_first_and_says_how_many_come_back(visit, done, staff) -> None:
    people = [make_unknown() for _n in range(3)]
    batch = issued(staff)
    answered(staff, row(line_of(people[0]), "Đúng"))
    mai, address = visit(staff.mai), f"/police/{batch.pk}/withdraw/"
    page = mai.get(address).content.decode()
    assert "<b>2</b> người chưa trả lời trở lại" in page
    assert "1 người đã trả lời giữ nguyên" in page
    assert "Thu hồi 2 người" in mai.post(address).content.decode()
    batch.refresh_from_db()
    assert batch.state == State.ISSUED
    mai.post(address, {"seen": "2"})
    done()
    batch.refresh_from_db()
    assert batch.state == State.WITHDRAWN
    assert [item_of(person).waits_with for person in people] == ["", "", ""]
    anew = mai.get(f"/police/{batch.pk}/").content.decode()
    assert "/police/new/?outcome=not_found" in anew


def test_an_answer_meanwhile_makes_it_ask_once_more(visit, staff) -> None:
    people = [make_unknown() for _n in range(2)]
    batch = issued(staff)
    answered(staff, row(line_of(people[0]), "Đúng"))
    page = visit(staff.mai).post(f"/police/{batch.pk}/withdraw/", {"seen": "2"}, follow=True).content.decode()
    assert "số người chưa trả lời đã khác" in page
    assert "<b>1</b> người chưa trả lời" in page
    batch.refresh_from_db()
    assert batch.state == State.ISSUED


def test_the_second_to_withdraw_is_told_by_whom_it_was(visit, staff) -> None:
    make_unknown()
    batch = issued(staff)
    visit(staff.mai).post(f"/police/{batch.pk}/withdraw/", {"seen": "1"})
    for address, given in (("withdraw", {"seen": "1"}), ("reissue", {"due_on": LATER})):
        page = visit(staff.an).post(f"/police/{batch.pk}/{address}/", given, follow=True).content.decode()
        assert f"{staff.mai.full_name} đã thu hồi danh sách này rồi" in page
    assert VerificationBatch.objects.count() == 1


def test_what_is_asked_again_is_neither_withdrawn_nor_asked_a_third_time(visit, staff) -> None:
    make_unknown()
    batch = issued(staff)
    second = again(batch, staff)
    page = visit(staff.an).get(f"/police/{batch.pk}/").content.decode()
    assert f"{second.number} đang hỏi lại những người này" in page
    assert "Thu hồi người chưa trả lời" not in page
    for address, given in (("withdraw", {"seen": "1"}), ("reissue", {"due_on": LATER})):
        told = visit(staff.an).post(f"/police/{batch.pk}/{address}/", given, follow=True).content.decode()
        assert f"{second.number} đang hỏi lại những người này" in told
    batch.refresh_from_db()
    assert (batch.state, VerificationBatch.objects.count()) == (State.ISSUED, 2)
    police_batches.drop(second, by=staff.mai)
    assert police_batches.withdraw(batch, by=staff.mai).state == State.WITHDRAWING


def test_a_list_that_asks_again_does_not_go_out_once_the_first_is_back(visit, staff) -> None:
    make_unknown()
    batch = issued(staff)
    second = again(batch, staff)
    VerificationBatch.objects.filter(pk=batch.pk).update(state=State.WITHDRAWN)
    page = visit(staff.mai).post(f"/police/{second.pk}/go/", {"word": "go"}, follow=True).content.decode()
    assert f"{batch.number} không còn ở công an nên không hỏi lại được" in page
    second.refresh_from_db()
    assert second.state == State.SHOWN


def test_only_the_unanswered_of_a_list_are_asked_again(staff) -> None:
    people = [make_unknown() for _n in range(3)]
    batch = issued(staff)
    answered(staff, row(line_of(people[1]), "Đúng"))
    second = again(batch, staff)
    assert {entry.land_user_id for line in second.lines.all() for entry in line.entries.all()} == {
        people[0].pk, people[2].pk,
    }  # fmt: skip


def test_nobody_steers_people_of_another_commune(visit, staff) -> None:
    here, _there = make_unknown(), make_unknown()
    batch = issued(staff)
    local = visit(factories.make_user(Role.REVIEWER, commune=here.commune))
    page = local.get(f"/police/{batch.pk}/").content.decode()
    assert "Thu hồi" not in page
    assert local.get(f"/police/{batch.pk}/withdraw/").status_code == 403
    assert local.post(f"/police/{batch.pk}/withdraw/", {"seen": "2"}).status_code == 403
    assert local.post(f"/police/{batch.pk}/reissue/", {"due_on": LATER}).status_code == 403
    assert visit(staff.police).get(f"/police/{batch.pk}/withdraw/").status_code == 403


def test_the_second_person_must_see_everybody_who_comes_back(visit, staff, monkeypatch) -> None:
    monkeypatch.setattr(consents, "ALONE", 0)
    here, _there = make_unknown(), make_unknown()
    batch = issued(staff)
    police_batches.withdraw(batch, by=staff.mai)
    local = visit(factories.make_user(Role.SENIOR_REVIEWER, commune=here.commune))
    address = f"/police/{batch.pk}/answer/"
    assert address not in local.get(f"/police/{batch.pk}/").content.decode()
    for word in ("yes", "no"):
        assert local.post(address, {"word": word}).status_code == 403
    batch.refresh_from_db()
    assert batch.state == State.BACK_ASKED
    whole = visit(staff.senior)
    assert address in whole.get(f"/police/{batch.pk}/").content.decode()
    whole.post(address, {"word": "yes"})
    batch.refresh_from_db()
    assert batch.state == State.WITHDRAWING


def test_a_preview_shows_no_column_of_zeros_and_the_form_no_commune_without_people(visit, staff) -> None:
    person = make_unknown()
    empty = factories.make_commune()
    mai = visit(staff.mai)
    form = mai.get("/police/new/").content.decode()
    assert f"{person.commune} (1)" in form
    assert str(empty) not in form
    assert "xã, phường khác không có ai để hỏi" in form
    draft = mai.get(f"/police/{frozen(staff.mai).pk}/").content.decode()
    assert '<th scope="col" class="num">Còn chờ</th>' not in draft
    assert "Có nhiều người" not in draft


def test_places_with_nobody_left_are_counted_and_words_nobody_said_are_left_out(visit, staff) -> None:
    people = [make_unknown() for _n in range(3)]
    batch = issued(staff)
    answered(staff, row(line_of(people[0]), "Đúng"))
    batch.lines.filter(commune=people[2].commune).update(state=Line.REISSUED)
    page = visit(staff.mai).get(f"/police/{batch.pk}/").content.decode()
    assert f'<th scope="row">{people[0].commune}</th>' in page
    assert f'<th scope="row">{people[2].commune}</th>' not in page
    assert "1 nơi khác không còn ai chờ" in page
    assert '<th scope="col" class="num">Đúng</th>' in page
    assert '<th scope="col" class="num">Đã mất</th>' not in page


def test_all_parts_leave_with_one_box_or_some_with_their_own(visit, staff) -> None:
    make_unknown(), make_unknown()
    batch = issued(staff)
    mai, address = visit(staff.mai), f"/police/{batch.pk}/take-out/"

    def names(**given) -> int:
        answer = mai.post(address, {"receiver": "Công an tỉnh", "password": ""} | given)
        return len(zipfile.ZipFile(io.BytesIO(answer.content)).namelist())

    assert names(every="1") == 5
    assert names(part=[batch.parts.first().pk]) == 3
    assert mai.post(address, {"receiver": "Công an tỉnh", "password": ""}).status_code == 422
    assert police_portions.portions(batch, Line.FROZEN) == []
