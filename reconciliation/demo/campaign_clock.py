"""Errands of the campaign that the pages' own actions do, each as if it were then.

The actions ask for the time in two places: `timezone.now` in Python, `now()` in statements and triggers. For
the length of an errand both say its moment, so that nothing has to be dated afterwards.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

from django.db import connection, transaction
from django.utils import timezone

#: A function found before the one of the database; gone again before the transaction ends.
_SET = """
    CREATE SCHEMA campaign_clock;
    CREATE FUNCTION campaign_clock.now() RETURNS timestamptz LANGUAGE sql STABLE
        AS $$ SELECT TIMESTAMPTZ '{at}' $$;
    SET LOCAL search_path = campaign_clock, pg_catalog, "$user", public
"""
_STOP = "DROP SCHEMA campaign_clock CASCADE; SET LOCAL search_path TO DEFAULT"


@dataclass(frozen=True, slots=True)
class Errand:
    """What is done at one moment; `do` returns counts."""

    at: dt.datetime
    do: Callable[[], Counter[str]]


@contextmanager
def as_if_at(at: dt.datetime) -> Iterator[None]:
    """One transaction in which it is then. Rules that look at a day look at today's, as in all sessions."""
    with transaction.atomic(), mock.patch.object(timezone, "now", return_value=at):
        with connection.cursor() as cursor:
            cursor.execute(_SET.format(at=at.isoformat()))
        yield
        with connection.cursor() as cursor:
            cursor.execute(_STOP)


def moment(week: dt.date, day: int, clock: dt.time) -> dt.datetime:
    """A moment of a week's day, 0 being its Monday."""
    return timezone.make_aware(dt.datetime.combine(week + dt.timedelta(days=day), clock))
