"""The plots of a group, or with a rule open, as they stood when a week closed, or a day of the running one.

Statuses tell of today, moves and findings of since: who stands in the group and has not moved since the close
stood there then, and so did whoever left it by the first move after the close. A page reads a stretch of each
of the two indexes, however large the commune is. A commune's plots come in the order of their ids.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db import connection

from ..classification.weeks import closes_at, day_closes_at
from ..models import KeptList, WeeklySnapshot
from ..models.groups import Group
from ..rules import catalogue
from . import history
from .history import Figures
from .kept_pages import Wanted
from .waived import WAS_WAIVED

_IN_GROUP = """
    SELECT plot_id FROM (
        (SELECT s.plot_id FROM reconciliation_plotstatus s
        WHERE s.commune_id = %(commune)s AND s."group" = %(group)s AND s.plot_id > %(after)s
            AND s.since < %(at)s AND NOT EXISTS (
                SELECT FROM reconciliation_groupmove m
                WHERE m.plot_id = s.plot_id AND m.commune_id = %(commune)s AND m.at >= %(at)s
            )
        ORDER BY s.plot_id LIMIT %(most)s)
        UNION ALL
        (SELECT m.plot_id FROM reconciliation_groupmove m
        WHERE m.commune_id = %(commune)s AND m.from_group = %(group)s AND m.plot_id > %(after)s
            AND m.at >= %(at)s AND NOT EXISTS (
                SELECT FROM reconciliation_groupmove e
                WHERE e.plot_id = m.plot_id AND e.commune_id = %(commune)s AND e.at >= %(at)s
                    AND (e.at, e.id) < (m.at, m.id)
            )
        ORDER BY m.plot_id LIMIT %(most)s)
    ) stood ORDER BY plot_id LIMIT %(most)s
"""

# A finding that was waived then is not among them, whatever it is today; one that is waived today may be.
_WITH_RULES = f"""
    SELECT DISTINCT each.plot_id FROM unnest(%(rules)s::varchar[]) r (rule) CROSS JOIN LATERAL (
        (SELECT DISTINCT f.plot_id FROM reconciliation_finding f
        WHERE f.rule = r.rule AND f.commune_id = %(commune)s AND f.plot_id > %(after)s
            AND f.state = 'open' AND f.opened_at < %(at)s AND NOT {WAS_WAIVED}
        ORDER BY f.plot_id LIMIT %(most)s)
        UNION
        (SELECT DISTINCT f.plot_id FROM reconciliation_finding f
        WHERE f.rule = r.rule AND f.commune_id = %(commune)s AND f.plot_id > %(after)s
            AND f.state = 'closed' AND f.opened_at < %(at)s AND f.closed_at >= %(at)s AND NOT {WAS_WAIVED}
        ORDER BY f.plot_id LIMIT %(most)s)
        UNION
        (SELECT DISTINCT f.plot_id FROM reconciliation_finding f
        WHERE f.rule = r.rule AND f.commune_id = %(commune)s AND f.plot_id > %(after)s
            AND f.state = 'waived' AND f.opened_at < %(at)s AND NOT {WAS_WAIVED}
        ORDER BY f.plot_id LIMIT %(most)s)
    ) each ORDER BY each.plot_id LIMIT %(most)s
"""  # noqa: S608  our own names


@dataclass(frozen=True, slots=True)
class Stood:
    """Which plots: of a week's close, or of a `day` in it, those of a group (`is_all`: of any) or those with
    a rule open; of a close also those that nothing else holds back (`is_alone`), those with any rule of a
    `word` open, and those done of a task."""

    week: dt.date
    group: int | None = None
    rule: str = ""
    day: dt.date | None = None
    is_all: bool = False
    is_alone: bool = False
    task: str = ""
    word: str = ""

    def __post_init__(self) -> None:
        if sum(map(bool, (self.group, self.rule, self.is_all, self.task, self.word))) != 1:
            raise ValueError("a group or a rule")
        if self.day is not None and (self.kept is not None or self.word):
            raise ValueError("lists of weeks alone")

    @property
    def closes(self) -> dt.datetime:
        """The first moment after."""
        return closes_at(self.week) if self.day is None else day_closes_at(self.day)

    @property
    def kept(self) -> Wanted | None:
        """The list that was kept with the close, where what is dated does not tell."""
        if self.is_alone:
            return Wanted(self.week, KeptList.Kind.ALONE, self.rule)
        return Wanted(self.week, KeptList.Kind.DONE, self.task) if self.task else None

    @property
    def columns(self) -> tuple[str, ...]:
        """Where a snapshot tells how many, in parts; nothing there is none."""
        if self.task:
            return (f"tasks__{self.task}__done",)
        if self.word:
            return (f"dimensions__{self.word}",)
        if self.rule:
            return (f"{'alone' if self.is_alone else 'rules'}__{self.rule}",)
        return tuple(f"group_{group}" for group in (Group.values if self.is_all else [self.group]))

    def told(self, figures: Figures) -> int:
        """How many of a group or with a rule the close itself says they were."""
        return figures.rules[self.rule] if self.group is None else figures.groups[self.group]


class Seen(NamedTuple):
    """A plot of a list: in which commune, where a page goes on after it, the group where that is told."""

    commune: int
    plot: int
    place: int
    group: int | None


def seen(stood: Stood, told: Mapping[int, int], after: tuple[int, int] | None, most: int) -> list[Seen]:
    """Up to `most` plots that come after a place; `told` is how many each commune has, in that order."""
    if stood.kept is not None:
        kept = stood.kept.page(told, after, most)
        return [Seen(each.commune, each.record, each.place, None) for each in kept]
    parts = [replace(stood, is_all=False, group=group) for group in Group.values] if stood.is_all else [stood]
    found = [
        Seen(commune, plot, plot, part.group)
        for part in parts
        for commune, plot in page(part, told, after, most)
    ]
    places = {commune: place for place, commune in enumerate(told)}
    return sorted(found, key=lambda each: (places[each.commune], each.plot))[:most]


def page(
    stood: Stood, communes: Iterable[int], after: tuple[int, int] | None, most: int
) -> list[tuple[int, int]]:
    """(commune, plot) of up to `most` plots that come after one, in the order of these communes."""
    order = list(communes)
    last = 0
    if after is not None and after[0] in order:
        order, last = order[order.index(after[0]) :], after[1]
    found: list[tuple[int, int]] = []
    for commune in order:
        found += [(commune, plot) for plot in _of(stood, commune, last, most - len(found))]
        last = 0
        if len(found) >= most:
            break
    return found


def _of(stood: Stood, commune: int, after: int, most: int) -> list[int]:
    values = {
        "commune": commune,
        "group": stood.group,
        "rules": _rules(stood, commune),
        "after": after,
        "at": stood.closes,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_IN_GROUP if stood.group is not None else _WITH_RULES, values)
        return [row[0] for row in cursor.fetchall()]


def _rules(stood: Stood, commune: int) -> list[str]:
    """The rules that are asked for: the one, or those of the word that the close counted in the commune."""
    if not stood.word:
        return [stood.rule]
    rows = history.last_revisions(WeeklySnapshot.objects.filter(week=stood.week), [commune])
    told = rows.values_list("rules", flat=True).first() or {}
    return [rule for rule in told if catalogue.knows(rule) and catalogue.by_id(rule).dimension == stood.word]
