"""The list behind a figure of a closed week or day: the plots as they stood at its cut-off."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of
from parcels.models import Plot

from ..campaign import at_cutoff
from ..campaign.at_cutoff import Seen, Stood
from ..classification.weeks import week_of
from ..filters import PAGE, address
from ..models import Dimension, PlotStatus, Task
from ..models.groups import Group
from ..rules import catalogue
from . import closes
from .queue import READERS

#: What stands for every group in the place of one, in an address.
ALL = "all"


@dataclass(frozen=True, slots=True)
class Row:
    """A plot of the list, its group then where the list tells it, where it stands today (None: no longer
    anywhere), whether it may be opened."""

    plot: Plot
    unit: AdminUnit
    group: int | None
    status: PlotStatus | None
    is_open: bool


@allow(*READERS)
@require_GET
def plots_at(request: HttpRequest) -> HttpResponse:
    """Plots of a group or of all at the close of a week or a day, with a rule open then or that rule alone,
    or with a code; by commune and plot."""
    user = user_of(request)
    stood = _asked(request)
    kind = stood.kept.kind if stood.kept else None
    look = closes.Look.read(request, stood.week, stood.columns, kind, stood.day)
    found = at_cutoff.seen(stood, look.told, look.after, PAGE + 1)
    kept = {"group": None, "rule": None, "alone": None, "task": None, "word": None}
    context = look.context([(each.commune, each.place) for each in found]) | {
        "stood": stood,
        "word": Dimension(stood.word).label if stood.word else "",
        "rule": catalogue.by_id(stood.rule) if stood.rule else None,
        "title": _("Thửa đất khi hết ngày") if stood.day else _("Thửa đất khi chốt tuần"),
        "groups": [
            (group.value, f"?{address(look.base, **kept | {'group': str(group.value)})}") for group in Group
        ],
        "all_groups": f"?{address(look.base, **kept | {'group': ALL})}",
        "chosen_by": [
            (name, look.base[name][0])
            for name in ("group", "rule", "alone", "task", "word")
            if name in look.base
        ],
        "rows": _rows(user, found[:PAGE], look.units),
    }
    return render(request, "plots/at_cutoff.html", context)


def _asked(request: HttpRequest) -> Stood:
    """What the address asks for; 404 where it names no Monday and no day, no group, rule, word or task."""
    names = ("rule", "group", "day", "task", "alone", "word")
    rule, group, day, task, alone, word = (request.GET.get(name, "") for name in names)
    try:
        last = dt.date.fromisoformat(day) if day else None
    except ValueError:
        raise Http404 from None
    week = week_of(last) if last else closes.monday(request.GET.get("week", ""))
    if (alone or task or word) and last:
        raise Http404
    if catalogue.knows(rule):
        return Stood(week, rule=rule, day=last, is_alone=alone == "1")
    if task == Task.CODE:
        return Stood(week, task=task)
    if word in Dimension.values:
        return Stood(week, word=word)
    if group == ALL:
        return Stood(week, day=last, is_all=True)
    if group not in {"1", "2", "3"}:
        raise Http404
    return Stood(week, int(group), day=last)


def _rows(user: User, found: list[Seen], units: dict[int, AdminUnit]) -> list[Row]:
    """The plots as they are called today; one that is elsewhere by now is shown and not opened."""
    ids = [each.plot for each in found]
    plots = Plot.objects.defer("geometry").in_bulk(ids)
    statuses = PlotStatus.objects.in_bulk(ids)
    own = user.commune_ids()
    return [
        Row(
            plot := plots[each.plot],
            units[each.commune],
            each.group,
            statuses.get(each.plot),
            own is None or plot.commune_id in own,
        )
        for each in found
        if each.plot in plots
    ]
