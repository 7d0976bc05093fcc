"""The reason that a side sheet of the desk proposes: what the evidence says, and nothing it does not say."""

from __future__ import annotations

from collections.abc import Sequence

from parcels.models import LandUser

from ..matching import evidence
from ..matching.steps import CLASH, NEAR
from ..models import AskedField, Match, Verification, Why, WorkItem
from .evidence import CERTAIN, NUMBERS

With = WorkItem.With
Outcome = Verification.Outcome

#: Fields that are compared → what a commune is asked to look at.
_ASKED = {
    "name": AskedField.NAME,
    "birth": AskedField.BIRTH,
    "sex": AskedField.SEX,
    "number": AskedField.ID_NUMBER,
    "former_number": AskedField.ID_NUMBER,
    "commune": AskedField.ADDRESS,
    "village": AskedField.ADDRESS,
}


def proposed(
    where: WorkItem.With, candidates: Sequence[Match], verification: Verification | None
) -> Why | None:
    """Why the evidence would hand a land user on to somebody; None where nothing speaks for a reason.

    What keeps a paper with a citizen is not known from the registry.
    """
    if where == With.POLICE:
        return _to_police(candidates)
    if where == With.COMMUNE:
        return _to_commune(candidates, verification)
    return None


def fields_of(why: Why | None, person: LandUser, candidates: Sequence[Match]) -> list[AskedField]:
    """The fields that a proposed reason is about: those that differ, or that the register does not have."""
    if why == Why.COMMUNE_DIFFERS:
        found = {_ASKED.get(name) for name in _fields(_in_question(candidates)[0], CLASH, NEAR)}
        return [field for field in AskedField if field in found]
    if why == Why.COMMUNE_CELLS:
        there = {
            AskedField.NAME: person.name,
            AskedField.BIRTH: person.birth_text,
            AskedField.ID_NUMBER: person.id_number or person.former_number,
        }
        return [field for field, value in there.items() if not value]
    return []


def _to_police(candidates: Sequence[Match]) -> Why | None:
    if not _left(candidates):
        return Why.POLICE_ABSENT
    asked = _in_question(candidates)
    if len(asked) > 1:
        return Why.POLICE_UNCLEAR
    return Why.POLICE_NUMBER if _fields(asked[0], CLASH).intersection(NUMBERS) else None


def _to_commune(candidates: Sequence[Match], verification: Verification | None) -> Why | None:
    if verification is not None and verification.outcome == Outcome.UNVERIFIABLE:
        return Why.COMMUNE_CELLS
    asked = _in_question(candidates)
    is_other = len(asked) == 1 and _fields(asked[0], CLASH, NEAR)
    return Why.COMMUNE_DIFFERS if is_other else None


def _left(candidates: Sequence[Match]) -> list[Match]:
    """Those whom nobody turned down."""
    return [match for match in candidates if match.state != Match.State.REJECTED]


def _in_question(candidates: Sequence[Match]) -> list[Match]:
    """Those of whom the land user may be one: one alone where it was accepted or is all but certain."""
    left = _left(candidates)
    sure = [match for match in left if match.state == Match.State.ACCEPTED or match.probability >= CERTAIN]
    return sure[:1] or left


def _fields(match: Match, *signs: str) -> set[str]:
    """The fields in which a candidate stands so to the land user."""
    return {each.field for each in evidence.signs(match) if each.sign in signs}
