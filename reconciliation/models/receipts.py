"""A receipt for what a citizen handed in."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, User
from landdb.models.territory import InTerritory
from parcels.models import Plot


class Receipt(models.Model):
    """What a citizen handed in about a plot, to whom, and when to ask; `papers`: what, copies, originals.

    `serial` and `holder` are as they stand on the paper handed in, which the register may spell otherwise.
    The number is what to ask for. Originals that went back are noted with the day and who gave them back.
    """

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT)
    plot = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="receipts")
    handed_in_by = models.CharField(_("người nộp"), max_length=200)
    serial = models.CharField(_("số phát hành"), max_length=120, blank=True, default="", db_default="")
    holder = models.CharField(_("người đứng tên"), max_length=400, blank=True, default="", db_default="")
    papers = models.JSONField(default=list)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)
    ask_on = models.DateField(_("hẹn ngày"), null=True, blank=True)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="receipts")
    received_at = models.DateTimeField(auto_now_add=True)
    returned_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField(null=True, blank=True)

    objects = InTerritory["Receipt"].as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["commune", "-id"], name="receipt_of_commune")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What stands on the paper: BN-09187-2026-000123."""
        return f"BN-{self.commune.code}-{timezone.localtime(self.received_at).year}-{self.pk:06d}"

    @property
    def originals(self) -> int:
        """Originals that the office has."""
        return sum(int(paper[2]) for paper in self.papers)
