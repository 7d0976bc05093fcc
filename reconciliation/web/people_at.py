"""The land users behind a figure of a closed week: whom work waited for, and what the registry said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models.fields.json import KeyTransform
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, User
from landdb.web.gate import allow
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of
from parcels.models import LandUser

from ..campaign.kept_pages import Kept, Wanted
from ..campaign.people import SUMS
from ..campaign.waits import AGES, OVERDUE
from ..filters import PAGE, address
from ..models import KeptList, Verification, WorkItem
from . import closes, land_users
from .queue import READERS
from .waits import DESK

With, Outcome, Kind = WorkItem.With, Verification.Outcome, KeptList.Kind
#: Who can have work longer than until the day that was set.
_LATE_WITH = (With.POLICE, With.COMMUNE, With.CITIZEN)
#: In the place of an outcome: land users of whom the registry has said something else since the close.
OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Row:
    """A land user of the list; None where another commune has them by now, or the register no longer does.

    `now` is what is said of them today.
    """

    kept: Kept
    unit: AdminUnit
    person: LandUser | None
    days: int
    now: Any


@allow(*READERS)
@require_GET
def waited(request: HttpRequest) -> HttpResponse:
    """Whom work waited for when a week closed, the oldest first in each commune; of an age, or overdue."""
    user, week = user_of(request), closes.monday(request.GET.get("week", ""))
    where, age = request.GET.get("with", "") or DESK, request.GET.get("age", "")
    receivers = [place.value or DESK for place in With]
    if where not in {*receivers, OVERDUE} or (age and where == OVERDUE):
        raise Http404
    if age and age not in map(str, range(len(AGES))):
        raise Http404
    if where == OVERDUE:
        wanted = Wanted(week, Kind.WAITS, "", late_with=_LATE_WITH)
        columns = [f"waiting__{place.value}__late" for place in _LATE_WITH]
    else:
        wanted = Wanted(week, Kind.WAITS, where, int(age) if age else None)
        columns = [f"waiting__{where}__{f'ages__{age}' if age else 'items'}"]
    look = closes.Look.read(request, week, columns, Kind.WAITS)
    found = wanted.page(look.told, look.after, PAGE + 1)
    kept: dict[str, str | None] = {"age": None}
    tabs = [*((place.label, place.value or DESK) for place in With), (_("Quá hạn trả lời"), OVERDUE)]
    context = look.context([(each.commune, each.place) for each in found]) | {
        "title": _("Việc chờ ai khi chốt tuần"),
        "about": _(
            "Những việc đang chờ ở đây lúc chốt tuần, kể cả việc nay đã xong hoặc đã chuyển đi; tuổi tính "
            "đến lúc chốt. Trong mỗi xã, phường việc chờ lâu nhất đứng trước."
        ),
        "counted": _("việc, đúng bằng bản chốt"),
        "tabs": [(label, f"?{address(look.base, **kept | {'with': value})}", value == where)
            for label, value in tabs],
        "ages": AGES[wanted.age] if wanted.age is not None else None,
        "is_waiting": True,
        "chosen_by": [(name, look.base[name][0]) for name in ("with", "age") if name in look.base],
        "rows": _rows(user, look, found[:PAGE], work_now),
        "may_open": user.role in roles_of("land-user", 1),
    }  # fmt: skip
    return render(request, "closes/people.html", context)


@allow(*READERS)
@require_GET
def people_at(request: HttpRequest) -> HttpResponse:
    """Land users by what the registry said of them when a week closed."""
    user, week = user_of(request), closes.monday(request.GET.get("week", ""))
    outcome = request.GET.get("outcome", "")
    if outcome not in {*Outcome.values, *SUMS, OTHERWISE}:
        raise Http404
    key = "" if outcome == OTHERWISE else outcome
    keys = SUMS.get(outcome, ())
    wanted = Wanted(week, Kind.OUTCOME, key, keys=keys)
    columns = [KeyTransform(each, "verification") for each in keys or (key,)]
    look = closes.Look.read(request, week, columns, Kind.OUTCOME)
    found = wanted.page(look.told, look.after, PAGE + 1)
    context = look.context([(each.commune, each.place) for each in found]) | {
        "title": _("Người sử dụng đất khi chốt tuần"),
        "about": _(
            "Những người có kết quả đối chiếu này trong bản chốt, kể cả người nay đã có kết quả khác."
        ),
        "counted": _("người, đúng bằng bản chốt"),
        "tabs": [
            (label, f"?{address(look.base, outcome=value)}", value == outcome)
            for value, label in (
                ("all", _("Tất cả")),
                *Outcome.choices,
                (OTHERWISE, _("Đã đổi khi lập bản chốt")),
                ("asked", _("Phải đối chiếu")),
                ("wrong", _("Sai lệch hoặc chưa rõ")),
            )
        ],
        "chosen_by": [("outcome", outcome)],
        "rows": _rows(user, look, found[:PAGE], _said_now),
        "may_open": user.role in roles_of("land-user", 1),
    }
    return render(request, "closes/people.html", context)


def _rows(user: User, look: closes.Look, found: Sequence[Kept], said: Any) -> list[Row]:
    """Who left the territory since is counted and not named."""
    people = land_users.of_territory(user).in_bulk([each.record for each in found])
    now, last = said(list(people)), look.week + closes.SUNDAY
    return [
        Row(
            each,
            look.units[each.commune],
            people.get(each.record),
            (last - each.since).days if each.since else 0,
            now.get(each.record, ""),
        )
        for each in found
    ]


def work_now(people: Sequence[int]) -> dict[int, Any]:
    """Land user → with whom the work waits today, or that it is done."""
    items = WorkItem.objects.filter(land_user__in=people)
    at_desk = set(WorkItem.objects.at_desk().filter(land_user__in=people).values_list("land_user", flat=True))
    return {
        item.land_user_id: item.get_state_display()
        if item.state == WorkItem.State.DONE
        else (With.DESK.label if item.land_user_id in at_desk else item.get_waits_with_display())
        for item in items
    }


def _said_now(people: Sequence[int]) -> dict[int, Any]:
    """Land user → what the registry says today."""
    rows = Verification.objects.filter(land_user__in=people).values_list("land_user", "outcome")
    return {person: Outcome(outcome).label for person, outcome in rows}
