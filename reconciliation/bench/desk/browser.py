"""One officer's browser, as far as the server can tell: cookies, forms, redirects."""

from __future__ import annotations

import http.client
import time
from contextlib import closing
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from .pages import Page

HOST = "127.0.0.1"
#: The header that tells the server's log what a request was for.
KIND = "X-Bench"
PATIENCE = 60.0  # seconds
_MOVED = (301, 302, 303, 307, 308)
_CSRF = "csrftoken"


@dataclass(slots=True)
class Took:
    """One request: what for, its status, and the seconds that it took as its sender saw it."""

    kind: str
    status: int
    seconds: float
    path: str


@dataclass
class Browser:
    """Asks one server; `log` holds every request."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    log: list[Took] = field(default_factory=list)
    #: Put before every kind while nothing is measured yet.
    prefix: str = ""

    def get(self, path: str, kind: str, then: str = "") -> Page:
        """Ask for a page; where it leads on, that is asked for under the kind `then`."""
        return self._ask("GET", path, kind, then or kind, None, path)

    def post(self, path: str, sent: list[tuple[str, str]], kind: str, then: str, *, at: str) -> Page:
        """Send a form that stood on the page `at`."""
        return self._ask("POST", path, kind, then, urlencode(sent), at)

    def _ask(self, method: str, path: str, kind: str, then: str, body: str | None, at: str) -> Page:
        for _hop in range(5):
            status, text, onward = self._once(method, path, kind, body, at)
            if status not in _MOVED:
                return Page.read(path, status, text)
            path, method, body, kind = _within(path, onward), "GET", None, then
        return Page(path, status)

    def _once(self, method: str, path: str, kind: str, body: str | None, at: str) -> tuple[int, str, str]:
        headers = {
            KIND: self.prefix + kind,
            "Host": f"{HOST}:{self.port}",
            "Referer": f"http://{HOST}:{self.port}{at}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept-Language": "vi",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.monotonic()
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        self.log.append(Took(self.prefix + kind, answer.status, time.monotonic() - started, path))
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer.status, text, answer.headers.get("Location", "")

    def signed(self, sent: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """A form that a program made up, with the mark against forged ones."""
        return [("csrfmiddlewaretoken", self.cookies.get(_CSRF, "")), *sent]


def _within(path: str, onward: str) -> str:
    """Where an address on a page leads, without the host."""
    whole = urlsplit(urljoin(path, onward))
    return f"{whole.path}?{whole.query}" if whole.query else whole.path
