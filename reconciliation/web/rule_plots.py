"""The plots on which a rule that only notes speaks, by commune and plot, a page at a time."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from landdb.models import User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..classification.notes import open_plots
from ..filters import PAGE, address
from ..models import Finding, PlotStatus
from ..queue_values import Place
from ..rules import book, catalogue
from .queue import READERS


@allow(*READERS)
@require_GET
def rule_plots(request: HttpRequest, rule: str) -> HttpResponse:
    """Plots of the territory with an open note of a rule; what holds plots back is in the queue."""
    if not catalogue.knows(rule):
        raise Http404
    if any(ruling.rule.id == rule and ruling.counts for ruling in book.current().rulings):
        return redirect(f"{reverse('queue')}?rule={rule}")
    user = user_of(request)
    counts = open_plots(user).get(rule, {})
    units = {unit.pk: unit for unit in user.communes().order_by("sort_key")}
    code = request.GET.get("commune", "")
    chosen = next((unit for unit in units.values() if unit.code == code), None)
    order = [pk for pk in units if counts.get(pk) and chosen in (None, units[pk])]
    places = _places(user, rule, order, Place.read(request.GET.get("after", "")))
    base = dict(request.GET.lists())
    context = {
        "rule": catalogue.by_id(rule),
        "chosen": chosen,
        "communes": [(unit, counts[pk]) for pk, unit in units.items() if counts.get(pk)],
        "rows": _rows(places[:PAGE]),
        "total": sum(counts[pk] for pk in order),
        "newest": f"?{address(base)}" if "after" in base else "",
        "older": f"?{address(base)}&after={places[PAGE - 1]}" if len(places) > PAGE else "",
    }
    return render(request, "rules/plots.html", context)


def _places(user: User, rule: str, order: list[int], start: Place | None) -> list[Place]:
    """A page of plots and one more. Each commune is in order in the index of the open findings."""
    if start is not None and start.commune_id in order:
        order = order[order.index(start.commune_id) :]
    found: list[Place] = []
    for commune in order:
        plots = Finding.objects.open().visible_to(user).filter(rule=rule, commune=commune)
        if start is not None and start.commune_id == commune:
            plots = plots.filter(plot__gt=start.plot_id)
        ids = plots.values_list("plot_id", flat=True).distinct().order_by("plot_id")
        found += [Place(commune, pk) for pk in ids[: PAGE + 1 - len(found)]]
        if len(found) > PAGE:
            break
    return found


def _rows(places: list[Place]) -> list[PlotStatus]:
    ids = [place.plot_id for place in places]
    statuses = PlotStatus.objects.filter(pk__in=ids).select_related("plot", "commune")
    known = {status.pk: status for status in statuses.defer("plot__geometry")}
    return [known[pk] for pk in ids if pk in known]
