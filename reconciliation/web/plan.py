"""The plan: what each commune was assigned of each task, what of it can be done, and what is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from landdb.models import AdminUnit, Role, User
from landdb.templatetags.landdb import num
from landdb.web.gate import EVERYONE, allow
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of

from ..campaign import plan as plans
from ..campaign.plan import Base, Line, Shift
from ..campaign.plan_edits import Edit, edits
from ..campaign.plan_rows import whole_number
from ..campaign.plan_workbook import TITLES
from ..models import Target, Task, Why

#: Who sets targets.
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


class TargetForm(forms.Form):
    """A commune's target for a task; `seen` is what stood when the form was opened."""

    assigned = forms.CharField(label=TITLES["assigned"], max_length=14, strip=True)
    unit = forms.CharField(label=TITLES["unit"], max_length=120, required=False, strip=True)
    leader = forms.CharField(label=TITLES["leader"], max_length=120, required=False, strip=True)
    starts_on = forms.DateField(
        label=TITLES["starts_on"], widget=forms.DateInput(attrs={"placeholder": "dd/mm/yyyy"})
    )
    due_on = forms.DateField(
        label=TITLES["due_on"], widget=forms.DateInput(attrs={"placeholder": "dd/mm/yyyy"})
    )
    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def clean_assigned(self) -> int:
        number = whole_number(self.cleaned_data["assigned"])
        if number is None:
            raise forms.ValidationError(_("Ghi số nguyên từ 0 đến 10.000.000, ví dụ 1.200 hoặc 1200."))
        return number

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if {"starts_on", "due_on"} <= said.keys() and said["due_on"] < said["starts_on"]:
            self.add_error("due_on", _("Hạn phải từ ngày bắt đầu trở đi."))
        return said


@allow(*EVERYONE)
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """The five tasks together, and the communes of one task or the tasks of one commune."""
    user = user_of(request)
    units = list(user.communes().order_by("sort_key"))
    look = _asked(request, units)
    shown = [look.commune] if look.commune else units
    close = plans.last_close([unit.pk for unit in shown])
    found = plans.lines(shown, close)
    rows = found if look.commune else [line for line in found if line.task == look.task]
    context = {
        "look": look,
        "close": close,
        "tasks": [] if look.commune else [_row(user, plans.together(found, task), look) for task in Task],
        "rows": [_row(user, line, look) for line in rows],
        "province": _province(user, look),
        "columns": 10 + user.has_role(Role.COMMUNE_OFFICIAL) + user.has_role(*CHANGERS),
        "bases": [(base, look.query(of=base.value)) for base in Base],
        "communes": units if len(units) > 1 else [],
        "may_change": user.has_role(*CHANGERS),
        "may_see_weeks": user.has_role(*CHANGERS) and user.commune_ids() is None,
        "edits": _told(user, edits([unit.pk for unit in shown], EDITS)),
    }
    return render(request, "plan/plan.html", context)


@allow(*CHANGERS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str, task: str) -> HttpResponse:
    """Set one commune's target; what was typed stays where something is wrong with it."""
    user = user_of(request)
    commune = get_object_or_404(user.communes(), code=code)
    if task not in Task.values:
        raise Http404
    which = Task(task)
    look = Look(which, _base(request))
    target = Target.objects.visible_to(user).filter(commune=commune, task=which).first()
    form = TargetForm(request.POST) if request.method == "POST" else TargetForm(initial=_initial(target))
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        try:
            is_other = plans.assign(commune, which, said, seen=said.pop("seen"))
        except plans.Changed:
            form.add_error(None, _("Người khác vừa sửa dòng này: xem lại số mới bên dưới rồi ghi lại."))
            # What stands now is beside the form: whoever sends it again has seen it.
            form.data = request.POST.copy()
            form.data["seen"] = plans.stamp(target)
        else:
            told = _("Đã ghi kế hoạch của %(commune)s.") % {"commune": commune}
            messages.success(request, told if is_other else _("Không có gì đổi."))
            return redirect(f"{reverse('plan')}?{look.query()}")
    context = {
        "form": form,
        "commune": commune,
        "task": which,
        "target": target,
        "back": f"{reverse('plan')}?{look.query()}",
        "edits": _told(user, edits([commune.pk], EDITS, task=which)),
    }
    return render(request, "plan/edit.html", context, status=422 if form.errors else 200)


