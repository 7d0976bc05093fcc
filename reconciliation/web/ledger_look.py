"""One look at the ledger: which days and communes its address asks for, and where it opens and closes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from landdb.models import AdminUnit, RegistrationOffice, User
from landdb.web.day_input import TypedDay
from landdb.web.plain_select import PlainSelect

from ..campaign import history
from ..classification.weeks import week_of
from . import dashboard_lists


class PeriodForm(forms.Form):
    """The first and the last day, both included, and a commune of the territory or, of the whole province, a
    registration office; `first` and `last` stand in the address as `from` and `to`."""

    first = forms.DateField(label=gettext_lazy("Từ ngày"), widget=TypedDay())
    last = forms.DateField(label=gettext_lazy("Đến ngày"), widget=TypedDay())
    office = forms.ModelChoiceField(
        RegistrationOffice.objects.order_by("code"),
        required=False,
        to_field_name="code",
        label=gettext_lazy("Văn phòng"),
        empty_label=gettext_lazy("tất cả"),
    )
    commune = forms.ModelChoiceField(
        AdminUnit.objects.none(),
        widget=PlainSelect(),
        required=False,
        to_field_name="code",
        label=gettext_lazy("Xã, phường"),
        empty_label=gettext_lazy("tất cả"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].queryset = user.communes().order_by("sort_key")  # type: ignore[attr-defined]
        if user.commune_ids() is not None:
            del self.fields["office"]

    def add_prefix(self, field_name: str) -> str:
        return {"first": "from", "last": "to"}.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        if {"first", "last"} <= chosen.keys() and chosen["first"] > chosen["last"]:
            self.add_error("last", _("Ngày cuối phải từ ngày đầu trở đi."))
        return chosen


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the ledger: the days, and the commune or the office where one was chosen."""

    first: dt.date
    last: dt.date
    commune: AdminUnit | None = None
    office: RegistrationOffice | None = None

    @property
    def place(self) -> AdminUnit | RegistrationOffice | None:
        return self.commune or self.office

    def communes(self, user: User) -> tuple[int, ...] | None:
        """Their ids; None for all."""
        if self.commune:
            return (self.commune.pk,)
        if self.office:
            return tuple(user.communes().filter(office=self.office).values_list("pk", flat=True))
        return user.commune_ids()

    def query(self, **more: object) -> str:
        """As it stands in an address, with further words."""
        days: dict[str, object] = {"from": f"{self.first:%d/%m/%Y}", "to": f"{self.last:%d/%m/%Y}"}
        of = {"office": self.office.code} if self.office else {}
        of = {"commune": self.commune.code} if self.commune else of
        return urlencode({**days, **of, **more}, safe="/")


@dataclass(frozen=True, slots=True)
class Ends:
    """The days at whose ends a look opens and closes, where what stood then was written down.

    `is_now`: what stands at its end is what stands now.
    """

    opening: dt.date | None = None
    closing: dt.date | None = None
    is_now: bool = False

    @classmethod
    def of(cls, look: Look) -> Ends:
        before = look.first - dt.timedelta(days=1)
        is_now = look.last >= timezone.localdate()
        opening = before if history.is_written_down(before) else None
        closing = look.last if not is_now and history.is_written_down(look.last) else None
        return cls(opening, closing, is_now)

    def lists(self, communes: Sequence[str], office: str = "") -> tuple[str, str]:
        """The lists of what stood at both ends, groups together; empty where there is none."""
        opening = dashboard_lists.at_end_of(self.opening, communes, office) if self.opening else ""
        closing = dashboard_lists.at_end_of(self.closing, communes, office) if self.closing else ""
        return opening, dashboard_lists.now(communes) if self.is_now else closing


def read_look(request: HttpRequest, user: User) -> tuple[PeriodForm, Look]:
    """What the address asks; what cannot be read of it stands in the form with a word why."""
    today = timezone.localdate()
    usual = {"from": f"{week_of(today):%d/%m/%Y}", "to": f"{today:%d/%m/%Y}"}
    form = PeriodForm({**usual, **request.GET.dict()}, user=user)
    if form.is_valid():
        chosen = form.cleaned_data
        office = None if chosen["commune"] else chosen.get("office")
        return form, Look(chosen["first"], chosen["last"], chosen["commune"], office)
    return form, Look(week_of(today), today)
