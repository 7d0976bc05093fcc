"""What lists behind the figures of a close share: the close, its communes, their figures, the next page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Expression
from django.http import Http404, HttpRequest

from landdb.models import AdminUnit, RegistrationOffice, User
from landdb.web.signed_in import user_of

from ..campaign import history
from ..filters import PAGE, address
from ..models import DayFigures, KeptList, WeeklySnapshot
from ..queue_values import Place

SUNDAY = dt.timedelta(days=6)
#: Where a row of figures tells how many: a column, a path into one, or an expression.
Column = str | Expression


@dataclass(frozen=True, slots=True)
class Written:
    """Which revision of a close was listed, whether it was made good after its cut-off, and whether somewhere
    whom the figure counted was not kept."""

    revision: int = 1
    is_rebuilt: bool = False
    is_unlisted: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A list of a week's close or of a day's end, within what the reader may see."""

    week: dt.date
    day: dt.date | None
    #: Commune → how many were written down, of all that may be chosen, in reading order.
    counts: dict[int, int]
    units: dict[int, AdminUnit]
    written: Written
    chosen: AdminUnit | None
    office: RegistrationOffice | None
    start: Place | None
    base: dict[str, list[str]]

    @classmethod
    def read(
        cls,
        request: HttpRequest,
        week: dt.date,
        columns: Sequence[Column],
        kind: KeptList.Kind | None = None,
        day: dt.date | None = None,
    ) -> Look:
        """The communes of the address with their figures, the sum of some columns; 404 where it names one
        beyond the reader's. `kind` is what the list is kept as, where it is not made of what is dated."""
        user = user_of(request)
        counts, written = _of_day(user, day, columns) if day else _of_week(user, week, columns, kind)
        found = AdminUnit.objects.filter(pk__in=counts).select_related("office")
        units = {unit.pk: unit for unit in found.order_by("sort_key")}
        office = _office(request.GET.get("office", ""), units) if counts else None
        code = request.GET.get("commune", "")
        chosen = next((unit for unit in units.values() if unit.code == code), None)
        if code and chosen is None and counts:
            raise Http404
        start = Place.read(request.GET.get("after", ""))
        told = {pk: counts[pk] for pk in units}
        return cls(
            week, day, told, units, written, chosen, None if chosen else office, start,
            dict(request.GET.lists()),
        )  # fmt: skip

    @property
    def told(self) -> dict[int, int]:
        """Those that are listed: of the chosen commune, or of all that have any."""
        if self.written.is_unlisted:
            return {}
        return {pk: n for pk, n in self.counts.items() if n and self.chosen in (None, self.units[pk])}

    @property
    def after(self) -> tuple[int, int] | None:
        """The place after which the page begins."""
        return (self.start.commune_id, self.start.plot_id) if self.start else None

    def context(self, places: Sequence[tuple[int, int]]) -> dict[str, Any]:
        """What every such page shows, of a page and one more of the places that follow it."""
        weeks = reversed(history.closed_weeks())
        last = Place(*places[PAGE - 1]) if len(places) > PAGE else None
        chosen = [n for pk, n in self.counts.items() if self.chosen in (None, self.units[pk])]
        return {
            "look": self,
            "last": self.day or self.week + SUNDAY,
            "is_closed": bool(self.counts),
            "written": self.written,
            "total": sum(chosen),
            "weeks": [(week, week + SUNDAY) for week in weeks],
            "communes": [(unit, self.counts[pk]) for pk, unit in self.units.items()],
            "chosen": self.chosen,
            "office": self.office,
            "newest": f"?{address(self.base)}" if "after" in self.base else "",
            "older": f"?{address(self.base)}&after={last}" if last else "",
        }


def monday(raw: str) -> dt.date:
    """The week that an address names; 404 where that is no Monday."""
    try:
        week = dt.date.fromisoformat(raw)
    except ValueError:
        raise Http404 from None
    if week.weekday():
        raise Http404
    return week


def _office(code: str, units: dict[int, AdminUnit]) -> RegistrationOffice | None:
    """The office that the address names; of its communes alone the list is, and 404 where there are none."""
    if not code:
        return None
    for pk, unit in list(units.items()):
        if unit.office is None or unit.office.code != code:
            del units[pk]
    if not units:
        raise Http404
    return next(iter(units.values())).office


def _of_day(user: User, day: dt.date, columns: Sequence[Column]) -> tuple[dict[int, int], Written]:
    days = DayFigures.objects.visible_to(user).filter(day=day)
    rows = days.values_list("commune_id", *columns)
    return {commune: sum(count or 0 for count in counts) for commune, *counts in rows}, Written()


def _of_week(
    user: User, week: dt.date, columns: Sequence[Column], kind: KeptList.Kind | None
) -> tuple[dict[int, int], Written]:
    """Commune → how many were written down, and how that came about."""
    weeks = WeeklySnapshot.objects.visible_to(user).filter(week=week)
    # The one figure alone: the other words of a row are ten times as long.
    rows = list(
        history.last_revisions(weeks, None).values_list(
            "commune_id", "revision", "is_rebuilt", "lists", *columns
        )
    )
    revision = max((row[1] for row in rows), default=1)
    # A revision is always counted after its cut-off.
    is_rebuilt = any(rebuilt for _commune, which, rebuilt, *_rest in rows if which == 1)
    is_unlisted = kind is not None and any(kind not in row[3] for row in rows)
    counts = {row[0]: sum(count or 0 for count in row[4:]) for row in rows}
    return counts, Written(revision, is_rebuilt, is_unlisted)
