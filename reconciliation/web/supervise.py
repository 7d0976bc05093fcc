"""What waits with whom and for how long, who has what open, and giving work out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb.models import Role, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..actions import bulk, leases
from ..models import Lease, WorkItem
from ..models.waiting import held, overdue, since
from ..worklists import AGES, NOBODY, WorkFilter
from .bulk_told import lines as bulk_lines
from .give_form import GiveForm
from .work_rows import initials

#: Late answers and open records shown.
SHOWN = 50
With = WorkItem.With


@dataclass(slots=True)
class Row:
    """One who has work: how many items by age, and the list behind them."""

    label: str
    query: str
    cells: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))

    @property
    def total(self) -> int:
        return sum(self.cells)


@allow(Role.SENIOR_REVIEWER)
@require_GET
def supervise(request: HttpRequest) -> HttpResponse:
    """Where the open work of the territory is; in the order of the desk, not of people's speed."""
    return _page(request, GiveForm(user=user_of(request)))


def _page(request: HttpRequest, form: GiveForm, *, status: int = 200) -> HttpResponse:
    """The page, with the form for giving work out as it was filled in."""
    user = user_of(request)
    rows = matrix(user)
    late = WorkItem.objects.open().visible_to(user).filter(overdue())
    context = {
        "rows": rows,
        "columns": [sum(row.cells[n] for row in rows) for n in range(len(AGES) + 1)],
        "total": sum(row.total for row in rows),
        "late": _late(late),
        "late_shown": SHOWN,
        "open": _open(user),
        "form": form,
        "asked": bulk_lines(bulk.asked_of(user).select_related("by", "change_set")),
    }
    return render(request, "queue/supervise.html", context, status=status)


@allow(Role.SENIOR_REVIEWER)
@require_POST
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a land user from whoever has it open, who is told so; or give one's own back."""
    user = user_of(request)
    item = get_object_or_404(WorkItem.objects.visible_to(user), land_user=pk)
    if request.POST.get("word") == "release":
        leases.release(Lease.Kind.PERSON, item.land_user_id, by=user)
        messages.success(request, _("Đã trả lại hồ sơ."))
    else:
        leases.take_over(Lease.Kind.PERSON, item.land_user_id, by=user)
        messages.success(request, _("Bạn đang giữ hồ sơ này; người giữ trước được báo khi làm tiếp."))
    return redirect("supervise")


@allow(Role.SENIOR_REVIEWER)
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest) -> HttpResponse:
    """So many items of a filter for one officer or several in turn, or for nobody: leads to the preview."""
    user = user_of(request)
    if request.method == "GET":
        return redirect("supervise")
    form = GiveForm(request.POST, user=user)
    if form.is_valid():
        ids = WorkFilter.read(user, form.query).ids(form.cleaned_data["limit"])
        if ids:
            found = bulk.draft(ids, form.wanted(), by=user, query=form.query.urlencode())
            return redirect("bulk", found.pk)
        form.add_error(None, _("Không việc nào còn như vậy: bỏ bớt điều kiện."))
    return _page(request, form, status=422)


def matrix(user: User) -> list[Row]:
    """Open work by who has it and for how many days, from one grouped question.

    Days count from the hand-over for what others have, from the opening for what is at the desk.
    """
    now = timezone.now()
    steps = [When(since__gte=now - dt.timedelta(days=days), then=Value(n)) for n, days in enumerate(AGES)]
    cells = (
        WorkItem.objects.open()
        .visible_to(user)
        .annotate(since=since(), held=held())
        .annotate(age=Case(*steps, default=Value(len(AGES)), output_field=IntegerField()))
        .values("held", "assigned_to", "assigned_to__full_name", "age")
        .annotate(n=Count("pk"))
        .order_by()
    )
    nobody = Row(_("Bàn xét duyệt, chưa giao ai"), f"given={NOBODY}")
    officers: dict[int, Row] = {}
    others: dict[str, Row] = {
        where.value: Row(str(where.label), f"with={where.value}")
        for where in (With.POLICE, With.COMMUNE, With.CITIZEN, With.LATER)
    }
    for cell in cells:
        officer = cell["assigned_to"]
        if cell["held"] != With.DESK:
            row = others[cell["held"]]
        elif officer is None:
            row = nobody
        else:
            row = officers.setdefault(officer, Row(cell["assigned_to__full_name"], f"given={officer}"))
        row.cells[cell["age"]] += cell["n"]
    return [nobody, *sorted(officers.values(), key=lambda row: row.label), *others.values()]


def _late(late: QuerySet[WorkItem]) -> list[dict[str, Any]]:
    """Hand-overs whose day is over, the longest ago first."""
    today = timezone.localdate()
    items = late.select_related("land_user", "commune").order_by("waits_until", "pk")
    return [
        {
            "item": item,
            "why": item.waits_told,
            "days": (today - item.waits_until).days if item.waits_until else 0,
        }
        for item in items[:SHOWN]
    ]


def _open(user: User) -> list[dict[str, Any]]:
    """The land users of the territory that somebody has open now, and for how many seconds on."""
    now = timezone.now()
    live = leases.live().filter(kind=Lease.Kind.PERSON).select_related("holder").order_by("until")
    by_record = {lease.record_id: lease for lease in live}
    items = WorkItem.objects.visible_to(user).filter(land_user__in=by_record)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for item in items.select_related("land_user", "commune"):
        lease = by_record[item.land_user_id]
        line = {
            "lease": lease,
            "item": item,
            "initials": initials(lease.holder.full_name),
            "left": (lease.until - now).total_seconds(),
            "is_mine": lease.holder_id == user.pk,
        }
        found[item.land_user_id].append(line)
    return [line for pk in by_record for line in found.get(pk, [])]
