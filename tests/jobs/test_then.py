"""Kinds asked for together run one after the other."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from landdb.jobs import JobKind, engine, kinds, start
from landdb.models import Job
from tests import factories

pytestmark = pytest.mark.django_db


class Sweep(JobKind):
    name = "sweep"
    title = "Quét"
    phases = (("sweep", "Quét"),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return ["a", "b"]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        if job.arguments.get("breaks"):
            raise ValueError("broken broom")
        return {"rooms": 1}


class Polish(Sweep):
    name = "polish"


@pytest.fixture(autouse=True)
def known_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (Sweep, Polish):
        monkeypatch.setitem(kinds._kinds, kind.name, kind())


def run(job: Job) -> None:
    for _step in range(20):
        engine.step(job.pk)


def test_the_next_kind_is_queued_by_the_same_person_when_the_first_is_done() -> None:
    user = factories.make_user()
    job = start("sweep", by=user, then=["polish", "sweep"], rooms=3)
    run(job)
    following = Job.objects.get(kind="polish")
    assert following.started_by == user
    assert following.state == Job.State.QUEUED
    assert following.arguments == {"then": ["sweep"]}


def test_nothing_follows_a_job_that_failed() -> None:
    job = start("sweep", then=["polish"], breaks=True)
    run(job)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert not Job.objects.filter(kind="polish").exists()


def test_a_follower_that_is_open_already_is_not_queued_twice() -> None:
    job = start("sweep", then=["classify"])
    Job.objects.create(kind="classify")
    run(job)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert Job.objects.filter(kind="classify").count() == 1
    assert job.lines.filter(text__contains="already queued").exists()


def test_a_job_alone_keeps_its_arguments_as_they_were() -> None:
    job = start("sweep", rooms=3)
    run(job)
    assert job.arguments == {"rooms": 3}
    assert Job.objects.count() == 1
