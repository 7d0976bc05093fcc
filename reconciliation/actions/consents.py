"""The second person's yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from landdb.models import User

from ..models import ChangeSet, Consent
from . import changes

#: More than these are neither decided nor taken back by one person alone.
ALONE = 50


class SamePerson(Exception):
    """Whoever asked cannot also consent."""


class NotAsker(Exception):
    """Only who asked withdraws."""


@dataclass(frozen=True, slots=True)
class TakingBack:
    """What was done is taken back by a job: at once where it is little, else once a second person agrees.

    `stands`, `asked` and `going` are the record's states before, while it waits for the second person, and
    while the job is at it; `asker` is its field for who asked. For who holds the record locked.
    """

    stands: str
    asked: str
    going: str
    asker: str

    def ask(self, held: Any, many: int, *, by: User) -> None:
        """Take all of it back; `many` is how much that is."""
        held.state = self.asked if many > ALONE else self.going
        setattr(held, self.asker, by)
        held.save(update_fields=["state", self.asker])

    def answer(self, held: Any, *, by: User, is_yes: bool) -> None:
        """The second person's word. SamePerson where it is the first."""
        if getattr(held, f"{self.asker}_id") == by.pk:
            raise SamePerson
        held.state = self.going if is_yes else self.stands
        held.save(update_fields=["state"])

    def withdraw(self, held: Any, *, by: User) -> None:
        """Who asked thinks better of it. NotAsker where it is somebody else's."""
        if getattr(held, f"{self.asker}_id") != by.pk:
            raise NotAsker
        held.state = self.stands
        held.save(update_fields=["state"])


def ask(change_set: ChangeSet, *, by: User) -> Consent:
    """Put a planned change set before a second person."""
    return Consent.objects.create(change_set=change_set, asked_by=by)


def note(change_set_id: int | None, *, by: User, is_yes: bool, reason: str = "") -> Consent:
    """Write the second person's word down; what follows is the caller's to do. SamePerson where it is the
    first, WrongState where somebody has answered."""
    held = Consent.objects.select_for_update().select_related("change_set").get(change_set=change_set_id)
    if held.given_at is not None:
        raise changes.WrongState(held.change_set.get_state_display())
    if held.asked_by_id == by.pk:
        raise SamePerson
    held.given_by, held.given_at, held.is_yes, held.reason = by, timezone.now(), is_yes, reason
    held.save()
    return held


@transaction.atomic
def answer(consent: Consent, *, by: User, is_yes: bool, reason: str = "") -> Consent:
    """Yes applies the change set, no throws it away."""
    held = note(consent.change_set_id, by=by, is_yes=is_yes, reason=reason)
    if is_yes:
        changes.apply(held.change_set, by=by)
    else:
        changes.discard(held.change_set)
    return held


@transaction.atomic
def withdraw(consent: Consent, *, by: User) -> Consent:
    """Who asked thinks better of it: the change set is thrown away, and nobody has answered.

    NotAsker where it is somebody else's, WrongState where it has been answered.
    """
    held = Consent.objects.select_for_update().select_related("change_set").get(pk=consent.pk)
    if held.asked_by_id != by.pk:
        raise NotAsker
    if held.given_at is not None:
        raise changes.WrongState(held.change_set.get_state_display())
    held.given_at, held.is_yes = timezone.now(), False
    held.save()
    changes.discard(held.change_set)
    return held
