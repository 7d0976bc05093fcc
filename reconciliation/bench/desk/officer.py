"""One officer at work: looks through the lists, presses next, looks, decides, takes back."""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from .browser import Browser
from .pages import Attributes, Form, Page

PEOPLE, PLOTS = "/queue/people/", "/queue/"
#: Seconds from one click to the next, whatever the answer took.
LEAST, MOST = 2.0, 8.0

_START = re.compile(r"/queue/people/start/$")
_DESK = re.compile(r"^/land-users/(\d+)/$")
_WORD = re.compile(r"^/land-users/\d+/[a-z-]+/$")
_UNDO = re.compile(r"^/decisions/(\d+)/undo/$")
#: Forms of the desk that decide nothing.
_NO_WORD = re.compile(r"/(reveal|hold|take-over|take-back|search)/$")
#: How long a page waits before it asks what a word did to plots, in seconds.
ASKS_AFTER = 1.5
#: How often a button is pressed for each time that another one is; by the value that it sends.
_LIKED = {
    "same": 40, "different": 8, "unsure": 8, "not_in_registry": 8, "police": 8, "commune": 8,
    "citizen": 4, "later": 6, "deceased": 2, "correct": 0,
}  # fmt: skip
#: The decision was made on what somebody else has or has changed: refused, as it should be.
REFUSED = (409, 423)


@dataclass(slots=True)
class Word:
    """A decision that was sent: on whom, when the page came, when it was sent and answered, with what."""

    officer: int
    land_user: int
    shown: float
    sent: float
    answered: float
    is_accepted: bool
    value: str
    undone: float | None = None


