"""We say 1, MPLIS says 2, because: our groups beside those of the ministry's own table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, ReceivedFile, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..actions import opinions as taking_in
from ..models import Effect, OpinionCount, OutsideOpinion, Tally
from ..models.groups import Group
from ..models.opinions import UNJUDGED, TheirCause
from ..rules import book, catalogue
from .queue import READERS

Says = OutsideOpinion.Says
#: Their answers as columns; NONE: plots of which they say nothing at all.
NONE = "none"
THEIRS = (str(Says.READY.value), str(Says.SUPPLEMENT.value), str(Says.UNSORTED.value), NONE)
#: Rows of a page of problems.
PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a cell's plots are there: words, how many of them, and the list."""

    words: str
    plots: int
    href: str


@dataclass(slots=True)
class Cell:
    """Plots of one group of ours and one answer of theirs."""

    ours: int
    theirs: str
    plots: int = 0
    href: str = ""
    title: str = ""
    their_causes: list[Cause] = field(default_factory=list)
    our_causes: list[Cause] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Who is stricter: same, they, we; nothing where they give no group."""
        if self.theirs in (NONE, str(Says.UNSORTED.value)):
            return ""
        return "same" if int(self.theirs) == self.ours else "they" if int(self.theirs) > self.ours else "we"


@allow(*READERS)
@require_GET
def opinions(request: HttpRequest) -> HttpResponse:
    """The matrix of the territory, or of one commune in it, and the causes behind each cell."""
    user = user_of(request)
    communes = list(user.communes().order_by("sort_key"))
    chosen = next((unit for unit in communes if unit.code == request.GET.get("commune")), None)
    matrix = _matrix(user, chosen)
    # Where both say the same there is nothing to explain.
    differing = (cell for row in matrix for cell in row if cell.kind != "same")
    cells = [cell for cell in differing if cell.their_causes or cell.our_causes]
    order = {"they": 0, "we": 1, "": 2}
    context = {
        "rows": [(group, matrix[place]) for place, group in enumerate(Group)],
        "heads": [says_in_words(theirs) for theirs in THEIRS],
        "cells": sorted(cells, key=lambda cell: (order[cell.kind], -cell.plots)),
        "plots": sum(cell.plots for row in matrix for cell in row),
        "communes": communes,
        "chosen": chosen,
        "file": ReceivedFile.objects.filter(kind=ReceivedFile.Kind.OPINIONS).first(),
        "may_see_rows": user.commune_ids() is None,
    }
    return render(request, "opinions/opinions.html", context)


@allow(*READERS)
@require_GET
def problem_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of an imported table that could not be used. They may be anywhere in the province."""
    user = user_of(request)
    files = ReceivedFile.objects.filter(kind=ReceivedFile.Kind.OPINIONS)
    file = get_object_or_404(files if user.commune_ids() is None else files.none(), pk=pk)
    raw = request.GET.get("after", "")
    after = int(raw) if raw.isdecimal() and len(raw) < 19 else 0
    found = taking_in.turned_away(file, after, PROBLEMS + 1)
    context = {
        "file": file,
        "rows": found[:PROBLEMS],
        "older": f"?after={found[PROBLEMS - 1][0].pk}" if len(found) > PROBLEMS else "",
        "first": request.path if after else "",
    }
    return render(request, "opinions/problems.html", context)


def says_in_words(theirs: str) -> str:
    """A column of the matrix in words."""
    return _("chưa có ý kiến") if theirs == NONE else str(Says(int(theirs)).label)


def cause_in_words(cause: str) -> str:
    """A mark of theirs, a rule of ours, or that a source is missing."""
    if cause == UNJUDGED:
        return _("chưa đủ nguồn để xét")
    if cause in TheirCause.values:
        return str(TheirCause(cause).label)
    return str(catalogue.by_id(cause).name) if catalogue.knows(cause) else cause


def _matrix(user: User, commune: AdminUnit | None) -> list[list[Cell]]:
    within = {"commune": commune} if commune else {}
    counted: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    rows = OpinionCount.objects.visible_to(user).filter(plots__gt=0, **within)
    for ours, theirs, cause, n in (
        rows.values_list("ours", "theirs", "cause").annotate(n=Sum("plots")).order_by()
    ):
        counted[ours, str(theirs)][cause] = n
    whole = Tally.objects.visible_to(user).filter(rule="", **within)
    plots = dict(whole.values_list("group").annotate(n=Sum("plots")).order_by())
    for group in Group.values:
        known = sum(counted[group, theirs].get("", 0) for theirs in THEIRS if theirs != NONE)
        counted[group, NONE][""] = plots.get(group, 0) - known
    place = f"&commune={commune.code}" if commune else ""
    return [
        [_cell(group, theirs, counted[group, theirs], place) for theirs in THEIRS] for group in Group.values
    ]


def _cell(ours: int, theirs: str, counts: dict[str, int], place: str) -> Cell:
    href = f"{reverse('opinion-plots')}?ours={ours}&theirs={theirs}{place}"
    cell = Cell(ours, theirs, counts.get("", 0), href, title_of(ours, theirs))
    # What would only supplement is no reason for group 3.
    leading = {r.rule.id for r in book.current().rulings if r.effect == Effect.REBUILD}
    for cause, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        if cause and (ours != Group.REBUILD or cause in leading or cause in TheirCause.values):
            found = Cause(cause_in_words(cause), n, f"{href}&cause={cause}")
            (cell.their_causes if cause in TheirCause.values else cell.our_causes).append(found)
    return cell


def title_of(ours: int, theirs: str) -> str:
    """What a cell says: "Ta nói nhóm 1, MPLIS nói NHÓM 2"."""
    if theirs == NONE:
        return _("Ta nói nhóm %(ours)d, MPLIS chưa có ý kiến") % {"ours": ours}
    if theirs == str(Says.UNSORTED.value):
        return _("Ta nói nhóm %(ours)d, MPLIS chưa phân loại") % {"ours": ours}
    return _("Ta nói nhóm %(ours)d, MPLIS nói nhóm %(theirs)s") % {"ours": ours, "theirs": theirs}
