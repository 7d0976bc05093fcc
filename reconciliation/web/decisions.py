"""Taking a decision back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from landdb.models import User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of
from parcels.models import Plot

from ..actions import changes, duplicates, leases, rebuilds
from ..models import ChangeSet, Decision, Duplicate, Finding, PlotStatus
from . import desk, duplicate, land_users, later
from .at_hand import at_hand
from .correction_subjects import timeline_of
from .walk import Walk


@allow(*land_users.DECIDERS)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a decision of one's own, or, as a senior reviewer, of anybody in the territory.

    Leads to the record that it was about; what was open at the desk is given back.
    """
    user = user_of(request)
    desk.give_back(request, user)
    decision = get_object_or_404(Decision.objects.select_related("change_set", "duplicate"), pk=pk)
    page = _page(request, user, decision)
    if decision.change_set.state != ChangeSet.State.APPLIED:
        messages.error(request, _("Quyết định này đã được hoàn tác."))
    elif decision.duplicate is not None and duplicate.unseen(user, decision.duplicate):
        messages.error(request, _("Có bản ghi ngoài địa bàn của bạn nên chưa hoàn tác được."))
    elif not decision.is_undoable_by(user):
        messages.error(request, _("Chỉ người đã quyết định hoặc soát xét chính mới hoàn tác được."))
    else:
        _undo(request, decision, user)
    return redirect(page)


def _undo(request: HttpRequest, decision: Decision, user: User) -> None:
    try:
        duplicates.check_undoable(decision)
        if decision.land_user_id is not None:
            leases.check(desk.PERSON, decision.land_user_id, by=user)
        kept = duplicates.undo(decision, by=user)
        later.tell(request, decision.change_set)
    except duplicates.Buried:
        messages.error(request, _("Bản ghi giữ lại đã được gộp tiếp; hãy hoàn tác lần gộp sau trước."))
        return
    except leases.Held as held:
        messages.error(request, _("%(held)s Chưa hoàn tác được.") % {"held": held})
        return
    except changes.WrongState:
        messages.error(request, _("Quyết định này đã được hoàn tác."))
        return
    if kept:
        messages.warning(
            request,
            ngettext(
                "%(n)d chỗ đã có người đổi tiếp nên giữ nguyên.",
                "%(n)d chỗ đã có người đổi tiếp nên giữ nguyên.",
                len(kept),
            )
            % {"n": len(kept)},
        )
    else:
        messages.success(request, _("Đã hoàn tác."))


def _page(request: HttpRequest, user: User, decision: Decision) -> str:
    """The page that the decision was made on; all that it is about lies within the user's territory."""
    if decision.duplicate_id is not None:
        found = get_object_or_404(Duplicate.objects.visible_to(user), pk=decision.duplicate_id)
        return reverse("duplicate", args=[found.pk])
    if decision.land_user_id is not None:
        at_hand(user, decision.land_user_id)
        return Walk.of(request, user).to("land-user", decision.land_user_id)
    change = decision.change_set.changes.first()
    if decision.kind == Decision.Kind.CORRECT and change is not None:
        return timeline_of(user, change)
    if change is None or change.model not in (Finding._meta.label_lower, PlotStatus._meta.label_lower):
        raise Http404
    plots = rebuilds.plots_of(decision)
    if len(plots) > 1:
        if Plot.objects.visible_to(user).filter(pk__in=plots).count() < len(plots):
            raise Http404
        return f"{reverse('queue')}?confirmed=no"
    plot_id = change.record_id
    if change.model == Finding._meta.label_lower:
        plot_id = get_object_or_404(Finding, pk=change.record_id).plot_id
    return reverse("plot", args=[get_object_or_404(Plot.objects.visible_to(user), pk=plot_id).pk])
