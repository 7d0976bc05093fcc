"""A whole run asked for at the command line."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from django.core.management.base import CommandError
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
    monkeypatch.setattr(wait, "wait", finish)


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
