"""What waits to be judged again, and up to which day all clocks have been looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from landdb.models import AdminUnit
from landdb.models.territory import InTerritory
from parcels.models import LandUser, Plot

from .changes import ChangeSet
from .groups import GroupMove


class DuePlot(models.Model):
    """A plot to be judged again, and what the ledger shall name as the cause.

    Written in the transaction that changed the records, and deleted in the one that judges the plot. A plot
    may stand here several times: whoever writes need not ask whether another's row is being worked on.
    """

    plot = models.ForeignKey(Plot, on_delete=models.CASCADE, related_name="due", db_constraint=False)
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    cause = models.CharField(max_length=10, choices=GroupMove.Cause)
    change_set = models.ForeignKey(
        ChangeSet, null=True, blank=True, on_delete=models.SET_NULL, db_index=False, db_constraint=False
    )
    since = models.DateTimeField(default=timezone.now)

    objects = InTerritory["DuePlot"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["commune", "id"], name="dueplot_work"),
            models.Index(
                fields=["change_set"], condition=Q(change_set__isnull=False), name="dueplot_of_change_set"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plot_id} ({self.cause})"


class Unsettled(models.Model):
    """A word of the desk that is written down while what follows from it is still to be worked out.

    Written in the transaction of the word, deleted in the one that matches and judges again. `plots` are
    those that its records bore on before it, where the word has changed that.
    """

    change_set = models.ForeignKey(ChangeSet, on_delete=models.CASCADE, related_name="unsettled")
    land_user = models.ForeignKey(LandUser, on_delete=models.CASCADE, db_constraint=False)
    cause = models.CharField(max_length=10, choices=GroupMove.Cause)
    plots = ArrayField(models.BigIntegerField(), default=list)
    since = models.DateTimeField(default=timezone.now)
    #: How often it was tried in vain: what fails does not keep the others waiting.
    attempts = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.change_set_id} ({self.cause})"


class JudgedDay(models.Model):
    """The last day of the province on which every clock was looked at; one row."""

    day = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="judgedday_is_one")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"

    @classmethod
    def held(cls, first: Callable[[], dt.date]) -> JudgedDay:
        """The row, locked; where there is none it is made, with the day that `first` tells."""
        cls.objects.get_or_create(pk=1, defaults={"day": first})
        return cls.objects.select_for_update().get(pk=1)
