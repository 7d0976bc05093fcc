"""The communes beside each other: where they are, how fast, how far behind the plan, whom they wait for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit

from ..campaign.course import Course
from ..campaign.course import points as points_of
from ..campaign.history import Groups
from ..campaign.ranking import ranked
from ..campaign.weekly import Week

#: Communes shown before all are asked for, and weeks of the small line.
FIRST, SPARK_WEEKS = 12, 7
_SPARK_WIDTH, _SPARK_HEIGHT = 64, 20


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line, one place for each week, and its last place."""

    line: str
    x: str
    y: str


@dataclass(slots=True)
class Row:
    """A commune in a week. `gap`: points of what was assigned, below nought where it is behind the plan."""

    unit: AdminUnit
    groups: Groups
    change: int | None
    points: float | None
    gap: float | None
    needed: int | None
    is_over: bool
    holder: tuple[str, float] | None
    matched: float | None
    steps: list[int]
    #: 1 is farthest ahead of its plan, as in the report; None without a plan.
    rank: int | None = None
    links: list[str] | None = None

    @property
    def plots(self) -> int:
        return sum(self.groups)

    @property
    def share(self) -> float | None:
        return self.groups[0] / self.plots if self.plots else None

    @property
    def sort_key(self) -> str:
        return self.unit.sort_key

    @property
    def spark(self) -> Spark | None:
        return _spark(self.steps)


Sort = Callable[[Row], Any]


def slowest(row: Row) -> tuple[bool, float, float]:
    """For sorting: farthest behind its plan first, then without a plan the least share first."""
    return row.gap is None, row.gap or 0.0, row.share or 0.0


#: Columns that can be sorted: key, heading, value, and whether only the table of all has it.
COLUMNS: tuple[tuple[str, str | Promise, Sort, bool], ...] = (
    ("name", _("Xã, phường"), lambda row: row.unit.sort_key, False),
    ("plots", _("Thửa"), lambda row: row.plots, False),
    ("share", _("Nhóm 1"), lambda row: row.share or 0, False),
    ("change", _("Tuần này"), lambda row: row.change or 0, False),
    ("gap", _("So kế hoạch"), slowest, False),
    ("needed", _("Cần / tuần"), lambda row: row.needed or 0, False),
    ("verified", _("Khớp dân cư"), lambda row: row.matched or 0, True),
)
#: The slowest first, so that the manager reads from the top what is late.
USUAL = "gap"


def rows(week: Week, units: Mapping[int, AdminUnit]) -> list[Row]:
    """All communes, the one farthest behind its plan first; without a plan the one with the least share."""
    found = ranked(_row(week, pk, unit) for pk, unit in units.items())
    return sorted(found, key=lambda row: (not row.plots, slowest(row)))


def in_order(found: list[Row], asked: str) -> tuple[list[Row], str, bool]:
    """Sorted as the address asks, with the key and whether downwards; communes without plots last."""
    key, descending = asked.removeprefix("-"), asked.startswith("-")
    values = {column: value for column, _title, value, _wide in COLUMNS}
    if key not in values:
        key, descending = USUAL, False
    found = sorted(found, key=values[key], reverse=descending)
    found.sort(key=lambda row: not row.plots)
    return found, key, descending


def whole_spark(week: Week) -> Spark | None:
    """The small line of all communes together."""
    return _spark(steps_of([sum(groups[0] for groups in held.values()) for held in week.stocks.values()]))


def steps_of(closings: list[int]) -> list[int]:
    """What the last weeks brought."""
    return [after - before for before, after in pairwise(closings)][-SPARK_WEEKS:]


def _row(week: Week, pk: int, unit: AdminUnit) -> Row:
    groups = week.now.get(pk, (0, 0, 0))
    before = (week.before or {}).get(pk)
    plots, course = sum(groups), week.courses.get(pk)
    change = points = None
    if before is not None:
        change = groups[0] - before[0]
        if plots and sum(before):
            points = 100 * (groups[0] / plots - before[0] / sum(before))
    return Row(
        unit,
        groups,
        change,
        points,
        points_of(groups[0], course.at(week.last), course.assigned) if course else None,
        course.needed(groups[0], week.last) if course else None,
        _is_over(course, groups[0], week.last),
        week.told.holders.get(pk) if week.told else None,
        week.told.matched.get(pk) if week.told else None,
        steps_of([held[pk][0] for held in week.stocks.values() if pk in held]),
    )


def _is_over(course: Course | None, now: int, day: dt.date) -> bool:
    return course is not None and day >= course.due and now < course.assigned


def _spark(steps: list[int]) -> Spark | None:
    if len(steps) < 2:
        return None
    low, high = min(steps), max(steps)
    wide, tall = (_SPARK_WIDTH - 6) / (len(steps) - 1), (_SPARK_HEIGHT - 6) / ((high - low) or 1)
    places = [
        (f"{3 + place * wide:.1f}", f"{_SPARK_HEIGHT - 3 - tall * (step - low):.1f}")
        for place, step in enumerate(steps)
    ]
    return Spark(" ".join(",".join(place) for place in places), *places[-1])
