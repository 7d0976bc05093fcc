"""The pages of lists and answers: who may see and do what, and nothing of another commune by any way."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from landdb.models import AccessLog, Role
from reconciliation.models import AnswerFile, PoliceAnswer, PoliceUnit, VerificationBatch, VerificationLine
from tests import factories

from .cast import Split, frozen, issued, line_of, make_unknown, outcome_of
from .files import answered, as_csv, row, send

pytestmark = pytest.mark.django_db
State = VerificationBatch.State
#: Pages about a land user of the territory that the police read before there were lists.
POLICE_SAW_BEFORE = {
    "desk-end", "desk-leave", "land-user", "land-user-beside", "land-user-reveal", "land-user-timeline",
    "plot-trace", "work-start",
}  # fmt: skip


def choice(**more) -> dict:
    return {
        "outcomes": ["not_found"],
        "split": "commune",
        "purpose": "Xác minh người chưa khớp dân cư",
        "legal_basis": "515/KH-BCA-BNNMT",
        "due_on": "31/12/2030",
    } | more


def test_a_reviewer_begins_a_list_sees_it_and_hands_it_out_after_a_second_yes(visit, done, staff) -> None:
    people = [make_unknown(), make_unknown()]
    mai, senior = visit(staff.mai), visit(staff.senior)
    assert "Không tìm thấy" in mai.get("/police/new/").content.decode()
    answer = mai.post("/police/new/", choice())
    batch = VerificationBatch.objects.get()
    assert answer.url == f"/police/{batch.pk}/"
    done()
    shown = mai.get(answer.url).content.decode()
    assert "Đề nghị giao công an" in shown
    assert people[0].id_number not in shown
    mai.post(f"/police/{batch.pk}/go/", {"word": "go"})
    batch.refresh_from_db()
    assert batch.state == State.ASKED
    assert mai.post(f"/police/{batch.pk}/answer/", {"word": "yes"}).status_code == 403
    senior.post(f"/police/{batch.pk}/answer/", {"word": "yes"})
    done()
    batch.refresh_from_db()
    assert (batch.state, len(batch.checksum)) == (State.ISSUED, 64)
    assert batch.checksum in mai.get(f"/police/{batch.pk}/").content.decode()
    note = mai.get(f"/police/{batch.pk}/note/").content.decode()
    assert "Người nhận" in note
    assert people[0].name not in note


def test_nonsense_is_told_beside_its_field(visit, staff) -> None:
    mai = visit(staff.mai)
    for wrong, words in (
        ({"due_on": "01/01/2020"}, "Ngày phải sau hôm nay"),
        ({"outcomes": []}, "Chọn ít nhất một kết quả"),
        ({}, "Bộ lọc này không có ai"),
    ):
        answer = mai.post("/police/new/", choice(**wrong))
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not VerificationBatch.objects.exists()


def test_the_police_take_their_parts_out_and_send_answers_that_the_office_approves(
    visit, done, staff
) -> None:
    person = make_unknown(plots=2)
    batch = issued(staff)
    police, an = visit(staff.police), visit(staff.an)
    assert police.get("/").url == "/police/"
    part = batch.parts.get()
    packed = police.post(
        f"/police/{batch.pk}/take-out/", {"part": [part.pk], "receiver": "Công an tỉnh", "password": ""}
    )
    names = zipfile.ZipFile(io.BytesIO(packed.content)).namelist()
    assert len(names) == 3
    assert AccessLog.objects.filter(action="export", subject="police_list", user=staff.police).exists()
    short = police.post(
        f"/police/{batch.pk}/take-out/", {"part": [part.pk], "receiver": "abc", "password": "x"}
    )
    assert short.status_code == 422
    file = SimpleUploadedFile("kq.csv", as_csv([row(line_of(person), "Đúng")]))
    answer = police.post("/police/answers/send/", {"answers": file})
    done()
    answers = AnswerFile.objects.get()
    assert answer.url == f"/police/answers/{answers.pk}/"
    page = police.get(answer.url).content.decode()
    assert "dòng vào" in page
    assert "Duyệt và áp dụng" not in page
    assert police.post(f"{answer.url}decide/", {"word": "apply", "reason": "được"}).status_code == 403
    assert an.post(f"{answer.url}decide/", {"word": "apply", "reason": ""}).status_code == 422
    an.post(f"{answer.url}decide/", {"word": "apply", "reason": "khớp danh sách"})
    done()
    assert outcome_of(person) == "matched"
    assert "Hoàn tác tệp này" in an.get(answer.url).content.decode()
    an.post(f"{answer.url}undo/")
    done()
    assert outcome_of(person) == "with_police"
    page = an.get(answer.url).content.decode()
    assert "đã hoàn tác" in page
    assert "ghi mới" not in page


def test_contradictions_are_listed_and_settled_with_a_reason(visit, staff) -> None:
    person = make_unknown(id_number_raw="")
    issued(staff)
    answered(staff, row(line_of(person), "Đúng"))
    answered(staff, row(line_of(person), "Đã mất"))
    an = visit(staff.an)
    page = an.get("/police/conflicts/").content.decode()
    assert "Trái với trả lời trước của công an" in page
    found = PoliceAnswer.objects.get(state="conflict")
    an.post(f"/police/conflicts/{found.pk}/settle/", {"word": "take", "reason": ""})
    found.refresh_from_db()
    assert found.state == "conflict"
    an.post(f"/police/conflicts/{found.pk}/settle/", {"word": "take", "reason": "giấy chứng tử"})
    assert outcome_of(person) == "deceased"
    assert visit(staff.police).post(f"/police/conflicts/{found.pk}/settle/", {}).status_code == 403


def test_a_weighty_contradiction_is_taken_by_a_senior_reviewer_alone(visit, staff) -> None:
    person = make_unknown(name_raw="Lê Văn Tám")
    issued(staff)
    answered(staff, row(line_of(person), "Sai, đã sửa", Họ_và_tên_đúng="Hoàng Thị Mai"))
    found = PoliceAnswer.objects.get(state="conflict")
    address = f"/police/conflicts/{found.pk}/settle/"
    visit(staff.an).post(address, {"word": "take", "reason": "công an nói"})
    person.refresh_from_db()
    assert person.name == "Lê Văn Tám"
    visit(staff.senior).post(address, {"word": "take", "reason": "công an nói"})
    person.refresh_from_db()
    assert person.name == "Hoàng Thị Mai"


def test_nobody_sees_people_of_another_commune_by_any_way(visit, staff) -> None:
    here, there = make_unknown(name_raw="Nguyễn Văn Đây"), make_unknown(name_raw="Trần Văn Kia")
    batch = issued(staff)
    answers = answered(staff, row(line_of(there), "Đúng"))
    local = factories.make_user(Role.POLICE_LIAISON, commune=here.commune)
    client = visit(local)
    for address in (f"/police/{batch.pk}/", f"/police/{batch.pk}/people/", "/police/"):
        page = client.get(address).content.decode()
        assert there.name not in page
        assert str(there.commune) not in page
    assert here.name in client.get(f"/police/{batch.pk}/people/").content.decode()
    others = batch.parts.get(commune=there.commune)
    assert (
        client.post(f"/police/{batch.pk}/take-out/", {"part": [others.pk], "receiver": "abc"}).status_code
        == 422
    )
    assert client.get(f"/police/answers/{answers.pk}/").status_code == 404
    outsider = visit(factories.make_user(Role.REVIEWER, commune=factories.make_commune()))
    for address in (f"/police/{batch.pk}/", f"/police/{batch.pk}/people/", f"/police/{batch.pk}/note/"):
        assert outsider.get(address).status_code == 404
    whole = issued_whole(staff)
    assert "Toàn bộ danh sách" not in client.get(f"/police/{whole.pk}/").content.decode()


def issued_whole(staff) -> VerificationBatch:
    VerificationLine.objects.update(state="withdrawn")
    from reconciliation.models import WorkItem

    WorkItem.objects.update(waits_with="")
    from reconciliation import matching

    matching.refresh(list(WorkItem.objects.values_list("land_user", flat=True)))
    make_unknown(), make_unknown()
    return issued(staff, split=Split.WHOLE)


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICIAL, Role.MANAGER, Role.ADMINISTRATOR])
def test_others_do_not_come_in(visit, staff, role: str) -> None:
    make_unknown()
    batch = issued(staff)
    client = visit(factories.make_user(role))
    for address in ("/police/", "/police/new/", f"/police/{batch.pk}/", "/police/conflicts/"):
        assert client.get(address).status_code == 403


def test_the_police_and_auditors_see_no_draft_and_auditors_take_nothing_out(visit, staff) -> None:
    make_unknown()
    draft = frozen(staff.mai)
    auditor = visit(factories.make_user(Role.AUDITOR))
    for client in (visit(staff.police), auditor):
        assert client.get(f"/police/{draft.pk}/").status_code == 404
    assert auditor.post(f"/police/{draft.pk}/take-out/").status_code == 403
    assert auditor.get("/police/").status_code == 200


def test_late_lists_say_so_and_the_unanswered_are_asked_again(visit, done, staff) -> None:
    make_unknown()
    batch = issued(staff)
    VerificationBatch.objects.update(due_on="2020-01-01")
    mai = visit(staff.mai)
    assert "quá hạn" in mai.get("/police/").content.decode()
    assert mai.post(f"/police/{batch.pk}/reissue/", {"due_on": "1/1/2020"}).status_code == 422
    mai.post(f"/police/{batch.pk}/reissue/", {"due_on": "31/12/2030"})
    done()
    again = VerificationBatch.objects.latest("pk")
    assert (again.reissue_of, again.state, again.lines.count()) == (batch, State.SHOWN, 1)


def test_units_are_kept_by_a_senior_reviewer_of_the_province(visit, staff) -> None:
    commune = factories.make_commune()
    address = "/police/units/"
    visit(staff.senior).post(address, {"name": "Công an khu vực 2", "communes": [commune.pk]})
    assert list(PoliceUnit.objects.get().communes.all()) == [commune]
    local = factories.make_user(Role.SENIOR_REVIEWER, commune=commune)
    assert visit(local).post(address, {"name": "Khác"}).status_code == 403
    assert visit(staff.mai).get(address).status_code == 403


def test_pages_ask_the_database_the_same_few_questions_however_many_people(
    visit, staff, django_assert_max_num_queries
) -> None:
    for _n in range(12):
        make_unknown()
    batch = issued(staff)
    send(as_csv([row(line, "Đúng") for line in batch.lines.all()]), staff.police)
    mai = visit(staff.mai)
    for address, most in (
        ("/police/", 12),
        (f"/police/{batch.pk}/", 16),
        (f"/police/{batch.pk}/people/", 12),
    ):
        with django_assert_max_num_queries(most):
            assert mai.get(address).status_code == 200


def test_the_police_come_in_to_their_lists_and_what_they_saw_before_and_to_nothing_else() -> None:
    from django.urls import get_resolver

    open_to = {
        pattern.name
        for pattern in get_resolver().url_patterns
        for pattern in getattr(pattern, "url_patterns", [pattern])
        if Role.POLICE_LIAISON in getattr(pattern.callback, "allowed_roles", ())
        and len(pattern.callback.allowed_roles) < len(Role)
    }
    lists = {
        "police-lists", "police-list", "police-list-people", "police-list-take-out", "police-list-note",
        "police-answers", "police-answers-send", "police-conflicts",
    }  # fmt: skip
    assert lists <= open_to
    assert open_to - lists == POLICE_SAW_BEFORE
