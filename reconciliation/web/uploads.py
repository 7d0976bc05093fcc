"""Form 01 workbooks of the communes: upload, dry run, conflicts, decision, and taking one back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb import jobs
from landdb.models import AccessLog, Role, User
from landdb.web.gate import allow
from landdb.web.posted import posted_from
from landdb.web.shown_once import shown_once
from landdb.web.signed_in import user_of

from ..actions import upload_columns as columns
from ..actions import uploads, workbook_rows
from ..actions.changes import WrongState
from ..models import CorrectionBatch
from . import row_problems, upload_choice, upload_columns, upload_conflicts, upload_report, workbooks
from .forms import ReasonForm, UploadForm

READERS = (Role.COMMUNE_OFFICIAL, Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR)
DECIDERS = (Role.REVIEWER, Role.SENIOR_REVIEWER)
State = CorrectionBatch.State
_BUSY = (State.READING, State.APPLYING, State.UNDOING)
#: While there is something in the workbook to be mended and sent again.
_TO_MEND = (State.CHECKED, State.WAITING, State.SENT_BACK, State.APPLIED)


@allow(*READERS)
@require_http_methods(["GET", "POST"])
def batches(request: HttpRequest) -> HttpResponse:
    """The territory's workbooks; an official of a commune adds one here, and has one made to be mended."""
    user = user_of(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and user.has_role(Role.COMMUNE_OFFICIAL) and user.commune and form.is_valid():
        told = form.cleaned_data
        with transaction.atomic():
            batch = uploads.receive(
                told["workbook"],
                user.commune,
                by=user,
                clears=told["blank"] == UploadForm.CLEARS,
                clear_reason=told["clear_reason"],
            )
            _start(batch, "read_upload", request)
        return redirect("upload", batch.pk)
    return render(request, "uploads/list.html", listed(request, form), status=422 if form.errors else 200)


def listed(
    request: HttpRequest, form: UploadForm | None = None, asked: workbooks.WorkbookForm | None = None
) -> dict[str, Any]:
    """What the list shows, with either form as it was sent."""
    user = user_of(request)
    visible = CorrectionBatch.objects.visible_to(user)
    found = visible.select_related("file", "commune", "uploaded_by").defer("report")
    context = {
        "batches": found[:100],
        "form": form or UploadForm(),
        "may_remember": user.has_role(Role.COMMUNE_OFFICIAL, *DECIDERS),
        **workbooks.of(request),
    }
    if user.has_role(Role.COMMUNE_OFFICIAL) and user.commune:
        context |= {
            "may_upload": True,
            "asked": asked or workbooks.WorkbookForm(user.commune),
            "waiting": workbook_rows.count(user.commune),
        }
    return context


@allow(*READERS)
@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """What a workbook would do, row by row; a panel of it while it is being read."""
    found = visible(request, pk)
    template = "uploads/report.html" if request.htmx else "uploads/upload.html"  # type: ignore[attr-defined]
    return render(request, template, _context(request, found))


@allow(*READERS)
@posted_from("upload")
@shown_once
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page with the numbers of cells in conflict in full; logged."""
    found = visible(request, pk)
    log(request, found, AccessLog.Action.REVEAL)
    return render(request, "uploads/upload.html", _context(request, found, is_revealed=True))


@allow(Role.COMMUNE_OFFICIAL, *DECIDERS)
@posted_from("upload")
def headers(request: HttpRequest, pk: int) -> HttpResponse:
    """What columns are that are not sure, or that somebody changes; then the workbook is read again."""
    found = visible(request, pk)
    said = upload_columns.said(request, found)
    try:
        with transaction.atomic():
            columns.answer(found, said, reading=request.POST.get("reading", ""), by=user_of(request))
            _start(found, "read_upload", request)
    except columns.BadAnswers as bad:
        posted = upload_columns.Posted(said, bad.faults)
        context = _context(request, found) | upload_columns.of(request, found, posted)
        return render(request, "uploads/upload.html", context, status=422)
    except columns.ReadAgain:
        messages.error(request, _("Tệp vừa được đọc lại; xem lại các cột rồi chọn."))
    except WrongState as state:
        _elsewhere(request, state)
    return redirect("upload", pk)


@allow(Role.COMMUNE_OFFICIAL)
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Which side counts in the conflicts that were shown, in a column or in all; then it is read again."""
    found = visible(request, pk)
    chosen = upload_conflicts.chosen(found, request.POST)
    if not chosen:
        messages.error(request, _("Chưa chọn giá trị nào."))
        return redirect("upload", pk)
    try:
        with transaction.atomic():
            uploads.choose(found, chosen)
            _start(found, "read_upload", request)
    except WrongState as state:
        _elsewhere(request, state)
    return redirect("upload", pk)


@allow(Role.COMMUNE_OFFICIAL)
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the good rows before the office, or give this workbook up."""
    found = visible(request, pk)
    try:
        with transaction.atomic():
            if request.POST.get("word") == "drop":
                uploads.drop(found)
                messages.success(request, _("Đã bỏ tệp này; chưa có gì được ghi."))
            elif uploads.send(found, by=user_of(request)).state == State.APPLYING:
                _start(found, "apply_upload", request)
            else:
                messages.success(request, _("Đã gửi văn phòng duyệt."))
    except WrongState as state:
        _elsewhere(request, state)
    except uploads.StillInConflict:
        messages.error(request, _("Còn xung đột chưa chọn; chọn giá trị đúng cho từng ô rồi gửi."))
    except uploads.NothingToSend:
        messages.error(request, _("Không có dòng nào để gửi duyệt."))
    return redirect("upload", pk)


@allow(*DECIDERS)
@posted_from("upload")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply the chosen kinds and ticked rows, or send the workbook back, with a reason."""
    user, found = user_of(request), visible(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "uploads/upload.html", {**_context(request, found), "form": form}, status=422)
    reason = form.cleaned_data["reason"]
    try:
        with transaction.atomic():
            if request.POST.get("word") == "apply":
                uploads.approve(found, by=user, reason=reason, kinds=upload_choice.ticked(request.POST))
                _start(found, "apply_upload", request)
            else:
                uploads.send_back(found, by=user, reason=reason)
                messages.success(request, _("Đã trả lại xã, phường."))
    except WrongState as state:
        _elsewhere(request, state)
    except uploads.NothingToSend:
        messages.error(request, _("Chưa chọn dòng nào để duyệt."))
    return redirect("upload", pk)


@allow(*DECIDERS)
@require_GET
def choice(request: HttpRequest, pk: int) -> HttpResponse:
    """What a yes to the kinds ticked so far lets in; asked again whenever a tick changes."""
    found = visible(request, pk)
    return render(
        request,
        "uploads/choice.html",
        {"batch": found} | upload_choice.of(found, upload_choice.ticked(request.GET)),
    )


@allow(*DECIDERS)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an applied workbook back; records that others use since stay."""
    found = visible(request, pk)
    try:
        with transaction.atomic():
            uploads.ask_undo(found)
            _start(found, "undo_upload", request)
    except WrongState as state:
        _elsewhere(request, state)
    return redirect("upload", pk)


def _start(found: CorrectionBatch, kind: str, request: HttpRequest) -> None:
    """Queue the work, and let the page find it."""
    job = jobs.start(kind, by=user_of(request), batch=found.pk)
    CorrectionBatch.objects.filter(pk=found.pk).update(job=job)


def _elsewhere(request: HttpRequest, state: WrongState) -> None:
    messages.error(request, _("Tệp này đã ở bước khác: %(state)s.") % {"state": state})


def visible(request: HttpRequest, pk: int) -> CorrectionBatch:
    """A workbook of the territory."""
    found = CorrectionBatch.objects.visible_to(user_of(request))
    return get_object_or_404(
        found.select_related("file", "commune", "uploaded_by", "decided_by", "job", "annotated_job"), pk=pk
    )


def log(
    request: HttpRequest,
    found: CorrectionBatch,
    action: AccessLog.Action,
    subject: tuple[str, int] | None = None,
) -> None:
    """A look at rows of a workbook: at whatever the page lists, or at one `subject` of it."""
    name, pk = subject or ("workbook_rows", found.pk)
    AccessLog.objects.create(
        user=user_of(request), action=action, subject=name, subject_id=pk, commune_id=found.commune_id
    )


def _context(request: HttpRequest, found: CorrectionBatch, *, is_revealed: bool = False) -> dict[str, Any]:
    user = user_of(request)
    is_official, is_decider = user.has_role(Role.COMMUNE_OFFICIAL), user.has_role(*DECIDERS)
    parts = upload_report.parts(found)
    count = {part.state: part.count for part in parts}
    by_desk = upload_report.by_desk(found) if found.state == State.CHECKED else 0
    kinds = upload_report.kinds(found) if found.state in (State.CHECKED, State.WAITING, State.APPLIED) else []
    return {
        "batch": found,
        "report": found.report,
        **row_problems.of(
            found.file,
            request.GET.get("cause", ""),
            {},
            whole=found.lines.refused().without_bad_cell(),
        ),
        "parts": parts,
        "rows": sum(part.count for part in parts),
        "waiting": count.get("proposed", 0),
        "by_desk": by_desk,
        "good": count.get("proposed", 0) - by_desk,
        "bad": count.get("rejected", 0),
        "in_conflict": count.get("conflict", 0),
        "steps": upload_report.steps(found),
        "progress": upload_report.progress(found) if found.state in _BUSY else None,
        **_conflicts(found, user, is_revealed=is_revealed),
        "kinds": kinds,
        "total": upload_report.total(found) if kinds else None,
        **(
            upload_choice.of(found, upload_choice.offered(request, kinds))
            if is_decider and found.state == State.WAITING
            else {}
        ),
        "shares": upload_report.shares(found),
        "absent": max(found.report.get("given", 0) - found.report.get("returned", 0), 0),
        **upload_columns.of(request, found),
        "is_busy": found.state in _BUSY,
        "is_annotating": found.annotated_job is not None and found.annotated_job.is_open,
        "may_send": is_official and found.state == State.CHECKED,
        "may_drop": is_official and found.state in (State.UNREADABLE, State.ASKING),
        "may_decide": is_decider,
        "may_annotate": (is_official or is_decider) and bool(found.file.path) and found.state in _TO_MEND,
        "form": ReasonForm(),
    }


def _conflicts(found: CorrectionBatch, user: User, *, is_revealed: bool) -> dict[str, Any]:
    """Cells in conflict while somebody may still choose."""
    if found.state != State.CHECKED:
        return {}
    return {
        "conflicts": upload_conflicts.conflicts(found, user, is_revealed=is_revealed),
        "conflict_columns": upload_conflicts.columns(found),
        "is_revealed": is_revealed,
    }
