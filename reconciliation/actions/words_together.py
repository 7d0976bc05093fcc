"""What follows from several words of the desk that have nothing to do with each other, worked out at once.

To match one land user again costs nearly as much as to match eight, and so does it to judge their plots.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from .. import classification, duplicates, matching
from ..models import ChangeSet, GroupMove
from . import bearing, effects


class Word(NamedTuple):
    """Somebody's word on matches of one land user, and on nothing else; its cause is MATCH."""

    change_set: ChangeSet
    land_user: int


class Entangled(Exception):
    """Two of the words bear on one plot: which of them moved it shows only one after the other."""


def follow(words: Sequence[Word]) -> None:
    """What `effects.follow` does for each of these words, at once.

    Within a transaction, with the rows of the land users locked, each of whom comes once.

    Raises:
        Entangled: they are to be worked out one by one, after this transaction was taken back.
    """
    named = {word.land_user for word in words}
    reach = {pk: bearing.reach([pk], ()) for pk in named}
    _keep_apart(reach.values())
    known = effects.standing(named)
    for pk in matching.refresh(sorted(known)):
        reach[pk] |= bearing.reach([pk], ())
    _keep_apart(reach.values())
    moved_by: dict[int, ChangeSet] = {}
    for word in words:
        now, later = effects.in_turn(reach[word.land_user], [word.land_user])
        moved_by |= dict.fromkeys(now, word.change_set)
        effects.put_off(later, GroupMove.Cause.MATCH, word.change_set)
    classification.refresh(list(moved_by), cause=GroupMove.Cause.MATCH, change_sets=moved_by)
    duplicates.refresh(named)


def _keep_apart(reaches: Collection[Collection[int]]) -> None:
    if sum(map(len, reaches)) != len(set().union(*reaches)):
        raise Entangled
