"""Where the plots behind a figure of the dashboard are listed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache, lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from ..campaign.weekly import Week
from ..classification.weeks import week_of
from ..models import KeptList
from ..models.groups import Group

#: From a Monday to the day with which its week closes.
SUNDAY = dt.timedelta(days=6)


@cache
def _page(name: str) -> str:
    """The address of a page; pages of tables ask for some hundred."""
    return reverse(name)


@lru_cache(maxsize=256)
def of_communes(codes: tuple[str, ...]) -> str:
    """Communes as they stand in an address; a page names those of an office some forty times."""
    return urlencode([("commune", code) for code in codes])


def of_group(address: str, group: int) -> str:
    """A list without a group, for one group; empty stays empty."""
    if not address:
        return ""
    return f"{address}group={group}" if address.endswith("?") else f"{address}&group={group}"


def of_every_group(address: str) -> str:
    """A list without a group, for all groups together; empty stays empty."""
    if not address:
        return ""
    mark = "" if address.endswith("?") else "&"
    if address.startswith(_page("plots-at")):
        return f"{address}{mark}group=all"
    return f"{address}{mark}{urlencode([('group', group) for group in Group.values])}"


def plots(communes: Sequence[str], week: Week, office: str = "", **chosen: object) -> str:
    """The plots of some communes (none: of all) as they stand, or as they stood when the week closed.

    Empty where there is no such list: that of a close knows one commune, those of an office (`office`: its
    code), or all.
    """
    return at_end_of(week.last, communes, office, **chosen) if week.is_closed else now(communes, **chosen)


def now(communes: Sequence[str], **chosen: object) -> str:
    """The plots of some communes (none: of all) as they stand."""
    return f"{_page('queue')}?{'&'.join(filter(None, (of_communes(tuple(communes)), urlencode(chosen))))}"


def people(communes: str, **chosen: object) -> str:
    """Land users by what the registry says of them; `communes` as they stand in an address."""
    return f"{_page('overview-people')}?{'&'.join(filter(None, (communes, urlencode(chosen))))}"


def at_end_of(day: dt.date, communes: Sequence[str], office: str = "", **chosen: object) -> str:
    """The plots as they stood when a day ended that was written down; empty for several communes that are not
    those of an office."""
    if len(communes) > 1 and not office:
        return ""
    monday = week_of(day)
    asked = [("week", monday.isoformat())]
    if day != monday + SUNDAY:
        asked.append(("day", day.isoformat()))
    asked += [("office", office)] if office else [("commune", code) for code in communes]
    return f"{_page('plots-at')}?{urlencode([*asked, *chosen.items()])}"


def by_group(communes: Sequence[str], week: Week, office: str = "") -> list[str]:
    """The plots of each group."""
    address = plots(communes, week, office)
    return [of_group(address, group) for group in Group.values]


def every_group(commune: str, week: Week) -> str:
    """The plots of all groups of a commune together."""
    return of_every_group(plots([commune], week))


def kept_of(name: str, communes: Sequence[str], week: Week, office: str = "", **chosen: object) -> str:
    """A list that was kept with a close, by the name of its page; empty as for plots."""
    if len(communes) > 1 and not office:
        return ""
    of = [("office", office)] if office else [("commune", code) for code in communes]
    return f"{_page(name)}?{urlencode([('week', week.monday.isoformat()), *of, *chosen.items()])}"


def is_kept(week: Week, kind: KeptList.Kind) -> bool:
    """Was it kept whom the figures of the closed week counted?"""
    return week.told is not None and kind in week.told.listed
