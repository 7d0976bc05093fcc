"""A person's word on a match that opened again because its evidence changed, given back with the evidence."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..matching import evidence
from ..models import Change, Match
from .records import decode

#: What `matching` takes from a match that it opens again.
_TAKEN = ("state", "decided_by_id", "decided_at")


def reopened(land_users: Collection[int]) -> set[int]:
    """Of these land users those on whom a person's word no longer stands, since its evidence changed."""
    found = Match.objects.filter(land_user__in=land_users).reopened()
    return set(found.values_list("land_user_id", flat=True))


def stand_again(land_users: Collection[int]) -> set[int]:
    """Give words back where the evidence is once more what the person saw; the land users of these words.

    For an undo: what it takes back had opened them, and they return exactly. A word that somebody took back
    is none any more.
    """
    opened = Match.objects.filter(land_user__in=land_users).reopened()
    fitting = [
        match
        for match in opened
        if evidence.levels(evidence.of(match)) == evidence.levels(match.decided_evidence or {})
    ]
    words = _last_words([match.pk for match in fitting])
    given = [match for match in fitting if words.get(match.pk, {}).keys() >= set(_TAKEN)]
    for match in given:
        for name in _TAKEN:
            setattr(match, name, decode(Match, name, words[match.pk][name]))
    Match.objects.bulk_update(given, ["state", "decided_by", "decided_at"], batch_size=1000)
    return {match.land_user_id for match in given}


def _last_words(matches: Collection[int]) -> dict[int, dict[str, Any]]:
    """Match → what the last change set that stands wrote of a word on it."""
    label = Match._meta.label_lower
    written = Change.objects.filter(model=label, record_id__in=matches, state=Change.State.APPLIED)
    found: dict[int, tuple[int, dict[str, Any]]] = {}
    for change in written.filter(field__in=_TAKEN).order_by("change_set", "pk"):
        newest, told = found.get(change.record_id, (0, {}))
        if change.change_set_id != newest:
            told = {}
        told[change.field] = change.new
        found[change.record_id] = (change.change_set_id, told)
    return {pk: told for pk, (_set, told) in found.items()}
