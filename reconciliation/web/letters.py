"""Where two spellings differ, to the letter: what the match page marks on either side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple

from landdb.normalise import id_numbers, text

#: Below this share of common letters everything would be marked, which shows nothing.
ALIKE = 0.5
#: What clerks put between the digits of a number.
_FILLING = re.compile(r"[\s.\-]")


class Piece(NamedTuple):
    """A run of letters that stands on the other side too, or does not."""

    text: str
    is_same: bool


Sides = tuple[list[Piece], list[Piece]]


def names(ours: str, theirs: str) -> Sides:
    """Word against word, then letter against letter; where a tone mark sits (hoà, hòa) does not matter."""
    left, right = text.clean(ours).split(), text.clean(theirs).split()
    matcher = SequenceMatcher(
        None, [text.tone_key(w) for w in left], [text.tone_key(w) for w in right], False
    )
    sides: Sides = ([], [])
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "replace" and b - a == d - c:
            for one, other in zip(left[a:b], right[c:d], strict=True):
                _add(sides, _letters(one, other))
        else:
            _add(sides, _whole(left[a:b], right[c:d], is_same=kind == "equal"))
    return _told(sides, ours, theirs)


def births(ours: str, theirs: str) -> Sides:
    """Year against year, month against month, day against day; what only one side knows is not marked."""
    left, right = ours.split("/")[::-1], theirs.split("/")[::-1]
    marked: tuple[list[list[Piece]], list[list[Piece]]] = ([], [])
    for one, other in zip_longest(left, right, fillvalue=""):
        pair = _digits(one, other) if one and other else same(one, other)
        for side, pieces in zip(marked, pair, strict=True):
            side.append(pieces)
    return _dated(marked[0][: len(left)]), _dated(marked[1][: len(right)])


def numbers(ours: str, theirs: str) -> Sides:
    """Digit against digit."""
    sides = _digits(ours, theirs) if len(ours) == len(theirs) else _letters(ours, theirs)
    return _told(sides, ours, theirs)


def masked(ours: str, theirs: str) -> Sides:
    """Numbers but for their last digits hidden: where two differ is marked, not what stands there."""
    one, other = (_FILLING.sub("", side) for side in (ours, theirs))
    hidden = id_numbers.mask(one), id_numbers.mask(other)
    if not one or not other or one == other:
        return same(*hidden)
    if len(one) != len(other):
        return _whole([hidden[0]], [hidden[1]], is_same=False)
    places = [a == b for a, b in zip(one, other, strict=True)]
    return _hidden(hidden[0], places), _hidden(hidden[1], places)


def same(ours: str, theirs: str) -> Sides:
    """Nothing to mark."""
    return _whole([ours], [theirs], is_same=True)


def _digits(ours: str, theirs: str) -> Sides:
    """Place against place where the lengths are equal."""
    if len(ours) != len(theirs):
        return _letters(ours, theirs)
    pairs = list(zip(ours, theirs, strict=True))
    left, right = [Piece(a, a == b) for a, b in pairs], [Piece(b, a == b) for a, b in pairs]
    return _joined(left), _joined(right)


def _hidden(mask: str, places: Sequence[bool]) -> list[Piece]:
    """A masked number by places; the gaps of the mask belong to neither."""
    place = iter(places)
    return _joined([Piece(sign, sign == " " or next(place)) for sign in mask])


def _dated(parts: Sequence[list[Piece]]) -> list[Piece]:
    """Year, month and day, each marked, as a date again."""
    joined: list[Piece] = []
    for place, pieces in enumerate(reversed(parts)):
        joined += [*([Piece("/", True)] if place else []), *pieces]
    return _joined(joined)


def _letters(ours: str, theirs: str) -> Sides:
    # Letter by letter: lower case of a whole text may have another length.
    one, other = [letter.lower() for letter in ours], [letter.lower() for letter in theirs]
    matcher = SequenceMatcher(None, one, other, False)
    left, right = [], []
    for kind, a, b, c, d in matcher.get_opcodes():
        left.append(Piece(ours[a:b], kind == "equal"))
        right.append(Piece(theirs[c:d], kind == "equal"))
    return _joined(left), _joined(right)


def _whole(ours: Sequence[str], theirs: Sequence[str], *, is_same: bool) -> Sides:
    left, right = " ".join(ours), " ".join(theirs)
    return ([Piece(left, is_same)] if left else []), ([Piece(right, is_same)] if right else [])


def _add(sides: Sides, more: Sides) -> None:
    for side, pieces in zip(sides, more, strict=True):
        if side and pieces:
            side.append(Piece(" ", True))
        side += pieces


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbours of a kind become one; empty ones go."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].is_same == piece.is_same:
            joined[-1] = Piece(joined[-1].text + piece.text, piece.is_same)
        elif piece.text:
            joined.append(piece)
    return joined


def _told(sides: Sides, ours: str, theirs: str) -> Sides:
    """The marks, unless so much differs that they would show nothing."""
    total = sum(len(piece.text) for side in sides for piece in side)
    alike = sum(len(piece.text) for side in sides for piece in side if piece.is_same)
    if not ours or not theirs or alike < ALIKE * total:
        return same(ours, theirs)
    return _joined(sides[0]), _joined(sides[1])
