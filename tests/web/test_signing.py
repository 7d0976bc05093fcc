"""Coming in, going out, and the password that one must change first."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from landdb.models import AccessLog
from tests import factories

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


def sign_in(client: Client, username: str, password: str = factories.PASSWORD, **more: str):
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def test_a_person_comes_in_with_name_and_password_and_it_is_logged(client: Client) -> None:
    user = factories.make_user()
    response = sign_in(client, f" {user.username.upper()} ")
    assert response.status_code == 302
    assert response["Location"] == reverse("home")
    assert AccessLog.objects.get().action == AccessLog.Action.SIGN_IN


def test_a_wrong_password_is_answered_with_one_sentence_and_nothing_about_the_account(client: Client) -> None:
    user = factories.make_user()
    stopped = factories.make_user(is_active=False)
    texts = []
    for username in (user.username, "khong.co.ai", stopped.username):
        response = sign_in(
            client, username, "sai-mat-khau" if username != stopped.username else factories.PASSWORD
        )
        assert response.status_code == 200
        texts.append("Tên hoặc mật khẩu chưa đúng." in response.content.decode())
    assert texts == [True, True, True]
    assert not AccessLog.objects.exists()


def test_after_too_many_wrong_passwords_the_name_is_locked_with_one_clear_sentence(
    client: Client, settings
) -> None:
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3
    user = factories.make_user()
    first = sign_in(client, user.username, "sai")
    assert "Số lần còn lại trước khi tạm khoá 15 phút: 2." in first.content.decode()
    for _again in range(2):
        locked = sign_in(client, user.username.upper(), "sai")
    assert locked.status_code == 429
    assert "tạm khoá 15 phút" in locked.content.decode()
    assert sign_in(client, user.username).status_code == 429
    other = factories.make_user()
    assert sign_in(client, other.username).status_code == 302


def test_it_returns_to_the_page_that_was_asked_for_but_never_to_another_site(client: Client) -> None:
    user = factories.make_user()
    assert sign_in(client, user.username, next="/jobs/")["Location"] == "/jobs/"
    client.logout()
    assert sign_in(client, user.username, next="https://example.org/")["Location"] == reverse("home")


def test_going_out_needs_a_post(client: Client) -> None:
    client.force_login(factories.make_user())
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert client.get("/").status_code == 302
    assert "/sign-in/" in client.get("/jobs/")["Location"]


def test_a_given_password_must_be_changed_before_anything_else(client: Client) -> None:
    user = factories.make_user(must_change_password=True)
    client.force_login(user)
    assert client.get("/jobs/")["Location"] == "/password/"
    wrong = client.post(
        "/password/", {"old_password": factories.PASSWORD, "new_password1": "ngan", "new_password2": "ngan"}
    )
    assert wrong.status_code == 200
    assert "Mật khẩu cần ít nhất 10 ký tự." in wrong.content.decode()
    new = "con-meo-tren-mai-nha"
    done = client.post(
        "/password/", {"old_password": factories.PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert done["Location"] == "/"
    user.refresh_from_db()
    assert not user.must_change_password
    assert user.check_password(new)
    assert client.get("/jobs/").status_code == 200
    assert AccessLog.objects.get().action == AccessLog.Action.ACCOUNT


def test_the_language_is_switched_and_stays(client: Client) -> None:
    response = client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert response["Location"] == "/sign-in/"
    assert 'lang="en"' in client.get("/sign-in/").content.decode()
    stranger = Client(headers={"Accept-Language": "en"})
    assert 'lang="vi"' in stranger.get("/sign-in/").content.decode()
