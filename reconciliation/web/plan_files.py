"""The plan as a workbook: down, up again, looked at, and written once somebody confirms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from landdb.intake.outcome import Refused
from landdb.intake.problems import text
from landdb.models import ReceivedFile
from landdb.web.gate import EVERYONE, allow
from landdb.web.posted import posted_from
from landdb.web.signed_in import user_of

from ..campaign import plan as plans
from ..campaign import plan_import, plan_workbook
from ..campaign.plan_import import Difference
from ..campaign.plan_workbook import MAX_BYTES
from . import row_problems
from .plan import CHANGERS, changes, whole_province_only

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Of each kind of row, and of earlier files.
SHOWN, EARLIER = 500, 10


class PlanFileForm(forms.Form):
    """A workbook with the plan."""

    workbook = forms.FileField(
        label=gettext_lazy("Tệp kế hoạch (.xlsx)"),
        error_messages={
            "required": gettext_lazy("Chọn một tệp rồi gửi."),
            "empty": gettext_lazy("Tệp rỗng: kiểm tra lại tệp rồi gửi lại."),
        },
    )

    def clean_workbook(self) -> UploadedFile[Any]:
        upload: UploadedFile[Any] = self.cleaned_data["workbook"]
        if Path(upload.name or "").suffix.lower() != ".xlsx":
            raise forms.ValidationError(_("Chỉ nhận tệp .xlsx: mở trong Excel rồi lưu lại dạng .xlsx."))
        if (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError(
                _("Tệp lớn hơn %(mb)d MB: chia thành nhiều tệp.") % {"mb": MAX_BYTES // 2**20}
            )
        return upload


@allow(*EVERYONE)
@require_GET
def workbook(request: HttpRequest) -> HttpResponse:
    """The plan of the territory as .xlsx, a row for every commune and task."""
    units = list(user_of(request).communes().order_by("sort_key"))
    content = plan_workbook.written(plans.lines(units, plans.Close()))
    answer = HttpResponse(content, content_type=_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="ke-hoach-{timezone.localdate():%Y%m%d}.xlsx"'
    return answer


@allow(*CHANGERS)
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """A workbook comes in; nothing is written before it was looked at."""
    user = user_of(request)
    whole_province_only(user)
    form = PlanFileForm(request.POST, request.FILES) if request.method == "POST" else PlanFileForm()
    if request.method == "POST" and form.is_valid():
        try:
            file = plan_import.receive(form.cleaned_data["workbook"], by=user)
        except Refused as refused:
            form.add_error("workbook", str(refused))
        else:
            return redirect("plan-file", file.pk)
    context = {"form": form, "files": _files().select_related("received_by")[:EARLIER]}
    return render(request, "plan/send.html", context, status=422 if form.errors else 200)


@allow(*CHANGERS)
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """What a workbook would do; of one that was written, what became of its rows."""
    user = user_of(request)
    whole_province_only(user)
    found = get_object_or_404(_files(), pk=pk)
    if found.rows:
        cause = request.GET.get("cause", "")
        context: dict[str, Any] = {"file": found, **row_problems.of(found, cause, {})}
        return render(request, "plan/file.html", context)
    preview = plan_import.preview(found, user.communes())
    context = {
        "file": found,
        "preview": preview,
        "new": [_shown(one) for one in preview.new[:SHOWN]],
        "changed": [_shown(one) for one in preview.changed[:SHOWN]],
        "rejected": [(one, text(one.code)) for one in preview.rejected[:SHOWN]],
        "shown": SHOWN,
    }
    return render(request, "plan/preview.html", context)


@allow(*CHANGERS)
@posted_from("plan-file")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what was seen."""
    user = user_of(request)
    whole_province_only(user)
    found = get_object_or_404(_files(), pk=pk)
    try:
        written = plan_import.confirm(found, user.communes(), seen=request.POST.get("seen", ""))
    except plans.Changed:
        messages.error(request, _("Chưa ghi gì: kế hoạch đã đổi từ lúc xem. Xem lại rồi xác nhận."))
    else:
        told = {"new": len(written.new), "changed": len(written.changed)}
        messages.success(request, _("Đã ghi: %(new)d dòng mới, %(changed)d dòng đổi.") % told)
    return redirect("plan-file", pk)


def _files() -> Any:
    """Plans that came as files."""
    return ReceivedFile.objects.filter(kind=ReceivedFile.Kind.PLAN)


def _shown(one: Difference) -> dict[str, Any]:
    return {
        "row": one.said.row,
        "sheet": one.said.sheet,
        "commune": one.said.commune,
        "task": one.said.task.label,
        "fields": changes(one.fields),
    }
