"""The dashboard: how far a territory is, what moved in a week and why, who is behind and waits for whom."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from landdb.models import User
from landdb.web.fragments import fingerprint
from landdb.web.gate import EVERYONE, allow
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of

from ..campaign import people, weekly
from ..campaign.forecast import CHANCE
from ..campaign.weekly import Closes, Week
from . import (
    dashboard_flow,
    dashboard_lists,
    dashboard_map,
    dashboard_panels,
    dashboard_table,
    dashboard_work,
)
from .dashboard_territory import Territory


@allow(*EVERYONE)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The figures of a week for a territory. Snapshots and counters only, no plot is read."""
    user = user_of(request)
    closes = Closes.read()
    closed = _week(request.GET.get("week", ""), closes)
    territory = Territory.read(user, request.GET)
    if closed is None:
        week = weekly.running_week(territory.ids, closes)
    else:
        week = weekly.closed_week(closed, territory.ids, closes)
    ground, shown = _communes(request, week, territory, may_list=_may_list(user))
    panels = _panels(user, week, territory, closes, closed) | shown
    due, is_province = panels["goal"].get("due"), territory.ids is None
    numbered = dashboard_panels.numbered(week, closes, due, is_province=is_province)
    context = (
        panels
        | numbered
        | {
            "week": week,
            "territory": territory,
            "choice_key": fingerprint(list(territory.choice.values()), territory.own, closed),
            "tabs": territory.tabs(week=closed),
            "is_unclosed": closed is None and bool(request.GET.get("week")),
            "steps": _steps(closed, closes, territory),
            "report": _report(closed, closes, territory, user),
            "panels_key": fingerprint(panels, ground),
            "map_key": fingerprint(ground, shown["late"], shown["week_query"]),
            "bubbles": cache(lambda: dashboard_map.bubbles(ground)),
        }
    )
    return render(request, "dashboard/dashboard.html", context)


def _may_list(user: User) -> bool:
    """May this role open the plots behind a figure?"""
    return user.role in roles_of("ledger-plots")


def _panels(
    user: User, week: Week, territory: Territory, closes: Closes, closed: dt.date | None
) -> dict[str, Any]:
    """All that the panels tell beside the communes; what is not here they must not show: it is their key."""
    may_list = _may_list(user)
    links = may_list and closed is None
    outcomes = _outcomes(week, territory)
    lists = dashboard_lists.by_group(territory.codes, week, territory.office) if may_list else []
    panels: dict[str, Any] = {
        "compared": _compared(closed, closes),
        "tiles": dashboard_panels.tiles(week, lists),
        "to_confirm": f"{reverse('queue')}?{_joined('confirmed=no', territory.lists)}" if links else "",
        "goal": dashboard_panels.goal(week, territory),
        "chance": round(CHANCE * 10),
        "flow": dashboard_flow.flow(week, territory, may_list=may_list),
        "rules": dashboard_panels.rules(week, territory, may_list=may_list),
        "words": dashboard_panels.words(week),
        "identifiers": dashboard_panels.identifiers(week, territory, may_list=may_list),
        "waiting": dashboard_work.waiting(week, territory, user),
        "outcomes": dashboard_panels.outcomes(outcomes, week, territory, may_list=may_list),
        "outcome_total": outcomes.total(),
        "people_href": dashboard_panels.people_listed(week, territory) if may_list else "",
        "province": None if territory.ids is None else weekly.group_shares(closes, closed),
        "has_alerts": closed is None and not territory.own,
        "is_closed": week.is_closed,
        "alone": week.alone,
        "told_on": week.told.day if week.told else None,
        "territory_name": territory.name,
    }
    if closed is not None:
        panels["overdue"] = dashboard_work.overdue(week, territory, user)
    else:
        panels["police"] = dashboard_work.police(territory, user)
        panels["uploads"] = dashboard_work.uploads(territory, user)
        panels["uploads_href"] = reverse("uploads") if user.role in roles_of("uploads") else ""
    return panels


