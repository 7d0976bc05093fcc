"""The evidence on a land user with its candidates, as the desk and the office's look at a row show it."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import gettext as _

from landdb.models import User
from landdb.prepared import Prepared
from parcels.models import LandUser

from ..models import Match, Verification
from . import evidence, odds, reopened

_CANDIDATES = Prepared(
    lambda land_user: (
        Match.objects.filter(land_user=land_user).select_related("resident__commune").best_first()
    )
)
TWINS_SHOWN = 12
_TWINS = Prepared(
    lambda residents, land_user, within: (
        Verification.objects.within(within)
        .filter(resident__in=residents)
        .exclude(land_user=land_user)
        .select_related("land_user__commune")
        .order_by("land_user")[:TWINS_SHOWN]
    )
)
#: Picked in place of a candidate: none of them.
NOBODY = "0"
#: What `found_for_others` says of most.
NOT_FOUND_FOR_OTHERS: dict[str, Any] = {"twins": (), "found_for": {}}


def candidates_of(person: LandUser) -> list[Match]:
    """The candidates of a land user, the likeliest first, with all that is shown of them."""
    found = _CANDIDATES.all(land_user=person.pk)
    for match in found:
        match.land_user = person
    # Few residents are absent, and few candidates decided: joined, both would be read for everybody.
    absent = [match.resident for match in found if match.resident.absent_since_id]
    prefetch_related_objects(absent, "absent_since__file")
    prefetch_related_objects([match for match in found if match.decided_by_id], "decided_by")
    return found


def chosen_of(request: HttpRequest, candidates: list[Match]) -> Match | None:
    """The candidate that is looked at: the one asked for, none where "0" was, else the likeliest."""
    raw = request.GET.get("candidate") or request.POST.get("match") or ""
    if raw == NOBODY:
        return None
    first = candidates[0] if candidates else None
    return next((match for match in candidates if str(match.pk) == raw), first)


def of(
    person: LandUser,
    chosen: Match | None,
    candidates: list[Match],
    verification: Verification | None,
    *,
    is_revealed: bool,
    before: LandUser | None = None,
    is_decided: bool = True,
) -> dict[str, Any]:
    """What speaks for and against the chosen candidate, and what the register says where there is none.

    `before`: the land user as the register has them, where `person` is how they are proposed to be.
    `is_decided`: False where it is known that nobody ever decided on them.
    """
    told: dict[str, Any] = {
        "verification": verification,
        "chosen": chosen,
        "candidates": [odds.Candidate(match) for match in candidates],
        "sentence": evidence.sentence(person, chosen),
        "reopened": reopened.of(person, candidates, chosen, is_decided=is_decided),
        "death": reopened.death(verification, candidates),
    }
    if chosen is None and candidates:
        told["sentence"] = _("Không ai trong các ứng viên?")
        told["odds"] = odds.Odds.of(candidates[0], candidates, verification)
    if chosen is None:
        return told | {"own": evidence.own(person, is_revealed=is_revealed, before=before)}
    return told | {
        "evidence": evidence.lines(chosen, person, is_revealed=is_revealed, before=before),
        "sum": odds.Sum.of(chosen),
        "odds": odds.Odds.of(chosen, candidates, verification),
        "rival": odds.Rival.of(chosen, candidates),
        "unsettled": evidence.unsettled(person, chosen, candidates),
        "mends": evidence.mends(person, chosen, is_revealed=is_revealed),
    }


def found_for_others(user: User, person: LandUser, candidates: list[Match]) -> dict[str, Any]:
    """Other entries of the territory that were found to be the same resident (`twins`), and those that were
    found to be one of the other candidates: whoever says "same" here says that both are one person."""
    residents = residents_of(person, candidates)
    if not residents:
        return NOT_FOUND_FOR_OTHERS
    own = _own_resident(person)
    found = _TWINS.all(residents=residents, land_user=person.pk, within=user.commune_ids())
    return {
        "twins": [each.land_user for each in found if each.resident_id == own],
        "found_for": {each.resident_id: each.land_user for each in found if each.resident_id != own},
    }


def residents_of(person: LandUser, candidates: list[Match]) -> set[int]:
    """Whom the registry has for a land user: who was found, and the candidates that nobody turned down."""
    found = {match.resident_id for match in candidates if match.state != Match.State.REJECTED}
    own = _own_resident(person)
    return found if own is None else found | {own}


def _own_resident(person: LandUser) -> int | None:
    verification = getattr(person, "verification", None)
    return verification.resident_id if verification else None
