"""The comparison of a land user with a candidate, ready to be drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from landdb.normalise import id_numbers
from landdb.templatetags.landdb import num
from parcels.models import LandUser

from ..actions import corrections
from ..matching import evidence as told
from ..matching import fit, ladders
from ..models import Match, Verification
from . import letters
from .letters import Piece

#: The weight column is this wide, with its zero in the middle; bits beyond MOST_BITS fill it.
HALF = 44.0
MOST_BITS = 16.0
#: Two candidates with less between them are told as level.
LEVEL = 1.05
#: Beyond this, the one candidate is simply "more than so many times" likelier.
MOST_TIMES = 1000
ODDS_WIDTH = 400.0
NUMBERS = ("number", "former_number")
#: Rows that are left out where they say nothing and weigh nothing.
_ONLY_WHERE_TOLD = ("former_number", "household", "status")
_COMPARED = {
    "name": letters.names,
    "birth": letters.births,
    "number": letters.numbers,
    "former_number": letters.numbers,
    "village": letters.names,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One field: what each side has, how they compare, and the bar of its weight.

    `masks` are the three values as they will be hidden again, where numbers are shown in full. `is_remark`
    marks a line that compares no values.
    """

    title: Any
    ours_raw: str
    ours: list[Piece]
    theirs: list[Piece]
    sign: str
    word: Any
    weight: float
    masks: tuple[str, ...] = ()
    is_remark: bool = False

    @property
    def width(self) -> str:
        return f"{min(abs(self.weight) / MOST_BITS, 1) * HALF:.1f}"

    @property
    def x(self) -> str:
        return f"{HALF if self.weight >= 0 else HALF - min(-self.weight / MOST_BITS, 1) * HALF:.1f}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate and the bar of its probability."""

    match: Match

    @property
    def share(self) -> float:
        return share_of(self.match)

    @property
    def width(self) -> str:
        return f"{self.share * 2 * HALF:.1f}"


def share_of(match: Match) -> float:
    """What a candidate takes of the whole: nothing once somebody has turned it down."""
    return 0.0 if match.state == Match.State.REJECTED else match.probability


@dataclass(frozen=True, slots=True)
class Odds:
    """The shares of this candidate, of anybody else, and of not being in the registry; they add up to one.

    The first and the last are as stored; before a result is, the last is what all candidates leave. Whom
    somebody has turned down takes no share.
    """

    this: float
    others: float
    absent: float

    @classmethod
    def of(cls, chosen: Match, candidates: Sequence[Match], verification: Verification | None) -> Odds:
        shares = {match.pk: share_of(match) for match in candidates}
        this = shares.pop(chosen.pk, share_of(chosen))
        others = sum(shares.values())
        told = verification.absent_probability if verification else None
        absent = min(max(0.0, 1 - this - others if told is None else told), 1 - this)
        return cls(this, 1 - this - absent, absent)

    @property
    def absent_width(self) -> str:
        return f"{self.absent * 2 * HALF:.1f}"

    @property
    def widths(self) -> list[str]:
        return [f"{share * ODDS_WIDTH:.1f}" for share in (self.this, self.others, self.absent)]

    @property
    def starts(self) -> list[str]:
        return [f"{start * ODDS_WIDTH:.1f}" for start in (0, self.this, self.this + self.others)]


@dataclass(frozen=True, slots=True)
class Rival:
    """The candidate next to the chosen one: behind it, or the first where another is looked at."""

    match: Match
    is_behind: bool
    times: float

    @classmethod
    def of(cls, chosen: Match, candidates: Sequence[Match]) -> Rival | None:
        other = told.runner_up(chosen, candidates)
        if other is None or chosen.state == Match.State.REJECTED:
            return None
        less, more = sorted((chosen.probability, other.probability))
        return cls(other, chosen.probability >= other.probability, more / less if less else math.inf)

    @property
    def is_level(self) -> bool:
        return self.times < LEVEL

    @property
    def times_text(self) -> str:
        """How many times likelier the one is than the other; a bound where the exact number says no more."""
        if self.times > MOST_TIMES:
            return _("hơn %(times)s") % {"times": num(MOST_TIMES)}
        return num(self.times, 1 if self.times < 10 else 0)


def unsettled(person: LandUser, match: Match, candidates: Sequence[Match]) -> list[Any]:
    """What would settle the land user, while neither a person nor a run has accepted anybody."""
    for each in candidates:
        if each.state == Match.State.ACCEPTED or each.outcome == Match.Outcome.ACCEPT:
            return []
    return told.would_settle(told.explain(match, person, match.resident), person)


