"""Workbooks to be mended: asked for by an official of the commune, taken away while at hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb import jobs
from landdb.models import AdminUnit, Role
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..actions import annotated as annotated_workbook
from ..actions import workbook_marks, workbook_rows, workbooks
from ..actions.workbook_rows import Wanted
from ..models import CorrectionBatch, Workbook
from ..rules import catalogue

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


#: Whom a workbook may be narrowed to.
_WHOM: dict[str, Any] = {
    catalogue.Who.COMMUNE.value: catalogue.Who.COMMUNE.label,
    catalogue.Who.CITIZEN.value: catalogue.Who.CITIZEN.label,
    workbook_rows.DESK: _lazy("Chỉ dòng văn phòng trả lại"),
}


class WorkbookForm(forms.Form):
    """What for, and which rows: of a rule, of a village, by whom to ask."""

    purpose = forms.CharField(
        label=_lazy("Mục đích"),
        min_length=5,
        max_length=300,
        strip=True,
        error_messages={"required": _lazy("Ghi mục đích dùng dữ liệu (ít nhất 5 chữ).")},
    )
    rule = forms.ChoiceField(label=_lazy("Quy tắc"), required=False)
    village = forms.ChoiceField(label=_lazy("Thôn, khu phố"), required=False)
    who = forms.ChoiceField(
        label=_lazy("Hỏi ai"),
        required=False,
        choices=[("", _lazy("Tất cả")), *_WHOM.items()],
    )

    def __init__(self, commune: AdminUnit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = [(rule, str(catalogue.by_id(rule).name)) for rule in workbook_marks.for_communes()]
        villages = [(village, village) for village in workbook_rows.villages(commune)]
        self.fields["rule"].choices = [("", _("Mọi quy tắc")), *rules]  # type: ignore[attr-defined]
        self.fields["village"].choices = [("", _("Cả xã, phường")), *villages]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        told = self.cleaned_data
        return Wanted((told["rule"],) if told["rule"] else (), told["village"], told["who"])


@allow(Role.COMMUNE_OFFICIAL)
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Have a workbook made of the own commune's rows."""
    from .uploads import listed

    user = user_of(request)
    if user.commune is None:
        raise Http404
    form = WorkbookForm(user.commune, request.POST)
    if not form.is_valid():
        return render(request, "uploads/list.html", listed(request, asked=form), status=422)
    with transaction.atomic():
        workbook = workbooks.ask(user.commune, form.wanted, by=user, purpose=form.cleaned_data["purpose"])
        workbook.job = jobs.start("make_workbook", by=user, workbook=workbook.pk)
        workbook.save(update_fields=["job"])
    return redirect("uploads")


@allow(Role.COMMUNE_OFFICIAL, Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR)
@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    """The workbooks of the territory, asked for again while one is being made."""
    return render(request, "uploads/workbooks.html", of(request))


@allow(Role.COMMUNE_OFFICIAL)
@require_GET
def take(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself, for officials of its commune, as long as it is at hand."""
    user = user_of(request)
    workbook = get_object_or_404(Workbook.objects.visible_to(user).select_related("commune"), pk=pk)
    path = workbooks.take(workbook, by=user)
    if path is None:
        messages.error(request, _("Biểu này đã hết hạn tải; hãy lập biểu mới."))
        return redirect("uploads")
    name = f"bieu-{workbook.commune.code}-{workbook.made_at:%Y%m%d}-{workbook.pk}.xlsx"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=_TYPE)
    answer["Cache-Control"] = "no-store"
    return answer


@allow(Role.COMMUNE_OFFICIAL, Role.REVIEWER, Role.SENIOR_REVIEWER)
@require_http_methods(["GET", "POST"])
def annotated(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An uploaded workbook with what was found in its cells: made by POST, taken away by GET."""
    user = user_of(request)
    batches = CorrectionBatch.objects.visible_to(user).select_related("file", "commune")
    batch = get_object_or_404(batches, pk=pk)
    if request.method == "POST":
        with transaction.atomic():
            job = jobs.start("annotate_upload", by=user, batch=batch.pk)
            annotated_workbook.ask(batch, job)
        return redirect("upload", pk)
    path = annotated_workbook.take(batch, by=user)
    if path is None:
        return redirect("upload", pk)
    name = f"bieu-{batch.commune.code}-chu-thich-{pk}.xlsx"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=_TYPE)
    answer["Cache-Control"] = "no-store"
    return answer


def of(request: HttpRequest) -> dict[str, Any]:
    """What the panel of workbooks shows."""
    user = user_of(request)
    found = list(Workbook.objects.visible_to(user).select_related("commune", "made_by")[:8])
    for workbook in found:
        rules = [str(rule.name) for rule in catalogue.known(workbook.rules)]
        told = [*rules, workbook.village, str(_WHOM.get(workbook.who, ""))]
        workbook.narrowed = ", ".join(filter(None, told))  # type: ignore[attr-defined]
    return {
        "workbooks": found,
        "is_making": any(workbook.state == Workbook.State.MAKING for workbook in found),
        "may_take": user.has_role(Role.COMMUNE_OFFICIAL),
    }
