"""What stands beside the evidence: the land user's papers, a plot on the map, and what happened last."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from landdb.models import User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of
from parcels.models import Certificate, Holding, LandUser, Plot

from . import timeline_lines, timeline_sources, timeline_subject
from .land_users import READERS, visible
from .plot_map import plot_map
from .scans import READERS as SCAN_READERS
from .walk import Walk

PAPERS_SHOWN = 3
LINES_SHOWN = 5


@allow(*READERS)
@require_GET
def beside(request: HttpRequest, pk: int) -> HttpResponse:
    """A part of the desk, asked for when it comes into view: the evidence does not wait for it.

    The desk that asks has logged the look.
    """
    user = user_of(request)
    person = visible(user, pk)
    subject = timeline_subject.of_land_user(person.pk)
    heads = timeline_sources.page(subject, "", None, LINES_SHOWN)
    plot = _drawn(user, person)
    context = {
        "to_timeline": Walk.of(request, user).to("land-user-timeline", person.pk),
        "papers": _papers(user, person),
        "may_see_scans": user.has_role(*SCAN_READERS),
        "plot": plot,
        "map": plot_map(plot, user) if plot else None,
        "lines": timeline_lines.brief(heads[:LINES_SHOWN], subject),
    }
    return render(request, "matches/beside.html", context)


def _papers(user: User, person: LandUser) -> list[Certificate]:
    """The newest certificates of the territory that name the land user, with their scans."""
    held = Holding.objects.filter(land_user=person).values("certificate")
    papers = Certificate.objects.visible_to(user).filter(pk__in=held).prefetch_related("scans")
    return list(papers.order_by("-issued_on", "pk")[:PAPERS_SHOWN])


def _drawn(user: User, person: LandUser) -> Plot | None:
    """The first of the land user's plots, as the desk lists them, that has an outline."""
    held = Holding.objects.filter(land_user=person).values("plot")
    plots = Plot.objects.visible_to(user).live().filter(pk__in=held, geometry__isnull=False)
    return plots.select_related("commune", "status").order_by("commune", "sheet", "number", "id").first()
