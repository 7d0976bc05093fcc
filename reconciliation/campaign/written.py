"""What was written down of some communes at the end of a day, beyond the groups."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..models import KeptList, Task, Verification, WeeklySnapshot
from ..models.campaign import CommuneFigures
from .history import Figures, TaskFigures, total


@dataclass
class Told:
    """What was written down at the end of a day, beyond the groups."""

    day: dt.date
    whole: Figures
    plans: dict[int, TaskFigures]
    #: With whom most of a commune's work waits, and its share.
    holders: dict[int, tuple[str, float]]
    matched: dict[int, float]
    rule_sets: list[int]
    reasons: list[str]
    is_rebuilt: bool
    #: Of which kinds of figures whom they counted was kept, everywhere here.
    listed: frozenset[str] = frozenset()


def told_of(day: dt.date, rows: Iterable[CommuneFigures]) -> Told | None:
    """The last revisions of some communes together; None where there is none."""
    figures: dict[int, Figures] = {}
    rule_sets, reasons, is_rebuilt, listed = set(), [], False, frozenset(KeptList.Kind.values)
    for row in rows:
        figures[row.commune_id] = Figures.of(row)
        rule_sets.add(row.rule_set_id)
        if isinstance(row, WeeklySnapshot):
            reasons += [row.reason] if row.reason and row.reason not in reasons else []
            is_rebuilt = is_rebuilt or row.is_rebuilt
        listed &= frozenset(row.lists if isinstance(row, WeeklySnapshot) else ())
    if not figures:
        return None
    return Told(
        day,
        total(figures.values()),
        {pk: each.tasks[Task.CLEAN] for pk, each in figures.items() if Task.CLEAN in each.tasks},
        {pk: holder for pk, each in figures.items() if (holder := _holder(each))},
        {
            pk: share
            for pk, each in figures.items()
            if (share := matched_share(each.verification)) is not None
        },
        sorted(pk for pk in rule_sets if pk is not None),
        reasons,
        is_rebuilt,
        listed,
    )


def _holder(figures: Figures) -> tuple[str, float] | None:
    items = {holder: waiting.items for holder, waiting in figures.waiting.items()}
    if not sum(items.values()):
        return None
    most = max(items, key=lambda holder: items[holder])
    return most, items[most] / sum(items.values())


def matched_share(outcomes: Counter[str]) -> float | None:
    """Land users that the registry knows, of all that it can be asked about."""
    asked = outcomes.total() - outcomes[Verification.Outcome.NOT_APPLICABLE]
    return outcomes[Verification.Outcome.MATCHED] / asked if asked else None
