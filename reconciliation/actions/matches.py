"""A person's word on a proposed match."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

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


# In plain SQL, which every word asks once and as it is: the land user in a statement of its own, so that the
# next one sees all that was written by whoever held it before. Nobody decides without that lock, so that the
# newest decision stays the newest. Candidates are locked in the order of their ids.
_HOLD_PERSON = "SELECT * FROM parcels_landuser WHERE id = %s FOR UPDATE"
_HOLD_CANDIDATES = """
    SELECT m.*, newest.id AS newest
    FROM reconciliation_match m
    CROSS JOIN (SELECT max(id) AS id FROM reconciliation_decision WHERE land_user_id = %(person)s) newest
    WHERE m.land_user_id = %(person)s AND (m.id = %(match)s OR m.state = ANY (%(states)s))
    ORDER BY m.id
    FOR UPDATE OF m
"""


class EvidenceChanged(Exception):
    """What the page showed was reconciled again, decided by somebody else or merged since."""


class Candidate(NamedTuple):
    """A match by its keys, for who has not read it."""

    land_user_id: int
    pk: int


class Held(NamedTuple):
    """A land user and candidates of it, locked; and the newest decision on it, 0 where there is none."""

    person: LandUser
    candidates: list[Match]
    newest: int

    def is_newer(self, last: int | None) -> bool:
        """Whether somebody decided after the page that knew of `last` (None: not asked)."""
        return last is not None and last != self.newest


@transaction.atomic
def decide(
    candidate: Match | Candidate,
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
    # One land user is one resident: an earlier accept gives way, and the ledger of changes says so.
    is_accept = _STATES[kind] == Match.State.ACCEPTED
    others = [Match.State.ACCEPTED.value] if is_accept else []
    held = hold(candidate.land_user_id, candidate.pk, states=others)
    match = next((each for each in held.candidates if each.pk == candidate.pk), None)
    if match is None or stamp(match) != seen or held.is_newer(last):
        raise EvidenceChanged
    wanted = list(_word(match, _STATES[kind], by, reason))
    if is_accept:
        for other in held.candidates:
            if other is not match:
                wanted += _word(other, Match.State.REJECTED, by, reason)
        if mend:
            wanted += corrections.from_registry(held.person, match.resident)
    return _carry_out(kind, wanted, held.person, by, reason, settled_later=settled_later)


@transaction.atomic
def decide_not_in_registry(
    land_user_id: int,
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
    held = hold(land_user_id)
    if stamp_all(held.candidates) != seen or held.is_newer(last):
        raise EvidenceChanged
    wanted = [
        change for match in held.candidates for change in _word(match, Match.State.REJECTED, by, reason)
    ]
    kind = Decision.Kind.NOT_IN_REGISTRY
    return _carry_out(kind, wanted, held.person, by, reason, settled_later=settled_later)


def hold(
    land_user_id: int, match_id: int | None = None, *, states: Collection[str] = tuple(Match.State.values)
) -> Held:
    """Lock a land user, then one match of it and those in some states. EvidenceChanged where it is gone or
    stands for itself no more."""
    person = next(iter(LandUser.objects.raw(_HOLD_PERSON, [land_user_id])), None)
    if person is None or person.merged_into_id is not None:
        raise EvidenceChanged
    asked = {"person": land_user_id, "match": match_id, "states": list(states)}
    candidates = list(Match.objects.raw(_HOLD_CANDIDATES, asked))
    newest = vars(candidates[0])["newest"] if candidates else last_of(land_user_id)
    return Held(person, candidates, newest or 0)


def last_of(land_user_id: int) -> int:
    """The newest decision on a land user, 0 where there is none: a hand-over changes no evidence."""
    return Decision.objects.filter(land_user=land_user_id).values_list("pk", flat=True).first() or 0


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
    decision = Decision(kind=kind, land_user=land_user, commune_id=land_user.commune_id, by=by, reason=reason)
    changes.make(
        ChangeSet.Kind.MATCH,
        wanted,
        by=by,
        commune=land_user.commune_id,
        reason=reason,
        decision=decision,
        settled_later=land_user.pk if settled_later else None,
    )
    return decision
