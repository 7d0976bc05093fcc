"""The list behind what is done of a task other than cleaning: plots, certificates or land users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, User
from landdb.web.gate import allow
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of
from parcels.models import Certificate, LandUser, Plot

from ..campaign import done as kept_done
from ..campaign import plan as plans
from ..filters import PAGE, address
from ..models import Task
from ..queue_values import Place
from .plan_lists import done_at
from .queue import READERS

#: Task → what its records are, and the page of one.
_RECORDS: dict[str, tuple[Any, str]] = {
    Task.CODE: (Plot.objects.select_related("status").defer("geometry"), "plot"),
    Task.COLLECT: (Certificate.objects, "certificate-timeline"),
    Task.SCAN: (Certificate.objects, "certificate-timeline"),
    Task.VERIFY: (LandUser.objects.select_related("verification"), "land-user"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it is today (None: it is no longer there), the commune that counted it, and its page."""

    record: Any
    unit: AdminUnit
    href: str


@allow(*READERS)
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """The records that the plan's figure counted when a day was written down last; a page at a time.

    Where the plan tells of a closed week, the list is the one that was kept with it.
    """
    user = user_of(request)
    task = request.GET.get("task", "")
    if task not in kept_done.TASKS:
        raise Http404
    units = {unit.pk: unit for unit in user.communes().order_by("sort_key")}
    code = request.GET.get("commune", "")
    chosen = next((unit for unit in units.values() if unit.code == code), None)
    if code and chosen is None:
        raise Http404
    close = plans.last_close([chosen.pk] if chosen else list(units))
    if close.is_week and (kept := done_at(user, close, Task(task), chosen)):
        return redirect(kept)
    lists = kept_done.kept(user, close).filter(task=task)
    totals = {commune: n for (commune, _task), n in kept_done.totals(lists).items()}
    order = [pk for pk, unit in units.items() if chosen in (None, unit)]
    start = Place.read(request.GET.get("after", ""))
    after = (start.commune_id, start.plot_id) if start else None
    places = kept_done.page(lists, order, after, PAGE + 1)
    base = {name: values for name, values in request.GET.lists() if name != "after"}
    last = Place(*places[PAGE - 1]) if len(places) > PAGE else None
    context = {
        "task": Task(task),
        "tasks": [(Task(each), f"?{address(base, task=each.value)}") for each in kept_done.TASKS],
        "close": close,
        "total": sum(totals.get(pk, 0) for pk in order),
        "communes": [(unit, totals.get(pk, 0)) for pk, unit in units.items()],
        "chosen": chosen,
        "rows": _rows(user, Task(task), places[:PAGE], units),
        "newest": f"?{address(base)}" if "after" in request.GET else "",
        "older": f"?{address(base)}&after={last}" if last else "",
    }
    return render(request, "plan/done.html", context)


def _rows(
    user: User, task: Task, places: Sequence[tuple[int, int]], units: dict[int, AdminUnit]
) -> list[Row]:
    records, page = _RECORDS[task]
    if page == "certificate-timeline":
        linked = Count("scans", filter=Q(scans__is_linked=True))
        records = records.annotate(scanned=Count("scans"), linked=linked)
    found = records.in_bulk([pk for _commune, pk in places])
    own, may_open = user.commune_ids(), user.role in roles_of(page, 1)
    rows = []
    for commune, pk in places:
        record = found.get(pk)
        is_open = may_open and record is not None and (own is None or record.commune_id in own)
        rows.append(Row(record, units[commune], reverse(page, args=[pk]) if is_open else ""))
    return rows
