"""The ledger of moves, added up by day: what a page of any period reads."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from landdb.models import AdminUnit
from landdb.models.territory import InTerritory

from .groups import GroupMove


class LedgerDay(models.Model):
    """How many plots of a commune moved on a day from one group to another, and why.

    A day is one of the province's own time. Written beside the moves, in the same statement; an empty
    `from_group` or `to_group` is outside the commune's ledger.
    """

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    day = models.DateField()
    cause = models.CharField(max_length=10, choices=GroupMove.Cause)
    from_group = models.SmallIntegerField(null=True)
    to_group = models.SmallIntegerField(null=True)
    plots = models.IntegerField()

    objects = InTerritory["LedgerDay"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "day", "cause", "from_group", "to_group"],
                nulls_distinct=False,
                name="ledgerday_once",
            ),
            models.CheckConstraint(condition=Q(plots__gt=0), name="ledgerday_of_moves"),
        ]
        # The list of plots that moved, the last day first.
        indexes = [models.Index(fields=["day", "commune"], name="ledgerday_list")]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.day} {self.from_group or '–'} → {self.to_group or '–'}: {self.plots}"
