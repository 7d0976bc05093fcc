"""Where the plots behind a figure of the dashboard are listed."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse

from ..campaign.weekly import Week
from ..models.groups import Group


def plots(communes: Sequence[str], week: Week, **chosen: object) -> str:
    """The plots of some communes (none: of all) as they stand, or as they stood when the week closed.

    Empty where there is no such list: that of a close knows one commune or all.
    """
    of = [("commune", code) for code in communes]
    if not week.is_closed:
        return f"{reverse('queue')}?{urlencode([*of, *chosen.items()])}"
    if len(of) > 1:
        return ""
    return f"{reverse('plots-at')}?{urlencode([('week', week.monday.isoformat()), *of, *chosen.items()])}"


def by_group(communes: Sequence[str], week: Week) -> list[str]:
    """The plots of each group."""
    return [plots(communes, week, group=group) for group in Group.values]


def every_group(commune: str, week: Week) -> str:
    """The plots of all groups of a commune together; a close has no such list."""
    if week.is_closed:
        return ""
    groups = [("group", group) for group in Group.values]
    return f"{reverse('queue')}?{urlencode([('commune', commune), *groups])}"
