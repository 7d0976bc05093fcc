"""The rows of an uploaded workbook one by one: what each would do; reviewers tick those that need it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from landdb.intake import problems
from landdb.models import AccessLog
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..actions import upload_policy, uploads
from ..actions.changes import WrongState
from ..actions.upload_policy import KINDS, POLICY_WORDS, Policy
from ..models import CorrectionBatch, CorrectionRow
from . import upload_report
from .upload_words import shown_changes
from .uploads import DECIDERS, READERS, State

PAGE = 50


@allow(*READERS)
@require_GET
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of one state or kind, in the order of the workbook, a page at a time."""
    user = user_of(request)
    batch = get_object_or_404(
        CorrectionBatch.objects.visible_to(user).select_related("file", "commune"), pk=pk
    )
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    found = batch.lines.order_by("pk")
    if state in CorrectionRow.State.values:
        found = found.filter(state=state)
    if kind in KINDS:
        found = upload_policy.under(found, kind)
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 19:
        found = found.filter(pk__gt=int(after))
    lines = list(found[: PAGE + 1])
    AccessLog.objects.create(
        user=user,
        action=AccessLog.Action.VIEW,
        subject="workbook_rows",
        subject_id=batch.pk,
        commune=batch.commune,
    )
    return render(request, "uploads/rows.html", _context(request, batch, lines, state, kind))


@allow(*DECIDERS)
@require_POST
def tick(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve the ticked rows of the page, and take back the yes to those that are no longer ticked."""
    batch = get_object_or_404(CorrectionBatch.objects.visible_to(user_of(request)), pk=pk)
    shown, ticked = (_ids(request.POST.getlist(name)) for name in ("shown", "line"))
    if "backed" in request.POST:
        # With one word all rows of the kind that the registry confirms, on every page.
        backed = batch.lines.filter(kind=request.POST.get("kind", ""), is_backed=True)
        shown = ticked = set(backed.values_list("pk", flat=True))
    try:
        n = uploads.tick(batch, ticked & shown, is_approved=True)
        uploads.tick(batch, shown - ticked, is_approved=False)
    except WrongState as state:
        messages.error(request, _("Tệp này đã ở bước khác: %(state)s.") % {"state": state})
    else:
        told = ngettext("Đã đánh dấu duyệt %(n)d dòng.", "Đã đánh dấu duyệt %(n)d dòng.", n)
        messages.success(request, told % {"n": n})
    wanted = {name: request.POST[name] for name in ("state", "kind", "after") if request.POST.get(name)}
    return redirect(f"{reverse('upload-rows', args=[pk])}?{urlencode(wanted)}")


def _ids(values: list[str]) -> set[int]:
    return {int(value) for value in values if value.isdecimal() and len(value) < 19}


def _context(
    request: HttpRequest, batch: CorrectionBatch, lines: list[CorrectionRow], state: str, kind: str
) -> dict[str, Any]:
    shown = lines[:PAGE]
    numbers = upload_report.plots_of(shown)
    query = request.GET.copy()
    if len(lines) > PAGE:
        query["after"] = str(shown[-1].pk)
    policy = KINDS[kind].policy if kind in KINDS else None
    may_tick = (
        user_of(request).has_role(*DECIDERS)
        and batch.state == State.WAITING
        and policy is not Policy.DESK
        and any(line.state == CorrectionRow.State.PROPOSED for line in shown)
    )
    return {
        "batch": batch,
        "lines": [
            {
                "row": line,
                "plot": numbers.get(line.plot or 0, ""),
                "changes": shown_changes(line),
                "why": problems.text(line.why) if line.why else None,
                "kinds": [KINDS[each].title for each in line.kinds if each in KINDS],
                "may_tick": may_tick and line.state == CorrectionRow.State.PROPOSED,
            }
            for line in shown
        ],
        "state": state,
        "kind": kind,
        "after": request.GET.get("after", ""),
        "title": KINDS[kind].title if kind in KINDS else dict(CorrectionRow.State.choices).get(state, ""),
        "policy": POLICY_WORDS[policy] if policy else "",
        "may_tick": may_tick,
        "may_open_desk": user_of(request).has_role(*DECIDERS),
        "backed": batch.lines.filter(kind=kind, is_backed=True).count() if may_tick and kind else 0,
        "next": f"{request.path}?{query.urlencode()}" if len(lines) > PAGE else "",
        "first": f"{request.path}?{_without_after(request)}" if "after" in request.GET else "",
    }


def _without_after(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    return query.urlencode()
