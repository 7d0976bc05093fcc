"""Whom a figure of a closed week counted, where nothing that is dated tells it later."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from landdb.models import AdminUnit
from landdb.models.territory import InTerritory


class KeptList(models.Model):
    """The ids that one figure of a commune counted when a week closed, in the order in which they are listed.

    Written with the snapshot, whose figure is their number; compressed they take some three bytes each.
    """

    class Kind(models.TextChoices):
        """What is counted; the key says which of it."""

        #: Plots that nothing but the rule `key` keeps out of group 1.
        ALONE = "alone"
        #: Land users whose work waits with `key` ("desk", "police", …), the oldest first.
        WAITS = "waits"
        #: Land users by what the registry says of them, "" of whom it has said something else since.
        OUTCOME = "outcome"
        #: What is done of the task `key`: plots with a code, certificates at hand as a scan, those linked.
        DONE = "done"
        #: What cannot be collected for now, by what it is and the coded reason: "plots:citizen_lost".
        EXCLUDED = "excluded"

    week = models.DateField()
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    key = models.CharField(max_length=40, blank=True)
    ids = ArrayField(models.BigIntegerField())
    #: Of those that wait, in the same order: since which day, until when others had, how many plots on each.
    since = ArrayField(models.DateField(), default=list)
    until = ArrayField(models.DateField(null=True), default=list)
    plots = ArrayField(models.IntegerField(), default=list)

    objects = InTerritory["KeptList"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["week", "commune", "kind", "key"], name="keptlist_once")
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.week} {self.kind} {self.key}".strip()