def lines(match: Match, person: LandUser, *, is_revealed: bool) -> list[Line]:
    """The evidence field by field; numbers are masked unless they were asked for."""
    drawn = []
    for row in told.explain(match, person, match.resident):
        if _says_nothing(row):
            continue
        raw, ours, theirs = row.ours_raw, row.ours, row.theirs
        masks: tuple[str, ...] = ()
        if row.field in NUMBERS:
            masks = tuple(id_numbers.mask(value) if value else "–" for value in (raw, ours, theirs))
            if not is_revealed:
                raw, ours, theirs = (mask.strip("–") for mask in masks)
        compare = _COMPARED.get(row.field, letters.same) if row.sign in ("near", "clash") else letters.same
        pieces = compare(ours, theirs)
        masks = masks if is_revealed else ()
        is_remark = row.field == told.COINCIDENCE
        drawn.append(Line(row.title, raw, *pieces, row.sign, row.word, row.weight, masks, is_remark))
    return drawn


def _says_nothing(row: told.Row) -> bool:
    """A row beside the usual ones without a weight, where neither side has anything to compare."""
    if row.weight or row.field not in _ONLY_WHERE_TOLD:
        return False
    return not (row.ours_raw or row.ours or row.theirs) or (
        row.field == "household" and row.level == "missing"
    )


@dataclass(frozen=True, slots=True)
class Sum:
    """Bits of weight: where the pair starts from, "not in the registry" being zero, and where it ends."""

    prior: float
    total: float
    is_held_back: bool

    @classmethod
    def of(cls, match: Match) -> Sum:
        evidence = told.of(match)
        start = float(evidence.get("start", 0.0))
        levels = told.levels(evidence)
        is_tied = any(levels.get(field) == "same" for field in NUMBERS)
        return cls(start, start + told.total(evidence), match.score > fit.SURE and not is_tied)

    @property
    def sure(self) -> float:
        """The probability beyond which less of the evidence is believed, a number's aside."""
        return 1 / (1 + math.exp(-fit.SURE))


@dataclass(frozen=True, slots=True)
class Own:
    """A line of what the register says of somebody for whom there is nobody to compare with."""

    title: Any
    raw: str
    read: str
    masks: tuple[str, ...] = ()


def own(person: LandUser, *, is_revealed: bool) -> list[Own]:
    """The land user's own entry; numbers are masked unless they were asked for."""
    drawn = []
    for field, title, raw, read in told.own(person):
        masks: tuple[str, ...] = ()
        if field in NUMBERS:
            masks = tuple(id_numbers.mask(value) if value else "–" for value in (raw, read))
            if not is_revealed:
                raw, read = (mask.strip("–") for mask in masks)
        drawn.append(Own(title, raw, read, masks if is_revealed else ()))
    return drawn


def sentence(person: LandUser, match: Match | None) -> str:
    """The answer first: is it the same person, and what stands against it."""
    if match is None:
        verification = getattr(person, "verification", None)
        if verification is not None and verification.outcome == Verification.Outcome.UNVERIFIABLE:
            return _("Chưa đủ thông tin để đối chiếu")
        return _("Không tìm thấy ai giống trong dữ liệu dân cư")
    return in_words(match, against(told.signs(match), match, getattr(person, "verification", None)))


def against(
    compared: Iterable[told.Sign], match: Match, verification: Verification | None
) -> list[told.Sign]:
    """The fields that keep a candidate from being the land user as they stand: those that speak against it,
    and those in which the one who was found differs."""
    differs: list[str] = []
    if verification is not None and verification.resident_id == match.resident_id:
        differs = verification.differs.split(",")
    return [each for each in compared if each.sign == "clash" or each.field in differs]


def in_words(match: Match, fields: Sequence[told.Sign]) -> str:
    """The verdict with what stands against it; where that is one field, with how it differs."""
    said = verdict(match, [str(each.title).lower() for each in fields])
    if len(fields) == 1:
        return _("%(sentence)s: %(word)s") % {"sentence": said, "word": fields[0].word}
    return said


def verdict(match: Match, against: Sequence[str]) -> str:
    """How sure it is that a candidate is the land user, and the fields that speak against it."""
    if match.state == Match.State.ACCEPTED:
        start = _("Đã kết luận cùng người")
    elif match.state == Match.State.REJECTED:
        start = _("Đã kết luận khác người")
    elif match.probability >= 0.95:
        start = _("Gần như chắc cùng người")
    elif match.probability >= 0.5:
        start = _("Có lẽ cùng người")
    else:
        start = _("Chưa đủ căn cứ là cùng người")
    return (
        _("%(start)s, chưa khớp %(fields)s") % {"start": start, "fields": ", ".join(against)}
        if against
        else start
    )


def mends(person: LandUser, match: Match, *, is_revealed: bool) -> list[tuple[Any, str, str]]:
    """What "same person" would correct in the register: the field, the value there, the registry's."""
    titles = {
        "name_raw": ladders.NAME.title,
        "birth_raw": ladders.BIRTH.title,
        "sex_raw": ladders.SEX.title,
        "id_number_raw": ladders.NUMBER.title,
    }
    rows = []
    for change in corrections.from_registry(person, match.resident):
        old, new = str(getattr(person, change.field)), str(change.new)
        if change.field == "id_number_raw" and not is_revealed:
            old, new = id_numbers.mask(old), id_numbers.mask(new)
        if change.field in titles:
            rows.append((titles[change.field], old, new))
    return rows
