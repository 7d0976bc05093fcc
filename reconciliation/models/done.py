"""Which records the figures of what is done, and of what cannot be, have counted: kept with the last day that
was written down."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from landdb.models import AdminUnit
from landdb.models.territory import InTerritory

from .campaign import Task


class DoneList(models.Model):
    """What a commune had done of a task at the end of a day of the running week, by ids in order.

    Plots (code), certificates (collect, scan) or land users (verify). They bear no date of their own, so they
    are kept as they were counted, of the last day alone; closed weeks have a `KeptList`.
    """

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT)
    task = models.CharField(max_length=7, choices=Task)
    day = models.DateField()
    total = models.IntegerField()
    ids = ArrayField(models.BigIntegerField())

    objects = InTerritory["DoneList"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "task", "commune"], name="donelist_once")]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.task} {self.day}: {self.total}"


class ExcludedList(models.Model):
    """What of a commune could not be collected at the end of a day of the running week, by ids in order.

    `key`: what it is and the coded reason, as a `KeptList` has it. Kept is the last day alone.
    """

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT)
    key = models.CharField(max_length=40)
    day = models.DateField()
    total = models.IntegerField()
    ids = ArrayField(models.BigIntegerField())

    objects = InTerritory["ExcludedList"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "commune", "key"], name="excludedlist_once")]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.key} {self.day}: {self.total}"
