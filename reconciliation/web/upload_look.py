"""A row of a workbook with the desk's evidence beside it, and one key for the word on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_POST

from landdb.intake import problems
from landdb.models import AccessLog, User
from landdb.web.gate import allow
from landdb.web.shown_once import shown_once
from landdb.web.signed_in import user_of
from parcels.models import Holding, LandUser, Plot

from ..actions import leases, row_rehearsal, row_words
from ..actions.changes import WrongState
from ..actions.upload_policy import KINDS, POLICY_WORDS, Policy
from ..classification import explain
from ..models import CorrectionBatch, CorrectionRow, Lease, WorkItem
from . import desk_evidence, papers, row_problems, upload_rows, upload_subjects
from .free_text import NoIdentity
from .land_users import of_territory
from .plot_map import plot_map
from .plot_shared import shared
from .upload_filter import RowFilter
from .upload_rows import LOOKERS
from .upload_words import shown_changes
from .uploads import DECIDERS, log, visible

PAPERS_SHOWN, HOLDERS_SHOWN = 5, 12


class RefusalForm(forms.Form):
    """Why a row goes back to the commune, in a coded reason and a few words."""

    why = forms.ChoiceField(label=_lazy("Lý do"), error_messages={"required": _lazy("Chọn một lý do.")})
    note = NoIdentity(label=_lazy("Lời nhắn"), max_length=300, strip=True, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        choices = [(code, problems.text(code).reason) for code in row_words.REFUSALS]
        self.fields["why"].choices = choices  # type: ignore[attr-defined]

    @property
    def reasons(self) -> list[tuple[str, Any]]:
        return list(self.fields["why"].choices)  # type: ignore[attr-defined]

    @property
    def chosen(self) -> str:
        """The reason that is ticked: what was sent, else the first."""
        return str(self.data.get("why", "")) or row_words.REFUSALS[0]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("why") == row_words.SEE_NOTE and not told.get("note") and not self.errors:
            self.add_error("note", _("Ghi lời nhắn: lý do này không nói gì nếu thiếu lời nhắn."))
        return told


@allow(*LOOKERS)
@require_GET
def look(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """A row with what speaks for and against it; the look at the land user is logged."""
    batch, line = _line(request, pk, row)
    _log(request, line, AccessLog.Action.VIEW)
    return _page(request, batch, line, is_sheet_open=request.GET.get("sheet") == "refuse")


@allow(*LOOKERS)
@require_POST
@shown_once
def reveal(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """The same with numbers in full; logged."""
    batch, line = _line(request, pk, row)
    _log(request, line, AccessLog.Action.REVEAL)
    return _page(request, batch, line, is_revealed=True)


@allow(*DECIDERS)
@require_POST
def say(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Yes, no, or one's last word taken back; then the next row on which nobody has spoken opens."""
    user, (batch, line) = user_of(request), _line(request, pk, row)
    word, seen = request.POST.get("word", ""), request.POST.get("seen", "")
    form = RefusalForm(request.POST)
    try:
        if word == "undo":
            return _page(request, batch, row_words.unsay(line, by=user), decided=line.pk)
        if word == "yes":
            row_words.approve_row(line, by=user, seen=seen)
        elif not form.is_valid():
            return _page(request, batch, line, form=form, is_sheet_open=True, status=422)
        else:
            told = form.cleaned_data
            row_words.refuse_row(line, told["why"], told["note"], by=user, seen=seen)
    except WrongState as state:
        return _refused(request, batch, line, _("Tệp này đã ở bước khác: %(state)s.") % {"state": state})
    except row_words.JudgedSince:
        told_since = _("Chưa ghi: dòng này vừa có người khác quyết. Xem lại rồi quyết lần nữa nếu cần.")
        return _refused(request, batch, line, told_since)
    except row_words.ForDeskAlone:
        return _refused(request, batch, line, _("Đổi người sử dụng đất không duyệt bằng biểu."))
    return _onward(request, batch, line)


