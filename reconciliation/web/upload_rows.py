"""The rows of an uploaded workbook one by one: what each would do; reviewers tick those that need it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from landdb.models import AccessLog, Role
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..actions import row_words
from ..actions.changes import WrongState
from ..actions.upload_policy import KINDS, POLICY_WORDS, Policy
from ..models import CorrectionBatch, CorrectionRow
from . import row_problems, upload_subjects
from .upload_filter import SAID, RowFilter
from .upload_words import shown_changes
from .uploads import DECIDERS, READERS, State, log, visible

PAGE = 50
#: Who sees the evidence of the registry beside a row.
LOOKERS = (*DECIDERS, Role.AUDITOR)


@allow(*READERS)
@require_GET
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of one state or kind, in the order of the workbook, a page at a time."""
    batch = visible(request, pk)
    log(request, batch, AccessLog.Action.VIEW)
    return page(request, batch)


@allow(*DECIDERS)
@require_POST
def tick(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve the ticked rows of the page, and take back the yes to those that are no longer ticked."""
    user, batch, wanted = user_of(request), visible(request, pk), RowFilter.read(request.POST)
    shown, ticked = (_ids(request.POST.getlist(name)) for name in ("shown", "line"))
    if "backed" in request.POST:
        # With one word all rows of the kind that the registry confirms and nobody refused, on every page.
        backed = batch.lines.filter(kind=wanted.kind, is_backed=True, why="")
        shown = ticked = set(backed.values_list("pk", flat=True))
    try:
        n = row_words.tick(batch, ticked & shown, by=user, is_approved=True)
        row_words.tick(batch, shown - ticked, by=user, is_approved=False)
    except WrongState as state:
        messages.error(request, _("Tệp này đã ở bước khác: %(state)s.") % {"state": state})
    else:
        told = ngettext("Đã đánh dấu duyệt %(n)d dòng.", "Đã đánh dấu duyệt %(n)d dòng.", n)
        messages.success(request, told % {"n": n})
    return redirect(wanted.to(batch))


def page(
    request: HttpRequest, batch: CorrectionBatch, look: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The list under the facets of the address; `look`: a row of it that is open beside."""
    wanted = RowFilter.read(request.GET)
    found = wanted.rows(batch).select_related("judged_by")
    if wanted.after:
        found = found.filter(pk__gt=int(wanted.after))
    lines = list(found[: PAGE + 1])
    context = _context(request, batch, wanted, lines) | (look or {})
    return render(request, "uploads/rows.html", context, status=status)


def drawn(
    line: CorrectionRow,
    *,
    may_tick: bool,
    why: row_problems.Why | None,
    subject: upload_subjects.Subject | None,
) -> dict[str, Any]:
    """A line of the list."""
    is_proposed = line.state == CorrectionRow.State.PROPOSED
    is_for_desk = line.kind in KINDS and KINDS[line.kind].policy == Policy.DESK
    return {
        "row": line,
        "subject": subject,
        "why": why,
        "kinds": [KINDS[each].title for each in line.kinds if each in KINDS],
        "by_desk": POLICY_WORDS[Policy.DESK] if is_proposed and is_for_desk else "",
        "may_tick": may_tick and is_proposed and not is_for_desk,
    }


def may_judge(request: HttpRequest, batch: CorrectionBatch) -> bool:
    """May whoever asks say yes or no to rows, as the workbook stands?"""
    return user_of(request).has_role(*DECIDERS) and batch.state == State.WAITING


def _ids(values: list[str]) -> set[int]:
    return {int(value) for value in values if value.isdecimal() and len(value) < 19}


def _context(
    request: HttpRequest, batch: CorrectionBatch, wanted: RowFilter, lines: list[CorrectionRow]
) -> dict[str, Any]:
    user, shown, is_cut = user_of(request), lines[:PAGE], len(lines) > PAGE
    subjects, whys = upload_subjects.of(shown, user), row_problems.whys(batch, shown)
    policy = KINDS[wanted.kind].policy if wanted.kind else None
    may_look = user.has_role(*LOOKERS)
    may_tick = may_judge(request, batch) and policy is not Policy.DESK
    may_tick = may_tick and any(line.state == CorrectionRow.State.PROPOSED for line in shown)
    backed = batch.lines.filter(kind=wanted.kind, is_backed=True, why="")
    return {
        "batch": batch,
        "lines": [
            {
                **drawn(line, may_tick=may_tick, why=whys.get(line.pk), subject=subjects[line.pk]),
                "changes": shown_changes(line),
                "look_to": wanted.to(batch, line.pk) if may_look else "",
            }
            for line in shown
        ],
        "wanted": wanted,
        "title": KINDS[wanted.kind].title
        if wanted.kind
        else dict(CorrectionRow.State.choices).get(wanted.state, ""),
        "policy": POLICY_WORDS[policy] if policy else "",
        "facets": [
            (wanted.to(batch, said=said, after=""), label, said == wanted.said)
            for said, label in [("", _("mọi dòng")), *SAID.items()]
        ]
        if batch.state == State.WAITING
        else [],
        "may_tick": may_tick,
        "may_look": may_look,
        "backed": backed.count() if may_tick and wanted.kind else 0,
        "next": wanted.to(batch, after=str(shown[-1].pk)) if is_cut else "",
        "first": wanted.to(batch, after="") if wanted.after else "",
    }
