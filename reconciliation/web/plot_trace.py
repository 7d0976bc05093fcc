"""The trace of a plot's judgement as a file: facts, settings, rule versions and results."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from landdb.models import AccessLog
from landdb.web.gate import allow
from landdb.web.posted import posted_from
from landdb.web.signed_in import user_of
from parcels.models import LandUser, Plot

from ..classification.trace import trace
from .forms import TraceForm
from .land_users import READERS


@allow(*READERS)
@posted_from("plot")
def plot_trace(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the trace of a live plot of the territory.

    It masks nothing, so only whoever may reveal the numbers of land users may have it. Logged as an export of
    the plot and as a reveal of each land user in it, with the reason.
    """
    user = user_of(request)
    plot = get_object_or_404(Plot.objects.live().visible_to(user).select_related("commune"), pk=pk)
    form = TraceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Cần ghi lý do khi tải căn cứ xếp nhóm."))
        return redirect("plot", pk)
    with transaction.atomic():
        document = trace(plot)
        people = LandUser.objects.filter(pk__in=[row["id"] for row in document["facts"]["land_user"]])
        looks = [(AccessLog.Action.EXPORT, "plot", pk, plot.commune_id)] + [
            (AccessLog.Action.REVEAL, "land_user", person, commune)
            for person, commune in people.order_by("pk").values_list("pk", "commune_id")
        ]
        AccessLog.objects.bulk_create(
            AccessLog(
                user=user,
                action=action,
                subject=subject,
                subject_id=subject_id,
                commune_id=commune,
                reason=form.cleaned_data["reason"],
            )
            for action, subject, subject_id, commune in looks
        )
    answer = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})
    day = dt.date.fromisoformat(document["day"])
    answer["Content-Disposition"] = f'attachment; filename="trace-{pk}-{day:%Y%m%d}.json"'
    answer["Cache-Control"] = "no-store"
    return answer
