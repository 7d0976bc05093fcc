"""How likely a candidate is: its share beside those of the others and of nobody, and its bits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from landdb.templatetags.landdb import num

from ..matching import evidence as told
from ..matching import fit
from ..models import Match, Verification
from .evidence import HALF, NUMBERS

#: Two candidates with less between them are told as level.
LEVEL = 1.05
#: Beyond this, the one candidate is simply "more than so many times" likelier.
MOST_TIMES = 1000
ODDS_WIDTH = 400.0


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
