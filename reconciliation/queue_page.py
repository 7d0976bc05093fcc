"""A page of the queue in one statement: the first flagged plots of some communes, and who holds plots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from landdb.models import AdminUnit
from parcels import plot_numbers

from .models import PlotStatus

# Each group of a commune is in order in the index plotstatus_queue; together they would have to be sorted.
# Among which plots is Django's own question, where it is not all of them; the rest is plain SQL: of these
# columns of two tables a query set makes three instances for each row.
_PART = """
    (SELECT %s, plot_id FROM {plots} AS found
    WHERE commune_id = %s AND "group" = %s {beyond} ORDER BY plot_id {way} LIMIT %s)
"""
_SHOWN = """
    SELECT plot.id, status.commune_id, status."group", array_to_string(status.rules, ','),
        array_to_string(status.unjudged, ','), status.since, status.confirmed_at IS NOT NULL,
        plot.sheet, plot.number, plot.code, plot.legal_area
    FROM (SELECT * FROM ({parts}) AS each (place, id) ORDER BY place, id {way} LIMIT %s) AS listed
    JOIN reconciliation_plotstatus AS status ON status.plot_id = listed.id
    JOIN parcels_plot AS plot ON plot.id = listed.id
    ORDER BY listed.place, listed.id {way}
"""
_HOLDERS = """
    SELECT held.plot_id, person.name, person.kind
    FROM parcels_holding AS held JOIN parcels_landuser AS person ON person.id = held.land_user_id
    WHERE held.plot_id = ANY (%s) ORDER BY held.plot_id, held.id
"""


@dataclass(frozen=True, slots=True)
class Flagged:
    """A plot and its status, as the queue shows them."""

    plot_id: int
    commune: AdminUnit
    group: int
    rules: list[str]
    unjudged: list[str]
    since: dt.datetime
    is_confirmed: bool
    sheet: int | None
    number: int | None
    code: str
    legal_area: Decimal | None

    @property
    def short_number(self) -> str:
        """As Plot has it."""
        return plot_numbers.short(self.sheet, self.number)

    @property
    def long_number(self) -> str:
        """As Plot has it."""
        return plot_numbers.long(self.sheet, self.number)


class Among(NamedTuple):
    """The plots that are looked at, in SQL, and the values in it."""

    sql: str
    told: tuple[Any, ...]


EVERY = Among("reconciliation_plotstatus", ())


class Part(NamedTuple):
    """Plots of a group in a commune, `beyond` one of them where the page begins there."""

    commune_id: int
    group: int
    among: Among
    beyond: int | None


def among(statuses: QuerySet[PlotStatus]) -> Among | None:
    """The plots of a question; None where it cannot have any."""
    try:
        sql, told = statuses.values_list("plot_id", "commune_id", "group").query.sql_with_params()
    except EmptyResultSet:
        return None
    return Among(f"({sql})", tuple(told))


def flagged(
    parts: Sequence[Part], communes: Mapping[int, AdminUnit], *, is_back: bool, limit: int
) -> list[Flagged]:
    """The first plots of these parts, by commune as they come and by plot; `is_back`: the last plot first."""
    if not parts:
        return []
    way, beside = ("DESC", "<") if is_back else ("ASC", ">")
    asked: list[str] = []
    told: list[Any] = []
    places: dict[int, int] = {}
    for part in parts:
        beyond = "" if part.beyond is None else f"AND plot_id {beside} {part.beyond:d}"
        asked.append(_PART.format(plots=part.among.sql, beyond=beyond, way=way))
        place = places.setdefault(part.commune_id, len(places))
        told += [place, *part.among.told, part.commune_id, part.group, limit]
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN.format(parts=" UNION ALL ".join(asked), way=way), [*told, limit])
        return [
            Flagged(plot, communes[commune], group, _words(rules), _words(unjudged), *rest)
            for plot, commune, group, rules, unjudged, *rest in cursor.fetchall()
        ]


def holders(plot_ids: Sequence[int]) -> list[tuple[int, str, str]]:
    """Who holds these plots: plot, name and kind, in the order in which they were entered."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [list(plot_ids)])
        return list(cursor.fetchall())


def _words(joined: str) -> list[str]:
    """An array that came as a text, which Python takes apart in one go."""
    return joined.split(",") if joined else []
