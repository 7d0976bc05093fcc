"""How many land users of a commune have which outcome, kept by difference."""

from __future__ import annotations

import pgtrigger
from django.db import models

from landdb.models import AdminUnit
from landdb.models.territory import InTerritory

from .by_difference import ByDifference

_CELL = "commune_id, outcome"
KEPT = ByDifference("reconciliation_outcomecount", _CELL, ("people",))


class OutcomeCount(models.Model):
    """So many land users more or fewer of whom the registry says this; the sum of a cell's rows holds.

    Who has no commune is in no territory and is not counted.
    """

    commune = models.ForeignKey(AdminUnit, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False)
    outcome = models.CharField(max_length=14)
    people = models.IntegerField()

    objects = InTerritory["OutcomeCount"].as_manager()

    def __str__(self) -> str:
        return f"{self.commune_id} {self.outcome}: {self.people:+}"


def counting() -> list[pgtrigger.Trigger]:
    """The triggers of the verifications that keep the counts."""
    where = "WHERE commune_id IS NOT NULL"
    return KEPT.triggers(
        come=f"SELECT {_CELL}, 1 AS people FROM new_values {where}",  # noqa: S608  our own names
        gone=f"SELECT {_CELL}, -1 AS people FROM old_values {where}",  # noqa: S608  our own names
    )
