"""What follows from several words of the desk that have nothing to do with each other, worked out at once.

To match one land user again costs nearly as much as to match eight, and so does it to judge their plots.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from parcels.models import LandUser

from .. import classification, duplicates, matching
from ..models import Change, ChangeSet, GroupMove, Match
from . import bearing, effects

#: The models that such words may have changed.
MODELS = (Match._meta.label_lower, LandUser._meta.label_lower)


@dataclass(frozen=True, eq=False, slots=True)
class Word:
    """Somebody's word on the matches of a land user, with all its changes, be it that it corrected the entry.

    `before`: the plots that the entry bore on before it was corrected. The cause is MATCH.
    """

    change_set: ChangeSet
    changes: Sequence[Change]
    before: Collection[int]


@dataclass(slots=True)
class _Reach:
    """The land users that a word has to match again, and the plots that it bears on."""

    people: set[int]
    plots: set[int]


class Entangled(Exception):
    """Two words came to bear on one plot: which of them moved it shows only one after the other."""


def follow(words: Sequence[Word], *, at_once: int) -> list[Word]:
    """What `effects.follow` does for each of these words, at once; for whom it was done. `at_once` for each.

    Within a transaction, with the rows of the land users locked, each of whom comes once. A word that bears
    on a plot of one before it is left for later; the first is always among those done.

    Raises:
        Entangled: they are to be worked out one by one, after this transaction was taken back.
    """
    reach = {word: _reach(word) for word in words}
    apart = _apart(words, reach)
    named = set[int]().union(*(reach[word].people for word in apart))
    known = effects.standing(named)
    otherwise = matching.refresh(sorted(known))
    for word in apart:
        if otherwise & reach[word].people:
            reach[word].plots |= bearing.reach(reach[word].people, ())
    if len(_apart(apart, reach)) < len(apart):
        raise Entangled
    moved_by: dict[int, ChangeSet] = {}
    for word in apart:
        now, later = effects.in_turn(reach[word].plots, reach[word].people, at_once=at_once)
        moved_by |= dict.fromkeys(now, word.change_set)
        effects.put_off(later, GroupMove.Cause.MATCH, word.change_set)
    classification.refresh(list(moved_by), cause=GroupMove.Cause.MATCH, change_sets=moved_by)
    duplicates.refresh(named)
    return apart


def _reach(word: Word) -> _Reach:
    people, ground, shared = effects.borne_on(word.changes)
    if ground:
        raise Entangled
    return _Reach(people, shared.union(word.before, bearing.reach(people, ())))


def _apart(words: Iterable[Word], reach: Mapping[Word, _Reach]) -> list[Word]:
    """Those that bear on no plot and nobody of a word before them, be that one among them or not."""
    apart: list[Word] = []
    people, plots = set[int](), set[int]()
    for word in words:
        if people.isdisjoint(reach[word].people) and plots.isdisjoint(reach[word].plots):
            apart.append(word)
        people |= reach[word].people
        plots |= reach[word].plots
    return apart
