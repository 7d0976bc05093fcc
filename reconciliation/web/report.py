"""The weekly report as a page to read and to print, and its two files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from landdb.models import AccessLog
from landdb.web.gate import EVERYONE, allow
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of

from ..campaign.history import closed_weeks
from ..campaign.report import report as gathered
from ..campaign.report_keeping import MAKERS, keep, path_of, stored
from ..campaign.report_parts import Report
from ..campaign.report_past import Past, Territory, revisions
from . import report_about, report_links
from .report_territory import whose

_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@allow(*EVERYONE)
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """The report of the own territory on a closed week, the last one where none is named."""
    user, weeks = user_of(request), closed_weeks()
    of = whose(user, request.GET)
    territory = of.territory
    told = asked(request, territory, weeks)
    if told is None:
        return render(request, "report/none.html", {"weeks": weeks, "of": of})
    kept = stored(territory, told.week, told.revision)
    last = revisions(territory, told.week)
    # Lists are those of the last revision.
    may_list = told.revision == last and user.role in roles_of("plots-at")
    links = report_links.figures(told, of.own) if may_list else {}
    context = {
        "told": told,
        "weeks": [(week, week + dt.timedelta(days=6)) for week in reversed(weeks)],
        "revisions": range(1, last + 1),
        "is_unclosed": is_unclosed(request, weeks),
        "kept": kept,
        "is_same": kept is not None and kept.fingerprint == told.fingerprint,
        "of": of,
        "whole": query_of(told, {}) if of.own else "",
        "query": query_of(told, of.own),
        "parts": report_links.parts(told, of.own, may_list=may_list),
        "figures": list(report_about.figures(told, links)),
        "rules": report_about.shown(told.figures["rule_set"]),
    }
    return render(request, "report/report.html", context)


@allow(*EVERYONE)
@require_GET
def report_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The report as .docx or .xlsx, made anew, or with `?kept=1` as it was first made; logged."""
    user = user_of(request)
    of = whose(user, request.GET)
    territory = of.territory
    weeks = closed_weeks()
    told = asked(request, territory, weeks)
    # On a file nobody could say that it is of another week.
    if told is None or kind not in MAKERS or is_unclosed(request, weeks):
        raise Http404
    kept = keep(territory, told)
    AccessLog.objects.create(
        user=user,
        action=AccessLog.Action.EXPORT,
        subject="report",
        subject_id=kept.pk,
        commune=territory.commune,
        reason=f"{told.week:%Y-%m-%d} {told.revision} {kind}",
    )
    number = f"{told.number}-" if told.number else ""
    of_whom = "".join(f"-{code}" for code in of.own.values())
    name = f"bao-cao-tuan-{number}{told.last:%Y%m%d}{of_whom}-ban-{told.revision}.{kind}"
    path = path_of(kept, kind)
    answer: HttpResponseBase
    if request.GET.get("kept") and path.is_file():
        answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=_TYPES[kind])
    else:
        answer = HttpResponse(MAKERS[kind](told), content_type=_TYPES[kind])
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def asked(request: HttpRequest, territory: Territory, weeks: list[dt.date]) -> Report | None:
    """The report that the address names."""
    chosen = wanted(request, territory, weeks)
    return gathered(territory, *chosen) if chosen else None


def wanted(request: HttpRequest, territory: Territory, weeks: list[dt.date]) -> tuple[dt.date, int] | None:
    """Week and revision of the address; what is none of them is taken for the last one."""
    week = _day(request.GET.get("week", ""))
    if week not in weeks:
        week = weeks[-1] if weeks else None
    if week is None:
        return None
    last, raw = revisions(territory, week), request.GET.get("revision", "")
    return week, int(raw) if raw.isdecimal() and len(raw) < 4 and 1 <= int(raw) <= last else last


def is_unclosed(request: HttpRequest, weeks: list[dt.date]) -> bool:
    """Whether the address names a week that was never closed, for which the last one is taken."""
    raw = request.GET.get("week", "")
    return bool(raw) and _day(raw) not in weeks


def query_of(told: Report | Past, own: Mapping[str, str]) -> str:
    """The territory, the week and the revision as they stand in an address."""
    return urlencode({**own, "week": f"{told.week:%Y-%m-%d}", "revision": told.revision})


def _day(raw: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(raw)
    except ValueError:
        return None
