"""Administrators give out accounts; nobody else does."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from landdb.models import AccessLog, Role, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> User:
    user = factories.make_user(Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def test_a_new_account_gets_a_password_that_is_shown_once_and_must_be_changed(
    client: Client, administrator: User
) -> None:
    office = factories.make_office()
    given = {"username": "Ngo.Minh", "full_name": "Ngô Minh", "role": "reviewer", "office": office.pk}
    page = client.post("/accounts/new/", given)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    shown = re.search(r'class="once">([^<]+)<', page.content.decode())
    assert shown
    account = User.objects.get(username="ngo.minh")
    assert account.check_password(shown[1])
    assert account.must_change_password
    assert account.office == office
    assert shown[1] not in client.get(f"/accounts/{account.pk}/").content.decode()
    line = AccessLog.objects.get(action=AccessLog.Action.ACCOUNT)
    assert (line.user, line.subject_id, line.reason) == (administrator, account.pk, "tạo tài khoản")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"role": "commune_official"}, "Cán bộ xã, phường phải có xã, phường của mình."),
        ({"role": "reviewer", "office": True, "commune": True}, "Một tài khoản có một địa bàn"),
        ({"role": "reviewer", "username": "có dấu"}, "Chỉ dùng chữ thường không dấu"),
        ({"role": "reviewer", "username": "TRUNG"}, "Tên đăng nhập này đã có người dùng."),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(
    client: Client, administrator: User, given: dict[str, object], sentence: str
) -> None:
    factories.make_user(username="trung")
    fields = {"username": "moi", "full_name": "Người Mới", **given}
    if given.get("office"):
        fields["office"] = factories.make_office().pk
    if given.get("commune"):
        fields["commune"] = factories.make_commune().pk
    page = client.post("/accounts/new/", fields)
    assert sentence in page.content.decode()
    assert not User.objects.filter(full_name="Người Mới").exists()


def test_an_account_is_changed_and_stopped_and_its_sessions_end(client: Client, administrator: User) -> None:
    account = factories.make_user()
    theirs = Client()
    theirs.force_login(account)
    assert theirs.get("/jobs/").status_code == 200
    given = {"username": "other", "full_name": "Tên Khác", "role": "manager"}
    assert client.post(f"/accounts/{account.pk}/", given)["Location"] == "/accounts/"
    account.refresh_from_db()
    assert (account.full_name, account.role, account.is_active) == ("Tên Khác", "manager", False)
    assert account.username != "other"
    assert "/sign-in/" in theirs.get("/jobs/")["Location"]
    assert "Đang dùng" in AccessLog.objects.get(action=AccessLog.Action.ACCOUNT).reason


def test_a_new_password_for_somebody_ends_their_sessions(client: Client, administrator: User) -> None:
    account = factories.make_user()
    theirs = Client()
    theirs.force_login(account)
    page = client.post(f"/accounts/{account.pk}/password/")
    shown = re.search(r'class="once">([^<]+)<', page.content.decode())
    account.refresh_from_db()
    assert shown
    assert account.check_password(shown[1])
    assert account.must_change_password
    assert "/sign-in/" in theirs.get("/jobs/")["Location"]
    assert client.get(f"/accounts/{account.pk}/password/").status_code == 405


def test_nobody_locks_themselves_out(client: Client, administrator: User) -> None:
    given = {"full_name": "Tôi", "role": "reviewer"}
    page = client.post(f"/accounts/{administrator.pk}/", given).content.decode()
    assert "Không tự bỏ được vai trò quản trị của mình" in page
    assert "Không tự ngừng được tài khoản của mình" in page
    administrator.refresh_from_db()
    assert administrator.role == Role.ADMINISTRATOR
    assert administrator.is_active


def test_a_typed_name_never_stands_in_the_address(client: Client, administrator: User) -> None:
    found = factories.make_user(full_name="Đặng Văn Tìm")
    factories.make_user(full_name="Người Khác")
    response = client.post("/accounts/search/", {"text": "văn tìm"})
    assert "t%C3%ACm" not in response["Location"]
    page = client.get(response["Location"]).content.decode()
    assert found.username in page
    assert "Người Khác" not in page
    stranger = Client()
    stranger.force_login(factories.make_user(Role.ADMINISTRATOR))
    assert "Người Khác" in stranger.get(response["Location"]).content.decode()


def test_an_administrator_of_an_office_sees_and_gives_only_accounts_of_the_office(client: Client) -> None:
    office, other = factories.make_office(), factories.make_office()
    inside = factories.make_commune(office=office)
    mine = factories.make_user(Role.COMMUNE_OFFICIAL, commune=inside)
    elsewhere = factories.make_user(office=other)
    client.force_login(factories.make_user(Role.ADMINISTRATOR, office=office))
    page = client.get("/accounts/").content.decode()
    assert f">{mine.username}<" in page
    assert f">{elsewhere.username}<" not in page
    assert client.get(f"/accounts/{elsewhere.pk}/").status_code == 404
    assert client.post(f"/accounts/{elsewhere.pk}/password/").status_code == 404
    given = {"username": "tran", "full_name": "Trần", "role": "reviewer"}
    assert "Chỉ cấp được tài khoản trong địa bàn" in client.post("/accounts/new/", given).content.decode()
    client.post("/accounts/new/", {**given, "office": other.pk})
    assert not User.objects.filter(username="tran").exists()
    client.post("/accounts/new/", {**given, "office": office.pk})
    assert User.objects.get(username="tran").office == office


def test_accounts_are_filtered_by_role_and_commune(client: Client, administrator: User) -> None:
    official = factories.make_user(Role.COMMUNE_OFFICIAL)
    auditor = factories.make_user(Role.AUDITOR)
    page = client.get("/accounts/?role=auditor").content.decode()
    assert f">{auditor.username}<" in page
    assert f">{official.username}<" not in page
    page = client.get(f"/accounts/?commune={official.commune_id}").content.decode()
    assert f">{official.username}<" in page
    assert f">{auditor.username}<" not in page
