"""A resident whom a person found by hand becomes a candidate for a land user."""

from __future__ import annotations

from django.db import transaction

from citizens.models import Resident
from landdb.models import User
from parcels.models import LandUser

from ..models import ChangeSet, Decision, Match
from . import changes
from .changes import FieldChange


class AlreadyThere(Exception):
    """The resident is a candidate of the land user already; `match` is that one."""

    def __init__(self, match: Match) -> None:
        super().__init__(match)
        self.match = match


class NotComparable(Exception):
    """The entry was merged into another, is not a person's, or has no name to compare."""


@transaction.atomic
def pick(land_user: LandUser, resident: Resident, *, by: User, reason: str) -> Match:
    """Make the resident a candidate, weighed by the engine like all others; later runs keep it.

    Taken back, it stays only where the engine finds it by itself, or where somebody has decided on it.
    """
    held = LandUser.objects.select_for_update().get(pk=land_user.pk)
    if held.merged_into_id is not None or held.kind != LandUser.Kind.INDIVIDUAL or not held.name_fold:
        raise NotComparable
    match, is_new = Match.objects.select_for_update().get_or_create(
        land_user=held,
        resident=resident,
        defaults={
            "commune_id": held.commune_id,
            "stage": Match.Stage.SCORED,
            "score": 0.0,
            "probability": 0.0,
            "outcome": Match.Outcome.NONE,
        },
    )
    if not is_new:
        raise AlreadyThere(match)
    change_set = changes.plan(
        ChangeSet.Kind.MATCH,
        [FieldChange(match, "picked_by_id", by.pk)],
        by=by,
        commune=held.commune_id,
        reason=reason,
    )
    Decision.objects.create(
        kind=Decision.Kind.PICK,
        change_set=change_set,
        land_user=held,
        commune_id=held.commune_id,
        by=by,
        reason=reason,
    )
    changes.apply(change_set, by=by)
    match.refresh_from_db()
    return match
