"""Jobs are watched live, stopped and taken up again by those who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pytest
from django.test import Client
from django.utils import timezone

from landdb.jobs import JobKind, kinds
from landdb.models import Job, JobChunk, Role
from tests import factories

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


class Count(JobKind):
    name = "count"
    title = "Đếm thửa"
    phases = (("read", "Đọc"), ("write", "Ghi"))

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return []

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return {}


@pytest.fixture(autouse=True)
def known_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._kinds, Count.name, Count())


def make_job(state: str = "running", done: int = 3, total: int = 4, **fields: object) -> Job:
    now = timezone.now()
    job = Job.objects.create(
        kind="count", state=state, phase="read", started_at=now - dt.timedelta(seconds=30), **fields
    )
    for n in range(total):
        is_done = n < done
        JobChunk.objects.create(
            job=job,
            phase="read",
            key=str(n),
            done_at=now if is_done else None,
            counts={"plots": 500} if is_done else {},
        )
    return job


def test_a_running_job_shows_phase_progress_and_time_left(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    user = factories.make_user(Role.ADMINISTRATOR, full_name="Đỗ Văn Quản")
    client.force_login(user)
    make_job(started_by=user)
    page = client.get("/jobs/").content.decode()
    for words in ("Đếm thửa", "pha 1 / 2: Đọc", "3 / 4 phần", "0,1 phần / giây", "còn 00:10", "Đỗ Văn Quản"):
        assert words in page, words


def test_a_job_tells_what_it_counted_and_which_phase_began_in_words(client: Client) -> None:
    client.force_login(factories.make_user(Role.ADMINISTRATOR))
    job = make_job(done=4)
    job.say("read: 4")
    job.say("Đã nhận tệp: 4")
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "thửa 2.000" in page
    assert "Đọc: 4 phần" in page
    assert "Đã nhận tệp: 4" in page
    for key in ("plots 2.000", "read: 4"):
        assert key not in page, key


def test_the_panel_asks_again_only_while_a_job_is_open(client: Client) -> None:
    client.force_login(factories.make_user(Role.MANAGER))
    job = make_job()
    live = client.get("/jobs/", headers=HTMX).content.decode()
    assert 'hx-trigger="every 2s"' in live
    assert "<html" not in live
    assert 'hx-trigger="every 2s"' in client.get(f"/jobs/{job.pk}/", headers=HTMX).content.decode()
    job.state, job.finished_at = Job.State.DONE, timezone.now()
    job.save()
    assert "hx-trigger" not in client.get("/jobs/", headers=HTMX).content.decode()
    assert "hx-trigger" not in client.get(f"/jobs/{job.pk}/", headers=HTMX).content.decode()


def test_stop_and_go_on(client: Client) -> None:
    client.force_login(factories.make_user(Role.SENIOR_REVIEWER))
    job = make_job()
    assert client.post(f"/jobs/{job.pk}/cancel/")["Location"] == f"/jobs/{job.pk}/"
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert (
        "đã kết thúc trước khi dừng" in client.post(f"/jobs/{job.pk}/cancel/", follow=True).content.decode()
    )
    client.post(f"/jobs/{job.pk}/retry/")
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    assert client.get(f"/jobs/{job.pk}/cancel/").status_code == 405


def test_a_reviewer_watches_and_does_not_steer(client: Client) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    job = make_job()
    assert f"/jobs/{job.pk}/cancel/" not in client.get("/jobs/").content.decode()
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 403
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == 403
    assert client.post("/whole-run/").status_code == 403


def test_the_error_of_a_failed_job_is_named_without_the_words_that_quote_a_record(client: Client) -> None:
    client.force_login(factories.make_user(Role.ADMINISTRATOR))
    job = make_job(
        "failed", error="Traceback\n  File x\npsycopg.errors.NotNullViolation: Nguyễn Văn Lộ", started_by=None
    )
    for address in ("/jobs/", f"/jobs/{job.pk}/", "/jobs/?view=failed"):
        page = client.get(address).content.decode()
        assert "psycopg.errors.NotNullViolation" in page
        assert "Nguyễn Văn Lộ" not in page


def test_a_sentence_meant_for_people_is_shown_whole(client: Client) -> None:
    client.force_login(factories.make_user(Role.ADMINISTRATOR))
    make_job("failed", error="Tệp trống: không có dòng nào.")
    assert "dừng ở Đọc: Tệp trống: không có dòng nào." in client.get("/jobs/").content.decode()


def test_one_job_shows_what_its_phases_counted_and_its_log(client: Client) -> None:
    client.force_login(factories.make_user(Role.AUDITOR))
    job = make_job()
    job.say("đọc: 4")
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "thửa 1.500" in page
    assert "đọc: 4" in page


def test_a_job_of_an_unknown_kind_is_still_listed(client: Client) -> None:
    client.force_login(factories.make_user(Role.AUDITOR))
    job = Job.objects.create(kind="of_an_older_version", state="done", finished_at=timezone.now())
    assert "of_an_older_version" in client.get("/jobs/").content.decode()
    assert client.get(f"/jobs/{job.pk}/").status_code == 200


def test_only_my_jobs(client: Client) -> None:
    me = factories.make_user(Role.ADMINISTRATOR)
    client.force_login(me)
    mine, other = make_job(started_by=me), make_job()
    page = client.get("/jobs/?view=mine").content.decode()
    assert f"/jobs/{mine.pk}/" in page
    assert f"/jobs/{other.pk}/" not in page


def test_the_whole_run_queues_reconcile_and_then_classify_once(client: Client) -> None:
    user = factories.make_user(Role.ADMINISTRATOR)
    client.force_login(user)
    client.post("/whole-run/")
    job = Job.objects.get()
    assert (job.kind, job.arguments, job.started_by) == ("reconcile", {"then": ["classify"]}, user)
    again = client.post("/whole-run/", follow=True)
    assert "đang chạy; hãy chờ nó xong" in again.content.decode()
    assert Job.objects.count() == 1
