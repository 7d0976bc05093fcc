"""The weeks as they were closed: their revisions with the reasons, and counting one again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from landdb import jobs
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..campaign.history import closed_weeks
from ..classification.weeks import WEEK, closes_at
from ..models import WeeklySnapshot
from .forms import ReasonForm
from .plan import CHANGERS, whole_province_only


@dataclass(frozen=True, slots=True)
class Revision:
    """A week as it was written down at one time: of how many communes, by which rules, why again."""

    week: dt.date
    number: int
    communes: int
    taken_at: dt.datetime
    rule_set: int | None
    is_rebuilt: bool
    reason: str

    @property
    def ends(self) -> dt.date:
        return self.week + WEEK - dt.timedelta(days=1)

    @property
    def closed_at(self) -> dt.datetime:
        """The cut-off: what happened from then on is the next week's."""
        return closes_at(self.week)


class AgainForm(ReasonForm):
    """Which week is counted again, and why."""

    week = forms.TypedChoiceField(label=gettext_lazy("Tuần"), coerce=dt.date.fromisoformat)

    field_order = ("week", "reason")

    def __init__(self, *args: object, weeks: list[dt.date], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        sunday = WEEK - dt.timedelta(days=1)
        self.fields["week"].choices = [  # type: ignore[attr-defined]
            (week.isoformat(), f"{week:%d/%m} – {week + sunday:%d/%m/%Y}") for week in reversed(weeks)
        ]


@allow(*CHANGERS)
@require_http_methods(["GET", "POST"])
def weeks(request: HttpRequest) -> HttpResponse:
    """All closed weeks, the last first; a job counts one again, as a further revision where it differs."""
    user = user_of(request)
    whole_province_only(user)
    closed = closed_weeks()
    form = AgainForm(request.POST, weeks=closed) if request.method == "POST" else AgainForm(weeks=closed)
    if request.method == "POST" and form.is_valid():
        week, reason = form.cleaned_data["week"], form.cleaned_data["reason"]
        with transaction.atomic():
            job = jobs.start("revise_week", by=user, week=week.isoformat(), reason=reason)
        messages.success(
            request, _("Đã xếp việc: tính lại tuần. Bản chốt cũ được giữ nguyên; có khác thì thêm bản mới.")
        )
        return redirect("job", job.pk)
    context = {"revisions": list(_revisions()), "form": form}
    return render(request, "plan/weeks.html", context, status=422 if form.errors else 200)


def _revisions() -> Iterator[Revision]:
    """Each time that a week was written down; communes that were written together stand together."""
    told = WeeklySnapshot.objects.order_by("-week", "-revision", "reason").values_list(
        "week", "revision", "rule_set", "is_rebuilt", "reason"
    )
    for week, number, rule_set, is_rebuilt, reason, communes, at in told.annotate(
        communes=Count("pk"), at=Min("taken_at")
    ):
        yield Revision(week, number, communes, at, rule_set, is_rebuilt, reason)