def _outcomes(week: Week, territory: Territory) -> Counter[str]:
    """What the registry says of land users: when the week closed, else by now."""
    if week.is_closed:
        return week.told.whole.verification if week.told else Counter()
    return people.together(people.by_commune(territory.ids))


def _week(raw: str, closes: Closes) -> dt.date | None:
    """The closed week that the address asks for; None for the running one, and for what nobody closed."""
    try:
        asked = dt.date.fromisoformat(raw)
    except ValueError:
        return None
    return asked if asked in closes.stamps else None


def _steps(closed: dt.date | None, closes: Closes, territory: Territory) -> dict[str, str | None]:
    """Addresses of the week before, the one after, and the running one; None where there is none."""
    weeks = closes.weeks
    place = len(weeks) if closed is None else weeks.index(closed)
    before = f"?{territory.query(week=weeks[place - 1])}" if place else None
    after = None
    if closed is not None:
        after = f"?{territory.query(week=weeks[place + 1] if place + 1 < len(weeks) else None)}"
    return {"before": before, "after": after, "running": f"?{territory.query()}" if closed else None}


def _report(closed: dt.date | None, closes: Closes, territory: Territory, user: User) -> str:
    """Address of the weekly report of a closed week, else of the last one that closed."""
    week = closed or (closes.weeks[-1] if closes.weeks else None)
    if week is None or user.role not in roles_of("report"):
        return ""
    return f"{reverse('report')}?{territory.query(week=week)}"


def _compared(closed: dt.date | None, closes: Closes) -> tuple[dt.date, dt.date] | None:
    """First and last day of the week with which the figures are compared."""
    earlier = [week for week in closes.weeks if closed is None or week < closed]
    return (earlier[-1], earlier[-1] + dt.timedelta(days=6)) if earlier else None


def _joined(*words: str) -> str:
    return "&".join(filter(None, words))


def _communes(
    request: HttpRequest, week: Week, territory: Territory, *, may_list: bool
) -> tuple[dashboard_map.Ground, dict[str, Any]]:
    """What the map shows, and the table: all communes where the address asks for them, else the slowest."""
    rows = dashboard_table.rows(week, territory.rows_of(week.now))
    found, sort, descending = dashboard_table.in_order(rows, request.GET.get("sort", ""))
    is_all = request.GET.get("all") == "1"
    shown = found if is_all else found[: dashboard_table.FIRST]
    if may_list:
        for row in shown:
            code = row.unit.code
            row.links = [*dashboard_lists.by_group([code], week), dashboard_lists.every_group(code, week)]
    kept = {"week": week.monday if week.is_closed else None, "all": "1" if is_all else None}
    ground = dashboard_map.Ground([], {}) if is_all else dashboard_map.Ground.of(rows)
    week_query = f"&week={week.monday}" if week.is_closed else ""
    return ground, {
        "rows": shown,
        "communes": len(rows),
        "is_all": is_all,
        "all_query": territory.query(**kept | {"all": "1"}),
        "few_query": territory.query(**kept | {"all": None}),
        "columns": [
            {
                "key": key,
                "title": title,
                "order": ("descending" if descending else "ascending") if key == sort else "",
                "query": territory.query(**kept, sort=f"-{key}" if key == sort and not descending else key),
            }
            for key, title, _value, is_wide in dashboard_table.COLUMNS
            if is_all or not is_wide
        ],
        "spark": dashboard_table.whole_spark(week),
        "plot_total": sum(row.plots for row in rows),
        "plot_total_href": dashboard_lists.of_every_group(
            dashboard_lists.plots(territory.codes, week, territory.office)
        )
        if may_list
        else "",
        "has_map": ground.is_map,
        "classes": dashboard_map.classes(),
        "late": sum(row.gap is not None and row.gap < dashboard_map.LATE for row in rows),
        "week_query": week_query,
    }
