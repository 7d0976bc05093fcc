"""What a report is written from: a closed week as it was known when its snapshot was taken."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Max, Q

from landdb.models import AdminUnit, AdminUnitName, RegistrationOffice, User

from ..classification.period import Account, accounts
from ..classification.weeks import WEEK, week_of
from ..models import Task, WeeklySnapshot
from . import numbering
from .history import Figures, TaskFigures, last_revisions, tasks_of

#: Task → its figures.
Tasks = dict[str, TaskFigures]

_SUNDAY = dt.timedelta(days=6)


@dataclass(frozen=True)
class Territory:
    """The province, or a registration office's communes, or a commune."""

    office: RegistrationOffice | None = None
    commune: AdminUnit | None = None

    @classmethod
    def of(cls, user: User) -> Territory:
        return cls(user.office, user.commune)

    @property
    def is_province(self) -> bool:
        return self.office is None and self.commune is None

    def communes(self, on: dt.date) -> tuple[int, ...] | None:
        """The communes that were in it on a day; None for the province."""
        if self.is_province:
            return None
        then = AdminUnit.objects.in_force(on)
        if self.commune is not None:
            then = then.filter(Q(pk=self.commune.pk) | Q(predecessors=self.commune.pk)).distinct()
        else:
            then = then.filter(office=self.office)
        return tuple(then.order_by("pk").values_list("pk", flat=True))

    def key(self, week: dt.date) -> tuple[object, ...]:
        """What it is called, and the communes that it had when a week closed."""
        return (
            self.office and self.office.name,
            self.commune and self.commune.pk,
            self.communes(week + _SUNDAY),
        )


@dataclass
class Past:
    """The week's figures by commune, those of the week before, all group 1 so far, and the week's ledger.

    All of it as it was known then: a revision of an earlier week that came later changes nothing here.
    """

    territory: Territory
    week: dt.date
    #: Of the campaign; None before it begins.
    number: int | None
    revision: int
    now: dict[int, Figures]
    before: dict[int, Figures]
    ready: dict[dt.date, dict[int, int]]
    books: dict[int, Account]
    units: dict[int, AdminUnit]
    names: dict[int, str]
    province: str
    rule_sets: list[int]
    reasons: list[str]
    is_rebuilt: bool
    #: Of which kinds of figures whom they counted was kept, everywhere here.
    listed: frozenset[str]
    #: When the last of it was written down.
    known: dt.datetime

    @property
    def last(self) -> dt.date:
        return self.week + _SUNDAY

    @cached_property
    def begun(self) -> dict[dt.date, dict[int, Tasks]]:
        """Week → commune → tasks, at the closes about the days on which plans not of cleaning began."""
        others = (
            told for each in self.now.values() for task, told in each.tasks.items() if task != Task.CLEAN
        )
        starts = {told.starts for told in others if told.starts}
        wanted = {week for day in starts for week in about(day, self.ready)}
        found: dict[dt.date, dict[int, Tasks]] = defaultdict(dict)
        if self.week in wanted:
            found[self.week] = {commune: figures.tasks for commune, figures in self.now.items()}
        if before := wanted - {self.week}:
            earlier = WeeklySnapshot.objects.filter(week__in=before, taken_at__lte=self.known)
            for row in last_revisions(earlier, self.now).only("week", "commune", "tasks"):
                found[row.week][row.commune_id] = tasks_of(row)
        return found


def revisions(territory: Territory, week: dt.date) -> int:
    """How many revisions of a week there are for a territory; 0 where it was not written down."""
    communes = territory.communes(week + _SUNDAY)
    rows = WeeklySnapshot.objects.filter(week=week)
    found = rows if communes is None else rows.filter(commune__in=communes)
    last: int | None = found.aggregate(last=Max("revision"))["last"]
    return last or 0


def past(territory: Territory, week: dt.date, revision: int) -> Past | None:
    """The week as that revision had it; None where nothing was written down."""
    communes = territory.communes(week + _SUNDAY)
    upto = WeeklySnapshot.objects.filter(week=week, revision__lte=revision)
    rows = list(last_revisions(upto, communes).select_related("rule_set"))
    if not rows:
        return None
    known = max(row.taken_at for row in rows)
    earlier = WeeklySnapshot.objects.filter(week__lt=week, taken_at__lte=known)
    ready: dict[dt.date, dict[int, int]] = defaultdict(dict)
    for monday, commune, plots in last_revisions(earlier, communes).values_list(
        "week", "commune_id", "group_1"
    ):
        ready[monday][commune] = plots
    ready[week] = {row.commune_id: row.group_1 for row in rows}
    before = last_revisions(earlier.filter(week=week - WEEK), communes)
    here = [row.commune_id for row in rows]
    books = accounts(here, week, week + _SUNDAY)
    units = AdminUnit.objects.in_bulk(here)
    return Past(
        territory,
        week,
        numbering.number(week, numbering.starts(week) or numbering.first_close()),
        revision,
        {row.commune_id: Figures.of(row) for row in rows},
        {row.commune_id: Figures.of(row) for row in before},
        dict(sorted(ready.items())),
        {commune: books.get(commune, Account()) for commune in here},
        units,
        _names(units, week + _SUNDAY),
        min((unit.province for unit in units.values()), default=""),
        sorted({row.rule_set_id for row in rows if row.rule_set_id}),
        sorted({row.reason for row in rows if row.reason}),
        any(row.is_rebuilt for row in rows if row.revision == 1),
        frozenset.intersection(*(frozenset(row.lists) for row in rows)),
        known,
    )


def about(day: dt.date, weeks: Collection[dt.date]) -> list[dt.date]:
    """Of some weeks those whose close tells how far things were on a day: the last one closed by then, and
    the one in which it lies."""
    by_then = [week for week in weeks if week + _SUNDAY <= day]
    here = week_of(day)
    return [*([max(by_then)] if by_then else []), *([here] if here in weeks and here not in by_then else [])]


def _names(units: Mapping[int, AdminUnit], on: dt.date) -> dict[int, str]:
    """What the communes were called on a day."""
    names = {pk: unit.name for pk, unit in units.items()}
    dated = AdminUnitName.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=on),
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        unit__in=list(units),
    )
    return names | dict(dated.values_list("unit", "name"))
