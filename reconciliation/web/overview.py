"""How far the province is: the three groups, and every commune this week against last week."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, Role
from landdb.web.gate import EVERYONE, allow
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of

from ..models import Verification
from ..models.groups import Group
from .standing import CommuneStock, Stock, standing

Sort = Callable[[CommuneStock], Any]

#: Columns that can be sorted: key, heading, value. Communes without plots come last, whichever way.
COLUMNS: tuple[tuple[str, Any, Sort], ...] = (
    ("name", _("Xã, phường"), lambda row: row.unit.sort_key if row.unit else ""),
    ("plots", _("Thửa"), lambda row: row.plots),
    ("share", _("Nhóm 1"), lambda row: row.share or 0),
    ("change", _("Tuần này"), lambda row: row.moves[0] or 0),
    ("verified", _("Khớp dân cư"), lambda row: matched_share(row) or 0),
)
#: The worst first, so that the manager reads from the top what is late.
USUAL = "share"


@allow(*EVERYONE)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Tiles of the groups and a table of the communes of the territory. Counters only, no plot is read."""
    user = user_of(request)
    now = standing(user)
    sort, descending = _order(request)
    values = {key: value for key, _title, value in COLUMNS}
    rows = sorted(now.communes, key=values[sort], reverse=descending)
    rows.sort(key=lambda row: not row.plots)
    links = user.role in roles_of("queue")
    context = {
        "now": now,
        "tiles": _tiles(now.total, _queue() if links else None),
        "rows": [(row, _queue(row.unit) if links and row.unit else None, matched_share(row)) for row in rows],
        "columns": [_column(key, title, sort, descending) for key, title, _value in COLUMNS],
        "outcomes": _outcome_rows(now.total),
        "outcome_total": sum(now.total.outcomes.values()),
        "province": standing(None).total if user.has_role(Role.COMMUNE_OFFICIAL) else None,
    }
    return render(request, "overview/overview.html", context)


def matched_share(row: Stock) -> float | None:
    """Land users that the registry knows, of all that it can be asked about."""
    asked = sum(row.outcomes.values()) - row.outcomes.get(Verification.Outcome.NOT_APPLICABLE, 0)
    return row.outcomes.get(Verification.Outcome.MATCHED, 0) / asked if asked else None


def _order(request: HttpRequest) -> tuple[str, bool]:
    wanted = request.GET.get("sort", USUAL)
    key = wanted.removeprefix("-")
    known = {column for column, _title, _value in COLUMNS}
    return (key, wanted.startswith("-")) if key in known else (USUAL, False)


def _column(key: str, title: Any, sort: str, descending: bool) -> dict[str, Any]:
    is_on = key == sort
    return {
        "key": key,
        "title": title,
        "order": ("descending" if descending else "ascending") if is_on else "",
        "query": f"-{key}" if is_on and not descending else key,
    }


def _queue(unit: AdminUnit | None = None) -> list[str]:
    """Addresses of the lists behind the numbers: the three groups one by one, and all together."""
    commune = f"commune={unit.code}&" if unit else ""
    groups = [f"group={group}" for group in Group.values]
    return [f"{reverse('queue')}?{commune}{chosen}" for chosen in [*groups, "&".join(groups)]]


def _tiles(total: Stock, links: list[str] | None) -> list[dict[str, Any]]:
    return [
        {
            "group": group.value,
            "meaning": group.label,
            "plots": total.groups[index],
            "share": total.shares[index],
            "move": total.moves[index],
            "points": total.share_moves[index],
            "is_good": (total.moves[index] or 0) * (1 if group == Group.READY else -1) >= 0,
            "href": links[index] if links else "",
            "unconfirmed": total.unconfirmed if group == Group.REBUILD else 0,
            "to_confirm": f"{reverse('queue')}?confirmed=no" if links else "",
        }
        for index, group in enumerate(Group)
    ]


def _outcome_rows(total: Stock) -> list[dict[str, Any]]:
    whole = sum(total.outcomes.values())
    return [
        {"label": outcome.label, "count": count, "share": count / whole, "is_matched": outcome == "matched"}
        for outcome in Verification.Outcome
        if (count := total.outcomes.get(outcome, 0))
    ]
