"""Pages of the running site, signed in as somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from landdb.jobs import tasks
from landdb.models import User

SignIn = Callable[..., Page]

# A machine that has other work too is slow, not wrong.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def quiet_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker: what is asked for stays queued."""
    monkeypatch.setattr(tasks.work, "delay", lambda *_args: None)


@pytest.fixture
def open_page(browser: Browser, live_server, quiet_queue: None) -> Iterator[SignIn]:
    """A page of a fresh window, signed in as somebody where given; errors in its console fail the test."""
    contexts, errors = [], []

    def note(message: ConsoleMessage) -> None:
        # A page with a refused form is answered 409 or 422, which Chromium also tells as an error.
        if message.type == "error" and "status of 4" not in message.text:
            errors.append(message.text)

    def open_one(user: User | None = None, *, language: str = "vi", **options: object) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale=language,
            viewport={"width": 1366, "height": 768},
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}
        context.add_cookies([cookie])
        if user is not None:
            client = Client()
            client.force_login(user)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
            )
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert errors == []
