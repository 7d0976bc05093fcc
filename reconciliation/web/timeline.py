"""The whole history of a plot, a land user or a certificate, newest first; former values are put back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from landdb.models import AccessLog, Role, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of
from parcels.models import Certificate, LandUser, Plot

from ..actions import edits, restorations
from ..models import Change
from . import land_users, timeline_details, timeline_sources
from . import timeline_subject as subjects
from .forms import ReasonForm
from .queue import READERS
from .timeline_sources import KINDS, Place
from .walk import Walk

PAGE = 30
#: Kinds of subjects that have a page of their own, under the same name.
_PAGES = ("plot", "land-user")
Record = Plot | LandUser | Certificate


@allow(*READERS, Role.POLICE_LIAISON)
@require_GET
def of_plot(request: HttpRequest, pk: int) -> HttpResponse:
    """The history of a plot of the territory; the look is logged."""
    plot = _plot(user_of(request), pk)
    return _page(request, "plot", plot, subjects.of_plot(plot.pk), plot.long_number)


@allow(*land_users.READERS)
@require_GET
def of_land_user(request: HttpRequest, pk: int) -> HttpResponse:
    """The history of a land user of the territory; the look is logged."""
    person = land_users.visible(user_of(request), pk)
    return _page(
        request, "land-user", person, subjects.of_land_user(person.pk), person.name or person.name_raw
    )


@allow(*READERS, Role.POLICE_LIAISON)
@require_GET
def of_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The history of a certificate of the territory; the look is logged."""
    certificate = _certificate(user_of(request), pk)
    title = _("Giấy chứng nhận %(serial)s") % {"serial": certificate}
    of = _came_from(request, certificate)
    return _page(request, "certificate", certificate, subjects.of_certificate(certificate.pk), title, of)


@allow(*land_users.DECIDERS)
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose the value that a field had before a change; a second person agrees to it."""
    user = user_of(request)
    change = get_object_or_404(Change, pk=pk)
    _may_change(user, change)
    back = _back(request, user, request.POST.get("back", ""))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Cần ghi lý do, từ 3 chữ, khi khôi phục giá trị cũ."))
        return redirect(back)
    reason, seen = form.cleaned_data["reason"], request.POST.get("seen", "")
    try:
        restorations.restore(change, by=user, reason=reason, seen=seen)
    except restorations.Moved:
        messages.error(
            request, _("Thông tin này đã đổi từ khi bạn mở trang nên chưa khôi phục. Xem giá trị mới ở trên.")
        )
    except restorations.NotRestorable:
        messages.error(request, _("Thông tin này không khôi phục riêng được; hãy hoàn tác cả quyết định."))
    except edits.NothingNew:
        messages.info(request, _("Giá trị cũ đang là giá trị hiện nay."))
    except edits.AlreadyAsked:
        messages.error(request, _("Đã có đề nghị sửa thông tin này, đang chờ người thứ hai."))
    else:
        messages.success(request, _("Đã gửi đề nghị khôi phục; chờ một soát xét chính khác đồng ý."))
    return redirect(back)


def _page(
    request: HttpRequest,
    name: str,
    record: Record,
    subject: subjects.Subject,
    title: str,
    of: str = "",
) -> HttpResponse:
    """`of`: "kind:id" of the record whose page leads here, where that is another than `record`."""
    user = user_of(request)
    AccessLog.objects.create(
        user=user,
        action=AccessLog.Action.VIEW,
        subject=name.replace("-", "_"),
        subject_id=record.pk,
        commune_id=record.commune_id,
    )
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    before = Place.read(request.GET.get("before", ""))
    heads = timeline_sources.page(subject, kind, before, PAGE)
    own = record.pk if name == "land-user" else None
    # Whoever came from the desk goes back under its filter.
    walk, page = Walk.of(request, user), (f"{name}-timeline", record.pk)
    beside = {"of": of} if of else {}
    only = {"kind": kind} | beside if kind else beside
    page_name, _colon, page_id = (of or f"{name}:{record.pk}").partition(":")
    context: dict[str, Any] = {
        "title": title,
        "commune": record.commune,
        "lines": timeline_details.of(heads[:PAGE], subject, user, own=own),
        "kinds": [(walk.to(*page, **beside, kind=key), label, key == kind) for key, label in KINDS.items()],
        "kind": kind,
        "whole": walk.to(*page, **beside),
        "scope": f"?{walk.query}" if walk.query else "",
        "next": walk.to(*page, **only, before=heads[PAGE - 1].place) if len(heads) > PAGE else "",
        "previous": walk.to(*page, **only) if before else "",
        "back": f"{name}:{record.pk}",
        "page_of": walk.to(page_name, page_id) if page_name in _PAGES else "",
        "page_of_plot": page_name == "plot",
        "is_cut": any(len(ids) >= subjects.MOST for ids in subject.records.values()),
        "most": subjects.MOST,
    }
    return render(request, "timeline/timeline.html", context)


def _plot(user: User, pk: int) -> Plot:
    return get_object_or_404(Plot.objects.visible_to(user).select_related("commune").defer("geometry"), pk=pk)


def _certificate(user: User, pk: int) -> Certificate:
    return get_object_or_404(Certificate.objects.visible_to(user).select_related("commune"), pk=pk)


_FINDERS: dict[str, Callable[[User, int], Record]] = {
    "plot": _plot,
    "land-user": land_users.visible,
    "certificate": _certificate,
}


def _came_from(request: HttpRequest, certificate: Certificate) -> str:
    """The land user or plot on whose page the certificate was opened, else its first plot; nothing where the
    user may not see it, or it is not of the certificate."""
    user = user_of(request)
    name, _colon, raw = request.GET.get("of", "").partition(":")
    pk = int(raw) if raw.isdecimal() and len(raw) < 19 else 0
    if name == "land-user" and user.has_role(*land_users.READERS):
        people = land_users.of_territory(user).filter(pk=pk, holdings__certificate=certificate)
        if people.exists():
            return f"land-user:{pk}"
    plots = Plot.objects.visible_to(user).live().filter(holdings__certificate=certificate).order_by("pk")
    ids = plots.values_list("pk", flat=True)
    first = pk if name == "plot" and ids.filter(pk=pk).exists() else ids.first()
    return f"plot:{first}" if first else ""


def _may_change(user: User, change: Change) -> None:
    """404 where the changed record is outside the territory."""
    model: Any = restorations.RECORDS.get(change.model)
    if model is None:
        raise Http404
    if model is LandUser:
        land_users.visible(user, change.record_id)
    else:
        manager: Any = model._default_manager
        records: models.QuerySet[Any] = manager.visible_to(user)
        if not records.filter(pk=change.record_id).exists():
            raise Http404


def _back(request: HttpRequest, user: User, raw: str) -> str:
    """The timeline that the form stood on, under the filter of the desk that led to it."""
    name, _colon, pk = raw.partition(":")
    if name not in _FINDERS or not pk.isdecimal() or len(pk) > 18:
        raise Http404
    _FINDERS[name](user, int(pk))
    return Walk.of(request, user).to(f"{name}-timeline", int(pk))
