"""The page of sources: what was delivered, what waits; record what comes by hand, take a mistake back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from landdb import jobs
from landdb.models import Delivery, Role, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..actions import deliveries
from ..actions.changes import WrongState
from ..actions.consents import SamePerson
from ..models import GroupMove, HandDelivery
from .forms import ReasonForm
from .queue import READERS
from .source_forms import DeliveryForm
from .source_table import source_table

#: Who may say that a source came, and that it did not.
KEEPERS = (Role.MANAGER, Role.ADMINISTRATOR)
HANDS = 100


@allow(*READERS)
@require_http_methods(["GET", "POST"])
def sources(request: HttpRequest) -> HttpResponse:
    """Communes and their sources; a manager or administrator records one that came without an importer."""
    user = user_of(request)
    if request.method == "POST" and not user.has_role(*KEEPERS):
        raise PermissionDenied
    form = DeliveryForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            hand = deliveries.record(
                form.cleaned_data["commune"],
                form.cleaned_data["source"],
                delivered_on=form.cleaned_data["delivered_on"],
                note=form.cleaned_data["note"],
                by=user,
            )
            _classify(hand, user, GroupMove.Cause.IMPORT)
        messages.success(request, _("Đã ghi nhận nguồn; các thửa của xã đang được phân loại lại."))
        return redirect("sources")
    return _page(request, form)


@allow(*KEEPERS)
@require_POST
def doubt(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to take a mistaken record back, with a reason; another person has to agree."""
    hand = _visible(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Cần ghi lý do khi xin rút ghi nhận."))
        return redirect("sources")
    try:
        deliveries.ask_back(hand, by=user_of(request), reason=form.cleaned_data["reason"])
        messages.success(request, _("Đã xin rút; chờ một lãnh đạo hoặc quản trị khác xem lại."))
    except WrongState:
        messages.error(request, _("Ghi nhận này đã rút, hoặc đã có người xin rút."))
    return redirect("sources")


@allow(*KEEPERS)
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The second look: the record is taken back and the plots are judged again, or it stays."""
    user, hand = user_of(request), _visible(request, pk)
    is_yes = request.POST.get("word") == "yes"
    try:
        with transaction.atomic():
            deliveries.answer_back(hand, by=user, is_yes=is_yes)
            if is_yes:
                _classify(hand, user, GroupMove.Cause.CORRECTION)
        messages.success(
            request,
            _("Đã rút ghi nhận; các thửa của xã đang được phân loại lại.")
            if is_yes
            else _("Ghi nhận được giữ nguyên."),
        )
    except SamePerson:
        messages.error(request, _("Người xin rút không thể tự đồng ý."))
    except WrongState:
        messages.error(request, _("Ghi nhận này không còn chờ ai xem lại."))
    return redirect("sources")


def _classify(hand: HandDelivery, by: User, cause: GroupMove.Cause) -> None:
    """Judge the commune again in the background; the ledger names the cause."""
    jobs.start("classify", by=by, communes=[hand.commune_id], cause=cause.value)


def _visible(request: HttpRequest, pk: int) -> HandDelivery:
    return get_object_or_404(HandDelivery.objects.visible_to(user_of(request)), pk=pk)


def _page(request: HttpRequest, form: DeliveryForm) -> HttpResponse:
    user = user_of(request)
    table = source_table(user)
    missing = request.GET.get("missing", "")
    places = {source: place for place, source in enumerate(Delivery.Source.values)}
    rows = table.communes
    if missing in places:
        rows = [line for line in rows if not line.cells[places[missing]].is_delivered]
    hands = HandDelivery.objects.visible_to(user).select_related(
        "commune", "recorded_by", "asked_by", "taken_back_by"
    )
    context: dict[str, Any] = {
        "rows": rows,
        "sources": table.sources,
        "missing": Delivery.Source(missing) if missing in places else None,
        "hands": list(hands[:HANDS]),
        "form": form if user.has_role(*KEEPERS) else None,
    }
    return render(request, "sources/sources.html", context, status=422 if form.errors else 200)
