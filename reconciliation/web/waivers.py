"""Findings left out of account: asking, ending, and the list of those that stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from landdb.models import Role, User
from landdb.web.gate import allow
from landdb.web.paging import newest, older, page_of
from landdb.web.signed_in import user_of

from ..actions import findings
from ..actions.changes import WrongState
from ..filters import address
from ..models import Change, Consent, Finding
from ..rules import catalogue
from . import asked, later
from .forms import ReasonForm
from .queue import READERS

PAGE = 50
#: Days before its end in which a waiver is told to end soon.
SOON = 14


@dataclass(frozen=True, slots=True)
class Line:
    """A standing waiver: the rule, who granted it besides who asked, and whether it ends soon."""

    finding: Finding
    rule: Any
    granted_by: User | None
    ends_soon: bool


@allow(*READERS)
@require_GET
def waivers(request: HttpRequest) -> HttpResponse:
    """Standing waivers of the territory, newest finding first, by rule, commune and end."""
    user = user_of(request)
    every = Finding.objects.visible_to(user).waived()
    rule, code = request.GET.get("rule", "")[:40], request.GET.get("commune", "")
    only_soon = request.GET.get("ends") == "soon"
    soon = {"waived_until__lte": timezone.localdate() + dt.timedelta(days=SOON)}
    wanted = {"rule": rule} if rule else {}
    if code:
        wanted["commune__code"] = code
    shown = every.filter(**wanted)
    ending = shown.filter(**soon)
    if only_soon:
        shown = ending
    page = page_of(
        shown.select_related("plot__commune", "waived_by").defer("plot__geometry"),
        request.GET.get("before"),
        PAGE,
    )
    base = {name: values for name, values in request.GET.lists() if name != "before"}
    context = {
        "lines": _lines(page[:PAGE]),
        "total": shown.count(),
        "soon": {
            "count": ending.count(),
            "is_on": only_soon,
            "query": address(base, ends=None if only_soon else "soon"),
        },
        "rules": _facet(_rules(every), base, "rule", rule),
        "communes": _facet(_communes(every, user), base, "commune", code),
        "older": older(request, page, PAGE),
        "newest": newest(request),
        "may_review": user.may_review,
        "asked": asked.waiting(user),
    }
    return render(request, "queue/waivers.html", context)


@allow(Role.REVIEWER, Role.SENIOR_REVIEWER)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a waiver before its day; the finding counts again at once."""
    user = user_of(request)
    finding = get_object_or_404(Finding.objects.visible_to(user), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Cần ghi lý do khi thôi bỏ qua."))
    else:
        try:
            decision = findings.end_waiver(finding, by=user, reason=form.cleaned_data["reason"])
            messages.success(request, _("Đã thôi bỏ qua; vướng mắc được tính lại."))
            later.tell(request, decision.change_set)
        except WrongState:
            messages.error(request, _("Vướng mắc này không còn được bỏ qua."))
    return redirect("waivers") if request.POST.get("back") == "list" else redirect("plot", finding.plot_id)


def granted(found: Iterable[Finding]) -> dict[int, User]:
    """Who agreed to each waiver besides who asked: the last yes to a set that waived the finding."""
    given = Change.objects.filter(
        model=Finding._meta.label_lower,
        record_id__in=[finding.pk for finding in found],
        field="state",
        new=Finding.State.WAIVED.value,
        state=Change.State.APPLIED,
    )
    sets = dict(given.order_by("pk").values_list("record_id", "change_set_id"))
    said = Consent.objects.filter(change_set__in=sets.values(), is_yes=True).select_related("given_by")
    by_set = {consent.change_set_id: consent.given_by for consent in said}
    people = {pk: by_set.get(change_set) for pk, change_set in sets.items()}
    return {pk: person for pk, person in people.items() if person is not None}


def _lines(page: list[Finding]) -> list[Line]:
    agreed, soon = granted(page), timezone.localdate() + dt.timedelta(days=SOON)
    return [
        Line(
            finding,
            catalogue.by_id(finding.rule) if catalogue.knows(finding.rule) else None,
            agreed.get(finding.pk),
            finding.waived_until is not None and finding.waived_until <= soon,
        )
        for finding in page
    ]


def _rules(every: QuerySet[Finding]) -> list[tuple[str, str, int]]:
    counts = dict(every.values_list("rule").annotate(n=Count("pk")).order_by())
    return [(rule.id, str(rule.name), counts[rule.id]) for rule in catalogue.known(counts)]


def _communes(every: QuerySet[Finding], user: User) -> list[tuple[str, str, int]]:
    counts = dict(every.values_list("commune").annotate(n=Count("pk")).order_by())
    units = user.communes().filter(pk__in=counts).order_by("sort_key")
    return [(unit.code, unit.name, counts[unit.pk]) for unit in units]


def _facet(
    options: list[tuple[str, str, int]], base: dict[str, list[str]], name: str, chosen: str
) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "label": label,
            "count": count,
            "is_on": key == chosen,
            "query": address(base, **{name: None if key == chosen else key}),
        }
        for key, label, count in options
    ]
