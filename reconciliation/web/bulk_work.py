"""One decision about many land users: choose it, see what it would do, let it run, take it back."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb import jobs
from landdb.models import Role, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..actions import bulk as actions
from ..actions import consents
from ..actions.changes import WrongState
from ..actions.consents import NotAsker, SamePerson
from ..filters import address
from ..models import BulkDecision, WorkItem
from ..worklists import PAGE, WorkFilter
from . import bulk_told
from .bulk_forms import BulkForm
from .unknown_facets import is_refused
from .work_facets import base_of

State = BulkDecision.State
DECIDERS = (Role.REVIEWER, Role.SENIOR_REVIEWER)
#: Decisions told in the list of the last ones.
LISTED = 30


@allow(*DECIDERS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose what to do with the ticked items or with the whole filter; once chosen, go to its preview.

    What was ticked comes by POST alone: whoever loads the address again is led to the list that it came from.
    """
    user = user_of(request)
    base = base_of(request.GET)
    if request.method == "GET":
        return redirect(f"{reverse('worklist')}?{address(base)}")
    is_filter = request.POST.get("scope") == "filter"
    wanted = WorkFilter.read(user, request.GET) if is_filter else None
    if wanted and is_refused(request, wanted.unknown):
        return redirect(f"{reverse('worklist')}?{address(base)}")
    ids = _ids(request, user, wanted)
    if not ids:
        messages.info(request, _("Chưa chọn việc nào."))
        return redirect(f"{reverse('worklist')}?{address(base)}")
    form = BulkForm(request.POST if "act" in request.POST else None, user=user)
    if form.is_bound and form.is_valid():
        query = address({name: values for name, values in base.items() if name != "q"}) if is_filter else ""
        found = actions.draft(ids, form.wanted(), by=user, query=query)
        if form.moved:
            messages.info(request, form.moved)
        return _at(request, found.pk)
    context = {
        "form": form,
        "facets": address(base),
        "scope": "filter" if is_filter else "chosen",
        "ids": [] if is_filter else ids,
        "count": len(ids),
        "is_cut": is_filter and len(ids) == actions.MOST,
        "most": actions.MOST,
        "alone": consents.ALONE,
        "limit": request.POST.get("limit", ""),
        "of": _of(request),
        "is_senior": user.has_role(Role.SENIOR_REVIEWER),
    }
    return render(request, "queue/bulk_new.html", context)


@allow(*DECIDERS)
@require_GET
def bulks(request: HttpRequest) -> HttpResponse:
    """The last bulk decisions: one's own, or, for a senior reviewer, the office's."""
    user = user_of(request)
    found = BulkDecision.objects.exclude(state=State.SHOWN).select_related("by", "change_set")
    if not user.has_role(Role.SENIOR_REVIEWER):
        found = found.filter(by=user)
    elif user.office_id:
        found = found.filter(by__office=user.office_id)
    elif user.commune_id:
        found = found.filter(by__commune=user.commune_id)
    return render(request, "queue/bulks.html", {"lines": bulk_told.lines(found[:LISTED])})


