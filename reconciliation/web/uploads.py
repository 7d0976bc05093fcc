"""Form 01 workbooks of the communes: upload, report, decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb import jobs
from landdb.models import Role
from landdb.web.gate import allow
from landdb.web.posted import posted_from
from landdb.web.signed_in import user_of
from parcels.importers.form01.fields import FIELDS, UNUSED

from ..actions import uploads
from ..actions.changes import WrongState
from ..models import CorrectionBatch
from . import row_problems, upload_report
from .forms import ReasonForm, UploadForm

READERS = (Role.COMMUNE_OFFICIAL, Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR)
DECIDERS = (Role.REVIEWER, Role.SENIOR_REVIEWER)


@allow(*READERS)
@require_http_methods(["GET", "POST"])
def batches(request: HttpRequest) -> HttpResponse:
    """The territory's workbooks; an official of a commune adds one here."""
    user = user_of(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and user.has_role(Role.COMMUNE_OFFICIAL) and user.commune and form.is_valid():
        with transaction.atomic():
            batch = uploads.receive(form.cleaned_data["workbook"], user.commune, by=user)
            jobs.start("read_upload", by=user, batch=batch.pk)
        return redirect("upload", batch.pk)
    found = CorrectionBatch.objects.visible_to(user).select_related("file", "commune", "uploaded_by")
    context = {"batches": found[:100], "form": form, "may_upload": user.has_role(Role.COMMUNE_OFFICIAL)}
    return render(request, "uploads/list.html", context, status=422 if form.errors else 200)


@allow(*READERS)
@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """What a workbook would do, row by row; a panel of it while it is being read."""
    found = _visible(request, pk)
    template = "uploads/report.html" if request.htmx else "uploads/upload.html"  # type: ignore[attr-defined]
    return render(request, template, _context(request, found))


@allow(Role.COMMUNE_OFFICIAL, *DECIDERS)
@require_POST
def headers(request: HttpRequest, pk: int) -> HttpResponse:
    """What unknown headers mean; remembered for the commune, then the workbook is read again."""
    found = _visible(request, pk)
    if found.state == CorrectionBatch.State.ASKING:
        answers = {}
        for number, header in enumerate(found.file.unknown_headers):
            answer = request.POST.get(f"header-{number}", "")
            answers[header] = answer if answer in FIELDS else ""
        with transaction.atomic():
            uploads.remember_headers(found, answers, by=user_of(request))
            jobs.start("read_upload", by=user_of(request), batch=found.pk)
    return redirect("upload", pk)


@allow(*DECIDERS)
@posted_from("upload")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply the workbook, or send it back, with a reason."""
    user, found = user_of(request), _visible(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "uploads/upload.html", {**_context(request, found), "form": form}, status=422)
    reason = form.cleaned_data["reason"]
    try:
        with transaction.atomic():
            if request.POST.get("word") == "apply":
                uploads.approve(found, by=user, reason=reason)
                jobs.start("apply_upload", by=user, batch=found.pk)
            else:
                uploads.send_back(found, by=user, reason=reason)
                messages.success(request, _("Đã trả lại xã, phường."))
    except WrongState as state:
        messages.error(request, _("Tệp này đã ở bước khác: %(state)s.") % {"state": state})
    return redirect("upload", pk)


@allow(*DECIDERS)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an applied workbook back; records that others use since stay."""
    found = _visible(request, pk)
    try:
        counts = uploads.take_back(found, by=user_of(request))
    except WrongState as state:
        messages.error(request, _("Tệp này đã ở bước khác: %(state)s.") % {"state": state})
    else:
        kept = sum(n for name, n in counts.items() if name.endswith("kept"))
        if kept:
            messages.warning(
                request,
                ngettext(
                    "Đã hoàn tác; %(n)d chỗ đã có người dùng tiếp nên giữ nguyên.",
                    "Đã hoàn tác; %(n)d chỗ đã có người dùng tiếp nên giữ nguyên.",
                    kept,
                )
                % {"n": kept},
            )
        else:
            messages.success(request, _("Đã hoàn tác tệp."))
    return redirect("upload", pk)


def _visible(request: HttpRequest, pk: int) -> CorrectionBatch:
    found = CorrectionBatch.objects.visible_to(user_of(request))
    return get_object_or_404(
        found.select_related("file", "commune", "uploaded_by", "decided_by", "job"), pk=pk
    )


def _context(request: HttpRequest, found: CorrectionBatch) -> dict[str, Any]:
    user = user_of(request)
    return {
        "batch": found,
        "report": found.report,
        **row_problems.of(found.file, request.GET.get("cause", ""), {}),
        "parts": upload_report.parts(found),
        "steps": upload_report.steps(found),
        "differences": upload_report.differences(found),
        "differences_total": found.report.get("differences_total", 0),
        "fields": [field for name, field in FIELDS.items() if name not in UNUSED],
        "is_busy": found.state in (CorrectionBatch.State.READING, CorrectionBatch.State.APPLYING),
        "may_decide": user.has_role(*DECIDERS),
        "form": ReasonForm(),
    }
