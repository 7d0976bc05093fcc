"""Confirming group 3: one plot on its page, or those of a list on the queue."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from landdb.models import Role, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..actions import rebuilds
from ..actions.changes import WrongState
from ..filters import QueueFilter, address
from ..models import ChangeSet, Decision, Dimension, PlotStatus
from ..models.groups import Group
from ..rules import catalogue
from .forms import ConfirmForm, ListedForm
from .unknown_facets import is_refused

#: How long the queue offers to take back what somebody confirmed last.
OFFERED = dt.timedelta(hours=24)
#: A ticked row: the plot and the stamp of what was shown.
_TICKED = re.compile(r"(\d{1,18}):([0-9a-f]{16})")
#: The reason of a confirmation that was refused, until the list shows it again.
_TYPED = "rebuild_reason"


@allow(Role.REVIEWER, Role.SENIOR_REVIEWER)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that a plot of group 3 must be built anew."""
    user = user_of(request)
    status = get_object_or_404(
        PlotStatus.objects.visible_to(user).filter(group=Group.REBUILD, confirmed_at__isnull=True), pk=pk
    )
    form = ConfirmForm(request.POST)
    if form.is_valid():
        rebuilds.confirm(status, by=user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Đã xác nhận nhóm 3."))
    else:
        messages.error(request, _("Cần ghi lý do khi xác nhận nhóm 3."))
    return redirect("plot", pk)


@allow(Role.REVIEWER, Role.SENIOR_REVIEWER)
@require_POST
def confirm_listed(request: HttpRequest) -> HttpResponse:
    """Confirm the ticked plots, or the unconfirmed ones of the list as it was shown; at most MOST."""
    user = user_of(request)
    wanted = QueueFilter.read(user, request.GET).to_confirm()
    back = f"{reverse('queue')}?{address({**dict(request.GET.lists()), 'confirmed': ['no']})}"
    # What was typed stays until it has been carried out.
    request.session[_TYPED] = request.POST.get("reason", "")[:200]
    form = ListedForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Cần ghi lý do khi xác nhận nhóm 3."))
        return redirect(back)
    if form.cleaned_data["scope"] == ListedForm.CHOSEN:
        if _confirm_chosen(request, user, form.cleaned_data["reason"]):
            del request.session[_TYPED]
        return redirect(back)
    if is_refused(request, wanted.unknown):
        return redirect(back)
    ids = wanted.ids(rebuilds.MOST)
    reason = f"{form.cleaned_data['reason']} ({words(wanted)})"
    try:
        if len(ids) != form.cleaned_data["count"]:
            raise WrongState(str(len(ids)))
        rebuilds.confirm_all(ids, by=user, reason=reason[:300])
    except WrongState:
        messages.error(
            request, _("Danh sách vừa đổi, chưa xác nhận thửa nào. Hãy xem lại số thửa rồi xác nhận lần nữa.")
        )
        return redirect(back)
    del request.session[_TYPED]
    told = ngettext(
        "Đã xác nhận nhóm 3 cho %(n)d thửa (%(filter)s).",
        "Đã xác nhận nhóm 3 cho %(n)d thửa (%(filter)s).",
        len(ids),
    )
    messages.success(request, told % {"n": len(ids), "filter": words(wanted)})
    return redirect(back)


def _confirm_chosen(request: HttpRequest, user: User, reason: str) -> bool:
    """Confirm the ticked rows, and say how many were left out because they changed since they were shown;
    whether none was."""
    found = (_TICKED.fullmatch(raw) for raw in request.POST.getlist("plot"))
    seen = {int(each[1]): each[2] for each in found if each}
    if not seen:
        messages.error(request, _("Chưa chọn thửa nào; đánh dấu các thửa rồi xác nhận."))
        return False
    try:
        decision, left = rebuilds.confirm_chosen(
            seen, within=PlotStatus.objects.visible_to(user), by=user, reason=reason
        )
    except WrongState:
        messages.error(request, _("Mỗi lần nhiều nhất %(most)d thửa.") % {"most": rebuilds.MOST})
        return False
    if decision:
        n = len(seen) - left
        told = ngettext(
            "Đã xác nhận nhóm 3 cho %(n)d thửa đã chọn.", "Đã xác nhận nhóm 3 cho %(n)d thửa đã chọn.", n
        )
        messages.success(request, told % {"n": n})
    if left:
        told = ngettext(
            "%(n)d thửa đã đổi từ khi bạn mở trang nên chưa xác nhận; hãy xem lại.",
            "%(n)d thửa đã đổi từ khi bạn mở trang nên chưa xác nhận; hãy xem lại.",
            left,
        )
        messages.warning(request, told % {"n": left})
    return not left


def panel(
    request: HttpRequest, wanted: QueueFilter, total: int, base: dict[str, list[str]]
) -> dict[str, Any] | None:
    """What the queue says of confirming its list; nothing where the list is of something else."""
    user = user_of(request)
    if not wanted.unconfirmed or not user.may_review:
        return None
    n = len(wanted.ids(rebuilds.MOST))
    return {
        "count": n,
        "total": max(total, n),
        "is_cut": total > n,
        "most": rebuilds.MOST,
        "filter": words(wanted),
        "query": address(base),
        "typed": request.session.pop(_TYPED, ""),
        "last": _last_of(user),
    }


def words(wanted: QueueFilter) -> str:
    """The filter in words; what was typed into the search box is not repeated."""
    parts = [wanted.communes[pk].name for pk in wanted.commune_ids[:3]]
    if len(wanted.commune_ids) > 3:
        parts.append(f"+{len(wanted.commune_ids) - 3}")
    if wanted.rule:
        parts.append(str(catalogue.by_id(wanted.rule).name) if catalogue.knows(wanted.rule) else wanted.rule)
    elif wanted.dimension:
        parts.append(_("Chiều chất lượng: %(name)s") % {"name": Dimension(wanted.dimension).label})
    if wanted.is_alone:
        parts.append(_("chỉ vướng một quy tắc"))
    if wanted.search:
        parts.append(_("theo từ đã tìm"))
    return ", ".join(parts) if parts else _("cả địa bàn")


def _last_of(user: User) -> dict[str, Any] | None:
    """What this user confirmed last in one go, as long as it stands and is fresh."""
    recent = Decision.objects.filter(
        by=user, kind=Decision.Kind.CONFIRM_REBUILD, at__gte=timezone.now() - OFFERED
    )
    for decision in recent.filter(change_set__state=ChangeSet.State.APPLIED)[:1]:
        plots = len(rebuilds.plots_of(decision))
        return {"decision": decision, "plots": plots} if plots > 1 else None
    return None
