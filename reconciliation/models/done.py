"""Which records the figures of what is done have counted, kept with the last ones that were written down."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from landdb.models import AdminUnit
from landdb.models.territory import InTerritory

from .campaign import Task


class DoneList(models.Model):
    """What a commune had done of a task when a week (`is_week`) or a day was written down, by ids in order.

    Plots (code), certificates (collect, scan) or land users (verify). They bear no date of their own, so they
    are kept as they were counted; of weeks and of days only those that were written down last.
    """

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT)
    task = models.CharField(max_length=7, choices=Task)
    day = models.DateField()
    is_week = models.BooleanField()
    total = models.IntegerField()
    ids = ArrayField(models.BigIntegerField())

    objects = InTerritory["DoneList"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "is_week", "task", "commune"], name="donelist_once")
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.task} {self.day}: {self.total}"
