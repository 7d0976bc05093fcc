"""A person corrects what the register says of a land user: at once, or with a second person's consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from citizens.models import Resident
from landdb.models import User
from landdb.normalise import id_numbers
from landdb.normalise.text import fold
from parcels.models import LandUser

from ..models import Change, ChangeSet, Consent, Decision, Match, Verification
from . import changes, consents
from .changes import FieldChange
from .records import read_again

#: What may be corrected by hand: the values as written, out of which the others are read.
FIELDS = ("name_raw", "birth_raw", "sex_raw", "id_number_raw", "former_number", "address_raw", "phone")
NUMBERS = ("id_number_raw", "former_number", "phone")

_LABEL = LandUser._meta.label_lower


class Stale(Exception):
    """Somebody changed some of the fields since the page was shown; `fields` says which."""

    def __init__(self, fields: Iterable[str]) -> None:
        self.fields = sorted(fields)
        super().__init__(", ".join(self.fields))


class NothingNew(Exception):
    """Every value is the one that stands."""


class AlreadyAsked(Exception):
    """A correction of one of these fields waits for a second person."""


@transaction.atomic
def correct(
    land_user: LandUser,
    values: Mapping[str, str],
    *,
    by: User,
    reason: str,
    shown: Mapping[str, str] | None = None,
    must_ask: bool = False,
) -> Decision:
    """Set these fields of FIELDS, as one change set that can be taken back.

    What says who the holder is (`says_who`) waits as a plan for a second person's consent, with `must_ask`
    everything does: for who may propose alone. `shown` are the
    values that the page showed, however many; Stale where one of them is another by now, or where the entry
    was merged since. NothingNew and AlreadyAsked change nothing either.
    """
    held = LandUser.objects.select_for_update().get(pk=land_user.pk)
    moved = [name for name, value in (shown or {}).items() if getattr(held, name) != value]
    if moved or held.merged_into_id is not None:
        raise Stale(moved or ["merged_into_id"])
    wanted = {name: value for name, value in values.items() if getattr(held, name) != value}
    if not wanted:
        raise NothingNew
    return write(held, wanted, by=by, reason=reason, must_ask=must_ask)


def write(
    land_user: LandUser, wanted: Mapping[str, Any], *, by: User, reason: str, must_ask: bool = False
) -> Decision:
    """The same for who holds the land user's row locked and knows that the values are other ones."""
    asked = Change.objects.filter(model=_LABEL, record_id=land_user.pk, field__in=list(wanted))
    if asked.filter(change_set__in=waiting_for([land_user.pk]).values("change_set")).exists():
        raise AlreadyAsked
    fields = [FieldChange(land_user, name, value) for name, value in wanted.items()]
    needs_second = must_ask or bool(says_who(land_user, wanted))
    return carry_out(fields, land_user, land_user.commune_id, needs_second, by=by, reason=reason)


def carry_out(
    fields: Iterable[FieldChange],
    land_user: LandUser | None,
    commune_id: int | None,
    needs_second: bool,
    *,
    by: User,
    reason: str,
) -> Decision:
    """Plan a correction and apply it, or put it before a second person."""
    change_set = changes.plan(
        ChangeSet.Kind.CORRECTION, fields, by=by, commune=commune_id, reason=reason[:300]
    )
    if needs_second:
        consents.ask(change_set, by=by)
    else:
        change_set = changes.apply(change_set, by=by)
    return Decision.objects.create(
        kind=Decision.Kind.CORRECT,
        change_set=change_set,
        land_user=land_user,
        commune_id=commune_id,
        by=by,
        reason=reason[:300],
    )


def says_who(land_user: LandUser, values: Mapping[str, Any]) -> list[str]:
    """Those of the new values that make the holder another person: a name beyond its spelling, and a number
    that another land user or another resident bears."""
    after = preview(land_user, values)
    found = []
    if "name_raw" in values and not is_spelling(land_user, after):
        found.append("name_raw")
    if "id_number_raw" in values and after.id_number and _is_anothers(land_user, after.id_number):
        found.append("id_number_raw")
    if "former_number" in values and after.former_number and _is_anothers(land_user, after.former_number):
        found.append("former_number")
    return found


def preview(land_user: LandUser, values: Mapping[str, Any]) -> LandUser:
    """The land user as it would read with these values; nothing is saved."""
    after = copy(land_user)
    after._state = copy(land_user._state)
    for name, value in values.items():
        setattr(after, name, value)
    for name, value in read_again(after, set(values)).items():
        setattr(after, name, value)
    if "former_number" in values:
        after.former_number = id_numbers.parse(values["former_number"]).number
    return after


def registry_values(land_user: LandUser) -> Resident | None:
    """Whom the register is compared with: the resident who was found to be the land user, else the likeliest
    candidate that nobody has turned down."""
    verification = (
        Verification.objects.filter(land_user=land_user).select_related("resident__commune").first()
    )
    if verification is not None and verification.resident is not None:
        return verification.resident
    match = land_user.matches.exclude(state=Match.State.REJECTED).select_related("resident__commune")
    best = match.best_first().first()
    return best.resident if best else None


def waiting_for(land_user_ids: Iterable[int]) -> QuerySet[Consent]:
    """Corrections of these land users that wait for the second person."""
    asked = Change.objects.filter(model=_LABEL, record_id__in=list(land_user_ids))
    return waiting().filter(change_set__in=asked.values("change_set"))


def waiting() -> QuerySet[Consent]:
    """All corrections that wait for the second person, the oldest first."""
    return Consent.objects.filter(
        given_at__isnull=True,
        change_set__state=ChangeSet.State.PLANNED,
        change_set__kind=ChangeSet.Kind.CORRECTION,
    ).order_by("pk")


def is_spelling(before: LandUser, after: LandUser) -> bool:
    """Only written otherwise: the same but for habits, for marks or for letters that were lost."""
    if before.name_key == after.name_key:
        return before.second_name == after.second_name
    if any(warning.startswith("name.") for warning in before.warnings):
        return True
    is_plain = before.name.lower() == fold(before.name)
    return is_plain and before.name_fold == after.name_fold and before.second_name == after.second_name


def _is_anothers(land_user: LandUser, number: str) -> bool:
    """Does somebody else bear this number, in the register or in the registry?"""
    bears = Q(id_number=number) | Q(former_number=number)
    if LandUser.objects.live().filter(bears).exclude(pk=land_user.pk).exists():
        return True
    own = Verification.objects.filter(land_user=land_user).values_list("resident_id", flat=True).first()
    return Resident.objects.filter(bears).exclude(pk=own or 0).exists()
