"""Noting a difficulty, answering it, giving it to somebody, publishing the answer; and how it stood once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, User
from landdb.normalise import text

from ..models import Difficulty, DifficultyEntry

Kind, State = DifficultyEntry.Kind, Difficulty.State
#: What an entry makes of the state.
_STATE_AFTER = {Kind.ANSWER: State.ANSWERED, Kind.CLOSE: State.CLOSED, Kind.REOPEN: State.OPEN}


class NotNow(Exception):
    """The difficulty is in a state in which this cannot be done; the sentence is for who tried."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a difficulty stood at a moment."""

    difficulty: Difficulty
    state: str
    assigned_to: User | None = None
    unit: str = ""
    due_on: dt.date | None = None

    @property
    def state_label(self) -> Any:
        return State(self.state).label


@transaction.atomic
def ask(
    user: User,
    words: str,
    *,
    commune: AdminUnit | None,
    rule: str = "",
    about: str = "",
    about_id: int | None = None,
) -> Difficulty:
    """Note a difficulty; it has its number at once."""
    return Difficulty.objects.create(
        commune=commune, words=words, rule=rule, about=about, about_id=about_id, asked_by=user
    )


@transaction.atomic
def say(difficulty: Difficulty, user: User, words: str) -> None:
    """Add words to the thread."""
    held = _held(difficulty, open_only=True)
    held.entries.create(kind=Kind.WORD, by=user, words=words)


@transaction.atomic
def answer(difficulty: Difficulty, user: User, words: str) -> None:
    """Answer; a later answer stands in the place of the one before, which stays in the thread."""
    held = _held(difficulty, open_only=True)
    held.entries.create(kind=Kind.ANSWER, by=user, words=words)
    held.state, held.answer = State.ANSWERED, words
    held.save(update_fields=["state", "answer"])


@transaction.atomic
def assign(
    difficulty: Difficulty, user: User, *, to: User | None, unit: str = "", due_on: dt.date | None = None
) -> None:
    """Give it to a person or a unit, with the day until when."""
    held = _held(difficulty, open_only=True)
    held.entries.create(kind=Kind.ASSIGN, by=user, assigned_to=to, unit=unit, due_on=due_on)
    held.assigned_to, held.unit, held.due_on = to, unit, due_on
    held.save(update_fields=["assigned_to", "unit", "due_on"])


@transaction.atomic
def close(difficulty: Difficulty, user: User, words: str = "") -> None:
    """It is over with."""
    held = _held(difficulty, open_only=True)
    entry = held.entries.create(kind=Kind.CLOSE, by=user, words=words)
    held.state, held.closed_at = State.CLOSED, entry.at
    held.save(update_fields=["state", "closed_at"])


@transaction.atomic
def reopen(difficulty: Difficulty, user: User, words: str) -> None:
    """The answer did not help: it waits for another one."""
    held = _held(difficulty)
    if held.state == State.OPEN:
        raise NotNow(_("Câu hỏi này đang chờ trả lời rồi."))
    held.entries.create(kind=Kind.REOPEN, by=user, words=words)
    held.state, held.closed_at = State.OPEN, None
    held.save(update_fields=["state", "closed_at"])


@transaction.atomic
def publish(difficulty: Difficulty, user: User, question: str, answered: str) -> None:
    """Put question and answer, written for everybody, among the answers that everybody can search."""
    held = _held(difficulty)
    if not held.answer:
        raise NotNow(_("Chưa có câu trả lời để đăng."))
    entry = held.entries.create(kind=Kind.PUBLISH, by=user)
    held.published_question, held.published_answer = question, answered
    held.published_fold, held.published_at = " " + text.fold(f"{question} {answered}"), entry.at
    held.save(update_fields=["published_question", "published_answer", "published_fold", "published_at"])


@transaction.atomic
def withdraw(difficulty: Difficulty, user: User) -> None:
    """Take a published answer back; what it said stays to be mended."""
    held = _held(difficulty)
    if held.is_published:
        held.entries.create(kind=Kind.WITHDRAW, by=user)
        held.published_at = None
        held.save(update_fields=["published_at"])


def at(difficulties: QuerySet[Difficulty], moment: dt.datetime) -> list[Standing]:
    """How each difficulty stood just before a moment."""
    entries = DifficultyEntry.objects.filter(at__lt=moment).select_related("assigned_to")
    told = difficulties.select_related("commune").prefetch_related(Prefetch("entries", entries))
    return [_stood(each, each.entries.all()) for each in told]


def waiting_at(difficulties: QuerySet[Difficulty], moment: dt.datetime) -> list[Standing]:
    """Those that were noted before a moment and not closed at it."""
    noted = difficulties.filter(asked_at__lt=moment).exclude(closed_at__lt=moment)
    return [standing for standing in at(noted, moment) if standing.state != State.CLOSED]


def _stood(difficulty: Difficulty, entries: Iterable[DifficultyEntry]) -> Standing:
    state, given = State.OPEN.value, None
    for entry in entries:
        state = _STATE_AFTER.get(Kind(entry.kind), State(state)).value
        given = entry if entry.kind == Kind.ASSIGN else given
    if given is None:
        return Standing(difficulty, state)
    return Standing(difficulty, state, given.assigned_to, given.unit, given.due_on)


def _held(difficulty: Difficulty, *, open_only: bool = False) -> Difficulty:
    """The difficulty as it stands now, kept from others until the transaction ends."""
    held = Difficulty.objects.select_for_update().get(pk=difficulty.pk)
    if open_only and not held.is_open:
        raise NotNow(_("Câu hỏi này đã đóng; hãy mở lại trước."))
    return held
