"""What was found out about the outlines of plots: which one was looked at, and who lies over whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .plots import Plot


class PlotOutline(models.Model):
    """The outline that a plot's geometry facts were found from.

    `digest` is the MD5 of the outline, its coordinate system and the way of looking, None of a plot that was
    found retired or undrawn: a plot of which another digest is true by now, or that has no row, is looked at
    again. `reason` says why an outline is no valid one, in the words of GEOS.
    """

    plot = models.OneToOneField(
        Plot, primary_key=True, on_delete=models.CASCADE, related_name="outline", db_constraint=False
    )
    digest = models.UUIDField(null=True)
    reason = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"{self.plot_id}: {self.reason or self.digest}"


class PlotOverlap(models.Model):
    """Two live plots whose outlines lie over each other; `area` in m². Once a pair, the smaller id first."""

    first = models.ForeignKey(
        Plot, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    second = models.ForeignKey(
        Plot, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    area = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="overlap_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="overlap_smaller_first"),
        ]
        indexes = [models.Index(fields=["second"], name="overlap_of_second")]

    def __str__(self) -> str:
        return f"{self.first_id} × {self.second_id}: {self.area} m²"
