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


@transaction.atomic
def answer(consent: Consent, *, by: User, is_yes: bool, reason: str = "") -> Consent:
    """Yes applies the change set, no throws it away."""
    held = Consent.objects.select_for_update().select_related("change_set").get(pk=consent.pk)
    if held.given_at is not None:
        raise changes.WrongState(held.change_set.get_state_display())
    if held.asked_by_id == by.pk:
        raise SamePerson
    held.given_by, held.given_at, held.is_yes, held.reason = by, timezone.now(), is_yes, reason
    held.save()
    if is_yes:
        changes.apply(held.change_set, by=by)
    else:
        changes.discard(held.change_set)
    return held
