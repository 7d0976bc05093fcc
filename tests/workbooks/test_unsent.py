"""A workbook that was read and not sent: whose business it is, and how long it stays."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from landdb.models import Role, User
from reconciliation.actions import old_uploads, uploads
from reconciliation.models import CorrectionBatch
from tests import factories

from .ground import Ground, filled, give_out, send_up

pytestmark = pytest.mark.django_db
State = CorrectionBatch.State


@pytest.fixture
def batch(ground: Ground) -> CorrectionBatch:
    return send_up(
        ground, filled(give_out(ground), {(5, "plot_address"): "Ngõ 9", (6, "issued"): "30/02/2018"})
    )


def may_see(client: Client, user: User, batch: CorrectionBatch) -> bool:
    client.force_login(user)
    page = client.get("/uploads/").content.decode()
    is_open = client.get(f"/uploads/{batch.pk}/").status_code == 200
    assert (f'href="/uploads/{batch.pk}/"' in page) == is_open
    return is_open


def grow_old(batch: CorrectionBatch, days: int) -> None:
    CorrectionBatch.objects.filter(pk=batch.pk).update(uploaded_at=timezone.now() - dt.timedelta(days=days))


def test_it_is_seen_by_its_communes_officials_alone_until_it_is_sent(
    client: Client, ground: Ground, batch
) -> None:
    colleague = factories.make_user(Role.COMMUNE_OFFICIAL, commune=ground.commune)
    others = [ground.reviewer, factories.make_user(Role.AUDITOR, commune=ground.commune)]
    assert may_see(client, ground.official, batch)
    assert may_see(client, colleague, batch)
    assert not any(may_see(client, user, batch) for user in others)
    uploads.send(batch, by=ground.official)
    assert all(may_see(client, user, batch) for user in others)


def test_its_sender_sees_it_also_in_another_role(client: Client, ground: Ground, batch) -> None:
    User.objects.filter(pk=ground.official.pk).update(role=Role.REVIEWER)
    assert may_see(client, User.objects.get(pk=ground.official.pk), batch)


@pytest.mark.parametrize("state", [State.CHECKED, State.ASKING, State.UNREADABLE])
def test_an_official_gives_it_up_in_any_state(client: Client, ground: Ground, batch, state: str) -> None:
    CorrectionBatch.objects.filter(pk=batch.pk).update(state=state)
    client.force_login(ground.official)
    assert 'value="drop"' in client.get(f"/uploads/{batch.pk}/").content.decode()
    client.post(f"/uploads/{batch.pk}/send/", {"word": "drop"})
    batch.refresh_from_db()
    assert batch.state == State.DROPPED


def test_after_thirty_days_it_is_closed_and_only_figures_stay(client: Client, ground: Ground, batch) -> None:
    rows, path = batch.file.rows, Path(settings.FILES_DIR) / batch.file.path
    grow_old(batch, 29)
    assert old_uploads.close_old() == 0
    grow_old(batch, 31)
    assert old_uploads.close_old() == 1
    batch.refresh_from_db()
    assert batch.state == State.CLOSED
    assert not path.exists()
    assert not batch.lines.exists()
    assert not batch.file.problems.exists()
    assert (batch.file.rows, batch.file.rejected) == (rows, 1)
    assert batch.report["counts"]["rejected"] == 1
    assert old_uploads.close_old() == 0
    client.force_login(ground.official)
    page = client.get(f"/uploads/{batch.pk}/").content.decode()
    assert "Tự đóng" in page
    assert "/annotated/" not in page


def test_a_sent_one_is_never_closed(ground: Ground, batch) -> None:
    uploads.send(batch, by=ground.official)
    grow_old(batch, 400)
    assert old_uploads.close_old() == 0
    assert batch.lines.exists()


def test_the_same_content_stays_while_another_workbook_needs_it(ground: Ground, batch) -> None:
    path = Path(settings.FILES_DIR) / batch.file.path
    send_up(ground, path.read_bytes())
    grow_old(batch, 31)
    old_uploads.close_old()
    assert path.exists()


def test_one_that_changes_nothing_says_so_in_place_of_sending_nothing(client: Client, ground: Ground) -> None:
    batch = send_up(ground, filled(give_out(ground), {}))
    client.force_login(ground.official)
    page = client.get(f"/uploads/{batch.pk}/").content.decode()
    assert "Không có gì để gửi: biểu này ghi như sổ đang ghi." in page
    assert 'value="send"' not in page
    assert "Gửi 0 dòng" not in page


def test_one_of_which_all_is_turned_away_says_what_to_do(client: Client, ground: Ground) -> None:
    batch = send_up(ground, filled(give_out(ground), {(6, "issued"): "30/02/2018"}))
    client.force_login(ground.official)
    page = client.get(f"/uploads/{batch.pk}/").content.decode()
    assert "Không có gì để gửi: 1 dòng bị trả, sửa rồi nộp lại." in page
