"""The weekly meeting: what is open of former decisions, what is difficult, what alarms, what is decided.

The agenda of a week is told as it stood when that week closed; of the open week as it stands now.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, User

from ..classification.weeks import WEEK, closes_at, week_of
from ..models import Difficulty, MeetingDecision
from . import alert_gathering, difficulties
from .alerts import Alert
from .difficulties import NotNow, Standing

_SUNDAY = dt.timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Line:
    """A decision as an agenda shows it; `days_late` on the agenda's last day, where it is not done."""

    decision: MeetingDecision
    is_done: bool
    days_late: int
    may_take_back: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """Open difficulties of one rule (of none: ""), from whichever communes."""

    rule: str
    standings: list[Standing]

    @property
    def communes(self) -> int:
        return len({standing.difficulty.commune_id for standing in self.standings})


@dataclass
class Agenda:
    """What a week's meeting goes through. Of a past week some kinds of alerts may be missing."""

    week: dt.date
    is_closed: bool
    carried: list[Line] = field(default_factory=list)
    noted: list[Line] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    alerts_are_whole: bool = True

    @property
    def last_day(self) -> dt.date:
        return self.week + _SUNDAY

    @property
    def difficulties(self) -> int:
        return sum(len(cluster.standings) for cluster in self.clusters)


def agenda(week: dt.date, user: User, now: dt.datetime | None = None) -> Agenda:
    """The agenda of a week for somebody's territory."""
    now = now or timezone.now()
    close, today = closes_at(week), timezone.localtime(now).date()
    moment, day = min(now, close), min(today, week + _SUNDAY)
    opens = closes_at(week - WEEK)
    known = MeetingDecision.objects.visible_to(user).filter(at__lte=moment)
    decisions = known.select_related("commune", "difficulty", "done_by").order_by("due_on", "pk")
    this_week = week_of(today)

    def line(decision: MeetingDecision) -> Line:
        is_done = decision.done_at is not None and decision.done_at <= moment
        late = 0 if is_done else max(0, (day - decision.due_on).days)
        done_in = week_of(timezone.localtime(decision.done_at).date()) if decision.done_at else None
        return Line(decision, is_done, late, is_done and done_in == this_week and week >= this_week)

    still = decisions.filter(Q(done_at=None) | Q(done_at__gte=min(opens, now)), week__lt=week)
    return Agenda(
        week,
        now >= close,
        [line(each) for each in still],
        [line(each) for each in decisions.filter(week=week)],
        clusters(difficulties.waiting_at(Difficulty.objects.visible_to(user), moment)),
        *alert_gathering.as_at(week, user.commune_ids(), now),
    )


def clusters(standings: list[Standing]) -> list[Cluster]:
    """Equal difficulties together: by rule, the one most often met first, those without a rule last."""
    by_rule: dict[str, list[Standing]] = defaultdict(list)
    for standing in standings:
        by_rule[standing.difficulty.rule].append(standing)
    for each in by_rule.values():
        each.sort(key=lambda one: (_place(one.difficulty.commune), one.difficulty.pk))
    order = sorted(by_rule, key=lambda rule: (not rule, -len(by_rule[rule]), rule))
    return [Cluster(rule, by_rule[rule]) for rule in order]


def decide(
    user: User,
    *,
    what: str,
    who: str,
    due_on: dt.date,
    commune: AdminUnit | None = None,
    difficulty: Difficulty | None = None,
) -> MeetingDecision:
    """Note a decision of this week's meeting; one on a difficulty is one on its commune."""
    if difficulty is not None:
        commune = difficulty.commune
    return MeetingDecision.objects.create(
        week=week_of(timezone.localdate()), what=what, who=who, due_on=due_on, commune=commune,
        difficulty=difficulty, by=user,
    )  # fmt: skip


@transaction.atomic
def finish(decision: MeetingDecision, user: User, words: str) -> None:
    """It is done, with a word on how."""
    held = MeetingDecision.objects.select_for_update().get(pk=decision.pk)
    if held.done_at is not None:
        raise NotNow(_("Việc này đã được ghi là xong."))
    held.done_at, held.done_by, held.done_words = timezone.now(), user, words
    held.save(update_fields=["done_at", "done_by", "done_words"])


@transaction.atomic
def take_back(decision: MeetingDecision) -> None:
    """It was not done after all; only within the week in which that was noted, since closed weeks stay."""
    held = MeetingDecision.objects.select_for_update().get(pk=decision.pk)
    if held.done_at is None:
        return
    if week_of(timezone.localtime(held.done_at).date()) != week_of(timezone.localdate()):
        raise NotNow(_("Tuần ghi việc này xong đã khép; hãy ghi một kết luận mới."))
    held.done_at, held.done_by, held.done_words = None, None, ""
    held.save(update_fields=["done_at", "done_by", "done_words"])


def overdue(user: User, today: dt.date) -> int:
    """How many decisions of the territory are not done and past their day."""
    decisions = MeetingDecision.objects.visible_to(user)
    return decisions.filter(done_at=None, due_on__lt=today).count()


def _place(commune: AdminUnit | None) -> str:
    return commune.sort_key if commune else ""
