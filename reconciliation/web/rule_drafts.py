"""Change the rules: draft, see which plots would move, ask a second person, make it or throw it away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from landdb.jobs.progress import progress_of
from landdb.models import Role, User
from landdb.web.gate import allow
from landdb.web.paging import newest, older, page_of
from landdb.web.posted import posted_from
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of

from ..actions import rule_drafts as actions
from ..actions.changes import WrongState
from ..actions.consents import SamePerson
from ..filters import address
from ..models import RuleDraft
from ..rules import catalogue
from ..rules.drafts import has_judgement_changed, have_rules_changed
from .draft_result import PAGE, DraftResult
from .draft_words import told
from .forms import AnswerForm
from .rule_forms import DraftForm, RuleForm
from .rules import DRAFTERS, may_draft

ANSWERERS = (*DRAFTERS, Role.SENIOR_REVIEWER)
READERS = (*ANSWERERS, Role.AUDITOR)
LISTED = 25


@allow(*READERS)
@require_GET
def drafts(request: HttpRequest) -> HttpResponse:
    """All drafts, newest first."""
    found = RuleDraft.objects.select_related("drafted_by", "asked_by", "settled_by", "count_job")
    page = page_of(found.prefetch_related("changes"), request.GET.get("before"), LISTED)
    named = [catalogue.known(change.rule for change in one.changes.all()) for one in page]
    context = {
        "rows": list(zip(page, named, strict=True))[:LISTED],
        "older": older(request, page, LISTED),
        "newest": newest(request),
    }
    return render(request, "rules/drafts.html", context)


@allow(*DRAFTERS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a draft with one rule, which the address names."""
    user, rule = _drafter(request), _rule(request)
    form = DraftForm(request.POST or None, rule=rule, now=actions.Wanted.now(rule))
    if request.method == "POST" and form.is_valid():
        made = actions.draft(rule, form.wanted, by=user, reason=form.cleaned_data["reason"])
        return redirect("rule-draft", made.pk)
    context = {"rule": rule, "form": form, "draft": None}
    return render(request, "rules/change.html", context, status=422 if form.errors else 200)


