"""A person's word on a proposed match."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.utils import timezone

from landdb.models import User
from parcels.models import LandUser

from ..matching import evidence
from ..models import ChangeSet, Decision, Match
from . import changes, corrections
from .changes import FieldChange

_STATES = {
    Decision.Kind.SAME: Match.State.ACCEPTED,
    Decision.Kind.DIFFERENT: Match.State.REJECTED,
    Decision.Kind.UNSURE: Match.State.UNSURE,
    # whom the registry records as deceased: the same person, and the outcome becomes deceased by itself
    Decision.Kind.DECEASED: Match.State.ACCEPTED,
}


class EvidenceChanged(Exception):
    """What the page showed was reconciled again, decided by somebody else or merged since."""


@transaction.atomic
def decide(
    match: Match,
    kind: Decision.Kind,
    *,
    by: User,
    reason: str,
    seen: str,
    last: int | None = None,
    mend: bool = False,
    settled_later: bool = False,
) -> Decision:
    """Same, different, unsure, or the same and deceased.

    `seen` is the `stamp` of what the page showed; another one is refused. `last` is the newest decision that
    the page knew of, as `last_of` gave it; where there is a newer one, this one is refused (None: not asked).

    With `mend`, "same" and "deceased" also correct the entry by the registry, in the same change set. With
    `settled_later` a worker matches the land user again and judges the plots; else both are done on return.
    """
    # Whoever decides on a land user holds it: two words on two candidates come one after the other.
    person = LandUser.objects.select_for_update().get(pk=match.land_user_id)
    held = Match.objects.select_for_update().filter(pk=match.pk).first()
    is_merged = person.merged_into_id is not None
    if is_merged or held is None or stamp(held) != seen or is_newer(person.pk, last):
        raise EvidenceChanged
    wanted = list(_word(held, _STATES[kind], by, reason))
    if _STATES[kind] == Match.State.ACCEPTED:
        # One land user is one resident: an earlier accept gives way, and the ledger of changes says so.
        for other in Match.objects.filter(land_user=person, state=Match.State.ACCEPTED).exclude(pk=held.pk):
            wanted += _word(other, Match.State.REJECTED, by, reason)
        if mend:
            wanted += corrections.from_registry(person, held.resident)
    return _carry_out(kind, wanted, person, by, reason, settled_later=settled_later)


@transaction.atomic
def decide_not_in_registry(
    land_user: LandUser,
    *,
    by: User,
    reason: str,
    seen: str,
    last: int | None = None,
    settled_later: bool = False,
) -> Decision:
    """None of the candidates is the land user. `seen` is the `stamp_all` of what the page showed.

    `last` and `settled_later` as in `decide`.
    """
    is_merged = LandUser.objects.select_for_update().get(pk=land_user.pk).merged_into_id is not None
    candidates = list(Match.objects.select_for_update().filter(land_user=land_user))
    if is_merged or stamp_all(candidates) != seen or is_newer(land_user.pk, last):
        raise EvidenceChanged
    wanted = [change for match in candidates for change in _word(match, Match.State.REJECTED, by, reason)]
    kind = Decision.Kind.NOT_IN_REGISTRY
    return _carry_out(kind, wanted, land_user, by, reason, settled_later=settled_later)


def last_of(land_user_id: int) -> int:
    """The newest decision on a land user, 0 where there is none: a hand-over changes no evidence."""
    return Decision.objects.filter(land_user=land_user_id).values_list("pk", flat=True).first() or 0


def is_newer(land_user_id: int, last: int | None) -> bool:
    """Whether somebody decided after the page that knew of `last`; asked with the land user's row locked."""
    return last is not None and last_of(land_user_id) != last


def stamp(match: Match) -> str:
    """A short mark of what a page shows of a match: its state, its evidence and how strong that is."""
    shown = f"{match.pk} {match.state} {match.score:.4f} {match.levels}"
    return hashlib.blake2b(shown.encode(), digest_size=12).hexdigest()


def stamp_all(matches: Iterable[Match]) -> str:
    """The same mark for all candidates of a land user."""
    shown = " ".join(stamp(match) for match in sorted(matches, key=lambda match: match.pk))
    return hashlib.blake2b(shown.encode(), digest_size=12).hexdigest()


def changes_of(match: Match, kind: Decision.Kind, *, by: User, reason: str) -> list[FieldChange]:
    """What a word on a match writes into it."""
    return list(_word(match, _STATES[kind], by, reason))


def _word(match: Match, state: Match.State, by: User, reason: str) -> Iterator[FieldChange]:
    yield FieldChange(match, "state", state.value)
    yield FieldChange(match, "decided_by_id", by.pk)
    yield FieldChange(match, "decided_at", timezone.now())
    yield FieldChange(match, "reason", reason)
    yield FieldChange(match, "decided_evidence", evidence.of(match))


def _carry_out(
    kind: Decision.Kind,
    wanted: list[FieldChange],
    land_user: LandUser,
    by: User,
    reason: str,
    *,
    settled_later: bool,
) -> Decision:
    change_set = changes.make(
        ChangeSet.Kind.MATCH,
        wanted,
        by=by,
        commune=land_user.commune_id,
        reason=reason,
        settled_later=land_user.pk if settled_later else None,
    )
    return Decision.objects.create(
        kind=kind,
        change_set=change_set,
        land_user=land_user,
        commune_id=land_user.commune_id,
        by=by,
        reason=reason,
    )
