"""Scans: handed in, what became of each, and shown to those who may see the plot."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb import jobs
from landdb.models import AccessLog, AdminUnit, Role, User
from landdb.web.gate import allow
from landdb.web.paging import newest, older, page_of
from landdb.web.plain_select import PlainSelect
from landdb.web.signed_in import user_of
from parcels import scan_files, scan_pages, typed_pages
from parcels.models import Scan

from ..actions import scan_links
from ..actions import scans as actions
from ..actions.changes import WrongState
from ..models import ArrivedScan, ScanArrival
from . import upload_report
from .upload_words import without_numbers

SENDERS = (Role.COMMUNE_OFFICIAL, Role.REVIEWER, Role.SENIOR_REVIEWER)
READERS = (*SENDERS, Role.AUDITOR)
PAGE, SHOWN = 30, 200
Outcome = ArrivedScan.Outcome
Answer = TypeVar("Answer", bound=HttpResponseBase)


class ScansForm(forms.Form):
    """For which commune; the files themselves are looked at one by one."""

    commune = forms.ModelChoiceField(
        label=gettext_lazy("Xã, phường"), queryset=AdminUnit.objects.none(), widget=PlainSelect()
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = user.communes().order_by("sort_key")
        self.fields["commune"].queryset = units  # type: ignore[attr-defined]
        if user.commune_id:
            # The only one there is stands chosen.
            self.fields["commune"].empty_label = None  # type: ignore[attr-defined]


@allow(*READERS)
@require_http_methods(["GET", "POST"])
def arrivals(request: HttpRequest) -> HttpResponse:
    """What was handed in, newest first; who may send adds a ZIP or several files."""
    user = user_of(request)
    form = ScansForm(request.POST or None, user=user)
    if request.method == "POST" and user.has_role(*SENDERS) and form.is_valid():
        uploads = request.FILES.getlist("scans")
        if uploads and len(uploads) <= 500 and sum(each.size or 0 for each in uploads) <= scan_files.MOST_ZIP:
            with transaction.atomic():
                found = actions.receive(uploads, form.cleaned_data["commune"], by=user)
                found.job = jobs.start("take_scans", by=user, arrival=found.pk)
                found.save(update_fields=["job"])
            return redirect("scan-arrival", found.pk)
        form.add_error(None, _("Chọn một tệp ZIP, hoặc đến 500 tệp; tất cả không quá 400 MB."))
    seen = ScanArrival.objects.visible_to(user).select_related("file", "commune", "uploaded_by")
    page = page_of(seen, request.GET.get("before"), PAGE)
    context = {
        "arrivals": page[:PAGE],
        "older": older(request, page, PAGE),
        "newest": newest(request),
        "form": form,
        "may_send": user.has_role(*SENDERS),
        "unknown": scan_links.unknown(user).count(),
    }
    return render(request, "scans/list.html", context, status=422 if form.errors else 200)


@allow(*READERS)
@require_GET
def arrival(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of each file: linked, there before, unknown, refused."""
    found = _visible(user_of(request), pk)
    outcome = request.GET.get("outcome", "")
    rows = found.scans.select_related("scan__certificate")
    if outcome in Outcome.values:
        rows = rows.filter(outcome=outcome)
    counts = found.scans.order_by().values("outcome").annotate(n=Count("pk"))
    context = {
        "arrival": found,
        "parts": upload_report.parts_of(
            found.file,
            is_in=True,
            proposed=_("chưa biết của giấy nào"),
            applied=_("đã gắn"),
            unchanged=_("đã có"),
        ),
        "outcomes": [(row["outcome"], Outcome(row["outcome"]).label, row["n"]) for row in counts],
        "outcome": outcome,
        "rows": _with_twins(found, list(rows[:SHOWN])),
        "is_cut": rows.count() > SHOWN,
        "shown": SHOWN,
        "is_busy": found.state == ScanArrival.State.READING and found.job is not None and found.job.is_open,
        "may_undo": found.state == ScanArrival.State.DONE and _may_undo(found, user_of(request)),
    }
    return render(request, "scans/arrival.html", context)


