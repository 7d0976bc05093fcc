"""Land users to judge, those first on whom most plots wait."""

from __future__ import annotations

import re

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from landdb.models import Role
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..filters import address
from ..models import Match, Verification, WorkItem

PAGE = 50


@allow(Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR)
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """Open work items of the territory by impact; a page at a time."""
    user = user_of(request)
    items = WorkItem.objects.open().visible_to(user)
    again = Exists(Match.objects.reopened().filter(land_user=OuterRef("land_user")))
    only_again = request.GET.get("again") == "1"
    if only_again:
        items = items.filter(again)
    counts = {
        row["commune__code"]: row["n"]
        for row in items.values("commune__code").annotate(n=Count("pk")).order_by()
    }
    code = request.GET.get("commune", "")
    if code:
        items = items.filter(commune__code=code)
    total = counts.get(code, 0) if code else sum(counts.values())
    reopened = total if only_again else items.filter(again).count()
    found = re.fullmatch(r"(\d{1,9})\.(\d{1,18})", request.GET.get("after", ""))
    if found:
        plots, pk = int(found[1]), int(found[2])
        items = items.filter(Q(plots__lt=plots) | Q(plots=plots, pk__gt=pk))
    shown = items.annotate(is_reopened=again).select_related("land_user__verification", "commune")
    rows = list(shown.order_by("-plots", "pk")[: PAGE + 1])
    base = dict(request.GET.lists())
    communes = [
        (unit, counts[unit.code]) for unit in user.communes().order_by("sort_key") if counts.get(unit.code)
    ]
    older = f"{address(base)}&after={rows[PAGE - 1].plots}.{rows[PAGE - 1].pk}" if len(rows) > PAGE else ""
    context = {
        "items": rows[:PAGE],
        "total": total,
        "is_matched": bool(rows) or Verification.objects.visible_to(user).exists(),
        "again": {
            "count": reopened,
            "is_on": only_again,
            "query": address(base, again=None if only_again else "1"),
        },
        "communes": [
            {
                "unit": unit,
                "count": n,
                "is_on": unit.code == code,
                "query": address(base, commune=None if unit.code == code else unit.code),
            }
            for unit, n in sorted(communes, key=lambda pair: -pair[1])
        ],
        "older": older,
        "first": address(base) if found else "",
        "most": max((item.plots for item in rows), default=1) or 1,
    }
    return render(request, "queue/worklist.html", context)
