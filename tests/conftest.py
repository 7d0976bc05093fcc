"""A real Chromium, a database soon emptied, and a worker that is through with a word before anybody looks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from reconciliation.actions import settling
from tests.emptying import empty

# A slow machine is no fault of a rule.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        reason = f"no Chromium here ({', '.join(PROGRAMS)}): apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # Playwright keeps an event loop in this thread; Django's guard takes that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session", autouse=True)
def emptied_row_by_row() -> Iterator[None]:
    """Tests that commit leave an empty database, without a TRUNCATE of all tables after each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty())
        yield


@pytest.fixture(scope="session", autouse=True)
def empty_cache() -> None:
    """What a run before kept of its own records says nothing of this run's."""
    cache.clear()


@pytest.fixture(autouse=True)
def in_vietnamese() -> Iterator[None]:
    """A page that was asked for in English leaves no other test in English."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def settled_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows from a word of the desk is there with the answer, but in tests marked `settled_later`."""
    if request.node.get_closest_marker("settled_later") is None:
        monkeypatch.setattr(settling, "_call", settling.settle)
        monkeypatch.setattr(settling, "on_commit", lambda call, *, robust: call())
