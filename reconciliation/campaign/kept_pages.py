"""Pages of the lists that were kept with a close, and of the ages and late ones among those that wait.

A kept list never changes, so a place in it is a number. How many each commune has is known from its figure;
a page asks for its own stretches alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from ..models import KeptList
from .waits import AGES

#: A commune, and the place in its list after which a page begins.
Place = tuple[int, int]

_SUNDAY = dt.timedelta(days=6)
_LONG_AGO = dt.date(1900, 1, 1)

_STRETCHES = """
    SELECT want.commune, want.first + each.n - 1, each.id, each.since, each.until, each.plots
    FROM unnest(%(communes)s::int[], %(firsts)s::int[], %(lasts)s::int[])
        WITH ORDINALITY want (commune, first, last, place)
    JOIN reconciliation_keptlist k ON k.week = %(week)s AND k.commune_id = want.commune
        AND k.kind = %(kind)s AND k.key = %(key)s
    CROSS JOIN LATERAL unnest(k.ids[want.first:want.last], k.since[want.first:want.last],
        k.until[want.first:want.last], k.plots[want.first:want.last])
        WITH ORDINALITY each (id, since, until, plots, n)
    ORDER BY want.place, each.n
"""

_AMONG = """
    SELECT want.commune, each.n, each.id, each.since, each.until, each.plots
    FROM unnest(%(communes)s::int[], %(firsts)s::int[], %(lasts)s::int[])
        WITH ORDINALITY want (commune, first, last, place)
    CROSS JOIN LATERAL (
        SELECT one.*, row_number() OVER (ORDER BY one.since, one.id) AS n
        FROM reconciliation_keptlist k, unnest(k.ids, k.since, k.until, k.plots) one (id, since, until, plots)
        WHERE k.week = %(week)s AND k.commune_id = want.commune AND k.kind = %(kind)s
            AND k.key = ANY(%(keys)s) AND one.since BETWEEN %(oldest)s AND %(youngest)s
            AND (%(late)s::date IS NULL OR one.until <= %(late)s)
    ) each
    WHERE each.n BETWEEN want.first AND want.last ORDER BY want.place, each.n
"""


#: Of several lists of a commune, which follow one another by key, the part of each that is on the page:
#: (commune, place, id, key) of `lists` with a commune, a key and ids.
BY_KEY = """
    SELECT want.commune, list.before + greatest(want.first - list.before, 1) + each.n - 1 AS place,
        each.id, list.key
    FROM unnest(%(communes)s::int[], %(firsts)s::int[], %(lasts)s::int[])
        WITH ORDINALITY want (commune, first, last, nth)
    CROSS JOIN LATERAL (
        SELECT l.key, l.ids,
            (sum(cardinality(l.ids)) OVER (ORDER BY l.key) - cardinality(l.ids))::int AS before
        FROM {lists} l WHERE l.commune_id = want.commune AND l.key = ANY(%(keys)s)
    ) list
    CROSS JOIN LATERAL unnest(list.ids[greatest(want.first - list.before, 1):want.last - list.before])
        WITH ORDINALITY each (id, n)
    ORDER BY want.nth, place
"""
BY_KEY_OF_WEEK = BY_KEY.format(
    lists="(SELECT * FROM reconciliation_keptlist WHERE week = %(week)s AND kind = %(kind)s)"
)


class Kept(NamedTuple):
    """One of a kept list: where it stands, what it is, and of what waits since and until when, and plots."""

    commune: int
    place: int
    record: int
    since: dt.date | None
    until: dt.date | None
    plots: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list of a week: that of a kind and a key, or of several `keys`; of what waits one of the `AGES`,
    or what was `late` with any of several."""

    week: dt.date
    kind: KeptList.Kind
    key: str
    age: int | None = None
    late_with: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def page(self, told: Mapping[int, int], after: Place | None, most: int) -> list[Kept]:
        """Up to `most` that come after a place; `told` is how many each commune has, in the order of the
        list."""
        pieces = list(stretches(told, after, most))
        if not pieces:
            return []
        communes, firsts, lasts = (list(column) for column in zip(*pieces, strict=True))
        last = self.week + _SUNDAY
        oldest, youngest = _LONG_AGO, last
        if self.age is not None:
            least, limit = AGES[self.age]
            youngest = last - dt.timedelta(days=least)
            oldest = _LONG_AGO if limit is None else last - dt.timedelta(days=limit)
        asked: dict[str, Any] = {
            "communes": communes, "firsts": firsts, "lasts": lasts, "week": self.week, "kind": self.kind,
            "key": self.key, "keys": list(self.late_with or self.keys) or [self.key], "oldest": oldest,
            "youngest": youngest, "late": last if self.late_with else None,
        }  # fmt: skip
        is_part = self.age is not None or bool(self.late_with)
        with connection.cursor() as cursor:
            if self.keys:
                cursor.execute(BY_KEY_OF_WEEK, asked)
                rows = cursor.fetchall()
                return [Kept(commune, place, pk, None, None, None) for commune, place, pk, _key in rows]
            cursor.execute(_AMONG if is_part else _STRETCHES, asked)
            return [Kept(*row) for row in cursor.fetchall()]


def stretches(told: Mapping[int, int], after: Place | None, most: int) -> Iterator[tuple[int, int, int]]:
    """(commune, first place, last place) that make a page up; `told` is how many each commune has."""
    order, passed = list(told), 0
    if after is not None and after[0] in told:
        order, passed = order[order.index(after[0]) :], after[1]
    left = most
    for commune in order:
        first, last = passed + 1, min(told[commune], passed + left)
        passed = 0
        if last >= first:
            yield commune, first, last
            left -= last - first + 1
        if not left:
            return
