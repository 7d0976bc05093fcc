"""Where a record stands among the work of a filter, and how much that is: on every desk, so written once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from landdb.models import User
from landdb.prepared import PreparedRow

from .models import WorkItem
from .models.waiting import counting
from .worklist_values import IMPACT, At
from .worklists import EXACT, WorkFilter


def stand(wanted: WorkFilter, item: WorkItem | None) -> tuple[int | None, int]:
    """How many come before an item, counted up to EXACT (None: the filter does not hold it), and how many
    there are, without counters up to EXACT + 1."""
    if item is None or not wanted.is_counted or wanted.order != IMPACT:
        before = None if item is None else wanted.position(item, wanted.at(item))
        return before, _total(wanted)
    before, total = _question(wanted.waits).one(
        within=wanted.user.commune_ids(),
        outcomes=wanted.outcomes or None,
        stages=wanted.stages or None,
        commune_ids=wanted.commune_ids or None,
        plots=item.plots,
        pk=item.pk,
        today=wanted.today,
    )
    return before if wanted.holds(item) else None, total


def _total(wanted: WorkFilter) -> int:
    return wanted.total if wanted.is_counted else wanted.items().order_by()[: EXACT + 1].count()


@dataclass(frozen=True, slots=True)
class _Territory:
    """Stands for a user in a question whose territory is told when it is asked."""

    ids: Any

    def commune_ids(self) -> Any:
        return self.ids


@cache
def _question(waits: str) -> PreparedRow:
    def build(
        *, within: Any, outcomes: Any, stages: Any, commune_ids: Any, plots: Any, pk: Any, today: Any
    ) -> tuple[str, list[Any]]:
        wanted = WorkFilter(
            user=cast(User, _Territory(within)),
            outcomes=outcomes or (),
            stages=stages or (),
            commune_ids=commune_ids or (),
            waits=waits,
            today=today,
        )
        before, told = counting(wanted.before(At(plots, pk)), EXACT - 1)
        kept, of_kept = wanted.kept().order_by().values("items").query.sql_with_params()
        total = f"(SELECT COALESCE(sum(items), 0) FROM ({kept}) AS kept)"  # noqa: S608  Django's own SQL
        return f"SELECT {before}, {total}", [*told, *of_kept]

    return PreparedRow(build)
