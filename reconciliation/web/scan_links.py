"""Scans of which nobody knows whose they are: looked at one by one, linked by hand, or set aside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb.models import TypedSearch, User
from landdb.web.gate import allow
from landdb.web.paging import newest, older, page_of
from landdb.web.signed_in import user_of
from parcels.models import Certificate, Scan

from ..actions import scan_links as actions
from ..actions import scans
from ..actions.changes import WrongState
from ..models import ArrivedScan, ChangeSet
from .forms import ReasonForm
from .scan_questions import MOST, CertificateForm, Question, certificates, find
from .scans import READERS, SENDERS, is_typed

#: Scans on one page, and the last words on scans beside them.
PAGE, SAID = 50, 10


@allow(*READERS)
@require_GET
def unknown(request: HttpRequest) -> HttpResponse:
    """The unknown scans of the territory, why each is unknown; and what was said last."""
    user = user_of(request)
    found, commune = _of_commune(actions.unknown(user), request.GET.get("commune", ""))
    page = page_of(found, request.GET.get("before"), PAGE)
    came = _arrived(page)
    context = {
        "lines": [(scan, came.get(scan.pk)) for scan in page[:PAGE]],
        "total": found.count(),
        "communes": user.communes().filter(pk__in=actions.unknown(user).order_by().values("commune")),
        "commune": commune,
        "older": older(request, page, PAGE),
        "newest": newest(request),
        "said": _said(user),
        "may_link": user.has_role(*SENDERS),
    }
    return render(request, "scans/unknown.html", context)


@allow(*SENDERS)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One unknown scan beside the certificates that it may be of: by what its name says, or by a search."""
    user = user_of(request)
    scan = _visible(user, pk)
    if scan.certificate_id is not None or scan.set_aside:
        _tell_placed(request, actions.Placed(scan, actions.word_on(scan)))
        return redirect("scans-unknown")
    if request.method == "POST":
        form = CertificateForm(request.POST)
        if not form.is_valid() or form.question is None:
            return _page(request, scan, form, None, status=422)
        typed = TypedSearch.objects.create(user=user, text=form.question.text)
        return redirect(f"{reverse('scan-unknown', args=[pk])}?q={typed.token}")
    token = request.GET.get("q", "")
    typed_before = TypedSearch.objects.filter(user=user, token=token).first() if token else None
    question = Question.read(typed_before.text) if typed_before else Question.of_name(scan.file_name)
    shown = question or Question()
    form = CertificateForm(initial={"serial": shown.serial, "sheet": shown.sheet, "number": shown.number})
    if typed_before is None:
        form.fields["serial"].widget.attrs["autofocus"] = True
    return _page(request, scan, form, question)


@allow(*SENDERS)
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan is of this certificate; leads to the next unknown one."""
    user = user_of(request)
    scan = _visible(user, pk)
    raw = request.POST.get("certificate", "")
    wanted = int(raw) if raw.isdecimal() and len(raw) < 19 else 0
    paper: Certificate = get_object_or_404(certificates(user, scan), pk=wanted)
    try:
        actions.link(scan, paper, by=user)
    except actions.Placed as placed:
        _tell_placed(request, placed)
    else:
        words = {"name": scan.file_name, "serial": paper}
        messages.success(request, _("Đã gắn %(name)s với giấy %(serial)s.") % words)
    return _next(user, scan)


@allow(*SENDERS)
@require_POST
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan is of no certificate, with the reason."""
    user = user_of(request)
    scan, form = _visible(user, pk), ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Ghi lý do, ít nhất 3 ký tự."))
        return redirect("scan-unknown", pk)
    try:
        actions.set_aside(scan, by=user, reason=form.cleaned_data["reason"])
    except actions.Placed as placed:
        _tell_placed(request, placed)
    else:
        messages.success(request, _("Đã để riêng %(name)s.") % {"name": scan.file_name})
    return _next(user, scan)


