"""What two entries of the register have in common, and what speaks against their being one person."""

from __future__ import annotations

import datetime as dt
import hashlib
from difflib import SequenceMatcher
from typing import NamedTuple, Protocol

from ..models import Duplicate

Why = Duplicate.Why

#: The stronger the link, the higher.
STRENGTH = {Why.NUMBER: 5, Why.RESIDENT: 4, Why.BIRTH: 3, Why.LIKELY: 2, Why.VILLAGE: 1, Why.NAMES: 1}
#: Links up to here are worth a look; they never widen a group that stronger ones hold together.
WEAK = 2
#: Spellings that are this much alike may be one name; a letter or two off in a usual one.
ALIKE = 0.88


class Named(Protocol):
    """Whoever has a name: an entry, a land user, a resident."""

    @property
    def name_fold(self) -> str: ...

    @property
    def sex(self) -> str: ...


class Entry(NamedTuple):
    """A land user as far as it tells who it is. `number` has twelve digits or is empty.

    `resident` is whom the registry may know it as; `is_sure` where that was accepted or is above the line.
    """

    id: int
    name_fold: str
    birth_on: dt.date | None
    birth_year: int | None
    sex: str
    number: str
    commune: int | None
    village: str
    resident: int | None
    is_sure: bool


def common(a: Entry, b: Entry) -> dict[Why, str]:
    """What speaks for one person: why → a digest of what was compared, which tells when it has changed."""
    found: dict[Why, str] = {}
    if a.number and a.number == b.number and names_agree(a, b):
        found[Why.NUMBER] = _digest("number", a.number)
    if a.resident is not None and a.resident == b.resident:
        why = Why.RESIDENT if a.is_sure and b.is_sure else Why.LIKELY
        found[why] = _digest("resident", a.resident)
    if a.name_fold != b.name_fold or a.commune is None or a.commune != b.commune or contradict(a, b):
        return found
    if a.birth_on is not None and a.birth_on == b.birth_on:
        found[Why.BIRTH] = _digest("birth", a.name_fold, a.birth_on, a.commune)
    elif a.birth_year is not None and a.birth_year == b.birth_year and a.village and a.village == b.village:
        found[Why.VILLAGE] = _digest("village", a.name_fold, a.birth_year, a.commune, a.village)
    return found


def contradict(a: Entry, b: Entry) -> bool:
    """Two numbers, two residents, two sexes or two full birth dates: a name and a year weigh less."""
    return (
        (a.number != b.number and bool(a.number and b.number))
        or (a.is_sure and b.is_sure and a.resident != b.resident)
        or (a.sex != b.sex and bool(a.sex and b.sex))
        or (a.birth_on != b.birth_on and None not in (a.birth_on, b.birth_on))
    )


def names_agree(a: Named, b: Named) -> bool:
    """One name, spelt a little differently; of two people of different sex only the very same."""
    if a.name_fold == b.name_fold:
        return True
    if a.sex != b.sex and a.sex and b.sex:
        return False
    ours, theirs = a.name_fold.split(), b.name_fold.split()
    if ours and theirs and (ours[0], ours[-1]) == (theirs[0], theirs[-1]):
        return True
    return SequenceMatcher(None, a.name_fold, b.name_fold).ratio() >= ALIKE


def _digest(*compared: object) -> str:
    return hashlib.blake2b("|".join(map(str, compared)).encode(), digest_size=12).hexdigest()
