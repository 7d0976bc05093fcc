"""What alarms in the territory, each with the way to the list behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, User
from landdb.web.fragments import fingerprint
from landdb.web.gate import EVERYONE, allow
from landdb.web.places import places_of
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of

from ..campaign import alert_gathering, alert_words
from ..campaign.alerts import Alert, Kind
from ..campaign.waits import OVERDUE
from ..rules import book


@allow(*EVERYONE)
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """All alerts of the territory by kind, with what each kind means."""
    user = user_of(request)
    found, counting = alert_gathering.current(user.commune_ids()), counting_rules()

    def kinds() -> list[dict[str, Any]]:
        rows = shown(found, user, counting)
        return [
            {
                "kind": kind,
                "meaning": alert_words.meaning(kind),
                "rows": [row for row in rows if row["kind"] == kind],
            }
            for kind in Kind
        ]

    context = {
        "kinds": kinds,
        "kinds_key": fingerprint(found, user.role, places_of(user), counting),
        "total": len(found),
    }
    return render(request, "alerts/alerts.html", context)


@allow(*EVERYONE)
@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    """The worst few of the territory, which the dashboard asks for once it stands."""
    user = user_of(request)
    return render(request, "alerts/panel.html", {"alert_rows": shown(alert_gathering.worst(user), user)})


def counting_rules() -> tuple[str, ...]:
    """The rules of today that decide about groups."""
    return tuple(ruling.rule.id for ruling in book.current().rulings if ruling.counts)


def shown(
    found: Iterable[Alert], user: User, counting: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """Alerts in words, with the commune and the address of the list where this user may open it.

    `counting`: the rules that decide about groups, where they are known already.
    """
    found, counting = list(found), counting_rules() if counting is None else counting
    units = AdminUnit.objects.in_bulk({alert.commune for alert in found if alert.commune})
    rows = []
    for alert in found:
        unit = units.get(alert.commune) if alert.commune else None
        rows.append(
            {
                "kind": alert.kind,
                "unit": unit,
                "sentence": alert_words.sentence(alert),
                "figure": alert_words.figure(alert),
                "counts": alert_words.unit(alert),
                "href": _href(alert, unit, user, counting),
            }
        )
    return rows


def _href(alert: Alert, unit: AdminUnit | None, user: User, counting: Collection[str]) -> str:
    """Where the list behind an alert is; empty where this role has no such list."""
    commune = {"commune": unit.code} if unit else {}
    if alert.kind == Kind.PACE:
        return _open(user, "queue", {**commune, "group": ["2", "3"]})
    if alert.kind == Kind.JUMP:
        rule = alert.facts["rule"]
        if rule in counting:
            return _open(user, "queue", {**commune, "rule": rule})
        return _open(user, "rule-plots", commune, rule)
    if alert.kind == Kind.HANDOVER:
        query = {**commune, "with": OVERDUE}
        return _open(user, "worklist", query) or _open(user, "overview-waits", query)
    if alert.kind == Kind.POLICE:
        return _open(user, "police-list", {}, alert.facts["list"])
    return _open(user, "extracts", {})


def _open(user: User, name: str, query: dict[str, Any], *args: str | int) -> str:
    # Who may open a record does not depend on which: one answer is remembered for all.
    if user.role not in roles_of(name, *(1 if isinstance(each, int) else each for each in args)):
        return ""
    address = reverse(name, args=args)
    return f"{address}?{urlencode(query, doseq=True)}" if query else address
