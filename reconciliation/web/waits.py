"""The list behind a figure of what waits: with whom, since when, the oldest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, Role, User
from landdb.templatetags.landdb import num
from landdb.web.gate import allow
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of

from ..campaign.waits import AGES, OVERDUE, Waits, With, place_of
from ..filters import PAGE, address
from ..models import WorkItem
from ..models.waiting import capped
from ..worklist_values import At
from ..worklists import EXACT
from .queue import READERS

#: How the desk is called in an address and in figures; in the database it is an empty word.
DESK = "desk"


@dataclass(frozen=True, slots=True)
class Row:
    """A land user on whom plots wait, and since when."""

    item: WorkItem
    since: dt.date
    days: int
    why: Any
    is_late: bool


@allow(*READERS)
@require_GET
def waits(request: HttpRequest) -> HttpResponse:
    """Work that waits with somebody now, or of those whom figures of a day counted by their age."""
    user = user_of(request)
    units = {unit.pk: unit for unit in user.communes().order_by("sort_key")}
    asked = _asked(request, user, units)
    total = capped({"all": asked.items()}, EXACT)["all"]
    after = At.read(request.GET.get("after", ""))
    items = asked.page((after.value, after.pk) if after else None, PAGE)
    base = {name: values for name, values in request.GET.lists() if name != "after"}
    today = timezone.localdate()
    context = {
        "asked": asked,
        "ages": AGES[asked.age] if asked.age is not None else None,
        "place": units[asked.communes[0]] if len(asked.communes) == 1 else None,
        "communes": len(asked.communes),
        "total": total,
        "shown": num(total) if total <= EXACT else f"{num(EXACT)}+",
        "rows": [_row(item, asked.day or today) for item in items[:PAGE]],
        "may_open": user.role in roles_of("land-user", 1),
        "newest": f"?{address(base)}" if "after" in request.GET else "",
        "older": f"?{address(base)}&after={At(*place_of(items[PAGE - 1]))}" if len(items) > PAGE else "",
        "receivers": [
            (where.label, f"?{address(base, **{'with': where.value or DESK})}", where.value == asked.where)
            for where in With
        ]
        + [(_("Quá hạn trả lời"), f"?{address(base, **{'with': OVERDUE})}", asked.where == OVERDUE)],
    }
    return render(request, "dashboard/waits.html", context)


def _asked(request: HttpRequest, user: User, units: dict[int, AdminUnit]) -> Waits:
    """What the address asks for, else the desk; 404 where it names no receiver, or an age of no day."""
    where, age, raw = (request.GET.get(name, "") for name in ("with", "age", "day"))
    # A commune works at what was sent back to it; the others begin with what is nobody else's.
    where = where or (With.COMMUNE.value if user.role == Role.COMMUNE_OFFICIAL and not age else DESK)
    try:
        day = dt.date.fromisoformat(raw) if raw else None
    except ValueError:
        raise Http404 from None
    if where not in {DESK, OVERDUE, *filter(None, With.values)}:
        raise Http404
    if age and (where == OVERDUE or day is None or age not in map(str, range(len(AGES)))):
        raise Http404
    codes = request.GET.getlist("commune")
    communes = tuple(pk for pk, unit in units.items() if unit.code in codes)
    if codes and not communes:
        raise Http404
    return Waits(user, "" if where == DESK else where, communes, day, int(age) if age else None)


def _row(item: WorkItem, day: dt.date) -> Row:
    since = timezone.localtime(item.began).date()  # type: ignore[attr-defined]  # annotated
    return Row(item, since, (day - since).days, item.waits_told, item.is_overdue)
