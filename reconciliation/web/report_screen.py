"""The report on the wall of the meeting: the territory first, then commune by commune, the slowest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from landdb.web.gate import EVERYONE, allow
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of

from ..campaign.course import whole
from ..campaign.history import Figures, closed_weeks, total
from ..campaign.report_difficulties import noted
from ..campaign.report_past import Past, Territory, past, revisions
from ..campaign.report_standing import Standing, is_partial, of_task, planned_of, standings
from ..classification import period
from ..models import KeptList, Task, WorkItem
from ..models.groups import Group
from ..rules import catalogue
from .report import is_unclosed, query_of, wanted
from .report_territory import whose

#: Rules and holders on a page that is read from ten metres.
MOST = 3


@allow(*EVERYONE)
@require_GET
def report_screen(request: HttpRequest) -> HttpResponse:
    """A page per commune, `?n=0` the whole territory; keys and links lead on."""
    user = user_of(request)
    of, weeks = whose(user, request.GET), closed_weeks()
    territory = of.territory
    chosen = wanted(request, territory, weeks)
    told = past(territory, *chosen) if chosen else None
    if told is None:
        return render(request, "report/none.html", {"weeks": weeks, "of": of})
    slow = standings(told)[::-1] if len(told.now) > 1 else []
    ranked = sum(each.rank is not None for each in slow)
    n = _number(request.GET.get("n", ""), len(slow))
    query = query_of(told, of.own)
    here = f"{reverse('report-screen')}?{query}"
    # Lists are those of the last revision.
    may_list = told.revision == revisions(territory, told.week) and user.role in roles_of("plots-at")
    page = _page(told, list(told.now), of.name) if n == 0 else _commune(told, slow[n - 1], ranked)
    if may_list:
        _link(page, told, of.own if n == 0 else {"commune": slow[n - 1].code})
    context = {
        "told": told,
        "is_unclosed": is_unclosed(request, weeks),
        "page": page,
        "n": n,
        "last": len(slow),
        "first_href": f"{here}&n=0",
        "last_href": f"{here}&n={len(slow)}",
        "next_href": f"{here}&n={n + 1}" if n < len(slow) else "",
        "next_name": slow[n].name if n < len(slow) else "",
        "before_href": f"{here}&n={n - 1}" if n else "",
        "back": f"{reverse('report')}?{query}",
    }
    return render(request, "report/screen.html", context)


def _page(told: Past, communes: list[int], name: str) -> dict[str, Any]:
    """What stands on the wall of some communes together."""
    parts = [told.now[commune] for commune in communes]
    figures, clean = total(parts), of_task(parts, Task.CLEAN)
    book = period.total(told.books[commune] for commune in communes)
    line = planned_of(told, Task.CLEAN, told.last, communes)
    plan = None if line is None else whole(line)
    return _figures(figures) | {
        "name": name,
        "change": book.came(1) - book.went(1),
        "clean": clean,
        "rate": clean.done / clean.assigned if clean.assigned and clean.done is not None else None,
        "planned": plan,
        "gap": clean.done - plan if clean.done is not None and plan is not None else None,
        "difficulties": noted(communes, told.last, is_province=told.territory.is_province),
        "province": _province(told) if told.territory.commune is not None else None,
    }


def _commune(told: Past, each: Standing, ranked: int) -> dict[str, Any]:
    clean, plan = each.clean, None if each.planned is None else whole(each.planned)
    return _figures(each.figures) | {
        "name": each.name,
        "rank": each.rank,
        "ranked": ranked,
        "change": each.change,
        "clean": clean,
        "rate": each.rate,
        "planned": plan,
        "gap": clean.done - plan if clean.done is not None and plan is not None else None,
        "needed": each.needed,
        "difficulties": noted([each.commune], told.last),
    }


def _figures(figures: Figures) -> dict[str, Any]:
    """Groups, what they wait for and the rules that hold most plots."""
    waiting = sorted(figures.waiting.items(), key=lambda pair: -pair[1].items)
    rules = sorted(figures.rules.items(), key=lambda pair: (-pair[1], pair[0]))
    names = {"desk": WorkItem.With.DESK.label}
    return {
        "plots": figures.plots,
        "groups": [{"plots": figures.groups[group], "group": group} for group in Group.values],
        "share": figures.groups[1] / figures.plots if figures.plots else None,
        "waiting": [
            {"who": who, "label": names.get(who) or WorkItem.With(who).label, "held": held}
            for who, held in waiting[:MOST]
            if held.items
        ],
        "rules": [
            {"rule": catalogue.by_id(rule), "plots": plots}
            for rule, plots in rules
            if plots and catalogue.knows(rule)
        ][:MOST],
    }


def _link(page: dict[str, Any], told: Past, own: Mapping[str, str]) -> None:
    """Lay the lists as they were at the close behind the numbers of a page."""

    def at(name: str, **chosen: str) -> str:
        return f"{reverse(name)}?{urlencode({'week': told.week.isoformat(), **own, **chosen})}"

    for each in page["groups"]:
        each["href"] = at("plots-at", group=str(each["group"]))
    for each in page["rules"]:
        each["href"] = at("plots-at", rule=each["rule"].id)
    if not is_partial(told.now.values(), Task.CLEAN):
        page["done_href"] = at("plots-at", group=str(Group.READY.value))
    if KeptList.Kind.WAITS in told.listed:
        for each in page["waiting"]:
            each["href"] = at("overview-waits-at", **{"with": each["who"]})


def _province(told: Past) -> float | None:
    """The province's average beside a commune that sees no other one."""
    whole = past(Territory(), told.week, told.revision)
    figures = total(whole.now.values()) if whole else Figures()
    return figures.groups[1] / figures.plots if figures.plots else None


def _number(raw: str, last: int) -> int:
    return min(int(raw), last) if raw.isdecimal() and len(raw) < 6 else 0
