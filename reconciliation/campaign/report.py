"""The weekly report: everything that it tells of a closed week, gathered once for page, Word and Excel.

Nothing is read from today's counters: a report on a past week that is made again comes out the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation

from ..models import Task
from . import report_annexes, report_causes, report_figures, report_letter, report_text
from .course import sum_at
from .forecast import Forecast, forecast
from .history import TaskFigures
from .keeping import kept
from .report_charts import burn, burn_caption, spread
from .report_difficulties import noted
from .report_parts import Picture, Report, Table
from .report_past import Past, Territory, past, revisions
from .report_standing import (
    Standing,
    courses_of,
    is_partial,
    is_partly_excluded,
    of_task,
    planned_of,
    standings,
)
from .weekly import Closes

_WEEK = dt.timedelta(days=7)
#: Communes in the tables of the best and of the slow ones.
BEST, SLOW = 5, 10


def report(territory: Territory, week: dt.date, revision: int | None = None) -> Report | None:
    """The report on a week as a revision had it (None: the last one); None where nothing was written down."""
    revision = revision or revisions(territory, week)
    key = ("report", *territory.key(week), week, revision, Closes.read().until(week).stamps)
    # An official report is in Vietnamese, in whatever language the site is read.
    with translation.override("vi"):
        gathered = kept(key, lambda: _gathered(territory, week, revision))
        return gathered.told() if gathered else None


@dataclass
class Gathered:
    """A report but for its words: these speak of difficulties too, whose answers nobody writes down with a
    week."""

    found: Report
    ahead: Forecast | None
    last: dt.date
    names: dict[int, str]
    is_province: bool

    def told(self) -> Report:
        """The report with its words."""
        difficulties = noted(list(self.names), self.last, is_province=self.is_province)
        report_text.write(self.found, self.ahead, difficulties, self.names)
        self.found.note = self.found.say(
            "Số liệu chốt lúc 24 giờ ngày {week_last}; bản chốt {revision}; bộ quy tắc {rule_set}."
        )
        return self.found


def _gathered(territory: Territory, week: dt.date, revision: int) -> Gathered | None:
    told = past(territory, week, revision)
    return gather(told) if told else None


def gather(told: Past) -> Gathered:
    """The report of what was known."""
    found = Report(
        told.week,
        told.number,
        told.revision,
        report_letter.letter(told),
        reasons=told.reasons,
        is_rebuilt=told.is_rebuilt,
        listed=told.listed,
        before=told.week - _WEEK if told.before else None,
        partial=frozenset(task for task in Task if is_partial(told.now.values(), task)),
        partly_excluded=frozenset(task for task in Task if is_partly_excluded(told.now.values(), task)),
    )
    places = standings(told)
    report_figures.describe(found, told, places)
    found.tables["tasks"] = report_figures.tasks_table(found, told)
    if len(places) > 1:
        _by_rank(found, places)
    report_causes.describe(found, told)
    found.annexes += report_annexes.annexes(told, places)
    done = _done(told)
    clean = of_task(told.now.values(), Task.CLEAN)
    ahead = _ahead(done, clean, told.last)
    _draw(found, told, places, done, clean, ahead)
    return Gathered(found, ahead, told.last, told.names, told.territory.is_province)


def _by_rank(found: Report, places: Sequence[Standing]) -> None:
    """The first and the last communes; of few communes none stands in both tables."""
    ranked = [each for each in places if each.rank is not None] or list(places)
    slow = ranked[-min(SLOW, (len(ranked) + 1) // 2) :][::-1]
    best = ranked[: min(BEST, len(ranked) - len(slow))]
    note = (
        "Xếp theo điểm phần trăm so với kế hoạch: đã làm trên số được giao trừ kế hoạch trên số được giao. "
        "Mẫu số là số được giao lúc chốt, không đổi theo số thửa trong sổ."
    )
    for key, name, caption, rows in (
        ("best", "Dẫn đầu", "Xã, phường dẫn đầu.", best),
        ("slow", "Chậm nhất", "Xã, phường chậm nhất, chậm nhất trước.", slow),
    ):
        told = tuple(report_figures.place_row(each) for each in rows)
        found.tables[key] = Table(
            key, name, caption, report_figures.PLACES, told, (), note, tuple(each.code for each in rows)
        )


def _done(told: Past) -> list[tuple[dt.date, int]]:
    """Group 1 at the close of each week, of the communes that were assigned plots to clean (else of all)."""
    given = {
        pk for pk, each in told.now.items() if each.tasks.get(Task.CLEAN, TaskFigures()).assigned is not None
    }
    counted = given or set(told.now)
    return [
        (monday + _WEEK - dt.timedelta(days=1), sum(plots for pk, plots in ready.items() if pk in counted))
        for monday, ready in told.ready.items()
    ]


def _ahead(done: Sequence[tuple[dt.date, int]], clean: TaskFigures, last: dt.date) -> Forecast | None:
    """From the weeks that follow one upon the other without a gap up to this one."""
    if not clean.assigned:
        return None
    closings = []
    for place, (sunday, plots) in enumerate(reversed(done)):
        if sunday != last - place * _WEEK:
            break
        closings.append(plots)
    return forecast(closings[::-1], clean.assigned, last)


def _draw(
    found: Report,
    told: Past,
    places: Sequence[Standing],
    done: Sequence[tuple[dt.date, int]],
    clean: TaskFigures,
    ahead: Forecast | None,
) -> None:
    lines = list(courses_of(told).values())

    def wanted(day: dt.date) -> int | None:
        return round(sum_at(lines, day)) if lines else None

    drawn = burn(done, clean.assigned, wanted, clean.due, ahead)
    found.pictures["burn"] = Picture(burn_caption(drawn), drawn)
    rates = [each.rate for each in places if each.rate is not None]
    shares = rates or [each.share for each in places if each.share is not None]
    if len(shares) > 1:
        plan = planned_of(told, Task.CLEAN, told.last)
        of_what = "đã làm trên số thửa được giao" if rates else "nhóm 1 trên tổng số thửa"
        found.pictures["spread"] = Picture(
            f"Số xã, phường theo tỷ lệ {of_what} ({len(shares)} xã, phường).",
            spread(shares, plan / clean.assigned if rates and plan is not None and clean.assigned else None),
        )
