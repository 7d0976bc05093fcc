"""Signed-in people and a job queue that waits to be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from landdb.jobs import engine, tasks
from landdb.models import Job, Role, User
from tests import factories
from tests.actions.cast import Case, make_case


@pytest.fixture
def visit() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Do all open jobs here and now, as a worker would."""
    monkeypatch.setattr(tasks.work, "delay", lambda *_args: None)

    def run() -> None:
        while job := Job.objects.open().order_by("id").first():
            while engine.step(job.pk):
                pass

    return run


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.date], None]:
    """Let pages take a day for today."""
    localdate = timezone.localdate

    def be(day: dt.date) -> None:
        monkeypatch.setattr(timezone, "localdate", lambda *of: localdate(*of) if of else day)

    return be


@pytest.fixture
def officer() -> User:
    return factories.make_user(Role.REVIEWER)


@pytest.fixture
def other() -> User:
    return factories.make_user(Role.REVIEWER)


@pytest.fixture
def senior() -> User:
    return factories.make_user(Role.SENIOR_REVIEWER)


@pytest.fixture
def cases() -> list[Case]:
    """Three people; most plots wait on the first."""
    return [
        make_case(plots=n, name=name, number=f"02417512345{n}")
        for n, name in ((3, "Nguyễn Thị Duyên"), (2, "Trần Thị Hoà"), (1, "Lê Thị Mơ"))
    ]
