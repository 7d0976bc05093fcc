"""How much open work there is under each facet, kept by difference."""

from __future__ import annotations

import pgtrigger
from django.db import connection, models

from landdb.models import AdminUnit
from landdb.models.territory import InTerritory

_CELL = "commune_id, outcome, waits_with, waits_until"


class WorkCount(models.Model):
    """So many open work items more or fewer, on which so many plots wait; the sum of a cell's rows holds.

    Each statement that changes work items adds rows of its own (the triggers below). To change one row for
    each cell in place would let an officer's decision wait for the one of whoever decides beside them.
    """

    # As with work items: no foreign key in the database.
    commune = models.ForeignKey(
        AdminUnit, null=True, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False
    )
    outcome = models.CharField(max_length=14)
    waits_with = models.CharField(max_length=7)
    waits_until = models.DateField(null=True)
    items = models.IntegerField()
    plots = models.IntegerField()

    objects = InTerritory["WorkCount"].as_manager()

    def __str__(self) -> str:
        return f"{self.commune_id} {self.outcome} {self.waits_with}: {self.items:+} ({self.plots:+})"


def gather() -> int:
    """Sum up the rows of each cell in one; how many rows there are then.

    Whoever counts meanwhile, or adds rows, is not disturbed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM reconciliation_workcount RETURNING *)"  # noqa: S608
            f" INSERT INTO reconciliation_workcount ({_CELL}, items, plots)"
            f" SELECT {_CELL}, sum(items), sum(plots) FROM gone"
            f" GROUP BY {_CELL} HAVING sum(items) <> 0 OR sum(plots) <> 0"
        )
        return int(cursor.rowcount)


def counting() -> list[pgtrigger.Trigger]:
    """The triggers of the work items that keep the counts."""
    come = f"SELECT {_CELL}, 1 AS items, plots FROM new_values WHERE state = 'open'"  # noqa: S608
    gone = f"SELECT {_CELL}, -1 AS items, -plots AS plots FROM old_values WHERE state = 'open'"  # noqa: S608
    old, new = pgtrigger.Referencing(old="old_values"), pgtrigger.Referencing(new="new_values")
    both = pgtrigger.Referencing(old="old_values", new="new_values")
    return [
        _trigger("count_new", pgtrigger.Insert, new, _add(come)),
        _trigger("count_changed", pgtrigger.Update, both, _add(f"{come} UNION ALL {gone}")),
        _trigger("count_gone", pgtrigger.Delete, old, _add(gone)),
        _trigger("count_none", pgtrigger.Truncate, None, "DELETE FROM reconciliation_workcount;"),
    ]


def _add(moved: str) -> str:
    return (
        f"INSERT INTO reconciliation_workcount ({_CELL}, items, plots)"  # noqa: S608
        f" SELECT {_CELL}, sum(items), sum(plots) FROM ({moved}) moved"
        f" GROUP BY {_CELL} HAVING sum(items) <> 0 OR sum(plots) <> 0;"
    )


def _trigger(
    name: str, operation: pgtrigger.Operation, referencing: pgtrigger.Referencing | None, sql: str
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        func=f"{sql} RETURN NULL;",
    )
