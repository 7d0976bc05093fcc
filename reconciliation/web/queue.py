"""The queue of flagged plots, and the search box that leads to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from landdb.models import AccessLog, Role, TypedSearch
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from .. import places
from ..filters import QueueFilter, address
from ..models.groups import Group
from ..plot_search import EXACT, find_plots
from ..queue_values import Place
from . import file_links, meant, plot_lines, queue_rows, rebuilds, unknown_facets
from .facets import (
    commune_options,
    dimension_options,
    dimension_text,
    group_options,
    group_text,
    rule_options,
    rule_text,
)

READERS = (
    Role.REVIEWER,
    Role.SENIOR_REVIEWER,
    Role.COMMUNE_OFFICIAL,
    Role.MANAGER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


@allow(*READERS)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Flagged plots of the territory, by commune and plot; a page at a time."""
    wanted = QueueFilter.read(user_of(request), request.GET)
    wanted.count_at_once()
    page = wanted.page(
        after=Place.read(request.GET.get("after", "")), before=Place.read(request.GET.get("before", ""))
    )
    shown = queue_rows.rows(page.statuses)
    base = dict(request.GET.lists())
    if not wanted.rule:
        # A rule that is not one of the dimension's is gone from every address that goes on from here.
        base = {name: values for name, values in base.items() if name not in ("rule", "alone")}
    total = wanted.total()
    confirm = rebuilds.panel(request, wanted, total, base)
    has_ticks = confirm is not None and confirm["count"] > 0
    context = {
        "wanted": wanted,
        "typed_text": wanted.search.text if wanted.search else "",
        "rows": shown,
        "lines": plot_lines.written(shown, has_ticks=has_ticks),
        "total": total,
        "is_cut": bool(wanted.found and wanted.found.is_cut)
        or (wanted.is_counted_on_the_way and total >= EXACT),
        "exact": EXACT,
        "groups": group_options(wanted.groups, wanted.group_counts(), base),
        "unconfirmed": _unconfirmed_option(wanted, base),
        "confirm": confirm,
        "communes": commune_options(wanted.communes, wanted.commune_ids, wanted.commune_counts(), base),
        "rules": rule_options(wanted.rule, wanted.rule_counts(), base),
        "dimensions": dimension_options(wanted.dimension, wanted.rule, wanted.dimension_counts(), base),
        "chips": _chips(wanted, base),
        "unknown": unknown_facets.alert(wanted.unknown, dict(request.GET.lists())),
        "meant": meant.of(wanted.user, wanted.search, base, wanted.found.readings if wanted.found else ()),
        "hint": meant.hint(),
        "files": file_links.of(total),
        "facets": address(base),
        "newer": f"{address(base)}&before={page.before}" if page.before else "",
        "older": f"{address(base)}&after={page.after}" if page.after else "",
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    is_panel = htmx and not htmx.boosted and not htmx.history_restore_request
    response = render(request, "queue/panel.html" if is_panel else "queue/queue.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@allow(*READERS)
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Keep what was typed on the server and lead to the queue under an opaque token.

    What can only be the name of a commune leads to the plots there.
    """
    user = user_of(request)
    typed = " ".join(request.POST.get("text", "").split())[:200]
    if meant.is_too_short(request, typed):
        return redirect("queue")
    AccessLog.objects.create(user=user, action=AccessLog.Action.SEARCH, subject="plot")
    base = {"group": [str(group) for group in Group.values]}
    there = places.named(user, typed)
    if there and not find_plots(user, typed).plots:
        return redirect(f"{reverse('queue')}?{address(base, commune=meant.tell_places(request, there))}")
    kept = TypedSearch.objects.create(user=user, text=typed)
    return redirect(f"{reverse('queue')}?{address(base, q=kept.token)}")


def _unconfirmed_option(wanted: QueueFilter, base: dict[str, list[str]]) -> dict[str, Any]:
    """Group 3 that staff have to confirm; of a rule or dimension counted only where they are the list."""
    is_on = wanted.unconfirmed
    asked = wanted.to_confirm()
    count = asked.total() if is_on or not asked.is_counted_on_the_way else None
    query = address(base, confirmed=None if is_on else "no", group=None)
    return {"count": count, "is_on": is_on, "query": query}


def _chips(wanted: QueueFilter, base: dict[str, list[str]]) -> list[dict[str, Any]]:
    """What is being filtered, each with the address that takes it away."""
    chips = []
    if wanted.search:
        chips.append({"text": f"“{wanted.search.text}”", "query": address(base, q=None)})
    if wanted.unconfirmed:
        chips.append({"text": _("Nhóm 3 chưa xác nhận"), "query": address(base, confirmed=None)})
    elif "group" in base:
        for group in wanted.groups:
            rest = [str(other) for other in wanted.groups if other != group]
            chips.append({"text": group_text(group), "query": address(base, group=rest)})
    for pk in wanted.commune_ids:
        rest = [wanted.communes[other].code for other in wanted.commune_ids if other != pk]
        chips.append({"text": wanted.communes[pk].name, "query": address(base, commune=rest)})
    if wanted.dimension:
        chips.append({"text": dimension_text(wanted.dimension), "query": address(base, dimension=None)})
    if wanted.rule:
        chips.append({"text": rule_text(wanted.rule), "query": address(base, rule=None, alone=None)})
    if wanted.is_alone:
        chips.append({"text": _("Chỉ vướng một quy tắc"), "query": address(base, alone=None)})
    return chips