def _refused(request: HttpRequest, batch: CorrectionBatch, line: CorrectionRow, problem: str) -> HttpResponse:
    """The row as it stands now, with why nothing was written."""
    batch.refresh_from_db()
    line.refresh_from_db()
    return _page(request, batch, line, problem=problem, status=409)


def _onward(request: HttpRequest, batch: CorrectionBatch, line: CorrectionRow) -> HttpResponse:
    """Open the next undecided row of the filter, from the top again where none comes after."""
    wanted = RowFilter.read(request.GET)
    free = wanted.rows(batch).undecided().exclude(pk=line.pk)
    following = free.filter(pk__gt=line.pk).first() or free.first()
    if request.htmx:  # type: ignore[attr-defined]
        if following is not None:
            _log(request, following, AccessLog.Action.VIEW)
        return _page(request, batch, following, decided=line.pk)
    if following is not None:
        return redirect(wanted.to(batch, following.pk))
    messages.success(request, _("Không còn dòng nào chưa quyết trong bộ lọc."))
    return redirect(wanted.to(batch))


def _line(request: HttpRequest, pk: int, row: int) -> tuple[CorrectionBatch, CorrectionRow]:
    batch = visible(request, pk)
    line = get_object_or_404(batch.lines.select_related("judged_by"), pk=row)
    line.batch = batch
    return batch, line


def _log(request: HttpRequest, line: CorrectionRow, action: AccessLog.Action) -> None:
    """As at the desk: of whom; where the row names nobody in the register, of which workbook's row."""
    log(
        request,
        line.batch,
        action,
        ("land_user", line.land_user) if line.land_user else ("workbook_row", line.pk),
    )


