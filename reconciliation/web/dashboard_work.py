"""What waits with whom and for how long; lists at the police and workbooks of the communes by now."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Count, Max, Q, Sum
from django.urls import reverse
from django.utils import timezone

from landdb.models import User
from landdb.web.shell import roles_of

from ..campaign.history import Waiting
from ..campaign.waits import OVERDUE
from ..campaign.weekly import Communes, Week
from ..models import (
    CorrectionBatch,
    KeptList,
    VerificationBatch,
    VerificationLine,
    WorkCount,
    WorkItem,
)
from ..models.waiting import held
from . import dashboard_lists
from .dashboard_territory import Territory
from .waits import DESK

With, Batch, Line = WorkItem.With, VerificationBatch.State, VerificationLine.State
#: Lists at the police that are shown, and seconds for which their answers are kept.
LISTS, KEPT = 8, 60
#: Of four steps of the heat the lower ends, as a share of the largest figure.
_HEAT = (0.05, 0.25, 0.6)


def waiting(week: Week, territory: Territory, user: User) -> list[dict[str, Any]]:
    """With whom work waits, by age as it was written down last; of a running week also how much now."""
    told = week.told.whole.waiting if week.told else {}
    now = {} if week.is_closed else _waiting_now(territory.ids)
    most = max((n for each in told.values() for n in each.ages), default=0)
    may_list = user.role in roles_of("overview-waits") and (
        not week.is_closed or dashboard_lists.is_kept(week, KeptList.Kind.WAITS)
    )
    day = week.told.day if week.told else week.last

    def aged(name: str, age: int | None = None) -> str:
        if week.is_closed:
            return _waited(name, week, territory, age)
        return _waits(name, territory, age, day)

    found = []
    for where in With:
        name = where.value or DESK
        holder, counted = told.get(name, Waiting()), now.get(where.value, 0)
        if holder.items or counted:
            found.append(
                {
                    "label": where.label,
                    "ages": [
                        (n, _heat(n, most), aged(name, age) if may_list and n else "")
                        for age, n in enumerate(holder.ages)
                    ],
                    "plots": holder.plots,
                    "oldest": (day - holder.since).days if holder.since else None,
                    "since": holder.since,
                    "now": holder.items if week.is_closed else counted,
                    "href": _held(name, week, territory, user)
                    if may_list and (counted or week.is_closed)
                    else "",
                    "oldest_href": aged(name) if may_list and (counted or week.is_closed) else "",
                }
            )
    return found


def overdue(week: Week, territory: Territory, user: User) -> dict[str, Any] | None:
    """How many others had longer than until their day when the week closed; None where nobody wrote it."""
    if week.told is None or not dashboard_lists.is_kept(week, KeptList.Kind.WAITS):
        return None
    n = sum(each.late or 0 for each in week.told.whole.waiting.values())
    may_list = user.role in roles_of("overview-waits-at")
    return {"n": n, "href": _waited(OVERDUE, week, territory) if may_list else ""}


def police(territory: Territory, user: User) -> list[dict[str, Any]]:
    """The last lists that are at the police: people asked, answered, and whether their day is over."""
    out = VerificationBatch.objects.visible_to(user).filter(state__in=[Batch.ISSUED, Batch.BACK_ASKED])
    if territory.ids is not None:
        lines = VerificationLine.objects.filter(commune__in=territory.ids)
        out = out.filter(pk__in=lines.values("batch"))
    batches = list(out[:LISTS])
    counts = _answers(batches, territory.ids) if batches else {}
    links = user.role in roles_of("police-lists")
    return [
        {
            "batch": batch,
            "asked": (states := counts.get(batch.pk, Counter())).total(),
            "answered": states[Line.ANSWERED],
            "waiting": states[Line.WAITING],
            "is_late": batch.is_late and states[Line.WAITING] > 0,
            "days_late": (timezone.localdate() - batch.due_on).days,
            "href": reverse("police-list", args=[batch.pk]) if links else "",
        }
        for batch in batches
    ]


def uploads(territory: Territory, user: User) -> list[dict[str, Any]]:
    """Workbooks of the communes by where they are on their way, and the last day that one came."""
    found = CorrectionBatch.objects.visible_to(user)
    if territory.ids is not None:
        found = found.filter(commune__in=territory.ids)
    counted = found.order_by().values("state").annotate(n=Count("pk"), last=Max("uploaded_at"))
    told = {row["state"]: row for row in counted}
    return [
        {"label": state.label, "count": told[state]["n"], "last": told[state]["last"]}
        for state in CorrectionBatch.State
        if state in told
    ]


def _waiting_now(communes: Communes) -> dict[str, int]:
    within = Q() if communes is None else Q(commune__in=communes)
    counted = WorkCount.objects.filter(within).annotate(held=held()).values_list("held")
    return dict(counted.annotate(n=Sum("items")).order_by())


def _heat(n: int, most: int) -> str:
    step = sum(n >= share * most for share in _HEAT) if n and most else 0
    return f"h{step}" if step else ""


def _held(name: str, week: Week, territory: Territory, user: User) -> str:
    return _waited(name, week, territory) if week.is_closed else _list(name, territory, user)


def _waited(name: str, week: Week, territory: Territory, age: int | None = None) -> str:
    """Whom work waited for at the close."""
    chosen = {"with": name} if age is None else {"with": name, "age": age}
    return dashboard_lists.kept_of("overview-waits-at", territory.codes, week, territory.office, **chosen)


def _list(name: str, territory: Territory, user: User) -> str:
    """The work that waits now: for whom works it off their own list, for others the one of the managers."""
    if user.role not in roles_of("worklist"):
        return _waits(name, territory)
    words = "&".join(filter(None, [f"with={name}" if name != DESK else "", territory.lists]))
    return f"{reverse('worklist')}?{words}" if words else reverse("worklist")


def _waits(name: str, territory: Territory, age: int | None = None, day: dt.date | None = None) -> str:
    """The managers' list, the oldest first; of an age and of the oldest, that of the day of which figures
    tell."""
    told = [(key, value) for key, value in (("age", age), ("day", day)) if value is not None]
    asked = (urlencode([("with", name), *told]), territory.lists)
    return f"{reverse('overview-waits')}?{'&'.join(filter(None, asked))}"


def _answers(batches: list[VerificationBatch], communes: Communes) -> dict[int, Counter[str]]:
    """Batch → people by state; a list has up to some ten thousand, so their counts are kept for a minute."""
    ids = [batch.pk for batch in batches]
    key = f"police-answers-{hash((tuple(ids), communes))}"
    found: dict[int, Counter[str]] | None = cache.get(key)
    if found is None:
        found = {pk: Counter() for pk in ids}
        lines = VerificationLine.objects.filter(batch__in=ids)
        if communes is not None:
            lines = lines.filter(commune__in=communes)
        for pk, state, n in lines.order_by().values_list("batch", "state").annotate(n=Count("pk")):
            found[pk][state] = n
        cache.set(key, found, KEPT)
    return found
