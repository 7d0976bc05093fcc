"""Land users to judge, those first on whom most plots wait."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from landdb.models import AccessLog, Role, TypedSearch, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of
from parcels.models import LandUser

from .. import places
from ..actions import bulk, police_batches
from ..filters import address
from ..models import Verification
from ..models.waiting import capped
from ..plot_search import find_people
from ..worklist_values import At
from ..worklists import EXACT, PAGE, WorkFilter
from . import file_links, meant, saved_views, unknown_facets, work_facets, work_lines, work_rows

READERS = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR)
#: Communes that an empty list offers instead.
NEAREST = 2
#: People told of whom a search means but who have no work in the list.
IDLE = 5


@allow(*READERS)
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """Work items of the territory under facets, by impact or age; a page at a time."""
    user = user_of(request)
    wanted = WorkFilter.read(user, request.GET, {unit.code: unit for unit in user.communes_in_order()})
    base = work_facets.base_of(request.GET)
    place = At.read(request.GET.get("after", ""))
    items = wanted.page(place)
    views = saved_views.tabs(user, wanted, base)
    counts = capped({**wanted.beside_counts(), **views.questions}, EXACT)
    facets = address(base)
    shown = items[:PAGE]
    rows = work_rows.rows(shown, user)
    most = max((item.plots for item in shown), default=1) or 1
    context = {
        "rows": rows,
        "lines": work_lines.written(rows, work_lines.Look(user, facets, most)),
        "facets": facets,
        "options": work_facets.options(wanted, base, counts),
        "chips": work_facets.chips(wanted, base),
        "orders": work_facets.orders(wanted, base),
        "order": wanted.order,
        "views": views.counted(counts),
        "view": views.current,
        "reach": saved_views.reach_of(user),
        "has_typed": wanted.search is not None,
        "typed": wanted.search.text if wanted.search else "",
        "unknown": unknown_facets.alert(wanted.unknown, base),
        "meant": meant.of(user, wanted.search, base, wanted.meant.readings if wanted.meant else ()),
        "hint": meant.hint(),
        "files": file_links.of(wanted.counts.total),
        "total": wanted.counts.total,
        "plots": wanted.counts.plots,
        "older": f"{facets}&after={wanted.at(shown[-1])}" if len(items) > PAGE else "",
        "is_first": place is None,
        "exact": EXACT,
        "may_review": user.may_review,
        **_supervising(user),
        **_to_police(wanted, base),
        "first_communes": work_facets.FIRST,
        **(_nothing(wanted, base) if not shown else {}),
    }
    return render(request, "queue/worklist.html", context)


@allow(*READERS)
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Keep what was typed on the server and list whom it may mean, under the facets that are on.

    What can only be the name of a commune turns its facet on.
    """
    user = user_of(request)
    base = work_facets.base_of(request.GET)
    typed = " ".join(request.POST.get("text", "").split())[:200]
    if meant.is_too_short(request, typed):
        return redirect(f"{reverse('worklist')}?{address(base, q=None)}")
    AccessLog.objects.create(user=user, action=AccessLog.Action.SEARCH, subject="land_user")
    there = places.named(user, typed)
    if there and not find_people(user, typed).people.exists():
        codes = meant.tell_places(request, there)
        return redirect(f"{reverse('worklist')}?{address(base, q=None, commune=codes)}")
    token = TypedSearch.objects.create(user=user, text=typed).token
    return redirect(f"{reverse('worklist')}?{address(base, q=token)}")


def _supervising(user: User) -> dict[str, Any]:
    """For a senior reviewer: how many bulk decisions of the office wait for a second person's word."""
    if not user.has_role(Role.SENIOR_REVIEWER):
        return {"may_supervise": False}
    return {"may_supervise": True, "asked_of_me": bulk.asked_of(user).exclude(by=user).count()}


def _to_police(wanted: WorkFilter, base: dict[str, list[str]]) -> dict[str, str]:
    """The address that begins a list for the police with this filter (`to_police`); where none can say as
    much, it is empty, and `not_to_police` says why."""
    outcomes = wanted.outcomes or tuple(code for code, n in wanted.counts.outcomes.items() if n)
    asked = [code for code in outcomes if code in police_batches.OUTCOMES]
    why = ""
    if wanted.unknown or base.keys() - {"outcome", "commune", "order"}:
        why = _("Danh sách gửi công an chỉ lọc theo loại việc và xã, phường: bỏ các điều kiện khác để gửi.")
    elif not asked or len(asked) < len(wanted.outcomes):
        labels = ", ".join(str(outcome.label) for outcome in police_batches.OUTCOMES)
        why = _("Công an chỉ được hỏi về các loại việc: %(outcomes)s.") % {"outcomes": labels}
    if why:
        return {"to_police": "", "not_to_police": why}
    return {"to_police": address({name: base[name] for name in ("commune",) if name in base}, outcome=asked)}


def _nothing(wanted: WorkFilter, base: dict[str, list[str]]) -> dict[str, Any]:
    """Where the list is empty: whether anybody was judged at all, and where the nearest work is."""
    others = sorted(wanted.counts.communes.items(), key=lambda pair: -pair[1])
    elsewhere = [
        {"unit": unit, "count": n, "query": address(base, commune=unit.code)}
        for unit, n in ((wanted.communes[pk], n) for pk, n in others if pk not in wanted.commune_ids and n)
    ][:NEAREST]
    # By number, key or whole name: of a piece of a name those without work may be half the register.
    told = wanted.meant.told_whole if wanted.meant else LandUser.objects.none()
    idle = told.live().visible_to(wanted.user).order_by("pk")
    return {
        "idle": list(idle[:IDLE]),
        "elsewhere": elsewhere if wanted.commune_ids else [],
        "is_matched": Verification.objects.visible_to(wanted.user).exists(),
        "is_filtered": bool(base.keys() - {"order"}),
    }
