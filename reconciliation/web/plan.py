"""The plan: what each commune was assigned of each task, what of it can be done, and what is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
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
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of

from ..campaign import done
from ..campaign import plan as plans
from ..campaign.plan import Base, Close, Line, Shift
from ..campaign.plan_edits import Edit, edits
from ..campaign.plan_workbook import TITLES
from ..classification.weeks import week_of
from ..models import KeptList, Task, Verification, Why
from ..models.groups import Group

#: Who sets targets, of the whole province.
CHANGERS = (Role.MANAGER, Role.ADMINISTRATOR)
#: (Commune, task) → how many records were kept of what is done.
Kept = Mapping[tuple[int, str], int]
_WHYS = {why.value: why.label for why in Why}
#: Where what is done of a task is listed, as what it is kept with a close, and what the address says.
_LISTS: dict[Task, tuple[str, KeptList.Kind | None, str, object]] = {
    Task.CLEAN: ("plots-at", None, "group", Group.READY.value),
    Task.COLLECT: ("certificates-at", KeptList.Kind.DONE, "task", Task.COLLECT.value),
    Task.VERIFY: ("land-users-at", KeptList.Kind.OUTCOME, "outcome", Verification.Outcome.MATCHED.value),
    Task.CODE: ("plots-at", KeptList.Kind.DONE, "task", Task.CODE.value),
    Task.SCAN: ("certificates-at", KeptList.Kind.DONE, "task", Task.SCAN.value),
}
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
    kept = cache(lambda: done.totals(done.kept(user, close)))
    province = whole.stamp if whole else ()

    def tasks() -> list[dict[str, Any]]:
        wholes = [] if look.commune else [plans.together(found(), task) for task in Task]
        return [_row(user, line, look, _done(user, close, line, kept(), found())) for line in wholes]

    def rows() -> list[dict[str, Any]]:
        own = [line for line in found() if look.commune or line.task == look.task]
        return [_row(user, line, look, _done(user, close, line, kept())) for line in own]

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


def _row(user: User, line: Line, look: Look, done_href: str) -> dict[str, Any]:
    rate, shifts = line.rate(look.base), [_shift(shift) for shift in line.shifts]
    code = line.unit.code if line.unit else ""
    whole = line.whole(look.base)
    is_over = rate is not None and rate > 1
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
        "reasons": [(_why(why), n) for why, n in line.figures.excluded.most_common()],
        "shifts": shifts,
        "done_href": done_href,
        "excluded_href": _excluded(user, code) if line.figures.excluded else "",
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


def _done(user: User, close: Close, line: Line, kept: Kept, parts: Sequence[Line] = ()) -> str:
    """The list of what was done then; of all communes together where each that did any has a target."""
    own = [part for part in parts if part.task == line.task] or [line]
    is_partial = any(part.target is None and part.figures.done for part in own if not line.unit)
    if not line.figures.done or is_partial or close.day is None:
        return ""
    if close.is_week or line.task == Task.CLEAN:
        return list_at(user, close, line.task, line.unit)
    # A day that was written down before records were kept has no lists.
    held = sum(kept.get((part.unit.pk, line.task), 0) for part in own if part.unit)
    if held != line.figures.done or user.role not in roles_of("plan-done"):
        return ""
    of = [("commune", line.unit.code)] if line.unit else []
    return f"{reverse('plan-done')}?{urlencode([('task', line.task.value), *of])}"


def list_at(user: User, close: Close, task: Task, unit: AdminUnit | None) -> str:
    """What was done of a task, as it was kept with a closed week; of a day the plots that were clean then."""
    page, kind, name, value = _LISTS[task]
    if close.day is None or user.role not in roles_of(page):
        return ""
    if kind is not None and not (close.is_week and kind in close.listed):
        return ""
    then = ("week", week_of(close.day)) if close.is_week else ("day", close.day)
    of = [("commune", unit.code)] if unit else []
    return f"{reverse(page)}?{urlencode([then, (name, value), *of])}"


def _excluded(user: User, code: str) -> str:
    """The people with whom work waits for what only they can bring."""
    name = next((name for name in ("worklist", "overview-waits") if user.role in roles_of(name)), "")
    asked = {"commune": code, "with": "citizen"} if code else {"with": "citizen"}
    return f"{reverse(name)}?{urlencode(asked)}" if name else ""


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