@allow(*DECIDERS)
@require_GET
def bulk(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: what it would do or did, what it leaves out and why, and how far it is."""
    user = user_of(request)
    found = _visible(user, pk)
    of = _of(request)
    context = bulk_told.page(found, user) | {"of": of, "under": f"?of={of}" if of else ""}
    return render(request, "queue/bulk.html", context)


@allow(*DECIDERS)
@require_POST
def go(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on from the preview."""
    user = user_of(request)
    found = _visible(user, pk)
    try:
        with transaction.atomic():
            _run(actions.go(found, by=user), user)
    except WrongState:
        messages.error(request, _("Không còn gì để ghi, hoặc đã có người ghi rồi."))
    return _at(request, pk)


@allow(Role.SENIOR_REVIEWER)
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's word, on doing it or on taking it back."""
    user = user_of(request)
    found = _visible(user, pk)
    is_yes = request.POST.get("word") == "yes"
    reason = request.POST.get("reason", "").strip()[:300]
    if found.state == State.ASKED and not is_yes and len(reason) < 3:
        messages.error(request, _("Chưa ghi: không đồng ý thì ghi vì sao, từ 3 chữ."))
        return _at(request, pk)
    try:
        with transaction.atomic():
            if found.state == State.UNDO_ASKED:
                answered = actions.answer_undo(found, by=user, is_yes=is_yes)
            else:
                answered = actions.answer(found, by=user, is_yes=is_yes, reason=reason)
            _run(answered, user)
        messages.success(request, _("Đã ghi ý kiến."))
    except SamePerson:
        messages.error(request, _("Người đề nghị không thể tự đồng ý."))
    except WrongState:
        messages.error(request, _("Đề nghị này đã có người trả lời."))
    return _at(request, pk)


@allow(*DECIDERS)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Who asked a second person thinks better of it, before anybody has answered."""
    user = user_of(request)
    try:
        actions.withdraw(_visible(user, pk), by=user)
        messages.success(request, _("Đã rút lại đề nghị."))
    except NotAsker:
        messages.error(request, _("Chỉ người đề nghị mới rút lại được."))
    except WrongState:
        messages.error(request, _("Đề nghị này đã có người trả lời."))
    return _at(request, pk)


@allow(*DECIDERS)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take all of it back; more than a few need a second person."""
    user = user_of(request)
    found = _visible(user, pk)
    if not actions.may_undo(found, user):
        messages.error(request, _("Chỉ người đã quyết định hoặc soát xét chính mới hoàn tác được."))
        return _at(request, pk)
    try:
        with transaction.atomic():
            _run(actions.ask_undo(found, by=user), user)
    except WrongState:
        messages.error(request, _("Chưa hoàn tác được: việc đang ghi, hoặc đã hoàn tác rồi."))
    return _at(request, pk)


def _of(request: HttpRequest) -> int | None:
    """The land user from whose desk all on a certificate are decided together: Esc leads back there."""
    raw = request.POST.get("of") or request.GET.get("of", "")
    return int(raw) if raw.isdecimal() and len(raw) < 19 else None


def _at(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a bulk decision."""
    of = _of(request)
    return redirect(reverse("bulk", args=[pk]) + (f"?of={of}" if of else ""))


def _run(found: BulkDecision, user: User) -> None:
    """Queue the job that a decision waits for, with the commit."""
    kinds = {State.RUNNING: "bulk_work", State.UNDOING: "bulk_undo"}
    if kind := kinds.get(State(found.state)):
        found.job = jobs.start(kind, by=user, bulk=found.pk)
        found.save(update_fields=["job"])


def _visible(user: User, pk: int) -> BulkDecision:
    """One's own, or any for a senior reviewer, where all that it is about lies in the territory."""
    found = get_object_or_404(BulkDecision.objects.select_related("by", "job", "change_set"), pk=pk)
    within = user.commune_ids()
    is_theirs = found.by_id == user.pk or user.has_role(Role.SENIOR_REVIEWER)
    if not is_theirs or (within is not None and found.items.exclude(item__commune__in=within).exists()):
        raise Http404
    return found


def _ids(request: HttpRequest, user: User, wanted: WorkFilter | None) -> list[int]:
    """The items meant, in the order of the list: of the filter, or without one those that were ticked."""
    limit = request.POST.get("limit", "")
    most = min(int(limit), actions.MOST) if limit.isdecimal() and 0 < len(limit) < 7 else actions.MOST
    if wanted:
        return wanted.ids(most)
    posted = [int(raw) for raw in request.POST.getlist("item") if raw.isdecimal() and len(raw) < 19]
    found = WorkItem.objects.visible_to(user).filter(pk__in=posted[:PAGE])
    return list(found.order_by("-plots", "pk").values_list("pk", flat=True)[:most])
