"""What stands beside the evidence: the land user's papers, a plot on the map, and what happened last."""

from __future__ import annotations

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from landdb.models import User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from . import papers, plot_map, timeline_lines, timeline_sources, timeline_subject
from .land_users import READERS
from .scans import READERS as SCAN_READERS
from .walk import Walk

PAPERS_SHOWN = 3
LINES_SHOWN = 5

# `land_users.of_territory` for one of whom nothing else is asked.
_SEEN = """
    SELECT FROM parcels_landuser WHERE id = %(pk)s AND (
        %(communes)s::bigint[] IS NULL OR commune_id = ANY (%(communes)s::bigint[]) OR EXISTS (
            SELECT FROM parcels_holding
            WHERE land_user_id = %(pk)s AND commune_id = ANY (%(communes)s::bigint[])
        )
    )
"""


@allow(*READERS)
@require_GET
def beside(request: HttpRequest, pk: int) -> HttpResponse:
    """A part of the desk, asked for when it comes into view: the evidence does not wait for it.

    The desk that asks has logged the look. Every part asks the database for what it shows and no more, in
    plain SQL: there is one such request for each look at a desk.
    """
    user = user_of(request)
    if not _is_seen(user, pk):
        raise Http404
    subject = timeline_subject.of_land_user(pk)
    heads = timeline_sources.page(subject, "", None, LINES_SHOWN)
    lines = timeline_lines.brief(heads[:LINES_SHOWN], subject)
    plot = plot_map.first_of_land_user(pk, user)
    walk = Walk.of(request, user)
    context = {
        "to_timeline": walk.to("land-user-timeline", pk),
        "from_here": f"?of=land-user:{pk}" + (f"&{walk.query}" if walk.query else ""),
        "papers": papers.of_land_user(user, pk, PAPERS_SHOWN),
        "may_see_scans": user.has_role(*SCAN_READERS),
        "plot": plot,
        "map": plot_map.around(plot, user) if plot else None,
        "lines": lines,
        "timeline": timeline_lines.drawn(lines),
    }
    return render(request, "matches/beside.html", context)


def _is_seen(user: User, pk: int) -> bool:
    """Whether the land user is kept in the user's territory, or holds a plot there."""
    ids = user.commune_ids()
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, {"pk": pk, "communes": None if ids is None else list(ids)})
        return bool(cursor.rowcount)
