"""What second eyes tell of the process: agreement, re-opened and taken back, by week and kind of case.

Figures of the process, never of a person: nothing here is counted by who decided.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from landdb.models import Role, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..actions import review_weeks, second_eyes
from ..classification.weeks import week_of
from ..models import Match, ReviewWeek, SecondLook
from .forms import ReasonForm

#: Below this many cases a rate is told with its interval.
SMALL = 1_000
#: Of the normal distribution: 95 of 100 intervals hold the true rate.
_Z = 1.959964

State = SecondLook.State
_SAME = SecondLook.Word.SAME


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many; the bounds (Wilson, 95 %) where they are few."""

    part: int
    of: int

    @property
    def share(self) -> float | None:
        return self.part / self.of if self.of else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        if not 0 < self.of < SMALL:
            return None
        n, p = self.of, self.part / self.of
        middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Row:
    """A week or a kind of case."""

    label: Any
    drawn: int
    people: Rate
    engine: Rate
    overturned: Rate
    reopened: Rate
    undone: Rate


class ShareForm(ReasonForm):
    """How many in a hundred are looked at twice."""

    people = forms.DecimalField(
        label=_lazy("Kết luận do người, %"),
        localize=True,
        min_value=0,
        max_value=100,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    engine = forms.DecimalField(
        label=_lazy("Máy tự nhận, %"),
        localize=True,
        min_value=0,
        max_value=100,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


@allow(Role.SENIOR_REVIEWER, Role.MANAGER, Role.AUDITOR)
@require_http_methods(["GET", "POST"])
def figures(request: HttpRequest) -> HttpResponse:
    """The last weeks of the territory; a manager of the province sets how much is looked at twice."""
    user = user_of(request)
    may_set = user.has_role(Role.MANAGER) and user.commune_ids() is None
    form = ShareForm(request.POST or None, initial=_in_percent()) if may_set else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            wanted = second_eyes.Shares(
                float(form.cleaned_data["people"]) / 100, float(form.cleaned_data["engine"]) / 100
            )
            second_eyes.set_shares(wanted, by=user, reason=form.cleaned_data["reason"])
            messages.success(request, _("Đã đặt tỷ lệ xem lại; tính từ lần chọn mẫu sau."))
            return redirect("overview-second-eyes")
    last = week_of(timezone.localdate())
    since = last - dt.timedelta(weeks=review_weeks.WEEKS - 1)
    context = {
        "weeks": _rows(user, since, "week", lambda week: f"{week:%d/%m/%Y}"),
        "stages": _rows(user, since, "stage", lambda stage: Match.Stage(stage).label),
        "count_of_weeks": review_weeks.WEEKS,
        "shares": second_eyes.shares(),
        "most_of_engine": second_eyes.MOST_OF_ENGINE,
        "small": SMALL,
        "form": form,
        "may_look": user.may_review,
    }
    return render(
        request, "second_eyes/figures.html", context, status=422 if form is not None and form.errors else 200
    )


def _in_percent() -> dict[str, Decimal]:
    share = second_eyes.shares()
    return {name: Decimal(str(round(value * 100, 2))) for name, value in share._asdict().items()}


def _rows(user: User, since: dt.date, key: str, label: Callable[[Any], Any]) -> list[Row]:
    looked = SecondLook.objects.visible_to(user).filter(week__gte=since).values(key)
    said = Q(second_word__gt="")
    seen = {
        row[key]: row
        for row in looked.annotate(
            drawn=Count("pk"),
            people=Count("pk", filter=said & Q(first_by__isnull=False)),
            people_same=Count("pk", filter=Q(second_word=_SAME, first_by__isnull=False)),
            engine=Count("pk", filter=said & Q(first_by__isnull=True)),
            engine_same=Count("pk", filter=Q(second_word=_SAME, first_by__isnull=True)),
            overturned=Count("pk", filter=Q(state=State.OVERTURNED)),
            finished=Count("pk", filter=Q(state__in=[State.AGREED, State.UPHELD, State.OVERTURNED])),
        ).order_by()
    }
    decided = ReviewWeek.objects.visible_to(user).filter(week__gte=since).values(key)
    counted = {
        row[key]: row
        for row in decided.annotate(n=Sum("decided"), again=Sum("reopened"), back=Sum("undone")).order_by()
    }
    keys: Iterable[Any] = sorted(seen.keys() | counted.keys(), reverse=key == "week")
    return [_row(label(each), seen.get(each, {}), counted.get(each, {})) for each in keys]


def _row(label: Any, seen: dict[str, Any], counted: dict[str, Any]) -> Row:
    decided = counted.get("n", 0)
    return Row(
        label,
        seen.get("drawn", 0),
        Rate(seen.get("people_same", 0), seen.get("people", 0)),
        Rate(seen.get("engine_same", 0), seen.get("engine", 0)),
        Rate(seen.get("overturned", 0), seen.get("finished", 0)),
        Rate(counted.get("again", 0), decided),
        Rate(counted.get("back", 0), decided),
    )
