"""Rules asked of facts that were written down: the same conditions, over typed rows in place of the query."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Q

from .base import Facts
from .book import Ruling
from .statements import BARE, NEARLY, hits_on_rows

#: The facts of one subject under their names, in types that JSON keeps: decimals and days as text.
Row = dict[str, Any]

#: The fact that moves by itself.
CLOCK = "today"


@dataclass(frozen=True, slots=True)
class Margins:
    """What counts as close: from this share of what a tolerance allows, or within these days."""

    share: float = 0.8
    days: int = 30


@dataclass(frozen=True, slots=True)
class Heard:
    """What the rules say of some subjects, as (id of the subject, number of the rule).

    `close` are those that say nothing yet, with the day on which they will, or None for a tolerance.
    """

    hits: frozenset[tuple[int, int]]
    close: dict[tuple[int, int], dt.date | None]


def written(facts: Facts) -> Row:
    """Facts as a row that JSON keeps."""
    return {field.attname: _plain(getattr(facts, field.attname)) for field in facts._meta.concrete_fields}


def ask(kind: type[Facts], rulings: Iterable[Ruling], rows: Sequence[Row], margins: Margins) -> Heard:
    """What the rules of this kind of subject say of its rows, in one statement.

    Rows that know the day stand in it once more for each day of the margin, under numbers below zero.
    """
    own = tuple(ruling for ruling in rulings if ruling.rule.subject is kind)
    later = list(_later(rows, margins.days)) if any(CLOCK in looked_at(ruling) for ruling in own) else []
    renumbered = [row | {"id": -place} for place, (row, _id) in enumerate(later, start=1)]
    sql, params = hits_on_rows(kind, own, margins.share)
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps([*rows, *renumbered]), *params])
        answers: list[tuple[int, int]] = cursor.fetchall()
    hits = frozenset((subject, n) for subject, n in answers if subject > 0 and n < NEARLY)
    close: dict[tuple[int, int], dt.date | None] = {
        (subject, n - NEARLY): None for subject, n in answers if subject > 0 and n >= NEARLY
    }
    days: dict[tuple[int, int], dt.date] = {}
    for place, n in answers:
        if place < 0 and BARE < n < NEARLY:
            row, subject = later[-place - 1]
            day = dt.date.fromisoformat(row[CLOCK])
            days[subject, n] = min(day, days.get((subject, n), day))
    return Heard(hits, {key: day for key, day in (close | days).items() if key not in hits})


def looked_at(ruling: Ruling) -> tuple[str, ...]:
    """The names of the facts that a rule's condition reads, in the order in which it does."""
    return tuple(dict.fromkeys(_names(ruling.rule.condition(ruling.tolerance))))


def _names(part: Any) -> Iterator[str]:
    if isinstance(part, Q):
        for child in part.children:
            yield from _names(child)
    elif isinstance(part, tuple):
        yield part[0].partition("__")[0]
        yield from _names(part[1])
    elif isinstance(part, F):
        yield part.name.partition("__")[0]  # type: ignore[attr-defined]
    elif hasattr(part, "get_source_expressions"):
        for expression in part.get_source_expressions():
            yield from _names(expression)


def _later(rows: Sequence[Row], days: int) -> Iterator[tuple[Row, int]]:
    """Rows as they will be on each of the coming days, if nothing but the day changes; with their ids."""
    for row in rows:
        if CLOCK in row:
            today = dt.date.fromisoformat(row[CLOCK])
            for step in range(1, days + 1):
                yield row | {CLOCK: (today + dt.timedelta(days=step)).isoformat()}, row["id"]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, list | tuple) else value
