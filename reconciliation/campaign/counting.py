"""Every commune's figures at a moment, counted in the background; pages only read what was written down."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Sum

from ..classification.alone import HIDING
from ..classification.weeks import day_closes_at, stock_at
from ..models import Dimension, RuleSet, Tally, Target, Task, Verification
from ..models.campaign import CommuneFigures
from ..models.groups import Group
from ..rules import book, catalogue
from . import statements

#: Up to so long after the close, what bears no date is still as it was then.
NEAR = dt.timedelta(hours=36)
#: The tasks of which what cannot be collected is taken away, and what of it is counted.
EXCLUDED_FROM = {
    Task.CLEAN: "plots", Task.COLLECT: "certificates", Task.VERIFY: "people", Task.SCAN: "certificates",
}  # fmt: skip

Counts = dict[str, int]


@dataclass
class Counted:
    """The figures of a commune, as `CommuneFigures` holds them."""

    groups: list[int]
    verification: Counts = field(default_factory=dict)
    rules: Counts = field(default_factory=dict)
    alone: Counts | None = None
    dimensions: Counts = field(default_factory=dict)
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)

    def written(self, commune: int, rule_set: RuleSet | None) -> dict[str, Any]:
        """The values of a row of `CommuneFigures`."""
        return {
            "commune_id": commune,
            **{f"group_{group}": self.groups[group - 1] for group in Group.values},
            "verification": self.verification,
            "rules": self.rules,
            "alone": self.alone,
            "dimensions": self.dimensions,
            "waiting": self.waiting,
            "tasks": self.tasks,
            "rule_set": rule_set,
        }


def is_near(day: dt.date, now: dt.datetime) -> bool:
    """Whether what bears no date can still be told of the end of a day."""
    return now < day_closes_at(day) + NEAR


def at_close_of(day: dt.date, now: dt.datetime) -> dict[int, Counted]:
    """Commune → figures at the end of a day, of all communes that had been classified by then."""
    moment = day_closes_at(day)
    found = {
        commune: Counted([groups[group] for group in Group.values])
        for commune, groups in stock_at(moment).items()
        if any(groups.values())
    }
    near = is_near(day, now)
    _verification(found, moment)
    _rules(found, moment)
    _dimensions(found, moment)
    if near:
        # Which sources were missing, and with whom work waited, bears no date.
        _alone(found, moment)
        _waiting(found, day, moment)
    _tasks(found, moment, near=near)
    return found


def rule_set_at(moment: dt.datetime) -> RuleSet | None:
    """The rules by which plots were judged last before a moment."""
    return RuleSet.objects.filter(created_at__lt=moment).order_by("-id").first()


def same(written: CommuneFigures, counted: Counted) -> bool:
    """Whether figures come out today as they were written."""
    return written.plots == sum(counted.groups) and all(
        getattr(written, name) == value
        for name, value in counted.written(written.commune_id, None).items()
        if name != "rule_set"
    )


def ask(sql: str, **values: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of one of the statements."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        yield from cursor.fetchall()


def _verification(found: dict[int, Counted], moment: dt.datetime) -> None:
    for commune, outcome, people in ask(statements.VERIFICATION, at=moment):
        if commune in found:
            found[commune].verification[outcome] = people


def _tallied(column: str) -> dict[int, Counts]:
    """Commune → rule that holds plots back → what its counter says now."""
    counts: dict[int, Counts] = defaultdict(lambda: defaultdict(int))
    now = Tally.objects.exclude(rule__in=["", Tally.CONFIRMED]).values_list("commune", "rule")
    for commune, rule, plots in now.annotate(n=Sum(column)).order_by():
        counts[commune][rule] += plots
    return counts


def of_lone_rules() -> dict[str, Any]:
    """The rules that the statements on plots that a single one holds back ask of."""
    return {"rules": sorted(_tallied_rules()), "hiding": list(HIDING)}


def _tallied_rules() -> set[str]:
    rows = Tally.objects.exclude(rule__in=["", Tally.CONFIRMED])
    return set(rows.values_list("rule", flat=True).distinct())


def _holding_back() -> set[str]:
    """The rules whose findings counters and statuses count: what only notes has nothing to go back from.

    A rule that was switched off is one of them: its findings are dated.
    """
    return _tallied_rules() - {ruling.rule.id for ruling in book.current().rulings if not ruling.counts}


def _rules(found: dict[int, Counted], moment: dt.datetime) -> None:
    counts = _tallied("plots")
    known = _holding_back()
    for commune, rule, since in ask(statements.RULES_SINCE, at=moment):
        if rule in known:
            counts[commune][rule] -= since
    for commune, counted in found.items():
        counted.rules = {rule: plots for rule, plots in sorted(counts[commune].items()) if plots}


def _alone(found: dict[int, Counted], moment: dt.datetime) -> None:
    counts = _tallied("alone")
    for commune, rule, since in ask(statements.ALONE_SINCE, at=moment, **of_lone_rules()):
        counts[commune][rule] -= since
    for commune, counted in found.items():
        counted.alone = {rule: plots for rule, plots in sorted(counts[commune].items()) if plots}


def _dimensions(found: dict[int, Counted], moment: dt.datetime) -> None:
    counts: dict[int, Counts] = defaultdict(lambda: dict.fromkeys(Dimension.values, 0))
    for commune, *plots in ask(statements.DIMENSIONS_NOW):
        counts[commune] = dict(zip(Dimension.values, plots, strict=True))
    known = _holding_back()
    words = ", ".join(
        f"('{rule.id}', '{Dimension(rule.dimension).value}')" for rule in catalogue.RULES if rule.id in known
    )
    if words:
        for commune, dimension, since in ask(statements.DIMENSIONS_SINCE.format(words=words), at=moment):
            counts[commune][dimension] -= since
    for commune, counted in found.items():
        counted.dimensions = counts[commune]


def _waiting(found: dict[int, Counted], day: dt.date, moment: dt.datetime) -> None:
    asked = ask(statements.WAITING, at=moment, day=day, zone=settings.TIME_ZONE)
    for commune, holder, *told in asked:
        if commune in found:
            found[commune].waiting[holder] = aged(*told)


def aged(items: int, plots: int, *rest: Any) -> dict[str, Any]:
    """What is written down of the work that waits with somebody, from a row of the statement."""
    *ages, since, late = rest
    return {"items": items, "plots": plots, "ages": ages, "since": since.isoformat(), "late": late}


def _tasks(found: dict[int, Counted], moment: dt.datetime, *, near: bool) -> None:
    for counted in found.values():
        clean, known = counted.groups[0], counted.verification.get(Verification.Outcome.MATCHED, 0)
        counted.tasks = {Task.CLEAN: {"done": clean}, Task.VERIFY: {"done": known}}
    if near:
        for commune, coded, collected, linked in ask(statements.DONE_NOW):
            if commune in found:
                done = {Task.CODE: coded, Task.COLLECT: collected, Task.SCAN: linked}
                found[commune].tasks |= {task: {"done": count} for task, count in done.items()}
        for counted in found.values():
            counted.tasks = {task: {"done": 0} for task in Task} | counted.tasks
    tell_excluded(found, ask(statements.EXCLUDED_COUNTS, at=moment))
    for target in Target.objects.filter(commune__in=found):
        told = found[target.commune_id].tasks.setdefault(target.task, {})
        told |= {
            "assigned": target.assigned,
            "starts": target.starts_on.isoformat(),
            "due": target.due_on.isoformat(),
        }


def tell_excluded(found: Mapping[int, Counted], rows: Iterable[tuple[Any, ...]]) -> None:
    """Make (commune, what and why, how many) the figures of what cannot be collected, of the tasks that are
    told of."""
    for counted in found.values():
        for told in counted.tasks.values():
            told.pop("excluded", None)
    for commune, key, count in rows:
        what, _mark, why = key.partition(":")
        for task, counts in EXCLUDED_FROM.items():
            if counts == what and commune in found and task in found[commune].tasks:
                found[commune].tasks[task].setdefault("excluded", {})[why] = count
