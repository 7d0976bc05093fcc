"""What cannot be collected for now by the end of a day, record by record, and pages of it.

A hand-over to the citizen ends, a scan arrives, a plot goes up. So the records are kept as they are counted,
in the statement that counts them; with a closed week they are kept among its lists (`kept_lists`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet

from landdb.models import User

from ..classification.weeks import day_closes_at
from ..models import ExcludedList, KeptList, Task, Why, WorkItem
from . import statements
from .counting import EXCLUDED_FROM, Counted, ask, tell_excluded
from .kept_pages import BY_KEY, BY_KEY_OF_WEEK, Place, stretches
from .plan import Close

TASKS = tuple(EXCLUDED_FROM)
WHYS = tuple(Why.of(WorkItem.With.CITIZEN))

_KEEP = f"""
    INSERT INTO reconciliation_excludedlist (commune_id, key, day, total, ids)
    SELECT commune_id, key, %(day)s, count(*), array_agg(id ORDER BY id)
    FROM ({statements.EXCLUDED}) each WHERE commune_id = ANY(%(communes)s) GROUP BY commune_id, key
    ON CONFLICT DO NOTHING
    RETURNING commune_id, key, total
"""  # noqa: S608  our own names

_OF_DAY = BY_KEY.format(lists="(SELECT * FROM reconciliation_excludedlist WHERE day = %(day)s)")


class Held(NamedTuple):
    """A record that could not be collected: which commune counted it, its place there, the coded reason."""

    commune: int
    place: int
    record: int
    why: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a task could not be collected, for some reasons, at the close of a week or at a day's end."""

    task: Task
    whys: Collection[str]
    week: dt.date
    day: dt.date | None = None

    def page(self, told: Mapping[int, int], after: Place | None, most: int) -> list[Held]:
        """Up to `most` that come after a place; `told` is how many each commune has, in the order of the
        list."""
        pieces = list(stretches(told, after, most))
        if not pieces:
            return []
        communes, firsts, lasts = (list(column) for column in zip(*pieces, strict=True))
        rows = ask(
            _OF_DAY if self.day else BY_KEY_OF_WEEK,
            communes=communes, firsts=firsts, lasts=lasts, week=self.week, day=self.day,
            kind=KeptList.Kind.EXCLUDED, keys=[key_of(self.task, why) for why in self.whys],
        )  # fmt: skip
        return [Held(commune, place, pk, key.partition(":")[2]) for commune, place, pk, key in rows]


def key_of(task: Task, why: str) -> str:
    """As what the records are kept that a reason keeps from being collected."""
    return f"{EXCLUDED_FROM[task]}:{why}"


def keep(found: Mapping[int, Counted], day: dt.date) -> None:
    """Write down the records that a day's figures take away, and make their numbers the figures.

    What was kept before goes.
    """
    ExcludedList.objects.filter(day__lte=day).delete()
    rows = ask(_KEEP, day=day, at=day_closes_at(day), communes=list(found))
    tell_excluded(found, rows)


def kept(user: User, close: Close) -> QuerySet[ExcludedList]:
    """The lists behind what the plan tells of a day, in the user's territory; none where none were kept."""
    lists = ExcludedList.objects.visible_to(user)
    return lists.none() if close.day is None or close.is_week else lists.filter(day=close.day)


def totals(lists: QuerySet[ExcludedList]) -> dict[tuple[int, str], int]:
    """(Commune, what and why) → how many records were kept."""
    return {(commune, key): total for commune, key, total in lists.values_list("commune", "key", "total")}
