"""What follows from several words of the desk that have nothing to do with each other, worked out at once.

To match one land user again or eight costs nearly the same, and it is most of the work.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from .. import duplicates, matching
from ..models import ChangeSet, GroupMove
from . import bearing, effects


class Word(NamedTuple):
    """Somebody's word on matches of one land user, and on nothing else."""

    change_set: ChangeSet
    land_user: int
    cause: GroupMove.Cause


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
    for word in words:
        reconciled = effects.Reconciled(known & {word.land_user}, set(), reach[word.land_user])
        effects.judge(reconciled, word.cause, word.change_set)
    duplicates.refresh(named)


def _keep_apart(reaches: Collection[Collection[int]]) -> None:
    if sum(map(len, reaches)) != len(set().union(*reaches)):
        raise Entangled