def _page(
    request: HttpRequest,
    batch: CorrectionBatch,
    line: CorrectionRow | None,
    *,
    form: RefusalForm | None = None,
    problem: str = "",
    decided: int | None = None,
    is_sheet_open: bool = False,
    is_revealed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The panel alone where it is asked for by itself, else within the list. `decided`: another row on
    which a word was just said, whose line of the list changes along."""
    user, wanted = user_of(request), RowFilter.read(request.GET)
    context: dict[str, Any] = {
        "batch": batch,
        "wanted": wanted,
        "look": line,
        "panel_is_open": True,
        "list_to": wanted.to(batch),
        "may_judge": upload_rows.may_judge(request, batch),
        "left": wanted.rows(batch).undecided().count(),
        "form": form or RefusalForm(),
        "problem": problem,
        "is_sheet_open": is_sheet_open,
        "is_revealed": is_revealed,
        **_last(batch, user, wanted),
    }
    if line is not None:
        context |= _shown(request, batch, line, wanted, is_revealed=is_revealed)
    if not request.htmx:  # type: ignore[attr-defined]
        return upload_rows.page(request, batch, context, status)
    if decided is not None:
        said = batch.lines.select_related("judged_by").get(pk=decided)
        why = row_problems.whys(batch, [said]).get(said.pk)
        context["decided"] = upload_rows.drawn(said, may_tick=context["may_judge"], why=why, subject=None)
    # What is refused is told in the panel itself, which takes an answer of 200 alone.
    return render(request, "uploads/look.html", context)


def _last(batch: CorrectionBatch, user: User, wanted: RowFilter) -> dict[str, Any]:
    """The user's last word in this workbook, which Z takes back."""
    last = row_words.last_word(batch, by=user) if user.has_role(*DECIDERS) else None
    return {"last": last, "undo": wanted.to(batch, last.pk, "upload-row-say") if last else ""}


def _shown(
    request: HttpRequest, batch: CorrectionBatch, line: CorrectionRow, wanted: RowFilter, *, is_revealed: bool
) -> dict[str, Any]:
    """All that bears on one row: what it does, who it is about, the plot with its papers and holders."""
    user = user_of(request)
    person = of_territory(user).filter(pk=line.land_user or 0, merged_into=None).first()
    around = wanted.rows(batch)
    before = around.filter(pk__lt=line.pk).reverse().first()
    after = around.filter(pk__gt=line.pk).first()
    to = wanted.to(batch, line.pk)
    return {
        "subject": upload_subjects.of([line], user)[line.pk],
        "changes": shown_changes(line, is_revealed=is_revealed),
        "kinds": [KINDS[each].title for each in line.kinds if each in KINDS],
        "policy": POLICY_WORDS[KINDS[line.kind].policy] if line.kind in KINDS else "",
        "is_for_desk": line.kind in KINDS and KINDS[line.kind].policy == Policy.DESK,
        "why": row_problems.whys(batch, [line]).get(line.pk),
        "to": {name: wanted.to(batch, line.pk, f"upload-row-{name}") for name in ("say", "reveal")},
        "look_to": to,
        "pick_to": f"{to}{'&' if '?' in to else '?'}",
        "backward": wanted.to(batch, before.pk) if before else "",
        "onward": wanted.to(batch, after.pk) if after else "",
        **_person(request, line, person, is_revealed=is_revealed),
        **(_at_desk(person) if person else {}),
        **_plot(user, line),
    }


def _at_desk(person: LandUser) -> dict[str, Any]:
    """Who has the land user open at the desk, and with whom they wait since the desk handed them on."""
    return {
        "lease": leases.held(Lease.Kind.PERSON, [person.pk]).get(person.pk),
        "waits": WorkItem.objects.filter(land_user=person).exclude(waits_with="").first(),
    }


def _person(
    request: HttpRequest, line: CorrectionRow, person: LandUser | None, *, is_revealed: bool
) -> dict[str, Any]:
    """The desk's evidence: the register, what the row proposes, and the registry, side by side."""
    user = user_of(request)
    if line.state != CorrectionRow.State.PROPOSED:
        return _evidence(request, user, person, is_revealed=is_revealed) if person else {}
    with row_rehearsal.as_proposed(line, person) as after:
        if after is not None:
            return _evidence(request, user, after, is_revealed=is_revealed, before=person or LandUser())
    return _evidence(request, user, person, is_revealed=is_revealed) if person else {}


def _evidence(
    request: HttpRequest,
    user: User,
    person: LandUser,
    *,
    is_revealed: bool,
    before: LandUser | None = None,
) -> dict[str, Any]:
    """Read at once, since a rehearsal ends before the page is drawn."""
    candidates = desk_evidence.candidates_of(person)
    chosen = desk_evidence.chosen_of(request, candidates)
    verification = getattr(person, "verification", None)
    return {
        "person": person,
        "is_proposal": before is not None,
        **desk_evidence.of(person, chosen, candidates, verification, is_revealed=is_revealed, before=before),
        **desk_evidence.found_for_others(user, person, candidates),
    }


def _plot(user: User, line: CorrectionRow) -> dict[str, Any]:
    """The plot as it stands: on the map, what keeps it from group 1, its papers, and who else holds it."""
    plots = Plot.objects.visible_to(user).live().select_related("commune", "status")
    plot = plots.filter(pk=line.plot or 0).first()
    if plot is None:
        return {}
    why = explain.why(plot)
    held = Holding.objects.visible_to(user).filter(plot=plot)
    others = held.filter(land_user__isnull=False).exclude(land_user=line.land_user)
    others = others.select_related("land_user__verification").order_by("land_user_id", "id")
    return {
        "plot": plot,
        "map": plot_map(plot, user),
        "findings": why.open,
        "shared": shared(plot, why.open, user),
        "papers": papers.of_plot(user, plot.pk, PAPERS_SHOWN),
        "may_see_scans": True,
        "holders": list({each.land_user_id: each for each in others[:200]}.values())[:HOLDERS_SHOWN],
    }
