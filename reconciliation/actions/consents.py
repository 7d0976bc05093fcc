"""The second person's yes."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from landdb.models import User

from ..models import ChangeSet, Consent
from . import changes


class SamePerson(Exception):
    """Whoever asked cannot also consent."""


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
