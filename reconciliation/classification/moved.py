"""The plots that moved in a period, the last first, a page at a time.

The sums by day tell on which days and in which communes there is anything to read, so a page reads a handful
of stretches of the ledger's index (commune, moment), however long the period is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from ..models import GroupMove, LedgerDay

#: Moves on a page.
PAGE = 50
#: Stands for what is outside the ledger in an address.
OUTSIDE = 0
#: In the place of a group: any, but not outside.
ANY = -1


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a page goes on: a day, a commune, the last move that was shown of both."""

    day: dt.date
    commune: int
    move: int

    @classmethod
    def read(cls, raw: str) -> Spot | None:
        """From an address; None where it says nothing that can be read."""
        found = re.fullmatch(r"(\d{8})\.(\d{1,5})\.(\d{1,18})", raw)
        try:
            return cls(dt.date.fromisoformat(found[1]), int(found[2]), int(found[3])) if found else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.day:%Y%m%d}.{self.commune}.{self.move}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which moves: of which communes (None: of all), in which days, why, out of and into which group."""

    communes: tuple[int, ...] | None
    first: dt.date
    last: dt.date
    cause: str = ""
    left: int | None = None
    entered: int | None = None

    @property
    def way(self) -> Q:
        """The way, as a condition on moves and on their sums alike."""
        way = Q(cause=self.cause) if self.cause else Q()
        for name, group in (("from_group", self.left), ("to_group", self.entered)):
            if group is not None:
                bare = {f"{name}__isnull": group == OUTSIDE}
                way &= Q(**bare) if group in (ANY, OUTSIDE) else Q(**{name: group})
        return way


def page(wanted: Wanted, after: Spot | None = None) -> tuple[list[GroupMove], Spot | None]:
    """Up to PAGE moves that come after a spot, and the spot to go on from, None at the end."""
    parts = [_of(wanted, day, commune, after) for day, commune in _cells(wanted, after)]
    if not parts:
        return [], None
    # Of one stretch there is nothing to unite, and Django will not slice a part of nothing else.
    ids = list(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])
    kept = GroupMove.objects.filter(pk__in=ids).select_related("plot", "commune").defer("plot__geometry")
    moves = sorted(
        kept, key=lambda move: (timezone.localdate(move.at), move.commune_id, move.pk), reverse=True
    )
    shown = moves[:PAGE]
    if len(moves) <= PAGE:
        return shown, None
    last = shown[-1]
    return shown, Spot(timezone.localdate(last.at), last.commune_id, last.pk)


def _cells(wanted: Wanted, after: Spot | None) -> Iterable[tuple[dt.date, int]]:
    """Days and communes with such moves, from a spot on, as many as fill a page and one line more."""
    cells = LedgerDay.objects.filter(wanted.way, day__range=(wanted.first, wanted.last))
    if wanted.communes is not None:
        cells = cells.filter(commune__in=wanted.communes)
    if after is not None:
        cells = cells.filter(day__lte=after.day).exclude(day=after.day, commune__gt=after.commune)
    found = cells.values_list("day", "commune").annotate(n=Sum("plots")).order_by("-day", "-commune")
    enough = 0
    for day, commune, moves in found[: PAGE + 2]:
        yield day, commune
        # Of the stretch that the spot lies in nobody knows how many are left.
        enough += moves if after is None or (day, commune) != (after.day, after.commune) else 0
        if enough > PAGE:
            return


def _of(wanted: Wanted, day: dt.date, commune: int, after: Spot | None) -> QuerySet[GroupMove, int]:
    begins = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    moves = GroupMove.objects.filter(
        wanted.way, commune=commune, at__gte=begins, at__lt=begins + dt.timedelta(days=1)
    )
    if after is not None and (day, commune) == (after.day, after.commune):
        moves = moves.filter(pk__lt=after.move)
    # Their order is not that of an index: along the primary key everything that others moved would be read.
    return moves.order_by((F("pk") + 0).desc()).values_list("pk", flat=True)[: PAGE + 1]
