"""Stock and flow of a week: what each group held at both ends, what came and went, and why."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from ..campaign.weekly import Week
from ..classification import period
from ..classification.period import Account
from ..classification.weeks import WEEK
from ..models import GroupMove
from ..models.groups import Group
from .dashboard_lists import at_end_of, of_every_group
from .dashboard_lists import plots as plots_of
from .dashboard_territory import Territory

_DAY = dt.timedelta(days=1)


def flow(week: Week, territory: Territory, *, may_list: bool) -> dict[str, Any]:
    """Opening, in, out and closing of each group, and what brought plots into group 1 and out of it."""
    book = period.total(week.books.values())
    days = {"from": f"{week.since:%d/%m/%Y}", "to": f"{week.last:%d/%m/%Y}"}
    base = urlencode(days | territory.own, safe="/")
    listed = f"{reverse('ledger-plots')}?{base}" if may_list else ""

    came: Counter[str] = Counter()
    went: Counter[str] = Counter()
    for way, plots in book.ways.items():
        came[way.cause] += plots if way.entered == Group.READY else 0
        went[way.cause] += plots if way.left == Group.READY else 0
    most = max([1, *came.values(), *went.values()])
    lines = [_stock(book, group, listed) for group in Group]
    lists = dict.fromkeys(("opening", "came", "went", "closing"), "")
    if may_list:
        for line in lines:
            line |= _ends(week, territory, line["group"])
        lists = _sums(week, territory, listed)
    return {
        "lines": lines,
        "is_balanced": all(each.is_balanced for each in week.books.values()),
        "sums": [(sum(line[name] for line in lines), href) for name, href in lists.items()],
        "causes": [
            _cause(cause, came[cause], went[cause], most, listed)
            for cause in sorted(GroupMove.Cause.values, key=lambda cause: went[cause] - came[cause])
            if came[cause] or went[cause]
        ],
        "href": f"{reverse('ledger')}?{base}",
    }


def _stock(book: Account, group: Group, listed: str) -> dict[str, Any]:
    came, went = book.came(group), book.went(group)
    return {
        "group": group.value,
        "opening": book.opening[group],
        "came": came,
        "came_href": _moved(listed, came, entered=group.value),
        "went": went,
        "went_href": _moved(listed, went, left=group.value),
        "closing": book.closing[group],
        "gap": book.gap(group),
    }


def _sums(week: Week, territory: Territory, listed: str) -> dict[str, str]:
    """The lists of all groups together, at both ends and of what came and went."""
    is_told = week.first - WEEK in week.stocks
    opening = at_end_of(week.first - _DAY, territory.codes, territory.office) if is_told else ""
    return {
        "opening": of_every_group(opening),
        "came": f"{listed}&entered=any",
        "went": f"{listed}&left=any",
        "closing": of_every_group(plots_of(territory.codes, week, territory.office)),
    }


def _ends(week: Week, territory: Territory, group: int) -> dict[str, str]:
    """The lists of what a group held when the week began and of what it holds at its end."""
    is_told = week.first - WEEK in week.stocks
    opening = at_end_of(week.first - _DAY, territory.codes, territory.office, group=group) if is_told else ""
    closing = plots_of(territory.codes, week, territory.office, group=group)
    return {"opening_href": opening, "closing_href": closing}


def _cause(cause: str, came: int, went: int, most: int, listed: str) -> dict[str, Any]:
    """What a cause brought into group 1 and took out of it; lengths of bars in parts of the longest."""
    return {
        "label": GroupMove.Cause(cause).label,
        "came": came,
        "came_width": f"{100 * came / most:.1f}",
        "came_href": _moved(listed, came, cause=cause, entered=Group.READY.value),
        "went": went,
        "went_width": f"{100 * went / most:.1f}",
        "went_x": f"{100 - 100 * went / most:.1f}",
        "went_href": _moved(listed, went, cause=cause, left=Group.READY.value),
    }


def _moved(listed: str, plots: int, **way: object) -> str:
    """The list of such moves; `listed` is that of all, or nothing."""
    return f"{listed}&{urlencode(way)}" if listed and plots else ""
