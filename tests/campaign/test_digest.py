"""The e-mail of Monday morning: to whom, once, in Vietnamese, without people."""

from __future__ import annotations

import datetime as dt
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.cache import cache
from django.utils import translation

from landdb.mail import Server, read
from landdb.models import Role
from reconciliation.campaign import digest
from reconciliation.models import Difficulty, Digest, MeetingDecision, WeeklySnapshot
from tests import factories as make
from tests.campaign.clock import moment

pytestmark = pytest.mark.django_db

MONDAY = 9


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def test_it_is_sent_once_a_week_from_monday_seven_on() -> None:
    make.make_user(Role.MANAGER, email="giamdoc@example.vn")
    assert digest.send_due(moment(MONDAY, 6)) == 0
    assert digest.send_due(moment(MONDAY, 7)) == 1
    assert digest.send_due(moment(MONDAY, 8)) == 0
    assert digest.send_due(moment(MONDAY + 2)) == 0
    assert digest.send_due(moment(MONDAY + 7, 7)) == 1
    assert [message.to for message in mail.outbox] == [["giamdoc@example.vn"]] * 2
    assert Digest.objects.count() == 2


def test_only_managers_and_communes_with_an_address_get_it() -> None:
    make.make_user(Role.MANAGER)
    make.make_user(Role.MANAGER, email="cu@example.vn", is_active=False)
    make.make_user(Role.REVIEWER, email="soat@example.vn")
    make.make_user(Role.COMMUNE_OFFICIAL, email="xa@example.vn")
    digest.send_due(moment(MONDAY))
    assert [message.to for message in mail.outbox] == [["xa@example.vn"]]


def test_a_commune_reads_of_itself_alone_in_vietnamese_and_nobody_is_named() -> None:
    mine, other = make.make_commune(short_name="Nhà"), make.make_commune(short_name="Khác")
    for commune, ready, hits in ((mine, 1200, 10), (other, 7777, 900)):
        for week, plots in ((dt.date(2026, 2, 23), ready - 200), (dt.date(2026, 3, 2), ready)):
            WeeklySnapshot.objects.create(
                commune=commune, week=week, group_1=plots, group_2=0, group_3=0,
                rules={"scan_missing": hits if week.month == 3 else 1},
            )  # fmt: skip
    official = make.make_user(
        Role.COMMUNE_OFFICIAL, commune=mine, email="xa@example.vn", full_name="Đỗ Văn Xã"
    )
    manager = make.make_user(Role.MANAGER, email="giamdoc@example.vn", full_name="Lê Thị Giám")
    asked = Difficulty.objects.create(commune=mine, words="Hồ sơ bà Tư", asked_by=official)
    MeetingDecision.objects.create(
        week=dt.date(2026, 3, 2), what="Hỏi bà Tư", who="Đỗ Văn Xã", due_on=dt.date(2026, 3, 4),
        difficulty=asked, commune=mine, by=manager, at=moment(3),
    )  # fmt: skip
    with translation.override("en"):
        digest.send_due(moment(MONDAY))
    told = {message.to[0]: f"{message.subject}\n{message.body}" for message in mail.outbox}
    own, whole = told["xa@example.vn"], told["giamdoc@example.vn"]
    assert "Nhóm 1: 1.200 (+200 so với tuần trước nữa)" in own
    assert "Nhóm 1: 8.977 (+400 so với tuần trước nữa)" in whole
    assert "P. Khác: " in whole
    assert "từ 1 lên 900 thửa" in whole
    assert "Khác" not in own
    assert "Không có cảnh báo nào." in own
    for text in (own, whole):
        assert "Câu hỏi chờ trả lời: 1" in text
        assert "Kết luận họp giao ban quá hạn: 1" in text
        assert "Tư" not in text
        assert "Đỗ Văn Xã" not in text


@pytest.mark.parametrize(
    ("origins", "hosts", "site"),
    [
        (["https://dat.bacninh.gov.vn"], ["other.vn"], "https://dat.bacninh.gov.vn"),
        ([], ["localhost", "127.0.0.1", "dat.bacninh.gov.vn"], "https://dat.bacninh.gov.vn"),
        (["https://*.gov.vn"], [".gov.vn", "dat.bacninh.gov.vn"], "https://dat.bacninh.gov.vn"),
        ([], ["localhost", "127.0.0.1"], ""),
    ],
)
def test_it_bears_the_configured_address_of_the_site(
    settings: LazySettings, origins: list[str], hosts: list[str], site: str
) -> None:
    settings.CSRF_TRUSTED_ORIGINS, settings.ALLOWED_HOSTS, settings.IS_PUBLIC = origins, hosts, True
    manager = make.make_user(Role.MANAGER)
    _subject, body = digest.compose(manager, dt.date(2026, 3, MONDAY), moment(MONDAY))
    assert (f"{site}/alerts/" in body) == bool(site)
    assert ("Xem danh sách" in body) == bool(site)


def test_a_server_that_is_away_leaves_the_place_free_for_the_next_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make.make_user(Role.MANAGER, email="giamdoc@example.vn")

    def away(*_args: Any) -> None:
        raise SMTPServerDisconnected

    with monkeypatch.context() as broken:
        broken.setattr(digest, "send_mail", away)
        assert digest.send_due(moment(MONDAY)) == 0
    assert not Digest.objects.exists()
    assert digest.send_due(moment(MONDAY, 13)) == 1


@pytest.mark.parametrize(
    ("address", "server"),
    [
        (None, Server()),
        ("smtp://relay", Server("relay", 25)),
        ("smtp://thu:m%40t@mail.example.vn", Server("mail.example.vn", 587, "thu", "m@t", False, True)),
        ("smtps://thu:x@mail.example.vn", Server("mail.example.vn", 465, "thu", "x", True, False)),
    ],
)
def test_the_mail_server_is_read_from_one_address(address: str | None, server: Server) -> None:
    assert read(address) == server
