"""A whole run asked for at the command line."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import InterfaceError
from django.db import OperationalError as DatabaseError
from kombu.exceptions import OperationalError

from landdb.jobs import wait
from landdb.models import Job

pytestmark = pytest.mark.django_db


def finish(job: Job) -> Job:
    job.state = Job.State.DONE
    job.save(update_fields=["state"])
    return job


@pytest.fixture
def _worker_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wait, "some_worker", nullcontext)
    monkeypatch.setattr(wait, "nudge", lambda: None)
    monkeypatch.setattr(wait, "wait", lambda job, **_: finish(job))


@pytest.mark.usefixtures("_worker_at_hand")
def test_a_run_left_open_is_finished_before_a_new_one() -> None:
    left = Job.objects.create(kind="reconcile", state=Job.State.RUNNING)
    other = Job.objects.create(kind="classify", state=Job.State.RUNNING)

    job = wait.run("reconcile")

    assert job.pk > left.pk
    assert Job.objects.get(pk=left.pk).state == Job.State.DONE
    assert Job.objects.get(pk=other.pk).is_open


def test_a_second_run_is_not_queued_beside_an_open_one() -> None:
    Job.objects.create(kind="reconcile")
    with pytest.raises(CommandError, match="A reconcile is running already"):
        wait.queue("reconcile")


def test_a_queue_that_does_not_answer_is_told_and_leaves_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise OperationalError("Connection refused.")

    monkeypatch.setattr("landdb.celery.app.control.ping", refuse)
    with pytest.raises(CommandError, match="The queue does not answer"):
        wait.run("reconcile")
    assert not Job.objects.exists()


def let_looks_find(monkeypatch: pytest.MonkeyPatch, *answers: Exception | str) -> None:
    """What the database answers to one look at the job after the other: an error, or the job's state."""
    coming = iter(answers)

    def look(job: Job) -> None:
        answer = next(coming)
        if isinstance(answer, Exception):
            raise answer
        job.state = answer

    monkeypatch.setattr(Job, "refresh_from_db", look)


@pytest.fixture
def _no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wait.time, "sleep", lambda _seconds: None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_no_sleep")
def test_who_waits_outlasts_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    job = Job.objects.create(kind="classify")
    away = [DatabaseError("the connection is closed"), InterfaceError("closed"), DatabaseError("refused")]
    let_looks_find(monkeypatch, Job.State.RUNNING, *away, Job.State.DONE)

    assert wait.wait(job).state == Job.State.DONE

    said = [line for line in capsys.readouterr().err.splitlines() if "database" in line]
    assert said == [
        "The database does not answer; the job goes on when it is back. Waiting …",
        "The database answers again.",
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_no_sleep")
def test_a_database_that_stays_away_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job.objects.create(kind="classify")
    monkeypatch.setattr(wait, "PATIENCE", 0.0)
    let_looks_find(monkeypatch, *[DatabaseError("connection\n refused")] * 5)
    with pytest.raises(CommandError, match=r"has not answered for 0 s: connection refused$"):
        wait.wait(job)


@pytest.mark.usefixtures("_no_sleep")
def test_a_job_that_a_crash_took_with_it_is_told_in_a_sentence() -> None:
    job = Job.objects.create(kind="classify")
    name = str(job)
    Job.objects.all().delete()
    with pytest.raises(CommandError, match=f"does not know {name} any more: ask for it again"):
        wait.wait(job)


@pytest.mark.usefixtures("_no_sleep")
def test_who_waits_outlasts_a_queue_that_is_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise OperationalError("Connection refused.")

    job = Job.objects.create(kind="classify")
    monkeypatch.setattr(wait, "NUDGE_EVERY", -1.0)
    monkeypatch.setattr(wait, "nudge", refuse)
    let_looks_find(monkeypatch, Job.State.RUNNING, Job.State.DONE)
    wait.wait(job)
    assert "The queue does not answer; the job goes on when it is back." in capsys.readouterr().err


class Child:
    """A worker's process that lives or not."""

    started = 0

    def __init__(self, *_: Any, **__: Any) -> None:
        Child.started += 1
        self.code: int | None = None

    def poll(self) -> int | None:
        return self.code


def test_a_worker_of_our_own_that_dies_is_started_again_until_it_cannot_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(wait.subprocess, "Popen", Child)
    monkeypatch.setattr(Child, "started", 0)
    own = wait.OwnWorker()
    own.look()
    assert Child.started == 1
    for _death in range(wait.QUICK_DEATHS - 1):
        own.child.code = -9
        own.look()
    assert Child.started == wait.QUICK_DEATHS
    assert "The worker had died and was started again." in capsys.readouterr().err
    own.child.code = 1
    with pytest.raises(CommandError, match="does not stay up"):
        own.look()
