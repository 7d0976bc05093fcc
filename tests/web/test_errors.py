"""When something is wrong, one sentence in the reader's language, and nothing of the record."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from landdb.models import Role
from landdb.web import errors
from tests import factories


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/nowhere/", 404, "Không có trang hoặc hồ sơ này"),
        ("/jobs/999999/", 404, "Không có trang hoặc hồ sơ này"),
        ("/accounts/", 403, "Tài khoản của bạn không dùng được trang này"),
    ],
)
def test_a_missing_and_a_closed_page_say_so(client: Client, address: str, status: int, sentence: str) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    response = client.get(address)
    assert response.status_code == status
    assert sentence in response.content.decode()


def test_a_broken_server_answers_without_the_database() -> None:
    response = errors.broken(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Máy chủ gặp lỗi" in response.content.decode()


def test_a_bad_request_is_answered_with_a_sentence() -> None:
    response = errors.bad_request(RequestFactory().get("/"))
    assert response.status_code == 400
    assert "Yêu cầu chưa đúng" in response.content.decode()


@pytest.mark.django_db
def test_a_stale_form_asks_to_send_again() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in/", {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "Phiên làm việc đã cũ" in response.content.decode()


@pytest.mark.django_db
def test_pages_obey_the_content_policy(client: Client) -> None:
    client.force_login(factories.make_user(Role.ADMINISTRATOR))
    for address in ("/overview/", "/jobs/", "/accounts/", "/accounts/new/", "/access-log/", "/password/"):
        response = client.get(address)
        page = response.content.decode()
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert "unsafe" not in response["Content-Security-Policy"]
        assert " style=" not in page, address
        assert "<style" not in page, address
        assert page.count("<script ") == page.count("<script src="), address
        assert " onclick=" not in page, address


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/queue/?q=%00", "/queue/waivers/?commune=%00"])
def test_what_no_database_can_hold_is_a_bad_request(client: Client, address: str) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    response = client.get(address)
    assert response.status_code == 400
    assert "Yêu cầu chưa đúng" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_so_is_typed_text(client: Client) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    assert client.post("/search/", {"text": "Nguyễn\x00"}).status_code == 400
