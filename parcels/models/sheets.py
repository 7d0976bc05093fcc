"""Map sheets, and the table that leads from the sheets before the merger to today's."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit
from landdb.models.territory import InTerritory


class MapSheet(models.Model):
    """A sheet of the cadastral map: number, scale and coordinate system within a commune."""

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT)
    number = models.IntegerField(_("tờ"))
    scale = models.IntegerField(_("tỷ lệ"), null=True, blank=True)
    srid = models.IntegerField(_("hệ toạ độ"), null=True, blank=True)

    objects = InTerritory["MapSheet"].as_manager()

    class Meta:
        ordering = ["commune", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "number", "scale"], name="mapsheet_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.commune} {self.number}"


class LookUp(StrEnum):
    RESOLVED = "resolved"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class SheetAnswer:
    """What the crosswalk knows about an old sheet: one new sheet, several, or none. It never guesses."""

    state: LookUp
    rows: tuple[SheetCrosswalk, ...] = field(default=())


class SheetCrosswalkQuerySet(models.QuerySet["SheetCrosswalk"]):
    def look_up(
        self, old_unit: AdminUnit, sheet: int, scale: int | None = None, plot: int | None = None
    ) -> SheetAnswer:
        """Lead (former commune, old sheet[, scale][, plot number]) to today's sheet and plot number.

        A row for the very plot beats one for its sheet; a missing scale leaves all scales open.
        """
        rows = self.filter(old_unit=old_unit, old_sheet=sheet)
        if scale is not None:
            rows = rows.filter(Q(scale=scale) | Q(scale__isnull=True))
        found = list(rows.filter(Q(old_plot=plot) | Q(old_plot__isnull=True)))
        if plot is not None and any(row.old_plot == plot for row in found):
            found = [row for row in found if row.old_plot == plot]
        targets = {(row.commune_id, row.sheet, row.plot) for row in found}
        if not targets:
            return SheetAnswer(LookUp.NOT_FOUND)
        return SheetAnswer(LookUp.RESOLVED if len(targets) == 1 else LookUp.AMBIGUOUS, tuple(found))


class SheetCrosswalk(models.Model):
    """A line of the reference table before and after the merger (Bảng số 01)."""

    old_unit = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="old_sheets")
    old_sheet = models.IntegerField()
    scale = models.IntegerField(null=True, blank=True)
    old_plot = models.IntegerField(null=True, blank=True)
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="sheets_taken_over")
    sheet = models.IntegerField()
    plot = models.IntegerField(null=True, blank=True)

    objects = SheetCrosswalkQuerySet.as_manager()

    class Meta:
        ordering = ["old_unit", "old_sheet", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["old_unit", "old_sheet", "scale", "old_plot", "commune", "sheet", "plot"],
                name="sheetcrosswalk_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.old_unit_id}/{self.old_sheet} → {self.commune_id}/{self.sheet}"
