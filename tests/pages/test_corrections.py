"""Correcting an entry by hand: at once and reversible, but for who the holder is; nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from landdb.models import AccessLog, Role
from parcels.models import LandUser
from reconciliation.actions import changes, edits, leases
from reconciliation.models import Change, ChangeSet, Consent, Decision, Lease
from tests import factories
from tests.actions.cast import make_case, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case()


@pytest.fixture
def staff(case):
    return make_staff(case.commune)


def page(case, tail="") -> str:
    return f"/land-users/{case.land_user.pk}/correct/{tail}"


def seen(client: Client, case) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', client.get(page(case)).content.decode())
    assert found
    return found[1]


def sent(client: Client, case, **fields):
    """The form as the page gives it, with other values where they are named."""
    person = case.land_user
    person.refresh_from_db()
    shown = {name: getattr(person, name) for name in edits.FIELDS if name not in edits.NUMBERS}
    return {**shown, "seen": seen(client, case), "reason": "theo giấy chứng nhận", **fields}


def test_an_outsider_corrects_nothing_and_readers_only_read(client: Client, case, staff) -> None:
    client.force_login(staff[2])
    assert client.get(page(case)).status_code == 404
    assert client.post(page(case), {"birth_raw": "1980"}).status_code == 404
    for role in (Role.AUDITOR, Role.MANAGER, Role.POLICE_LIAISON):
        client.force_login(factories.make_user(role))
        assert client.get(page(case)).status_code == 403


def test_a_birth_is_corrected_at_once_matched_again_and_taken_back(client: Client, case, staff) -> None:
    client.force_login(staff[0])
    before = LandUser.objects.filter(pk=case.land_user.pk).values().get()
    assert client.post(page(case), sent(client, case, birth_raw="12/03/1975")).status_code == 302
    case.land_user.refresh_from_db()
    assert f"{case.land_user.birth_on:%d/%m/%Y}" == "12/03/1975"
    assert case.match.probability > 0.5
    decision = Decision.objects.get(kind=Decision.Kind.CORRECT)
    assert (decision.by, decision.reason) == (staff[0], "theo giấy chứng nhận")
    assert client.post(f"/decisions/{decision.pk}/undo/").status_code == 302
    assert LandUser.objects.filter(pk=case.land_user.pk).values().get() == before


def test_marks_put_on_a_plain_name_are_spelling_another_name_is_another_person(staff) -> None:
    plain = factories.make_land_user(name_raw="NGUYEN THI DUYEN")
    assert edits.says_who(plain, {"name_raw": "Nguyễn Thị Duyên"}) == []
    marked = factories.make_land_user(name_raw="Nguyễn Thị Hoa")
    assert edits.says_who(marked, {"name_raw": "NGUYỄN THỊ HOA"}) == []
    assert edits.says_who(marked, {"name_raw": "Nguyễn Thị Hòa"}) == ["name_raw"]
    assert edits.says_who(marked, {"name_raw": "Trần Văn Bình"}) == ["name_raw"]


def test_a_number_of_somebody_else_says_who_a_free_one_does_not(case) -> None:
    other = factories.make_land_user(id_number_raw="024180555555")
    resident = factories.make_resident(id_number="024180666666")
    assert edits.says_who(case.land_user, {"id_number_raw": other.id_number}) == ["id_number_raw"]
    assert edits.says_who(case.land_user, {"id_number_raw": resident.id_number}) == ["id_number_raw"]
    assert edits.says_who(case.land_user, {"id_number_raw": "024180777777"}) == []
    own = factories.make_verification(factories.make_land_user(), resident=resident)
    assert edits.says_who(own.land_user, {"id_number_raw": resident.id_number}) == []


def test_another_name_waits_for_another_senior_and_then_holds(client: Client, case, staff) -> None:
    reviewer, senior, outsider = staff
    client.force_login(reviewer)
    assert client.post(page(case), sent(client, case, name_raw="Trần Văn Bình")).status_code == 302
    case.land_user.refresh_from_db()
    assert case.land_user.name_raw == "Nguyễn Thị Duyên"
    consent = Consent.objects.get(change_set__kind=ChangeSet.Kind.CORRECTION)
    again = client.post(page(case), sent(client, case, name_raw="Trần Văn Bảy"))
    assert again.status_code == 409
    assert "Trần Văn Bảy" in again.content.decode()
    assert client.post(f"/corrections/{consent.pk}/answer/", {"word": "yes"}).status_code == 403
    client.force_login(outsider)
    assert "Trần Văn Bình" not in client.get("/corrections/").content.decode()
    client.force_login(factories.make_user(Role.SENIOR_REVIEWER, commune=outsider.commune))
    assert client.post(f"/corrections/{consent.pk}/answer/", {"word": "yes"}).status_code == 404
    client.force_login(senior)
    assert "Trần Văn Bình" in client.get("/corrections/").content.decode()
    client.post(f"/corrections/{consent.pk}/answer/", {"word": "yes"})
    case.land_user.refresh_from_db()
    assert case.land_user.name == "Trần Văn Bình"


def test_what_waits_stands_on_the_desk_and_who_asked_withdraws_it(client: Client, case, staff) -> None:
    reviewer, senior, _outsider = staff
    client.force_login(reviewer)
    client.post(page(case), sent(client, case, name_raw="Trần Văn Bình"))
    consent = Consent.objects.get()
    desk, withdraw = f"/land-users/{case.land_user.pk}/", f"/corrections/{consent.pk}/withdraw/"
    shown = client.get(desk).content.decode()
    assert "Đề nghị sửa đang chờ" in shown
    assert withdraw in shown
    client.force_login(senior)
    listed = client.get("/corrections/").content.decode()
    assert desk in listed
    assert withdraw not in listed
    assert client.post(withdraw).status_code == 404
    client.force_login(reviewer)
    client.post(withdraw)
    assert "Đề nghị sửa đang chờ" not in client.get(desk).content.decode()
    assert "người đề nghị đã rút" in client.get(f"{desk}timeline/").content.decode()
    client.force_login(senior)
    assert client.post(f"/corrections/{consent.pk}/answer/", {"word": "yes"}).status_code == 404
    client.force_login(reviewer)
    assert client.post(page(case), sent(client, case, name_raw="Trần Văn Bảy")).status_code == 302
    case.land_user.refresh_from_db()
    assert case.land_user.name_raw == "Nguyễn Thị Duyên"


def test_who_asked_cannot_agree_and_a_no_changes_nothing(client: Client, case, staff) -> None:
    senior = staff[1]
    client.force_login(senior)
    client.post(page(case), sent(client, case, name_raw="Trần Văn Bình"))
    consent = Consent.objects.get()
    client.post(f"/corrections/{consent.pk}/answer/", {"word": "yes"})
    consent.refresh_from_db()
    assert consent.given_at is None
    client.force_login(factories.make_user(Role.SENIOR_REVIEWER))
    refusal = {"word": "no", "reason": "thiếu giấy tờ", "list": "1"}
    assert client.post(f"/corrections/{consent.pk}/answer/", refusal)["Location"] == "/corrections/"
    case.land_user.refresh_from_db()
    consent.refresh_from_db()
    assert (case.land_user.name, consent.is_yes) == ("Nguyễn Thị Duyên", False)


def test_a_stale_page_is_refused_with_the_difference_and_keeps_the_typing(
    client: Client, case, staff
) -> None:
    client.force_login(staff[0])
    form = sent(client, case, address_raw="Khu phố Nam")
    edits.correct(case.land_user, {"birth_raw": "1976"}, by=staff[1], reason="xem lại giấy")
    answer = client.post(page(case), form)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="Khu phố Nam"' in shown
    assert "khi mở trang «1975», nay «1976»" in shown
    # What nobody typed follows the record, so that sending again does not undo the other's correction.
    assert re.search(r'name="birth_raw" value="1976"', shown)
    new = re.search(r'name="seen" value="([^"]+)"', shown)
    assert new
    client.post(page(case), {**form, "birth_raw": "1976", "seen": new[1]})
    case.land_user.refresh_from_db()
    assert (case.land_user.birth_raw, case.land_user.address_raw) == ("1976", "Khu phố Nam")


def test_a_forged_or_foreign_mark_is_refused(client: Client, case, staff) -> None:
    client.force_login(staff[0])
    other = make_case(case.commune, name="Lê Thị Mai")
    foreign = seen(client, other)
    for mark in ("", "x", foreign):
        assert client.post(page(case), sent(client, case, birth_raw="1980", seen=mark)).status_code == 409
    assert not Decision.objects.exists()


def test_while_somebody_else_has_it_open_nothing_is_corrected(client: Client, case, staff) -> None:
    leases.take(Lease.Kind.PERSON, case.land_user.pk, by=staff[1])
    client.force_login(staff[0])
    answer = client.post(page(case), sent(client, case, birth_raw="1980"))
    assert answer.status_code == 409
    assert staff[1].full_name in answer.content.decode()
    assert 'value="1980"' in answer.content.decode()


def test_numbers_stay_masked_an_empty_box_keeps_them_and_xoá_clears(client: Client, case, staff) -> None:
    client.force_login(staff[0])
    shown = client.get(page(case)).content.decode()
    assert "024175123456" not in shown
    assert "3456" in shown
    client.post(page(case), sent(client, case, id_number_raw="", birth_raw="1976"))
    case.land_user.refresh_from_db()
    assert case.land_user.id_number == "024175123456"
    client.post(page(case), sent(client, case, clear="id_number_raw"))
    case.land_user.refresh_from_db()
    assert case.land_user.id_number == ""
    looks = AccessLog.objects.filter(user=staff[0], subject_id=case.land_user.pk, action="view")
    assert looks.count() >= 3


def test_a_value_is_taken_from_the_registry_without_anybody_typing_it(client: Client, case, staff) -> None:
    client.force_login(staff[0])
    resident = case.match.resident
    client.post(page(case), sent(client, case, take="birth_raw"))
    case.land_user.refresh_from_db()
    assert case.land_user.birth_year == resident.birth_year


def test_while_typing_it_tells_what_would_be_read(client: Client, case, staff) -> None:
    client.force_login(staff[0])
    told = client.post(page(case, "read/"), {"name_raw": "ông NGUYỄN VĂN BÌNH", "birth_raw": "5.6.80"})
    shown = told.content.decode()
    assert 'id="reads-name_raw" hx-swap-oob="true"' in shown
    assert "cần người thứ hai đồng ý" in shown
    assert "05/06/1980" in shown
    assert not ChangeSet.objects.exists()


def test_nothing_new_and_what_cannot_stand_are_told_beside_the_form(client: Client, case, staff) -> None:
    client.force_login(staff[0])
    assert client.post(page(case), sent(client, case)).status_code == 422
    assert client.post(page(case), sent(client, case, name_raw="")).status_code == 422
    assert client.post(page(case), sent(client, case, former_number="12345")).status_code == 422
    assert client.post(page(case), sent(client, case, birth_raw="1980", reason="")).status_code == 422
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("birth_raw", "31/02/1969", "Không có ngày như vậy"),
        ("birth_raw", "năm con rồng", "Không có ngày như vậy"),
        ("sex_raw", "nam hay nữ", "Ghi Nam hoặc Nữ"),
        ("id_number_raw", "02417512345", "12 chữ số; số CMND có 9 chữ số"),
        ("phone", "0912", "bắt đầu bằng 0"),
    ],
)
def test_what_nobody_can_read_is_refused_with_its_mend_and_stays_typed(
    client: Client, case, staff, field: str, typed: str, told: str
) -> None:
    client.force_login(staff[0])
    answer = client.post(page(case), sent(client, case, **{field: typed}))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert told in shown
    assert f'value="{typed}"' in shown
    assert not ChangeSet.objects.exists()


def test_a_date_may_be_left_out_where_the_paper_has_none(client: Client, case, staff) -> None:
    client.force_login(staff[0])
    assert client.post(page(case), sent(client, case, birth_raw="")).status_code == 302
    assert LandUser.objects.get(pk=case.land_user.pk).birth_raw == ""


def test_a_merged_entry_is_not_corrected(client: Client, case, staff) -> None:
    client.force_login(staff[0])
    form = sent(client, case, birth_raw="1980")
    LandUser.objects.filter(pk=case.land_user.pk).update(merged_into=factories.make_land_user(case.commune))
    assert client.post(page(case), form).status_code == 409
    assert not ChangeSet.objects.exists()


_RAW = {
    "birth_raw": st.sampled_from(["1975", "12/03/1975", "3/1975", "không rõ", ""]),
    "sex_raw": st.sampled_from(["Nam", "Nữ", ""]),
    "address_raw": st.sampled_from(["Khu phố Đông", "Thôn Đoài", ""]),
    "phone": st.sampled_from(["0900000000", "0911111111", ""]),
}


class TestUndo(TestCase):
    @settings(max_examples=8)
    @given(st.lists(st.fixed_dictionaries({}, optional=_RAW), min_size=1, max_size=4))
    def test_any_row_of_corrections_undone_backwards_leaves_the_entry_as_it_was(self, steps) -> None:
        person, user = factories.make_land_user(), factories.make_user()
        before = LandUser.objects.filter(pk=person.pk).values().get()
        done = []
        for values in steps:
            try:
                done.append(edits.correct(person, values, by=user, reason="thử"))
            except edits.NothingNew:
                continue
        for decision in reversed(done):
            assert changes.undo(decision.change_set, by=user) == []
        assert LandUser.objects.filter(pk=person.pk).values().get() == before
        assert not Change.objects.filter(state=Change.State.KEPT).exists()
