"""What a sending unit's own column headers mean, asked once and remembered."""

from __future__ import annotations

from django.db import models

from landdb.models import AdminUnit, User
from landdb.models.territory import InTerritory


class HeaderMapping(models.Model):
    """A header path that Form 01 does not know, and the field that a person said it is ("" = leave out)."""

    commune = models.ForeignKey(AdminUnit, null=True, blank=True, on_delete=models.CASCADE)
    header = models.CharField(max_length=300)
    field = models.CharField(max_length=60, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    decided_at = models.DateTimeField(auto_now=True)

    objects = InTerritory["HeaderMapping"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "header"], name="headermapping_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.header} → {self.field or '–'}"