@allow(*SENDERS)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a word on a scan back: one's own, or for the office anybody's in the territory."""
    user = user_of(request)
    said = ChangeSet.objects.visible_to(user).filter(kind=ChangeSet.Kind.SCAN).select_related("applied_by")
    change_set = get_object_or_404(said, pk=pk)
    if not _may_undo(change_set, user):
        raise PermissionDenied
    change = change_set.changes.order_by("pk").first()
    try:
        actions.take_back(change_set, by=user)
    except WrongState:
        messages.error(request, _("Việc này đã được hoàn tác, hoặc bản quét đã đổi từ đó."))
        return redirect("scans-unknown")
    messages.success(request, _("Đã hoàn tác."))
    return redirect("scan-unknown", change.record_id) if change else redirect("scans-unknown")


def _may_undo(change_set: ChangeSet, user: User) -> bool:
    return user.has_role(*SENDERS[1:]) or (user.has_role(*SENDERS) and change_set.applied_by_id == user.pk)


def _visible(user: User, pk: int) -> Scan:
    seen = Scan.objects.filter(scans.visible_to(user)).exclude(stored="").distinct()
    return get_object_or_404(seen.select_related("commune", "certificate"), pk=pk)


def _of_commune(found: Any, code: str) -> tuple[Any, str]:
    return (found.filter(commune__code=code), code) if code.isdecimal() else (found, "")


def _arrived(found: Iterable[Scan]) -> dict[int, ArrivedScan]:
    """Scan → how it came last; where it came again, as it was told before: why it is unknown."""
    rows = ArrivedScan.objects.filter(scan__in=list(found)).exclude(outcome=ArrivedScan.Outcome.TWICE)
    rows = rows.select_related("arrival__uploaded_by")
    return {row.scan_id or 0: row for row in rows.order_by("pk")}


def _page(
    request: HttpRequest, scan: Scan, form: CertificateForm, question: Question | None, *, status: int = 200
) -> HttpResponse:
    user = user_of(request)
    found = find(user, scan, question) if question else []
    context = {
        "scan": scan,
        "is_typed": is_typed(scan),
        "arrived": _arrived([scan]).get(scan.pk),
        "form": form,
        "is_asked": question is not None,
        "found": found,
        "is_full": len(found) >= MOST,
        "most": MOST,
        "left": actions.unknown(user).filter(commune=scan.commune_id).count(),
        "following": _following(user, scan),
        "last": next((each for each in _said(user) if each["may_undo"]), None),
    }
    return render(request, "scans/unknown_one.html", context, status=status)


def _following(user: User, scan: Scan) -> Scan | None:
    """The next unknown scan of the commune; after the oldest, the newest again."""
    others = actions.unknown(user).filter(commune=scan.commune_id).exclude(pk=scan.pk)
    return others.filter(pk__lt=scan.pk).first() or others.first()


def _next(user: User, scan: Scan) -> HttpResponse:
    following = _following(user, scan)
    return redirect("scan-unknown", following.pk) if following else redirect("scans-unknown")


def _said(user: User) -> list[dict[str, Any]]:
    """The last words on scans of the territory that stand."""
    found = ChangeSet.objects.visible_to(user).filter(kind=ChangeSet.Kind.SCAN, state=ChangeSet.State.APPLIED)
    sets = list(found.select_related("applied_by").order_by("-pk")[:SAID])
    told = found.filter(pk__in=[each.pk for each in sets])
    records = dict(told.values_list("pk", "changes__record_id"))
    seen = Scan.objects.filter(scans.visible_to(user)).select_related("certificate", "commune")
    placed = seen.in_bulk(list(records.values()))
    return [
        {"set": each, "scan": placed[records[each.pk]], "may_undo": _may_undo(each, user)}
        for each in sets
        if records.get(each.pk) in placed
    ]


def _tell_placed(request: HttpRequest, placed: actions.Placed) -> None:
    """One sentence: what the scan is by now, and who said so."""
    scan, said = placed.scan, placed.change_set
    words: dict[str, Any] = {"name": scan.file_name, "serial": scan.certificate}
    if said is None or said.applied_by is None or said.applied_at is None:
        messages.info(request, _("%(name)s đã được gắn với giấy %(serial)s từ trước.") % words)
        return
    at = date_format(timezone.localtime(said.applied_at), "H:i d/m/Y")
    words |= {"who": said.applied_by.full_name, "at": at, "reason": scan.set_aside}
    if scan.set_aside:
        text = _("%(who)s đã để riêng %(name)s lúc %(at)s: %(reason)s.")
    else:
        text = _("%(who)s đã gắn %(name)s với giấy %(serial)s lúc %(at)s.")
    messages.info(request, text % words)
