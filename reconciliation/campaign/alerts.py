"""What alarms: behind pace, hand-overs and police lists overdue, jumps of a rule, a registry extract too old.

The judging functions are pure; the gathering ones read snapshots and counters, a row or so per commune. An
alert holds plain facts, so that it can be kept as it stood; `alert_words` makes sentences of it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from .course import Course, points


class Kind(models.TextChoices):
    """In the order in which pages show them."""

    EXTRACT = "extract", _("Trích xuất dân cư quá cũ")
    PACE = "pace", _("Chậm so với kế hoạch")
    JUMP = "jump", _("Vướng mắc tăng vọt")
    HANDOVER = "handover", _("Việc đã chuyển quá hạn")
    POLICE = "police", _("Danh sách công an quá hạn")


#: The thresholds, all of them; the page shows them from `alert_words.MEANINGS`.
POINTS_BEHIND = 5.0
#: At the pace of the last weeks what is left takes so many times the time left, and so many weeks more.
PACE_TIMES, PACE_WEEKS, WEEKS_LATE = 1.5, 3, 2
#: Who needs no more plots a week than this is not alarmed before the due day.
FEW_PLOTS = 2
JUMP_SHARE, JUMP_PLOTS = 0.20, 100
EXTRACT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that alarms, of a commune or (None) of the whole province; `size` orders those of a kind."""

    kind: Kind
    size: float
    commune: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def written(self) -> dict[str, Any]:
        return {"kind": self.kind.value, "size": self.size, "commune": self.commune, "facts": self.facts}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Alert:
        return cls(Kind(told["kind"]), told["size"], told["commune"], told["facts"])


@dataclass(frozen=True, slots=True)
class Plan:
    """What a commune was assigned to clean, and when."""

    goal: int
    starts: dt.date
    due: dt.date


def behind_pace(commune: int, closings: Sequence[tuple[dt.date, int]], plan: Plan) -> Alert | None:
    """`closings`: the last day of each closed week, one after the other, and group 1 on it."""
    day, stock = closings[-1]
    if stock >= plan.goal or plan.goal <= 0 or day < plan.starts:
        return None
    begun = [one for one in closings if one[0] <= plan.starts] or [closings[0]]
    line = Course(plan.starts, plan.due, begun[-1][1], plan.goal).at(day)
    behind = -(points(stock, line, plan.goal) or 0.0)
    steps = [after - before for (_, before), (_, after) in pairwise(closings)][-PACE_WEEKS:]
    pace = fmean(steps) if len(steps) == PACE_WEEKS else None
    days, missing = (plan.due - day).days, plan.goal - stock
    needed = -(-missing * 7 // days) if days > 0 else None
    if needed is not None:
        is_slow = pace is not None and _takes_too_long(missing, pace, days / 7)
        if needed <= FEW_PLOTS or not (behind > POINTS_BEHIND or is_slow):
            return None
    facts = {
        "day": day.isoformat(), "due": plan.due.isoformat(), "stock": stock, "goal": plan.goal,
        "points": behind, "needed": needed, "pace": pace,
    }  # fmt: skip
    return Alert(Kind.PACE, behind, commune, facts)


def _takes_too_long(missing: int, pace: float, weeks: float) -> bool:
    """Would what is left be done far too late at this pace?"""
    if pace <= 0:
        return True
    return missing / pace > max(PACE_TIMES * weeks, weeks + WEEKS_LATE)


def rule_jumps(
    commune: int, before: Mapping[str, int], after: Mapping[str, int], *, rules_changed: bool = False
) -> list[Alert]:
    """The rules that are open in many more plots than at the close of last week."""
    found = []
    for rule, plots in after.items():
        more = plots - before.get(rule, 0)
        if more > JUMP_PLOTS and more > JUMP_SHARE * before.get(rule, 0):
            facts = {"rule": rule, "before": before.get(rule, 0), "after": plots, "changed": rules_changed}
            found.append(Alert(Kind.JUMP, more, commune, facts))
    return found


def late_handovers(rows: Iterable[tuple[int, str, int]]) -> list[Alert]:
    """From (commune, with whom, items past their day)."""
    late: dict[int, dict[str, int]] = defaultdict(dict)
    for commune, holder, items in rows:
        if items > 0:
            late[commune][holder] = late[commune].get(holder, 0) + items
    return [
        Alert(Kind.HANDOVER, sum(held.values()), commune, {"held": held}) for commune, held in late.items()
    ]


def late_lists(rows: Iterable[tuple[int | None, int, str, dt.date, int]], today: dt.date) -> list[Alert]:
    """From (commune, list, its number, its day, lines unanswered): those past their day."""
    return [
        Alert(Kind.POLICE, lines, commune, {"list": pk, "number": number, "due": due.isoformat(),
            "days": (today - due).days, "lines": lines})
        for commune, pk, number, due, lines in rows
        if lines and due < today
    ]  # fmt: skip


def old_extract(dated: dt.date | None, today: dt.date, tolerance: float | None) -> list[Alert]:
    """`tolerance`: days from which the rule on old evidence holds plots back; None where it is off."""
    if dated is None or (days := (today - dated).days) <= min(EXTRACT_DAYS, tolerance or EXTRACT_DAYS):
        return []
    holds = None if tolerance is None else (dated + dt.timedelta(days=int(tolerance) + 1)).isoformat()
    return [Alert(Kind.EXTRACT, days, None, {"dated": dated.isoformat(), "days": days, "holds": holds})]


def together(alerts: Iterable[Alert], communes: Collection[int] | None) -> list[Alert]:
    """Those of a territory (None: all) by kind and size; a police list once, with its lines there."""
    lists: dict[int, Alert] = {}
    found = []
    for alert in alerts:
        if communes is not None and alert.commune is not None and alert.commune not in communes:
            continue
        if alert.kind != Kind.POLICE:
            found.append(alert)
        elif communes is None or alert.commune is not None:
            pk = alert.facts["list"]
            lines = alert.facts["lines"] + (lists[pk].facts["lines"] if pk in lists else 0)
            lists[pk] = Alert(Kind.POLICE, lines, None, alert.facts | {"lines": lines})
    order = list(Kind)
    return sorted([*found, *lists.values()], key=lambda one: (order.index(one.kind), -one.size))


def top(alerts: Sequence[Alert], most: int) -> list[Alert]:
    """The worst of each kind, then the second worst of each, until there are enough."""
    seen: dict[Kind, int] = defaultdict(int)
    ranked: list[tuple[int, int, Alert]] = []
    for alert in alerts:
        ranked.append((seen[alert.kind], len(ranked), alert))
        seen[alert.kind] += 1
    return [alert for _rank, _place, alert in sorted(ranked, key=lambda one: one[:2])[:most]]
