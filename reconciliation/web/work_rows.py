"""The rows of the work list: what waits, what has to be decided, where it hurts, who has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from landdb.models import User
from landdb.templatetags.landdb import num
from parcels.models import LandUser

from ..actions import leases
from ..matching import evidence as told
from ..models import Lease, Match, Verification, WorkItem
from . import evidence

_FOUND = (Verification.Outcome.MISMATCH, Verification.Outcome.AMBIGUOUS)


@dataclass(frozen=True, slots=True)
class Row:
    """A work item as the list draws it; `sign` and `hurts` name what stands in the way first."""

    item: WorkItem
    sentence: str
    sign: str
    hurts: str
    chance: float | None
    lease: Lease | None
    is_mine: bool

    @property
    def person(self) -> LandUser:
        return self.item.land_user

    @property
    def is_held(self) -> bool:
        """Somebody else has it open."""
        return self.lease is not None and not self.is_mine

    @property
    def days(self) -> int:
        """Whole days that it has waited."""
        return (timezone.now() - self.item.opened_at).days

    @property
    def tick(self) -> str:
        return _("Chọn %(name)s") % {"name": self.person.name}

    @property
    def spread(self) -> str:
        """In how many communes the plots lie, where it is more than the person's own."""
        n: int = getattr(self.item, "spread", None) or 0
        return ngettext("thửa · %(n)s xã", "thửa · %(n)s xã", n) % {"n": num(n)} if n else _("thửa")

    @property
    def waited(self) -> str:
        n = self.days
        return ngettext("%(n)s ngày", "%(n)s ngày", n) % {"n": num(n)} if n else _("hôm nay")

    @property
    def opened_on(self) -> str:
        """The day of its opening, dd/mm/yyyy."""
        return f"{timezone.localtime(self.item.opened_at):%d/%m/%Y}"

    @property
    def holder(self) -> User | None:
        """Who has it open, else whom it was given to."""
        return self.lease.holder if self.lease else self.item.assigned_to

    @property
    def initials(self) -> str:
        return initials(self.holder.full_name if self.holder else "")

    @property
    def left(self) -> float:
        """Seconds until the lease runs out."""
        return max(0.0, (self.lease.until - timezone.now()).total_seconds()) if self.lease else 0.0

    @property
    def days_late(self) -> int:
        """Days since others should have answered."""
        today: dt.date = timezone.localdate()
        return (today - self.item.waits_until).days if self.item.is_overdue and self.item.waits_until else 0


def rows(items: Sequence[WorkItem], user: User) -> list[Row]:
    """The items with their sentences, from two questions for all of them."""
    people = [item.land_user_id for item in items]
    held = leases.held(Lease.Kind.PERSON, people)
    candidates: dict[int, list[Match]] = {pk: [] for pk in people}
    for match in Match.objects.filter(land_user__in=people).best_first():
        candidates[match.land_user_id].append(match)
    drawn = []
    for item in items:
        sentence, sign, hurts = _told(item.land_user, candidates[item.land_user_id])
        lease = held.get(item.land_user_id)
        verification = getattr(item.land_user, "verification", None)
        drawn.append(
            Row(
                item=item,
                sentence=sentence,
                sign=sign,
                hurts=hurts,
                chance=verification.probability if verification else None,
                lease=lease,
                is_mine=lease is not None and lease.holder_id == user.pk,
            )
        )
    return drawn


def initials(name: str) -> str:
    """Of the first and the last word of a name."""
    words = name.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else ""


def _told(person: LandUser, candidates: Sequence[Match]) -> tuple[str, str, str]:
    """The sentence, the sign and the word of where it hurts."""
    verification = getattr(person, "verification", None)
    outcome = verification.outcome if verification else ""
    best = candidates[0] if candidates else None
    if best is None or outcome not in (*_FOUND, ""):
        return _without_comparison(outcome, len(candidates))
    compared = told.signs(best)
    against = evidence.against(compared, best, verification)
    sentence = evidence.in_words(best, against)
    rival = told.runner_up(best, candidates)
    is_shared = rival is not None and outcome == Verification.Outcome.AMBIGUOUS
    if is_shared:
        n = sum(each.state != Match.State.REJECTED for each in candidates)
        alike = ngettext("%(n)d người giống", "%(n)d người giống", n) % {"n": n}
        sentence = f"{sentence}; {alike}"
    worst = sorted(against, key=lambda each: each.sign != "clash")
    if worst:
        return sentence, worst[0].sign, str(worst[0].title)
    if is_shared:
        return sentence, "near", _("Nhiều người")
    for sign in ("near", "none"):
        for each in compared:
            if each.sign == sign:
                return sentence, sign, str(each.title)
    return sentence, "near", str(Verification.Outcome(outcome).label) if outcome else _("Chưa đối chiếu")


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
