"""How much open work there is under each facet, kept by difference."""

from __future__ import annotations

import pgtrigger
from django.db import models

from landdb.models import AdminUnit
from landdb.models.territory import InTerritory

from .by_difference import ByDifference

_CELL = "commune_id, outcome, stage, waits_with, waits_until"
KEPT = ByDifference("reconciliation_workcount", _CELL, ("items", "plots"))


class WorkCount(models.Model):
    """So many open work items more or fewer, on which so many plots wait; the sum of a cell's rows holds."""

    # As with work items: no foreign key in the database.
    commune = models.ForeignKey(
        AdminUnit, null=True, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False
    )
    outcome = models.CharField(max_length=14)
    stage = models.CharField(max_length=14)
    waits_with = models.CharField(max_length=7)
    waits_until = models.DateField(null=True)
    items = models.IntegerField()
    plots = models.IntegerField()

    objects = InTerritory["WorkCount"].as_manager()

    def __str__(self) -> str:
        cell = f"{self.commune_id} {self.outcome} {self.stage} {self.waits_with}"
        return f"{cell}: {self.items:+} ({self.plots:+})"


def counting() -> list[pgtrigger.Trigger]:
    """The triggers of the work items that keep the counts."""
    return KEPT.triggers(
        come=f"SELECT {_CELL}, 1 AS items, plots FROM new_values WHERE state = 'open'",  # noqa: S608
        gone=f"SELECT {_CELL}, -1 AS items, -plots AS plots FROM old_values WHERE state = 'open'",  # noqa: S608
    )
