"""The list behind what cannot be collected of a task: plots, certificates or land users, with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, User
from landdb.web.gate import allow
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of
from parcels.models import Certificate, Plot

from ..campaign import excluded as lists
from ..campaign import plan as plans
from ..campaign.counting import EXCLUDED_FROM
from ..campaign.excluded import TASKS, WHYS, Held, Wanted
from ..campaign.plan import Close
from ..classification.weeks import week_of
from ..filters import PAGE, address
from ..models import KeptList, Task, Why
from . import closes, land_users
from .people_at import work_now
from .plan_lists import waiting_today
from .queue import READERS

#: The page of one of what is counted.
_PAGES = {"plots": "plot", "certificates": "certificate-timeline", "people": "land-user"}
_ABOUT = {
    "plots": _lazy(
        "Những thửa khi đó chưa lên nhóm 1 mà có người sử dụng đất đang chờ vì lý do này, kể cả thửa về sau "
        "đã làm được."
    ),
    "certificates": _lazy(
        "Những giấy khi đó chưa có bản quét mà có người sử dụng đất đang chờ vì lý do này, kể cả giấy về sau "
        "đã thu được."
    ),
    "people": _lazy(
        "Những người khi đó chưa khớp dân cư và đang chờ vì lý do này, kể cả người về sau đã có kết quả khác."
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it is today (None: no longer of the reader's territory, or gone), the commune that counted
    it and the reason of then, its page, and with whom the work of a land user waits now."""

    record: Any
    unit: AdminUnit
    why: str
    href: str
    work: str


@allow(*READERS)
@require_GET
def excluded(request: HttpRequest) -> HttpResponse:
    """What could not be collected of a task when a week closed, for one reason or for all.

    Where the address names no week, when that was written down of which the plan tells.
    """
    user = user_of(request)
    raw, why = request.GET.get("task", ""), request.GET.get("why", "")
    if raw not in TASKS or (why and why not in WHYS):
        raise Http404
    task, whys = Task(raw), [Why(why)] if why else WHYS
    columns = [f"tasks__{task}__excluded__{each}" for each in whys]
    if "week" in request.GET:
        wanted = Wanted(task, whys, closes.monday(request.GET["week"]))
        look = closes.Look.read(request, wanted.week, columns, KeptList.Kind.EXCLUDED)
    else:
        close = plans.last_close(user.commune_ids())
        week = week_of(close.day or timezone.localdate())
        if close.is_week:
            asked = address(dict(request.GET.lists()), week=week.isoformat())
            return redirect(f"{reverse('plan-excluded')}?{asked}")
        wanted = Wanted(task, whys, week, close.day)
        look = _of_day(request, close, wanted, columns)
    found = wanted.page(look.told, look.after, PAGE + 1)
    what = EXCLUDED_FROM[task]
    context = look.context([(each.commune, each.place) for each in found]) | {
        "task": task,
        "title": _("Chưa thể làm: %(task)s") % {"task": task.label},
        "about": _ABOUT[what],
        "counted": _("trường hợp, đúng bằng số đã ghi"),
        "tabs": [(each.label, f"?{address(look.base, task=each.value)}", each == task) for each in TASKS],
        "chosen_by": [("task", task.value)],
        "whys": WHYS,
        "why": why,
        "what": what,
        "waiting_href": waiting_today(user, look.chosen.code if look.chosen else ""),
        "rows": _rows(user, look, what, found[:PAGE]),
    }
    return render(request, "plan/excluded.html", context)


def _of_day(request: HttpRequest, close: Close, wanted: Wanted, columns: Sequence[str]) -> closes.Look:
    """The figures of the day; its list was not kept where another number of records was."""
    look = closes.Look.read(request, wanted.week, columns, KeptList.Kind.EXCLUDED, close.day)
    kept = lists.totals(lists.kept(user_of(request), close))
    keys = [lists.key_of(wanted.task, why) for why in wanted.whys]
    is_kept = all(sum(kept.get((pk, key), 0) for key in keys) == n for pk, n in look.counts.items())
    return look if is_kept else replace(look, written=closes.Written(is_unlisted=True))


def _rows(user: User, look: closes.Look, what: str, found: Sequence[Held]) -> list[Row]:
    """Who or what left the territory since is counted and not named."""
    records = _records(user, what, [each.record for each in found])
    work = work_now(list(records)) if what == "people" else {}
    page = _PAGES[what]
    may_open = user.role in roles_of(page, 1)
    return [
        Row(
            records.get(each.record),
            look.units[each.commune],
            str(Why(each.why).label),
            reverse(page, args=[each.record]) if may_open and each.record in records else "",
            str(work.get(each.record, "")),
        )
        for each in found
    ]


def _records(user: User, what: str, ids: Sequence[int]) -> dict[int, Any]:
    if what == "plots":
        plots = Plot.objects.visible_to(user).select_related("status").defer("geometry")
        return dict(plots.in_bulk(ids))
    if what == "certificates":
        linked = Count("scans", filter=Q(scans__is_linked=True))
        papers = Certificate.objects.visible_to(user).annotate(scanned=Count("scans"), linked=linked)
        return dict(papers.in_bulk(ids))
    return dict(land_users.of_territory(user).in_bulk(ids))
