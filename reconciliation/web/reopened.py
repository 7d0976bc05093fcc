"""Why a person's word on a match no longer stands, and what else the registry says of the match since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from citizens.models import ResidentChange
from landdb.prepared import Prepared
from parcels.models import LandUser

from ..matching import evidence, ladders
from ..models import Change, ChangeSet, Decision, Match, Verification
from . import registry_changes
from .registry_changes import Told

Kind = ResidentChange.Kind
_WORDS = (
    Decision.Kind.SAME,
    Decision.Kind.DIFFERENT,
    Decision.Kind.UNSURE,
    Decision.Kind.NOT_IN_REGISTRY,
    Decision.Kind.DECEASED,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that compares otherwise than when somebody decided."""

    title: Any
    then: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Dated:
    """A change of the registry, with the day of the extract that brought it."""

    told: Told
    on: str


@dataclass(frozen=True, slots=True)
class Reopened:
    """A word that no longer stands: whose it was, what changed. Without a match: no candidate any more."""

    decision: Decision
    match: Match | None
    differences: list[Difference]
    changes: list[Dated]


@dataclass(frozen=True, slots=True)
class Death:
    """The land user died, as an extract said on its day; whether a person said who they are."""

    on: str
    told_on: str
    is_decided: bool


def of(
    person: LandUser, candidates: Sequence[Match], chosen: Match | None, *, is_decided: bool = True
) -> Reopened | None:
    """The word on the chosen candidate that opened again, else on another one; None where none did.

    Once somebody has said who the land user is, what was said before is history. `is_decided`: False where it
    is known that nobody ever decided on them.
    """
    if not is_decided or any(match.state == Match.State.ACCEPTED for match in candidates):
        return None
    open_again = sorted(
        (match for match in candidates if match.is_reopened), key=lambda match: match != chosen
    )
    for match in open_again:
        decision = _decision_on(match)
        if decision is not None:
            since = _changes(match.resident_id, decision)
            return Reopened(decision, match, list(_differences(match)), since)
    return _without_candidate(person, candidates)


def death(verification: Verification | None, candidates: Sequence[Match]) -> Death | None:
    """When the land user died and which extract said so."""
    if verification is None or verification.outcome != Verification.Outcome.DECEASED:
        return None
    resident = verification.resident
    if resident is None:
        return None
    told = (
        ResidentChange.objects.filter(resident=resident, kind=Kind.DIED)
        .select_related("extract__file")
        .order_by("-extract")
        .first()
    )
    extract = told.extract if told else resident.extract
    accepted = (match.resident_id for match in candidates if match.state == Match.State.ACCEPTED)
    on = f"{resident.died_on:%d/%m/%Y}" if resident.died_on else ""
    return Death(on, extract.dated_text, resident.pk in accepted)


def _differences(match: Match) -> Iterator[Difference]:
    then: dict[str, Any] = match.decided_evidence or {}
    now: dict[str, Any] = evidence.of(match)
    for ladder in ladders.LADDERS:
        before, after = (_level(side.get(ladder.field)) for side in (then, now))
        if before != after:
            yield Difference(ladder.title, ladder.step(before).word, ladder.step(after).word)


def _level(found: Any) -> str:
    return str(found.get("level", "missing")) if isinstance(found, dict) else "missing"


def _decision_on(match: Match) -> Decision | None:
    """The last decision that said something of this match and was not taken back."""
    said = Change.objects.filter(model=Match._meta.label_lower, record_id=match.pk, field="state")
    return _applied().filter(change_set__in=said.values("change_set")).first()


def _applied() -> QuerySet[Decision]:
    found = Decision.objects.filter(kind__in=_WORDS, change_set__state=ChangeSet.State.APPLIED)
    return found.select_related("by", "change_set")


def _changes(resident_id: int, decision: Decision) -> list[Dated]:
    """What extracts that came after a decision say of the resident otherwise."""
    since = (
        ResidentChange.objects.filter(
            resident=resident_id, extract__file__received_at__gt=decision.at, kind__in=registry_changes.FIELDS
        )
        .select_related("extract__file", "resident")
        .order_by("extract", "pk")
    )
    return [Dated(registry_changes.tell(change), change.extract.dated_text) for change in since]


def _without_candidate(person: LandUser, candidates: Sequence[Match]) -> Reopened | None:
    """The last word said "same", "deceased" or "unsure" of somebody who is no candidate any more."""
    decision = _LAST_APPLIED.first(land_user=person.pk)
    if decision is None or decision.kind in (Decision.Kind.DIFFERENT, Decision.Kind.NOT_IN_REGISTRY):
        return None
    state = (Match.State.UNSURE if decision.kind == Decision.Kind.UNSURE else Match.State.ACCEPTED).value
    said = decision.change_set.changes.filter(
        model=Match._meta.label_lower, field="state", new=state, state=Change.State.APPLIED
    ).first()
    if said is None or any(match.pk == said.record_id for match in candidates):
        return None
    history = Match.pgh_event_model.objects.filter(pgh_obj_id=said.record_id)  # type: ignore[attr-defined]
    last = history.order_by("-pgh_id").first()
    return Reopened(decision, None, [], _changes(last.resident_id, decision) if last else [])


_LAST_APPLIED = Prepared(lambda land_user: _applied().filter(land_user=land_user)[:1])
