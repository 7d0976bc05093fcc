"""The columns of an uploaded workbook: what is asked about them, what is sure, and what is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from landdb.models import AdminUnit, Role
from landdb.web.gate import allow
from landdb.web.paging import newest, older, page_of
from landdb.web.signed_in import user_of
from parcels.importers.form01 import Told, columns
from parcels.importers.form01.cells import Look
from parcels.importers.form01.vocabulary import Doubt
from parcels.models import HeaderMapping

from ..actions import upload_columns
from ..actions.upload_columns import Fault
from ..models import CorrectionBatch
from . import upload_titles

State = CorrectionBatch.State
PAGE = 50
#: What stands in the form for "leave this column out"; nothing chosen is no answer.
LEAVE = "-"
_FAULTS = {
    Fault.UNANSWERED: gettext_lazy("Chọn cột này là gì, hoặc bỏ cột."),
    Fault.UNFIT: gettext_lazy("Nội dung của cột không phải là thông tin này; chọn lại."),
    Fault.TWICE: gettext_lazy("Hai cột cùng một thông tin; chọn lại một trong hai."),
}
#: Where a guess is only to be confirmed it is chosen already; elsewhere a person has to choose.
_CONFIRMED = (Doubt.SPELLING, Doubt.GROUP, Doubt.MIXED)


@dataclass(frozen=True, slots=True)
class Question:
    """A column to be confirmed or changed: what is chosen already, what may be, what is wrong."""

    number: int
    told: Told
    why: str
    chosen: str
    choices: list[tuple[Any, list[tuple[str, str]]]]
    fault: Any = ""

    @property
    def input(self) -> str:
        return f"column-{self.number}"

    @property
    def own(self) -> str:
        return self.told.path[-1]

    @property
    def group(self) -> str:
        return " / ".join(self.told.path[:-1])


@dataclass(frozen=True, slots=True)
class Known:
    """A column that is not asked about, and how it is known."""

    number: int
    told: Told
    title: str
    how: str
    #: The address that turns it into a question.
    change: str = ""


@dataclass(slots=True)
class Posted:
    """What was chosen, and what is wrong with it, where a form did not do."""

    said: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, Fault] = field(default_factory=dict)


def of(request: HttpRequest, batch: CorrectionBatch, posted: Posted | None = None) -> dict[str, Any]:
    """What `uploads/columns.html` shows of a workbook."""
    posted = posted or Posted()
    told = upload_columns.told(batch)
    may_answer = may_say(request, batch)
    wanted = {int(each) for each in request.GET.getlist("change") if each.isdecimal() and len(each) < 5}
    asked = [
        Question(
            number,
            each,
            _why(each),
            posted.said[each.header] or LEAVE if each.header in posted.said else _chosen(each),
            upload_titles.choices(each.likely or [each.field] * bool(each.field), each.unfit),
            _FAULTS.get(posted.faults[each.header]) if each.header in posted.faults else "",
        )
        for number, each in enumerate(told)
        if may_answer and (each.doubt or number in wanted or each.header in posted.said)
    ]
    open_ones = {question.number for question in asked}
    query = "".join(f"change={number}&" for number in sorted(wanted))
    known = [
        Known(
            number,
            each,
            upload_titles.title(each.field) if each.field else "",
            _how(each),
            f"?{query}change={number}#columns" if may_answer else "",
        )
        for number, each in enumerate(told)
        if number not in open_ones and not each.doubt
    ]
    return {
        "questions": asked,
        "has_doubts": any(question.told.doubt for question in asked),
        "known": known,
        "read": [each for each in known if each.told.field],
        "left_out": [each for each in known if not each.told.field and not each.told.is_empty],
        "reading": upload_columns.mark_of_reading(batch),
        "leave": LEAVE,
    }


def may_say(request: HttpRequest, batch: CorrectionBatch) -> bool:
    """Whose word counts about columns, as long as the workbook has not gone to the office."""
    user = user_of(request)
    decides = user.has_role(Role.COMMUNE_OFFICIAL, Role.REVIEWER, Role.SENIOR_REVIEWER)
    return decides and batch.state in (State.ASKING, State.CHECKED)


def said(request: HttpRequest, batch: CorrectionBatch) -> dict[str, str]:
    """Header → field of the columns that the form had; who chose nothing said nothing."""
    found = {}
    for number, each in enumerate(upload_columns.told(batch)):
        if word := request.POST.get(f"column-{number}", ""):
            found[each.header] = upload_columns.LEAVE_OUT if word == LEAVE else word[:60]
    return found


def _chosen(told: Told) -> str:
    if told.doubt in _CONFIRMED or not told.doubt:
        name = told.field if told.field in upload_columns.CHOICES else ""
        return name or LEAVE
    return LEAVE if told.doubt == Doubt.UNKNOWN else ""


def _why(told: Told) -> str:
    """Why a column is asked about, in few words."""
    match told.doubt:
        case Doubt.UNKNOWN:
            return _("tiêu đề chưa gặp")
        case Doubt.SPELLING:
            return _("tiêu đề viết gần giống")
        case Doubt.GROUP:
            return _("nhóm cột ở trên chưa rõ")
        case Doubt.SEVERAL:
            return _("tiêu đề có nhiều nghĩa")
        case Doubt.MIXED:
            return _("%(percent)s%% ô trông như %(content)s") % _content(told)
        case Doubt.MISPLACED:
            return _("tiêu đề là “%(title)s”, nhưng %(percent)s%% ô trông như %(content)s") % _content(told)
        case Doubt.CLAIMED:
            return _("cột %(letters)s cũng là “%(title)s”") % {
                "letters": ", ".join(told.rivals),
                "title": upload_titles.title(told.guess),
            }
    return _("bạn muốn đổi")


def _content(told: Told) -> dict[str, Any]:
    return {
        "percent": told.percent,
        "content": columns.called(Look(told.content)),
        "title": upload_titles.title(told.guess),
    }


def _how(told: Told) -> str:
    """How a column is known that nobody is asked about."""
    if told.is_answered:
        return _("người đã chỉ")
    if told.is_empty and not told.field:
        return _("cột trống")
    return _("đúng tiêu đề") if told.field else ""


@allow(Role.COMMUNE_OFFICIAL, Role.REVIEWER, Role.SENIOR_REVIEWER)
@require_GET
def remembered(request: HttpRequest) -> HttpResponse:
    """What headers mean in the territory: remembered once somebody said it, and forgotten here."""
    every = HeaderMapping.objects.visible_to(user_of(request))
    communes = AdminUnit.objects.filter(pk__in=every.values("commune")).order_by("name")
    code = request.GET.get("commune", "")
    shown = every.filter(commune__code=code) if code else every
    page = page_of(shown.select_related("commune", "decided_by"), request.GET.get("before"), PAGE)
    context = {
        "lines": [
            (mapping, upload_titles.title(mapping.field) if mapping.field else "") for mapping in page[:PAGE]
        ],
        "communes": communes,
        "code": code,
        "older": older(request, page, PAGE),
        "newest": newest(request),
    }
    return render(request, "uploads/remembered.html", context)


@allow(Role.COMMUNE_OFFICIAL, Role.REVIEWER, Role.SENIOR_REVIEWER)
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget what a header means: the next workbook that has it is asked about again."""
    with transaction.atomic():
        found = HeaderMapping.objects.visible_to(user_of(request)).filter(commune__isnull=False)
        get_object_or_404(found, pk=pk).delete()
    messages.success(request, _("Đã quên tiêu đề này; biểu sau có nó thì trang hỏi lại."))
    return redirect("upload-headers-remembered")