@allow(*DRAFTERS)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Set one more rule in a draft, or one otherwise, or leave it as it is."""
    _drafter(request)
    rule, found = _rule(request), get_object_or_404(RuleDraft, pk=pk)
    if not found.is_open:
        messages.error(request, _("Bản thảo này đã kết thúc."))
        return redirect("rule-draft", pk)
    if request.method == "POST" and request.POST.get("word") == "leave":
        return _done(request, pk, lambda: actions.change(found, rule, None))
    form = RuleForm(request.POST or None, rule=rule, now=actions.Wanted.now(rule, found))
    if request.method == "POST" and form.is_valid():
        return _done(request, pk, lambda: actions.change(found, rule, form.wanted))
    context = {
        "rule": rule,
        "form": form,
        "draft": found,
        "is_in_it": found.changes.filter(rule=rule.id).exists(),
    }
    return render(request, "rules/change.html", context, status=422 if form.errors else 200)


@allow(*READERS)
@require_GET
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft: what it changes, how far it is, and once it is counted what it would move."""
    found = get_object_or_404(
        RuleDraft.objects.select_related("drafted_by", "asked_by", "settled_by", "count_job", "run"), pk=pk
    )
    context = _context(request, user_of(request), found)
    htmx = request.htmx  # type: ignore[attr-defined]
    is_panel = htmx and not htmx.boosted and not htmx.history_restore_request
    response = render(request, "rules/panel.html" if is_panel else "rules/draft.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@allow(*DRAFTERS)
@posted_from("rule-draft")
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """Count which plots it would move."""
    user, found = _drafter(request), get_object_or_404(RuleDraft, pk=pk)
    return _done(request, pk, lambda: actions.count(found, by=user))


@allow(*DRAFTERS)
@posted_from("rule-draft")
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it before a second person."""
    user, found = _drafter(request), get_object_or_404(RuleDraft, pk=pk)
    said = _("Đã gửi; chờ một người khác đồng ý.")
    return _done(request, pk, lambda: actions.ask(found, by=user), said)


@allow(*ANSWERERS)
@posted_from("rule-draft")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's yes or no."""
    user, found = user_of(request), get_object_or_404(RuleDraft, pk=pk)
    if user.commune_ids() is not None:
        raise PermissionDenied
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return redirect("rule-draft", pk)
    is_yes, reason = form.cleaned_data["word"] == "yes", form.cleaned_data["reason"]
    seen = request.POST.get("seen", "")
    said = _("Đã đổi quy tắc; mọi thửa đang được phân loại lại.") if is_yes else _("Đã bỏ bản thảo.")
    return _done(
        request,
        pk,
        lambda: actions.answer(found, by=user, is_yes=is_yes, seen=seen, reason=reason),
        said,
    )


@allow(*DRAFTERS)
@posted_from("rule-draft")
def throw_away(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it up."""
    user, found = _drafter(request), get_object_or_404(RuleDraft, pk=pk)
    return _done(request, pk, lambda: actions.throw_away(found, by=user), _("Đã bỏ bản thảo."))


def _done(request: HttpRequest, pk: int, action: Callable[[], object], said: str = "") -> HttpResponse:
    """Do it and say so, or say why not; back to the draft's page."""
    try:
        action()
    except actions.NotNow as why:
        messages.error(request, str(why))
    except SamePerson:
        messages.error(request, _("Người đề nghị không thể tự đồng ý."))
    except WrongState as state:
        messages.error(request, _("Bản thảo này đã ở bước khác: %(state)s.") % {"state": state})
    else:
        if said:
            messages.success(request, said)
    return redirect("rule-draft", pk)


def _drafter(request: HttpRequest) -> User:
    user = user_of(request)
    if not may_draft(user):
        raise PermissionDenied
    return user


def _rule(request: HttpRequest) -> catalogue.Rule:
    rule_id = request.GET.get("rule", "")
    if not catalogue.knows(rule_id):
        raise Http404
    return catalogue.by_id(rule_id)


def _context(request: HttpRequest, user: User, found: RuleDraft) -> dict[str, Any]:
    changes = list(found.changes.all())
    own = {change.rule for change in changes}
    is_counted = found.counted_at is not None and found.state != RuleDraft.State.THROWN_AWAY
    is_asked = found.state == RuleDraft.State.ASKED
    context: dict[str, Any] = {
        "draft": found,
        "changes": told(found, changes),
        "others": [rule for rule in catalogue.RULES if rule.id not in own],
        "row": progress_of([found.count_job])[0] if found.count_job else None,
        "may_draft": may_draft(user),
        "may_answer": is_asked
        and user.has_role(*ANSWERERS)
        and user.commune_ids() is None
        and found.asked_by_id != user.pk,
        "seen": actions.stamp(found),
        "jobs_are_open": user.role in roles_of("jobs"),
        "is_counted": is_counted,
        "rules_changed": is_counted and found.is_open and have_rules_changed(found),
        "judged_since": is_counted and found.is_open and has_judgement_changed(found),
    }
    return context | _result(request, DraftResult.read(found, user, request.GET)) if is_counted else context


def _result(request: HttpRequest, result: DraftResult) -> dict[str, Any]:
    base = dict(request.GET.lists())
    rows = result.rows() if result.draft.is_open else []
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return {
        "matrix": result.matrix(base),
        "entered": result.entered(),
        "total": result.total,
        "communes": result.by_commune(base),
        "rules": result.by_rule(base),
        "moves": [(move, catalogue.known(move.rules)) for move in rows[:PAGE]],
        "older": f"{address(base)}&after={last.commune_id}.{last.plot_id}" if last else "",
        "first": address(base) if result.after else "",
        "is_filtered": bool(result.pair or result.commune_id or result.rule),
    }
