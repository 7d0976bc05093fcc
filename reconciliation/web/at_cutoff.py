"""The list behind a figure of a closed week or day: the plots as they stood at its cut-off."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, RegistrationOffice, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of
from parcels.models import Plot

from ..campaign import at_cutoff, history
from ..campaign.at_cutoff import Stood
from ..classification.weeks import week_of
from ..filters import PAGE, address
from ..models import DayFigures, PlotStatus, WeeklySnapshot
from ..models.groups import Group
from ..queue_values import Place
from ..rules import catalogue
from .queue import READERS


@dataclass(frozen=True, slots=True)
class Row:
    """A plot of the list, where it stands today (None: no longer anywhere), whether it may be opened."""

    plot: Plot
    unit: AdminUnit
    status: PlotStatus | None
    is_open: bool


@allow(*READERS)
@require_GET
def plots_at(request: HttpRequest) -> HttpResponse:
    """Plots in a group at the close of a week or a day, or with a rule open then; by commune and plot."""
    user = user_of(request)
    stood = _asked(request)
    told, written = _told(user, stood)
    units = {
        unit.pk: unit
        for unit in AdminUnit.objects.filter(pk__in=told).select_related("office").order_by("sort_key")
    }
    office = _office(request.GET.get("office", ""), units) if told else None
    code = request.GET.get("commune", "")
    chosen = next((unit for unit in units.values() if unit.code == code), None)
    if code and chosen is None and told:
        raise Http404
    order = [pk for pk in units if told[pk] and chosen in (None, units[pk])]
    start = Place.read(request.GET.get("after", ""))
    places = at_cutoff.page(stood, order, (start.commune_id, start.plot_id) if start else None, PAGE + 1)
    base = dict(request.GET.lists())
    last = Place(*places[PAGE - 1]) if len(places) > PAGE else None
    context = {
        "stood": stood,
        "rule": catalogue.by_id(stood.rule) if stood.rule else None,
        "title": _("Thửa đất khi hết ngày") if stood.day else _("Thửa đất khi chốt tuần"),
        "last": stood.day or stood.week + dt.timedelta(days=6),
        "closes": stood.closes,
        "is_closed": bool(told),
        "written": written,
        "total": sum(told[pk] for pk in order),
        "groups": [(group.value, f"?{address(base, rule=None, group=str(group.value))}") for group in Group],
        "weeks": [(week, week + dt.timedelta(days=6)) for week in reversed(history.closed_weeks())],
        "communes": [(unit, told[pk]) for pk, unit in units.items()],
        "chosen": chosen,
        "office": None if chosen else office,
        "rows": _rows(user, places[:PAGE], units),
        "newest": f"?{address(base)}" if "after" in base else "",
        "older": f"?{address(base)}&after={last}" if last else "",
    }
    return render(request, "plots/at_cutoff.html", context)


def _asked(request: HttpRequest) -> Stood:
    """What the address asks for; 404 where it names no Monday and no day, no group and no rule."""
    rule, group, day = (request.GET.get(name, "") for name in ("rule", "group", "day"))
    try:
        last = dt.date.fromisoformat(day) if day else None
        week = week_of(last) if last else dt.date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        raise Http404 from None
    if week.weekday() or not (catalogue.knows(rule) if rule else group in {"1", "2", "3"}):
        raise Http404
    return Stood(week, rule=rule, day=last) if rule else Stood(week, int(group), day=last)


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


@dataclass(frozen=True, slots=True)
class Written:
    """Which revision of a close was listed, and whether it was made good after its cut-off."""

    revision: int = 1
    is_rebuilt: bool = False


def _told(user: User, stood: Stood) -> tuple[dict[int, int], Written]:
    """Commune → how many were written down, and how that came about."""
    # The one figure alone: the other words of a row are ten times as long.
    if stood.day is not None:
        days = DayFigures.objects.visible_to(user).filter(day=stood.day)
        counts = days.values_list("commune_id", stood.column)
        return {commune: count or 0 for commune, count in counts}, Written()
    weeks = WeeklySnapshot.objects.visible_to(user).filter(week=stood.week)
    rows = list(
        history.last_revisions(weeks, None).values_list("commune_id", stood.column, "revision", "is_rebuilt")
    )
    revision = max((row[2] for row in rows), default=1)
    # A revision is always counted after its cut-off.
    is_rebuilt = any(rebuilt for _commune, _count, which, rebuilt in rows if which == 1)
    return {row[0]: row[1] or 0 for row in rows}, Written(revision, is_rebuilt)


def _rows(user: User, places: list[tuple[int, int]], units: dict[int, AdminUnit]) -> list[Row]:
    """The plots as they are called today; one that is elsewhere by now is shown and not opened."""
    ids = [plot for _commune, plot in places]
    plots = Plot.objects.defer("geometry").in_bulk(ids)
    statuses = PlotStatus.objects.in_bulk(ids)
    own = user.commune_ids()
    return [
        Row(plots[pk], units[commune], statuses.get(pk), own is None or plots[pk].commune_id in own)
        for commune, pk in places
        if pk in plots
    ]
