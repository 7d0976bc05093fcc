"""The ledger of any period: what each group held, what came and went and why, what it holds then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, RegistrationOffice, User
from landdb.web.day_input import TypedDay
from landdb.web.fragments import fingerprint
from landdb.web.gate import EVERYONE, allow
from landdb.web.places import places_of
from landdb.web.plain_select import PlainSelect
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of

from ..campaign import history
from ..classification.moved import OUTSIDE, Spot, Wanted, page
from ..classification.period import Account, Way, accounts, total
from ..classification.weeks import week_of
from ..models import GroupMove, LedgerDay
from ..models.groups import Group
from . import dashboard_lists
from .queue import READERS


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

    def lists(self, communes: Sequence[str]) -> tuple[str, str]:
        """The lists of what stood at both ends, groups together; empty where there is none."""
        opening = dashboard_lists.at_end_of(self.opening, communes) if self.opening else ""
        closing = dashboard_lists.at_end_of(self.closing, communes) if self.closing else ""
        return opening, dashboard_lists.now(communes) if self.is_now else closing


@allow(*EVERYONE)
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """Stocks, moves by cause and the communes of a period; this week where no days are named."""
    user = user_of(request)
    form, look = _asked(request, user)
    books = accounts(look.communes(user), look.first, look.last)
    whole = total(books.values())
    links = user.role in roles_of("ledger-plots")
    places = places_of(user)
    ends = Ends.of(look) if links else Ends()
    shown = [place.code for place in places if place.pk in books] if look.place else []

    def communes() -> list[dict[str, Any]]:
        units = _units(user, books)
        return [_commune(unit, books[pk], look, links, ends) for pk, unit in units.items() if pk in books]

    context = {
        "form": form,
        "form_key": fingerprint(places, user.commune_ids() is None, form.data),
        "look": look,
        "whole": whole,
        "groups": [_line(whole, group, _plots(look, links), ends.lists(shown)) for group in Group],
        "sums": _sums(whole),
        "ways": [_way(way, plots, look, links) for way, plots in _in_order(whole)],
        "communes": communes,
        "communes_key": fingerprint(places, look.first, look.last, books, links, ends),
        "has_communes": bool(books) and not look.commune,
        "has_others": len(places) > 1,
        "presets": _presets(look),
        "everything": Look(look.first, look.last).query(),
    }
    return render(request, "ledger/ledger.html", context)


@allow(*READERS)
@require_GET
def moved(request: HttpRequest) -> HttpResponse:
    """The plots behind a number of the ledger, the last move first."""
    user = user_of(request)
    _form, look = _asked(request, user)
    asked = request.GET
    cause = asked.get("cause", "")
    wanted = Wanted(
        look.communes(user),
        look.first,
        look.last,
        cause if cause in GroupMove.Cause.values else "",
        _group(asked.get("left", "")),
        _group(asked.get("entered", "")),
    )
    moves, after = page(wanted, Spot.read(asked.get("before", "")))
    ids = user.commune_ids()
    address = asked.copy()
    address.pop("before", None)
    first = address.urlencode()
    if after is not None:
        address["before"] = str(after)
    context = {
        "look": look,
        "wanted": wanted,
        "cause": GroupMove.Cause(wanted.cause).label if wanted.cause else "",
        "outside": OUTSIDE,
        "rows": [(move, ids is None or move.plot.commune_id in ids) for move in moves],
        "newest": f"?{first}" if "before" in asked else "",
        "older": f"?{address.urlencode()}" if after is not None else "",
        "back": f"{reverse('ledger')}?{look.query()}",
    }
    return render(request, "ledger/moved.html", context)


def _asked(request: HttpRequest, user: User) -> tuple[PeriodForm, Look]:
    """What the address asks; what cannot be read of it stands in the form with a word why."""
    today = timezone.localdate()
    usual = {"from": f"{week_of(today):%d/%m/%Y}", "to": f"{today:%d/%m/%Y}"}
    form = PeriodForm({**usual, **request.GET.dict()}, user=user)
    if form.is_valid():
        chosen = form.cleaned_data
        office = None if chosen["commune"] else chosen.get("office")
        return form, Look(chosen["first"], chosen["last"], chosen["commune"], office)
    return form, Look(week_of(today), today)


def _group(raw: str) -> int | None:
    return int(raw) if raw in {"0", "1", "2", "3"} else None


def _units(user: User, books: Iterable[int]) -> dict[int, AdminUnit]:
    """The communes in reading order; of the whole province also those that are no longer in force."""
    found = {unit.pk: unit for unit in user.communes().order_by("sort_key")}
    gone = [pk for pk in books if pk not in found]
    return found | AdminUnit.objects.in_bulk(gone) if gone else found


def _plots(look: Look, links: bool, **way: object) -> str:
    return f"{reverse('ledger-plots')}?{look.query(**way)}" if links else ""


def _line(book: Account, group: Group, plots: str, ends: tuple[str, str]) -> dict[str, Any]:
    """`plots` is the address of all moves of the look, `ends` of what stood at both ends, or nothing."""
    return {
        "group": group.value,
        "meaning": group.label,
        "opening": book.opening[group],
        "came": book.came(group),
        "went": book.went(group),
        "closing": book.closing[group],
        "gap": book.gap(group),
        "came_href": f"{plots}&entered={group.value}" if plots else "",
        "went_href": f"{plots}&left={group.value}" if plots else "",
        "opening_href": dashboard_lists.of_group(ends[0], group.value),
        "closing_href": dashboard_lists.of_group(ends[1], group.value),
    }


def _sums(book: Account) -> dict[str, int]:
    return {
        "opening": sum(book.opening.values()),
        "came": sum(book.came(group) for group in Group),
        "went": sum(book.went(group) for group in Group),
        "closing": sum(book.closing.values()),
    }


def _in_order(book: Account) -> list[tuple[Way, int]]:
    causes = GroupMove.Cause.values
    return sorted(
        book.ways.items(), key=lambda one: (causes.index(one[0].cause), one[0].left or 0, one[0].entered or 9)
    )


def _way(way: Way, plots: int, look: Look, links: bool) -> dict[str, Any]:
    left, entered = way.left or OUTSIDE, way.entered or OUTSIDE
    return {
        "cause": GroupMove.Cause(way.cause).label,
        "left": way.left,
        "entered": way.entered,
        "plots": plots,
        "href": _plots(look, links, cause=way.cause, left=left, entered=entered),
    }


def _commune(unit: AdminUnit, book: Account, look: Look, links: bool, ends: Ends) -> dict[str, Any]:
    own = Look(look.first, look.last, unit)
    plots, lists = _plots(own, links), ends.lists([unit.code])
    return {
        "unit": unit,
        "href": f"{reverse('ledger')}?{own.query()}",
        "groups": [_line(book, group, plots, lists) for group in Group],
        "is_balanced": book.is_balanced,
    }


def _presets(look: Look) -> list[dict[str, Any]]:
    """Periods that are often asked for, for the same commune or office."""
    today = timezone.localdate()
    monday, day = week_of(today), dt.timedelta(days=1)
    begun = LedgerDay.objects.aggregate(day=Min("day"))["day"] or today
    spans = [
        (_("Hôm nay"), today, today),
        (_("Tuần này"), monday, today),
        (_("Tuần trước"), monday - 7 * day, monday - day),
        (_("Tháng này"), today.replace(day=1), today),
        (_("Từ đầu"), begun, today),
    ]
    return [
        {
            "label": label,
            "query": replace(look, first=first, last=last).query(),
            "is_on": (first, last) == (look.first, look.last),
        }
        for label, first, last in spans
    ]
