"""The certificates behind a figure of a closed week: those at hand as a scan, those whose scan is linked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of
from parcels.models import Certificate, Scan

from ..campaign.kept_pages import Kept, Wanted
from ..filters import PAGE, address
from ..models import KeptList, Task
from . import closes
from .queue import READERS

#: What of a certificate is done: the task, and what people call it.
TASKS = (Task.COLLECT, Task.SCAN)


@dataclass(frozen=True, slots=True)
class Row:
    """A certificate of the list (None: no longer of the reader's territory, or gone), and whether it has a
    scan today and a linked one."""

    unit: AdminUnit
    certificate: Certificate | None
    is_collected: bool
    is_linked: bool


@allow(*READERS)
@require_GET
def certificates_at(request: HttpRequest) -> HttpResponse:
    """What was done of the tasks on certificates when a week closed."""
    user, week = user_of(request), closes.monday(request.GET.get("week", ""))
    task = request.GET.get("task", "")
    if task not in TASKS:
        raise Http404
    look = closes.Look.read(request, week, [f"tasks__{task}__done"], KeptList.Kind.DONE)
    found = Wanted(week, KeptList.Kind.DONE, task).page(look.told, look.after, PAGE + 1)
    context = look.context([(each.commune, each.place) for each in found]) | {
        "title": _("Giấy chứng nhận khi chốt tuần"),
        "about": _("Những giấy đã có bản quét, hoặc bản quét đã gắn, lúc ghi bản chốt tuần."),
        "counted": _("giấy, đúng bằng bản chốt"),
        "tabs": [
            (Task(each).label, f"?{address(look.base, task=each.value)}", each == task) for each in TASKS
        ],
        "chosen_by": [("task", task)],
        "rows": _rows(user, look, found[:PAGE]),
    }
    return render(request, "closes/certificates.html", context)


def _rows(user: User, look: closes.Look, found: Sequence[Kept]) -> list[Row]:
    ids = [each.record for each in found]
    papers = Certificate.objects.visible_to(user).in_bulk(ids)
    scans: dict[int, bool] = {}
    for paper, is_linked in Scan.objects.filter(certificate__in=ids).values_list("certificate", "is_linked"):
        if paper is not None:
            scans[paper] = scans.get(paper, False) or is_linked
    return [
        Row(
            look.units[each.commune],
            papers.get(each.record),
            each.record in scans,
            scans.get(each.record, False),
        )
        for each in found
    ]
