"""Setting one commune's target by hand, and taking it away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from landdb.models import AdminUnit
from landdb.spreadsheets import looks_like_formula
from landdb.web.day_input import TypedDay
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..campaign import plan as plans
from ..campaign.plan_edits import edits
from ..campaign.plan_rows import whole_number
from ..campaign.plan_workbook import TITLES
from ..models import Target, Task
from .free_text import NoIdentity
from .plan import CHANGERS, EDITS, Look, base_of, told_of, whole_province_only


class TargetForm(forms.Form):
    """A commune's target for a task; `seen` is what stood when the form was opened."""

    assigned = forms.CharField(label=TITLES["assigned"], max_length=14, strip=True)
    unit = forms.CharField(label=TITLES["unit"], max_length=120, required=False, strip=True)
    leader = forms.CharField(label=TITLES["leader"], max_length=120, required=False, strip=True)
    starts_on = forms.DateField(label=TITLES["starts_on"], widget=TypedDay())
    due_on = forms.DateField(label=TITLES["due_on"], widget=TypedDay())
    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def clean_assigned(self) -> int:
        number = whole_number(self.cleaned_data["assigned"])
        if number is None:
            raise forms.ValidationError(_("Ghi số nguyên từ 0 đến 10.000.000, ví dụ 1.200 hoặc 1200."))
        return number

    def clean_unit(self) -> str:
        return _name(self.cleaned_data["unit"])

    def clean_leader(self) -> str:
        return _name(self.cleaned_data["leader"])

    def clean_starts_on(self) -> dt.date:
        return _plausible(self.cleaned_data["starts_on"])

    def clean_due_on(self) -> dt.date:
        return _plausible(self.cleaned_data["due_on"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if {"starts_on", "due_on"} <= said.keys() and said["due_on"] < said["starts_on"]:
            self.add_error("due_on", _("Hạn phải từ ngày bắt đầu trở đi."))
        return said


class RemoveForm(forms.Form):
    """Why a target is taken away; `seen` is what stood when the form was opened."""

    reason = NoIdentity(label=gettext_lazy("Lý do bỏ chỉ tiêu"), min_length=3, max_length=300, strip=True)
    seen = forms.CharField(max_length=16)


def _plausible(day: dt.date) -> dt.date:
    """A day of a plan; one of another time was mistyped."""
    today = timezone.localdate()
    if not plans.is_plausible(day, today):
        told = {"first": f"{plans.EARLIEST:%d/%m/%Y}", "last": f"{plans.latest_day(today):%d/%m/%Y}"}
        raise forms.ValidationError(
            _("Ngày của kế hoạch phải từ %(first)s đến %(last)s: xem lại năm.") % told
        )
    return day


def _name(text: str) -> str:
    """A unit or a person; a text that a spreadsheet would reckon out is none."""
    if looks_like_formula(text):
        raise forms.ValidationError(
            _("Ghi tên bằng chữ, không bắt đầu bằng =, +, - hay @ như một công thức.")
        )
    return text


@allow(*CHANGERS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str, task: str) -> HttpResponse:
    """Set one commune's target; what was typed stays where something is wrong with it."""
    user = user_of(request)
    whole_province_only(user)
    commune = get_object_or_404(user.communes(), code=code)
    if task not in Task.values:
        raise Http404
    which = Task(task)
    look = Look(which, base_of(request))
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
    return _edit_page(request, commune, look, target, form)


@allow(*CHANGERS)
@require_POST
def remove(request: HttpRequest, code: str, task: str) -> HttpResponse:
    """Take one commune's target away, with a reason; the history keeps it."""
    user = user_of(request)
    whole_province_only(user)
    commune = get_object_or_404(user.communes(), code=code)
    target = get_object_or_404(Target.objects.visible_to(user), commune=commune, task=task)
    look, form = Look(Task(task), base_of(request)), RemoveForm(request.POST)
    if form.is_valid():
        try:
            plans.remove(commune, look.task, form.cleaned_data["reason"], seen=form.cleaned_data["seen"])
        except plans.Changed:
            form.add_error(None, _("Người khác vừa sửa dòng này: xem lại số mới bên dưới rồi ghi lại."))
        else:
            messages.success(request, _("Đã bỏ chỉ tiêu của %(commune)s.") % {"commune": commune})
            return redirect(f"{reverse('plan')}?{look.query()}")
    return _edit_page(request, commune, look, target, TargetForm(initial=_initial(target)), form)


def _edit_page(
    request: HttpRequest,
    commune: AdminUnit,
    look: Look,
    target: Target | None,
    form: TargetForm,
    removal: RemoveForm | None = None,
) -> HttpResponse:
    user = user_of(request)
    context = {
        "form": form,
        "removal": removal or RemoveForm(),
        "seen": plans.stamp(target),
        "commune": commune,
        "task": look.task,
        "target": target,
        "remove": f"{reverse('plan-remove', args=[commune.code, look.task.value])}?{look.query()}",
        "back": f"{reverse('plan')}?{look.query()}",
        "edits": told_of(user, edits([commune.pk], EDITS, task=look.task)),
    }
    is_wrong = form.errors or (removal is not None and removal.errors)
    return render(request, "plan/edit.html", context, status=422 if is_wrong else 200)


def _initial(target: Target | None) -> dict[str, Any]:
    values = {name: getattr(target, name) for name in plans.FIELDS} if target else {}
    return values | {"seen": plans.stamp(target)}
