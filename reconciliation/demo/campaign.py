"""Weeks of a campaign in a made-up province, played through the ledger: not one figure is invented.

The records are changed as communes and officers would change them, the plots are judged again at that moment
of the past, and each week is written down when it closes. Beside that some lists go to the police and come
back, and some communes send workbooks, by the actions of the pages. Rules that look at a day look at today's.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from landdb.models import Role, User

from ..campaign import snapshots
from ..classification.weeks import WEEK, closes_at, day_closes_at, week_of
from ..models import GroupMove, Tally, WeeklySnapshot
from . import campaign_plan, campaign_start, campaign_talk, campaign_targets
from .campaign_books import Books
from .campaign_clock import Errand, as_if_at
from .campaign_police import Police
from .campaign_work import Staff, work

#: The longest campaign that can be played: after a year the registry's extract has grown stale.
MOST_WEEKS = 50
#: How soon after its cut-off a week is written down, and until how long before now anything happens.
_AFTER, _BEFORE = dt.timedelta(minutes=20), dt.timedelta(minutes=5)
_DAY = dt.timedelta(days=1)

Say = Callable[[str], None]


class NoGround(Exception):
    """There is nothing to play on, or a campaign has been played already."""


def first_week(weeks: int, now: dt.datetime) -> dt.date:
    """The Monday of the first of so many weeks that are over by now."""
    return week_of(timezone.localdate(now)) - weeks * WEEK


def begins_at(weeks: int, now: dt.datetime) -> dt.datetime:
    """When plots are classified for the first time: on the Friday before the first week."""
    friday = first_week(weeks, now) - 3 * _DAY
    return timezone.make_aware(dt.datetime.combine(friday, dt.time(9)))


def status(weeks: int) -> dict[str, Any]:
    """Whether weeks have been played here; when the first classification of so many would have been made."""
    return {
        "played": WeeklySnapshot.objects.exists(),
        "begins": begins_at(weeks, timezone.now()).isoformat(),
    }


def play(
    weeks: int, seed: int, *, now: dt.datetime | None = None, say: Say = lambda words: None
) -> dict[str, Any]:
    """So many closed weeks, and the open one until now; what was done. NoGround with a sentence why not."""
    now = now or timezone.now()
    plots = dict(Tally.objects.filter(rule="").values_list("commune").annotate(n=Sum("plots")).order_by())
    if not plots:
        raise NoGround("No plot is classified yet: run reconcile and classify first.")
    if WeeklySnapshot.objects.exists():
        raise NoGround("Weeks of a campaign are written down here already; --fresh makes the province anew.")
    first, staff = first_week(weeks, now), _staff()
    with transaction.atomic():
        campaign_start.move_back(begins_at(weeks, now), now)
        campaign_targets.assign(first, seed)
    _close(first - WEEK)
    offices: list[Books | Police] = [Books.of(weeks, seed)]
    if police := Police.of(sorted(plots), weeks, seed):
        offices.append(police)
    course = _Course(plots, seed, staff, offices, now)
    done: Counter[str] = Counter()
    for number in range(weeks + 1):
        week = first + number * WEEK
        done += course.play(week, number)
        say(f"  {week:%d/%m/%Y}: {done['moves']:,} moves so far")
    talked = campaign_talk.hold(now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"weeks": weeks, "first": f"{first:%Y-%m-%d}", **done, "difficulties": talked}


@dataclass(frozen=True, slots=True)
class _Course:
    """How the weeks go: plots of each commune, who works, what the pages' actions do beside it."""

    plots: dict[int, int]
    seed: int
    staff: Staff
    offices: list[Books | Police]
    now: dt.datetime

    def play(self, week: dt.date, number: int) -> Counter[str]:
        """A closed week, or the open one until now; what was done."""
        done: Counter[str] = Counter()
        is_closed = closes_at(week) + _AFTER <= self.now
        monday = timezone.make_aware(dt.datetime.combine(week, dt.time(8)))
        if monday < self.now - _BEFORE:
            campaign_targets.hand_on(monday, self.seed)
        day = week
        for errand in self._errands(week, number):
            if errand.at >= self.now - _BEFORE:
                break
            while not is_closed and day < timezone.localdate(errand.at):
                _close_day(day)
                day += _DAY
            done += errand.do()
        if is_closed:
            _close(week)
            return done
        while day < timezone.localdate(self.now):
            _close_day(day)
            day += _DAY
        return done

    def _errands(self, week: dt.date, number: int) -> list[Errand]:
        """All of a week, in the order of time."""
        sessions = campaign_plan.sessions(week, number, self.plots, self.seed)
        found = [Errand(session.at, partial(work, session, self.staff)) for session in sessions]
        for office in self.offices:
            found += [Errand(each.at, partial(self._do, each)) for each in office.errands(week, number)]
        return sorted(found, key=lambda errand: errand.at)

    def _do(self, errand: Errand) -> Counter[str]:
        """By the actions of the pages, as if it were then; with the moves that came of it."""
        with as_if_at(errand.at):
            told = errand.do()
        moves = GroupMove.objects.filter(commune__in=list(self.plots), at=errand.at).count()
        return told + Counter(moves=moves)


def _close(week: dt.date) -> None:
    """Write the week down as if its hour had just struck."""
    at = closes_at(week) + _AFTER
    snapshots.take(week, at)
    WeeklySnapshot.objects.filter(week=week).update(taken_at=at)


def _close_day(day: dt.date) -> None:
    snapshots.take_yesterday(day_closes_at(day) + _AFTER)


def _staff() -> Staff:
    """Who decided and who agreed: the demo's own officers, where it has any."""
    users = User.objects.filter(is_active=True)
    reviewers = list(users.filter(role=Role.REVIEWER).order_by("username")[:1])
    seniors = list(users.filter(role=Role.SENIOR_REVIEWER).order_by("username")[:1])
    if not reviewers or not seniors:
        raise NoGround("A campaign wants a reviewer and a senior reviewer: seed_demo makes them.")
    return Staff(reviewers[0], seniors[0])
