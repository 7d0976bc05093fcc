"""The weekly meeting: its agenda, its decisions, its minutes to print."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb.models import AdminUnit, Role, User
from landdb.web.day_input import TypedDay
from landdb.web.fragments import fingerprint
from landdb.web.gate import EVERYONE, allow
from landdb.web.places import places_of
from landdb.web.plain_select import PlainSelect
from landdb.web.signed_in import user_of

from ..campaign import meeting as meetings
from ..campaign.alerts import Alert, Kind, top
from ..campaign.difficulties import NotNow
from ..campaign.meeting import Agenda, Cluster
from ..campaign.report_letter import issuer
from ..campaign.report_past import Territory
from ..classification.weeks import WEEK, week_of
from ..models import Difficulty, MeetingDecision
from ..rules import catalogue
from . import alerts, question_told
from .free_text import NoIdentity

READERS = tuple(role for role in EVERYONE if role != Role.POLICE_LIAISON)
NOTERS = (Role.MANAGER,)
#: So many alerts are written out in the minutes, the worst of each kind first; the others are counted.
IN_MINUTES = 12
EARLIEST = dt.date(2020, 1, 6)


class DecisionForm(forms.Form):
    """What, who, until when; on a difficulty, or on a commune, or on all."""

    what = NoIdentity(label=gettext_lazy("Việc phải làm"), min_length=5, max_length=500, strip=True)
    who = forms.CharField(label=gettext_lazy("Ai làm"), min_length=2, max_length=120, strip=True)
    due_on = forms.DateField(label=gettext_lazy("Hạn"), widget=TypedDay())
    difficulty = forms.ModelChoiceField(
        Difficulty.objects.none(),
        widget=PlainSelect(),
        label=gettext_lazy("Về vướng mắc"),
        required=False,
        empty_label="–",
    )
    commune = forms.ModelChoiceField(
        AdminUnit.objects.none(),
        widget=PlainSelect(),
        label=gettext_lazy("Xã, phường"),
        required=False,
        empty_label=gettext_lazy("việc chung"),
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        difficulty: Any = self.fields["difficulty"]
        difficulty.queryset = Difficulty.objects.visible_to(user).open()
        commune: Any = self.fields["commune"]
        commune.queryset = user.communes().order_by("sort_key")

    def clean_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Hạn không được ở quá khứ."))
        return day


class DoneForm(forms.Form):
    """With what it was done."""

    words = NoIdentity(min_length=2, max_length=300, strip=True)


@allow(*READERS)
@require_GET
def meeting(request: HttpRequest) -> HttpResponse:
    """The agenda of a week, this one where none is named; `minutes` to print it."""
    return _page(request, DecisionForm(user_of(request)))


@allow(*NOTERS)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest) -> HttpResponse:
    """Note a decision of this week's meeting."""
    user = user_of(request)
    if request.method != "POST":
        return redirect("meeting")
    form = DecisionForm(user, request.POST)
    if not form.is_valid():
        return _page(request, form)
    meetings.decide(user, **form.cleaned_data)
    messages.success(request, _("Đã ghi kết luận; chưa xong thì tự sang chương trình tuần sau."))
    return redirect("meeting")


@allow(*NOTERS)
@require_POST
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """A decision is done, with a word."""
    found = _visible(request, pk)
    form = DoneForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Ghi vài chữ: đã làm thế nào, kết quả ra sao; không ghi số giấy tờ."))
        return redirect("meeting")
    try:
        meetings.finish(found, user_of(request), form.cleaned_data["words"])
        messages.success(request, _("Đã ghi là xong."))
    except NotNow as reason:
        messages.warning(request, str(reason))
    return redirect("meeting")


@allow(*NOTERS)
@require_POST
def not_done(request: HttpRequest, pk: int) -> HttpResponse:
    """It was not done after all."""
    try:
        meetings.take_back(_visible(request, pk))
        messages.success(request, _("Việc này lại là chưa xong."))
    except NotNow as reason:
        messages.warning(request, str(reason))
    return redirect("meeting")


def _visible(request: HttpRequest, pk: int) -> MeetingDecision:
    return get_object_or_404(MeetingDecision.objects.visible_to(user_of(request)), pk=pk)


def _page(request: HttpRequest, form: DecisionForm) -> HttpResponse:
    user = user_of(request)
    this_week = week_of(timezone.localdate())
    week = _asked(request.GET.get("week", ""), this_week)
    agenda = meetings.agenda(week, user)
    is_minutes = "minutes" in request.GET
    places = places_of(user)
    counting = alerts.counting_rules()
    context = {
        "agenda": agenda,
        "clusters": [_cluster(each, user) for each in agenda.clusters],
        "alerts": cache(lambda: alerts.shown(agenda.alerts, user, counting)),
        "worst": cache(lambda: alerts.shown(_worst(agenda), user, counting)),
        "kinds": [(kind, n) for kind in Kind if (n := sum(one.kind == kind for one in agenda.alerts))],
        "issuer": issuer(Territory.of(user)),
        "alerts_key": fingerprint(agenda.alerts, user.role, places, counting),
        "form": form,
        "commune_key": fingerprint(places, form.data, form.errors.get_json_data()),
        "may_note": user.has_role(*NOTERS) and week == this_week,
        "this_week": this_week,
        "earlier": f"?week={week - WEEK:%Y-%m-%d}",
        "later": f"?week={week + WEEK:%Y-%m-%d}" if week <= this_week else "",
        "minutes": f"{reverse('meeting')}?week={week:%Y-%m-%d}&minutes",
        "now": timezone.now(),
        "late": _late(agenda),
    }
    template = "meeting/minutes.html" if is_minutes else "meeting/meeting.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _asked(raw: str, this_week: dt.date) -> dt.date:
    """The Monday of the day in the address; no further than next week, whose agenda already fills."""
    try:
        week = week_of(dt.date.fromisoformat(raw))
    except ValueError:
        return this_week
    return min(week, this_week + WEEK) if week >= EARLIEST else this_week


def _cluster(cluster: Cluster, user: User) -> dict[str, Any]:
    known = catalogue.knows(cluster.rule)
    return {
        "rule": catalogue.by_id(cluster.rule).name if known else "",
        "communes": cluster.communes,
        "rows": [
            {"standing": each, "who": question_told.who(each.assigned_to, user)} for each in cluster.standings
        ],
    }


def _worst(agenda: Agenda) -> list[Alert]:
    """What the minutes write out, each kind together."""
    order = list(Kind)
    return sorted(top(agenda.alerts, IN_MINUTES), key=lambda alert: order.index(alert.kind))


def _late(agenda: Agenda) -> int:
    return sum(line.days_late > 0 for line in (*agenda.carried, *agenda.noted))
