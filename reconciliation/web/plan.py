"""The plan: what each commune was assigned of each task, what of it can be done, and what is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, Role, User
from landdb.templatetags.landdb import num
from landdb.web.fragments import fingerprint
from landdb.web.gate import EVERYONE, allow
from landdb.web.signed_in import user_of

from ..campaign import plan as plans
from ..campaign.plan import Base, Close, Line, Shift
from ..campaign.plan_edits import Edit, edits
from ..campaign.plan_workbook import TITLES
from ..models import Task, Why
from .plan_lists import Lists, waiting_today

#: Who sets targets, of the whole province.
CHANGERS = (Role.MANAGER, Role.ADMINISTRATOR)
_WHYS = {why.value: why.label for why in Why}
#: Changes of the plan that are shown.
EDITS = 20


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the plan: a task of all communes, or all tasks of one; and what rates are shares of."""

    task: Task
    base: Base
    commune: AdminUnit | None = None

    def query(self, **other: str) -> str:
        """The address of this look, or of one that differs in something."""
        chosen = {"task": self.task.value, "of": self.base.value}
        if self.commune:
            chosen["commune"] = self.commune.code
        return urlencode({name: value for name, value in (chosen | other).items() if value})


@allow(*EVERYONE)
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """The five tasks together, and the communes of one task or the tasks of one commune."""
    user = user_of(request)
    units = list(user.communes().order_by("sort_key"))
    look = _asked(request, units)
    shown = [look.commune] if look.commune else units
    close = plans.last_close([unit.pk for unit in shown])
    whole = None if user.commune_ids() is None else plans.last_close(None)
    found = cache(lambda: plans.lines(shown, close))
    lists = cache(lambda: Lists.read(user, close))
    province = whole.stamp if whole else ()

    def tasks() -> list[dict[str, Any]]:
        wholes = [] if look.commune else [plans.together(found(), task) for task in Task]
        return [_row(line, look, lists(), found()) for line in wholes]

    def rows() -> list[dict[str, Any]]:
        own = [line for line in found() if look.commune or line.task == look.task]
        return [_row(line, look, lists()) for line in own]

    context = {
        "look": look,
        "close": close,
        "tables_key": fingerprint(user.role, units, look, plans.edition(), close.stamp, province),
        "tasks": tasks,
        "rows": rows,
        "province": cache(lambda: _province(whole, look)),
        "columns": 10 + (whole is not None) + may_change(user),
        "bases": [(base, look.query(of=base.value)) for base in Base],
        "communes": units if len(units) > 1 else [],
        "may_change": may_change(user),
        "may_see_weeks": may_change(user),
        "edits": told_of(user, edits([unit.pk for unit in shown], EDITS)),
    }
    return render(request, "plan/plan.html", context)


def changes(fields: dict[str, tuple[Any, Any]]) -> list[tuple[Any, str, str]]:
    """Fields of a target with what they said and what they say, as people read it."""
    return [(TITLES[name], _said(old), _said(new)) for name, (old, new) in fields.items()]


def _said(value: Any) -> str:
    if isinstance(value, dt.date):
        return _day(value)
    return num(value) if isinstance(value, int) else value or _("trống")


def may_change(user: User) -> bool:
    """Targets are set from above: whoever answers for a part of the province reads them."""
    return user.has_role(*CHANGERS) and user.commune_ids() is None


def whole_province_only(user: User) -> None:
    """What is the whole province's, nobody changes for a part of it."""
    if user.commune_ids() is not None:
        raise PermissionDenied


def _asked(request: HttpRequest, units: Sequence[AdminUnit]) -> Look:
    task, code = request.GET.get("task", ""), request.GET.get("commune", "")
    commune = next((unit for unit in units if unit.code == code), None)
    only = units[0] if len(units) == 1 else None
    return Look(Task(task) if task in Task.values else Task.CLEAN, base_of(request), commune or only)


def base_of(request: HttpRequest) -> Base:
    wanted = request.GET.get("of", "")
    return Base(wanted) if wanted in Base.values else Base.ASSIGNED


def _row(line: Line, look: Look, lists: Lists, parts: Sequence[Line] = ()) -> dict[str, Any]:
    """A line as it is shown; `parts` are those of the communes of which it is the sum."""
    rate = line.rate(look.base)
    # Of many communes each explains the denominator of the rate that it shows; the sums above explain both.
    is_one_of_many = line.unit is not None and look.commune is None
    shifts = [_shift(each) for each in line.shifts if each.base == look.base or not is_one_of_many]
    code = line.unit.code if line.unit else ""
    whole = line.whole(look.base)
    is_over = rate is not None and rate > 1
    excluded = lists.excluded(line, parts)
    is_empty = whole is not None and whole <= 0 and bool(line.figures.assigned)
    return {
        "line": line,
        "href": f"?{look.query(task=line.task.value)}" if not line.unit else f"?{look.query(commune=code)}",
        "edit": _edit(code, line.task, look) if code else "",
        "starts": _day(line.target.starts_on) if line.target else "",
        "due": _day(line.target.due_on) if line.target else "",
        "rate": rate,
        "is_over": is_over,
        "is_empty": is_empty,
        "has_notes": is_over or is_empty or bool(shifts) or (line.unknown and not line.unit),
        "reasons": [(_why(why), n, excluded.get(why, "")) for why, n in line.figures.excluded.most_common()],
        "shifts": shifts,
        "done_href": lists.done(line, parts),
        "excluded_href": excluded.get("", ""),
        "waiting_href": "" if excluded else waiting_today(lists.user, code),
    }


def _edit(code: str, task: Task, look: Look) -> str:
    return f"{reverse('plan-edit', args=[code, task.value])}?{look.query(commune='')}"


def _day(day: dt.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _why(code: str) -> Any:
    return _WHYS.get(code, code)


def _shift(shift: Shift) -> dict[str, Any]:
    reasons = [{"why": _why(why), "old": old, "new": new} for why, (old, new) in shift.reasons.items()]
    return {"base": shift.base, "old": shift.old, "new": shift.new, "reasons": reasons}


def _province(close: Close | None, look: Look) -> dict[str, dict[str, Any]]:
    """Task → the whole province's rate, for those who see a part of it (`close` None: not)."""
    if close is None:
        return {}
    found = plans.lines(list(AdminUnit.objects.in_force()), close)
    rates = {task.value: plans.together(found, task).rate(look.base) for task in Task}
    return {task: {"rate": rate, "is_over": rate is not None and rate > 1} for task, rate in rates.items()}


def told_of(user: User, found: Sequence[Edit]) -> list[dict[str, Any]]:
    """Changes of the plan; officials of communes read what changed, not which officer did it."""
    names = not user.has_role(Role.COMMUNE_OFFICIAL)
    return [
        {
            "edit": each,
            "by": each.by if names else None,
            "fields": changes(each.fields),
        }
        for each in found
    ]