def _with_twins(found: ScanArrival, rows: list[ArrivedScan]) -> list[tuple[ArrivedScan, str]]:
    """Each file; of one that was there before, under which name where that came in the same arrival."""
    same = [row.scan_id for row in rows if row.outcome == Outcome.TWICE]
    first = found.scans.filter(scan__in=same).exclude(outcome__in=[Outcome.TWICE, Outcome.ELSEWHERE])
    names = dict(first.values_list("scan", "name")) if same else {}
    twins = [row.scan_id if row.outcome == Outcome.TWICE else None for row in rows]
    return [(row, names.get(twin, "") if twin else "") for row, twin in zip(rows, twins, strict=True)]


def _may_undo(found: ScanArrival, user: User) -> bool:
    """An official takes back what they sent themselves, the office anything."""
    return user.has_role(*SENDERS[1:]) or (user.has_role(*SENDERS) and found.uploaded_by_id == user.pk)


@allow(*SENDERS)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what an arrival brought."""
    user = user_of(request)
    found = _visible(user, pk)
    if not _may_undo(found, user):
        raise PermissionDenied
    try:
        actions.take_back(found)
        messages.success(request, _("Đã hoàn tác tệp."))
    except WrongState as state:
        messages.error(request, _("Tệp này đã ở bước khác: %(state)s.") % {"state": state})
    return redirect("scan-arrival", pk)


@allow(*READERS)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The scan itself, to those who may see its plot; the look is logged. Nothing in it can run."""
    scan, path = _looked_at(user_of(request), pk)
    answer = FileResponse(path.open("rb"), content_type=scan_files.MEDIA[path.suffix])
    answer["Content-Disposition"] = f'inline; filename="scan-{scan.pk}{path.suffix}"'
    return _for_these_eyes(answer)


@allow(*READERS)
@require_GET
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The first page as a picture, to the same people; where there is none, a picture that says so."""
    _scan, path = _looked_at(user_of(request), pk)
    picture = scan_pages.preview(path)
    if picture is None:
        return _for_these_eyes(render(request, "scans/no_preview.svg", content_type="image/svg+xml"))
    return _for_these_eyes(HttpResponse(picture, content_type="image/jpeg"))


@allow(*READERS)
@require_GET
def words(request: HttpRequest, pk: int) -> HttpResponse:
    """How a typed PDF begins, in place of a picture, to the same people; identity numbers are masked."""
    _scan, path = _looked_at(user_of(request), pk)
    told = typed_pages.beginning(path) if path.suffix == ".pdf" else ""
    return _for_these_eyes(render(request, "scans/words.html", {"words": without_numbers(told)}))


def is_typed(scan: Scan) -> bool:
    """Nothing of it can be shown as a picture."""
    return scan_pages.is_typed(Path(settings.FILES_DIR) / scan.stored)


def _looked_at(user: User, pk: int) -> tuple[Scan, Path]:
    """A scan that the user may see, and its file; the look is logged."""
    seen = Scan.objects.filter(actions.visible_to(user)).exclude(stored="").distinct()
    scan = get_object_or_404(seen, pk=pk)
    path = Path(settings.FILES_DIR) / scan.stored
    if path.suffix not in scan_files.MEDIA or not path.is_file():
        raise Http404
    _log(user, scan)
    return scan, path


def _log(user: User, scan: Scan) -> None:
    AccessLog.objects.create(
        user=user,
        action=AccessLog.Action.VIEW,
        subject="scan",
        subject_id=scan.pk,
        commune_id=scan.commune_id,
    )


def _for_these_eyes(answer: Answer) -> Answer:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _visible(user: User, pk: int) -> ScanArrival:
    found = ScanArrival.objects.visible_to(user).select_related("file", "commune", "uploaded_by", "job")
    return get_object_or_404(found, pk=pk)
