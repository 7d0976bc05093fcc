"""What follows from several words of the desk that have nothing to do with each other, worked out at once.

To match one land user again costs nearly as much as to match eight, and so does it to judge their plots.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .. import classification, duplicates, matching
from ..models import ChangeSet, GroupMove
from . import bearing, effects


class Word(NamedTuple):
    """Somebody's word on matches of one land user, and on nothing else; its cause is MATCH."""

    change_set: ChangeSet
    land_user: int


class Entangled(Exception):
    """Two words came to bear on one plot: which of them moved it shows only one after the other."""


def follow(words: Sequence[Word], *, at_once: int) -> list[Word]:
    """What `effects.follow` does for each of these words, at once; for whom it was done. `at_once` for each.

    Within a transaction, with the rows of the land users locked, each of whom comes once. A word that bears
    on a plot of one before it is left for later; the first is always among those done.

    Raises:
        Entangled: they are to be worked out one by one, after this transaction was taken back.
    """
    reach = {word.land_user: bearing.reach([word.land_user], ()) for word in words}
    apart = _apart(words, reach)
    named = {word.land_user for word in apart}
    known = effects.standing(named)
    for pk in matching.refresh(sorted(known)):
        reach[pk] |= bearing.reach([pk], ())
    if len(_apart(apart, reach)) < len(apart):
        raise Entangled
    moved_by: dict[int, ChangeSet] = {}
    for word in apart:
        now, later = effects.in_turn(reach[word.land_user], [word.land_user], at_once=at_once)
        moved_by |= dict.fromkeys(now, word.change_set)
        effects.put_off(later, GroupMove.Cause.MATCH, word.change_set)
    classification.refresh(list(moved_by), cause=GroupMove.Cause.MATCH, change_sets=moved_by)
    duplicates.refresh(named)
    return apart


def _apart(words: Iterable[Word], reach: Mapping[int, set[int]]) -> list[Word]:
    """Those that bear on no plot of a word before them, be that one among them or not."""
    apart: list[Word] = []
    seen: set[int] = set()
    for word in words:
        if seen.isdisjoint(reach[word.land_user]):
            apart.append(word)
        seen |= reach[word.land_user]
    return apart
