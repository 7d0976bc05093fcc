"""The ledger of any period: what each group held, what came and went and why, what it holds then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, User
from landdb.web.fragments import fingerprint
from landdb.web.gate import EVERYONE, allow
from landdb.web.places import places_of
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of

from ..classification.moved import ANY, OUTSIDE, Spot, Wanted, page
from ..classification.period import Account, Way, accounts, total
from ..classification.weeks import week_of
from ..models import GroupMove, LedgerDay
from ..models.groups import Group
from . import dashboard_lists
from .ledger_look import Ends, Look, read_look
from .queue import READERS


@allow(*EVERYONE)
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """Stocks, moves by cause and the communes of a period; this week where no days are named."""
    user = user_of(request)
    form, look = read_look(request, user)
    books = accounts(look.communes(user), look.first, look.last)
    whole = total(books.values())
    links = user.role in roles_of("ledger-plots")
    places = places_of(user)
    ends = Ends.of(look) if links else Ends()
    office = look.office.code if look.office else ""
    shown = [place.code for place in places if place.pk in books] if look.place else []

    def communes() -> list[dict[str, Any]]:
        units = _units(user, books)
        return [_commune(unit, books[pk], look, links, ends) for pk, unit in units.items() if pk in books]

    context = {
        "form": form,
        "form_key": fingerprint(places, user.commune_ids() is None, form.data),
        "look": look,
        "whole": whole,
        "groups": [_line(whole, group, _plots(look, links), ends.lists(shown, office)) for group in Group],
        "sums": _sums(whole, _plots(look, links), ends.lists(shown, office)),
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
    _form, look = read_look(request, user)
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
        "any": ANY,
        "rows": [(move, ids is None or move.plot.commune_id in ids) for move in moves],
        "newest": f"?{first}" if "before" in asked else "",
        "older": f"?{address.urlencode()}" if after is not None else "",
        "back": f"{reverse('ledger')}?{look.query()}",
    }
    return render(request, "ledger/moved.html", context)


def _group(raw: str) -> int | None:
    if raw == "any":
        return ANY
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


def _sums(book: Account, plots: str, ends: tuple[str, str]) -> dict[str, Any]:
    """All groups together, with the lists as `_line` has them."""
    return {
        "came_href": f"{plots}&entered=any" if plots else "",
        "went_href": f"{plots}&left=any" if plots else "",
        "opening_href": dashboard_lists.of_every_group(ends[0]),
        "closing_href": dashboard_lists.of_every_group(ends[1]),
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