def changes(fields: dict[str, tuple[Any, Any]]) -> list[tuple[Any, str, str]]:
    """Fields of a target with what they said and what they say, as people read it."""
    return [(TITLES[name], _said(old), _said(new)) for name, (old, new) in fields.items()]


def _said(value: Any) -> str:
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return num(value) if isinstance(value, int) else value or _("trống")


def whole_province_only(user: User) -> None:
    """What is the whole province's, nobody changes for a part of it."""
    if user.commune_ids() is not None:
        raise PermissionDenied


def _asked(request: HttpRequest, units: Sequence[AdminUnit]) -> Look:
    task, code = request.GET.get("task", ""), request.GET.get("commune", "")
    commune = next((unit for unit in units if unit.code == code), None)
    only = units[0] if len(units) == 1 else None
    return Look(Task(task) if task in Task.values else Task.CLEAN, _base(request), commune or only)


def _base(request: HttpRequest) -> Base:
    wanted = request.GET.get("of", "")
    return Base(wanted) if wanted in Base.values else Base.ASSIGNED


def _initial(target: Target | None) -> dict[str, Any]:
    values = {name: getattr(target, name) for name in plans.FIELDS} if target else {}
    return values | {"seen": plans.stamp(target)}


def _row(user: User, line: Line, look: Look) -> dict[str, Any]:
    rate, shifts = line.rate(look.base), [_shift(shift) for shift in line.shifts]
    code = line.unit.code if line.unit else ""
    whole = line.whole(look.base)
    is_over = rate is not None and rate > 1
    is_empty = whole is not None and whole <= 0 and bool(line.figures.assigned)
    return {
        "line": line,
        "href": f"?{look.query(task=line.task.value)}" if not line.unit else f"?{look.query(commune=code)}",
        "edit": reverse("plan-edit", args=[code, line.task.value]) + f"?{look.query(commune='')}"
        if code
        else "",
        "rate": rate,
        "is_over": is_over,
        "is_empty": is_empty,
        "has_notes": is_over or is_empty or bool(shifts) or (line.unknown and not line.unit),
        "reasons": [(_why(why), n) for why, n in line.figures.excluded.most_common()],
        "shifts": shifts,
        "excluded_href": _excluded(user, code),
    }


def _why(code: str) -> Any:
    return _WHYS.get(code, code)


def _shift(shift: Shift) -> dict[str, Any]:
    reasons = [{"why": _why(why), "old": old, "new": new} for why, (old, new) in shift.reasons.items()]
    return {"base": shift.base, "old": shift.old, "new": shift.new, "reasons": reasons}


def _excluded(user: User, code: str) -> str:
    """The people with whom work waits for what only they can bring."""
    name = next((name for name in ("worklist", "overview-waits") if user.role in roles_of(name)), "")
    asked = {"commune": code, "with": "citizen"} if code else {"with": "citizen"}
    return f"{reverse(name)}?{urlencode(asked)}" if name else ""


def _province(user: User, look: Look) -> dict[str, dict[str, Any]]:
    """Task → the whole province's rate, for those who see one commune of it."""
    if not user.has_role(Role.COMMUNE_OFFICIAL):
        return {}
    found = plans.lines(list(AdminUnit.objects.in_force()), plans.last_close(None))
    rates = {task.value: plans.together(found, task).rate(look.base) for task in Task}
    return {task: {"rate": rate, "is_over": rate is not None and rate > 1} for task, rate in rates.items()}


def _told(user: User, found: Sequence[Edit]) -> list[dict[str, Any]]:
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