@dataclass
class Officer:
    """`number` tells officers apart and seeds what they do."""

    number: int
    port: int
    username: str
    password: str
    words: list[Word] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.browser = Browser(self.port)
        self.chance = random.Random(self.number)
        self._lists: dict[str, Page] = {}
        self._desk: Page | None = None
        self._shown = 0.0

    def sign_in(self) -> None:
        """The kind is told, not judged: one slow hash, once a day."""
        page = self.browser.get("/", "sign-in")
        sent = self.browser.signed([("username", self.username), ("password", self.password)])
        page = self.browser.post("/sign-in/", sent, "sign-in", "sign-in", at=page.path)
        if urlsplit(page.path).path.startswith("/sign-in"):
            raise RuntimeError(f"{self.username} does not get in")

    def work(self, until: float) -> None:
        """Click every LEAST to MOST seconds, until a moment of the monotonic clock."""
        clicked = time.monotonic()
        while (due := clicked + self.chance.uniform(LEAST, MOST)) < until:
            time.sleep(max(0.0, due - time.monotonic()))
            clicked = time.monotonic()
            self.act()

    def act(self) -> None:
        """One click, with the pages that it leads to."""
        drawn = self.chance.random()
        if drawn < 0.08:
            self._open(PEOPLE)
        elif drawn < 0.14:
            self._open(PLOTS)
        elif drawn < 0.24:
            self._filter(PEOPLE)
        elif drawn < 0.34:
            self._filter(PLOTS)
        elif drawn < 0.38 and self._take_back():
            return
        elif drawn < 0.46 or not self._decide():
            self._next()

    # ---- lists ----

    def _open(self, path: str) -> Page:
        page = self._lists[path] = self.browser.get(path, f"queue:{_name(path)}")
        return page

    def _filter(self, path: str) -> None:
        """Follow one facet of the list at hand; from time to time begin with none."""
        at = self._lists.get(path)
        wanted = [] if at is None or self.chance.random() < 0.25 else _facets(at)
        if at is None or not wanted:
            self._open(path)
            return
        onward = urljoin(at.path, self.chance.choice(wanted))
        self._lists[path] = self.browser.get(onward, f"facets:{_name(path)}")

    # ---- the desk ----

    def _next(self) -> None:
        """The next free one inside the filter at hand; by the page's own key where the desk is open."""
        if self._desk is not None and (onward := self._desk.keyed("j")):
            path = urljoin(self._desk.path, onward)
            self._show(self.browser.get(path, "desk" if _DESK.match(urlsplit(path).path) else "next", "desk"))
            return
        at = self._lists.get(PEOPLE) or self._open(PEOPLE)
        for form in at.forms:
            if _is(_START, form):
                button = form.buttons[0] if form.buttons else {}
                sent = form.filled(button, self.chance)
                if form.method == "post":
                    self._show(self.browser.post(form.action, sent, "next", "desk", at=at.path))
                    return
        starts = [link["href"] for link in at.links if _START.search(urlsplit(link["href"]).path)]
        if starts:
            self._show(self.browser.get(urljoin(at.path, starts[0]), "next", "desk"))
            return
        people = [link["href"] for link in at.links if _DESK.match(link["href"])]
        if people:
            self._show(self.browser.get(self.chance.choice(people), "desk"))
        else:
            del self._lists[PEOPLE]

    def _show(self, page: Page) -> None:
        self._desk = page if _DESK.match(urlsplit(page.path).path) and page.status == 200 else None
        self._shown = time.monotonic()
        for part in page.later if self._desk is not None else ():
            is_moved = part.get("hx-trigger", "").startswith("load")
            if is_moved:
                time.sleep(ASKS_AFTER)
            self.browser.get(urljoin(page.path, part["hx-get"]), "moved" if is_moved else "beside")

    def _decide(self) -> bool:
        """Press one of the keys that decide; False where the page at hand has none."""
        desk = self._desk
        offered = _words(desk) if desk else []
        if desk is None or not offered:
            return False
        likes = [_LIKED.get(_says(form, button), 1) for form, button in offered]
        if not any(likes):
            return False
        form, button = self.chance.choices(offered, likes)[0]
        land_user, shown = _whom(desk), self._shown
        action = urljoin(desk.path, button.get("formaction", form.action))
        sent = time.monotonic()
        before = len(self.browser.log)
        page = self.browser.post(action, form.filled(button, self.chance), "decision", "desk", at=desk.path)
        word = self.browser.log[before]
        is_accepted = word.status in (302, 303)
        answered = sent + word.seconds
        self.words.append(
            Word(self.number, land_user, shown, sent, answered, is_accepted, _says(form, button))
        )
        self._show(page)
        if self._desk is not None and _whom(self._desk) == land_user:
            # Decided or refused: go on from here by the key, not by deciding again.
            self._desk.forms = [each for each in self._desk.forms if _is(_UNDO, each)]
        return True

    def _take_back(self) -> bool:
        """Press Z where the page at hand offers it."""
        desk = self._desk
        form = next((each for each in desk.forms if _is(_UNDO, each)), None) if desk else None
        if desk is None or form is None:
            return False
        button = form.buttons[0] if form.buttons else {}
        page = self.browser.post(form.action, form.filled(button, self.chance), "undo", "desk", at=desk.path)
        for word in reversed(self.words):
            if word.is_accepted and word.undone is None:
                word.undone = time.monotonic()
                break
        self._show(page)
        return True


def _words(desk: Page) -> list[tuple[Form, Attributes]]:
    """The forms of a desk that decide, each with a button to press."""
    return [
        (form, button)
        for form in desk.forms
        if form.method == "post" and _is(_WORD, form) and not _is(_NO_WORD, form)
        for button in form.buttons
    ]


def _is(address: re.Pattern[str], form: Form) -> bool:
    """Whether a form is sent to an address of this kind."""
    return address.search(urlsplit(form.action).path) is not None


def _says(form: Form, button: Attributes) -> str:
    """What pressing the button says: its value, or to whom its form hands on."""
    receiver = (control.get("value", "") for control in form.controls if control.get("name") == "where")
    return button.get("value") or next(receiver, "")


def _whom(desk: Page) -> int:
    found = _DESK.match(urlsplit(desk.path).path)
    return int(found[1]) if found else 0


def _facets(page: Page) -> list[str]:
    """The links of a list that lead to the same list looked at otherwise."""
    return [link["href"] for link in page.links if link["href"].startswith("?") and link["href"] != "?"]


def _name(path: str) -> str:
    return "people" if path == PEOPLE else "plots"
