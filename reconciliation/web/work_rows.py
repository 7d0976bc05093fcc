"""The rows of the work list: what waits, what has to be decided, where it hurts, who has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from landdb.models import User

from ..matching import evidence as told
from ..models import Match, Verification
from ..worklist_page import Best, Listed, Officer, Person
from . import evidence

_FOUND = (Verification.Outcome.MISMATCH, Verification.Outcome.AMBIGUOUS)


class Told(NamedTuple):
    """What has to be decided, in a sentence; `sign` and `hurts` name what stands in the way first."""

    sentence: str
    sign: str
    hurts: str


@dataclass(frozen=True, slots=True)
class Row:
    """A work item as the list draws it; `is_mine`: who looks has it open."""

    item: Listed
    sentence: str
    sign: str
    hurts: str
    is_mine: bool

    @property
    def person(self) -> Person:
        return self.item.person

    @property
    def chance(self) -> float | None:
        """How likely it is the one whom the verification found."""
        return self.item.chance

    @property
    def is_held(self) -> bool:
        """Somebody else has it open."""
        return self.item.lease is not None and not self.is_mine

    @property
    def holder(self) -> Officer | None:
        """Who has it open, else whom it was given to."""
        return self.item.lease.holder if self.item.lease else self.item.assigned_to

    @property
    def initials(self) -> str:
        return initials(self.holder.full_name if self.holder else "")


def rows(items: Sequence[Listed], user: User) -> list[Row]:
    """The items with their sentences."""
    language = get_language() or ""
    drawn = []
    for item in items:
        is_mine = item.lease is not None and item.lease.holder.pk == user.pk
        best = item.best
        if best is not None:
            # What is said goes by how likely it is, not by how likely exactly: few sentences serve a list.
            steps = (least for least in (evidence.CERTAIN, evidence.LIKELY) if best.probability >= least)
            best = best._replace(probability=next(steps, 0.0))
        drawn.append(Row(item, *_told(language, item.said, best), is_mine))
    return drawn


def initials(name: str) -> str:
    """Of the first and the last word of a name."""
    words = name.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else ""


@lru_cache(maxsize=2000)
def _told(_language: str, outcome: str, best: Best | None) -> Told:
    """What is said of whoever has such an outcome and such a candidate; kept for each language."""
    if best is None or outcome not in (*_FOUND, ""):
        return Told(*_without_comparison(outcome, best.candidates if best else 0))
    match = Match(state=best.state, probability=best.probability, levels=best.levels)
    compared = told.signs(match)
    against = evidence.against(compared, match, Verification(differs=best.differs))
    sentence = evidence.in_words(match, against)
    is_shared = best.standing > 1 and outcome == Verification.Outcome.AMBIGUOUS
    if is_shared:
        n = best.standing
        alike = ngettext("%(n)d người giống", "%(n)d người giống", n) % {"n": n}
        sentence = f"{sentence}; {alike}"
    worst = sorted(against, key=lambda each: each.sign != "clash")
    if worst:
        return Told(sentence, worst[0].sign, str(worst[0].title))
    if is_shared:
        return Told(sentence, "near", _("Nhiều người"))
    for sign in ("near", "none"):
        for each in compared:
            if each.sign == sign:
                return Told(sentence, sign, str(each.title))
    return Told(
        sentence, "near", str(Verification.Outcome(outcome).label) if outcome else _("Chưa đối chiếu")
    )


def _without_comparison(outcome: str, candidates: int) -> tuple[str, str, str]:
    if outcome == Verification.Outcome.DECEASED:
        return _("Dân cư ghi người này đã mất"), "clash", _("Đã mất")
    if outcome == Verification.Outcome.UNVERIFIABLE:
        return _("Chưa đủ thông tin để đối chiếu"), "none", _("Thiếu thông tin")
    if outcome == Verification.Outcome.WITH_POLICE:
        return _("Đã chuyển công an, chờ trả lời"), "none", _("Chờ công an")
    if outcome == Verification.Outcome.MATCHED:
        return _("Đã khớp với dân cư"), "exact", _("Khớp")
    if candidates:
        sentence = ngettext(
            "Không ai trong dân cư đủ giống; có %(n)d tên gần",
            "Không ai trong dân cư đủ giống; có %(n)d tên gần",
            candidates,
        ) % {"n": candidates}
        return sentence, "none", _("Không thấy")
    return _("Không tìm thấy ai giống trong dữ liệu dân cư"), "none", _("Không thấy")
