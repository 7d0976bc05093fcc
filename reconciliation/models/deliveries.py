"""Sources recorded by hand, and how many plots wait for a source."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from landdb.history import audited
from landdb.models import AdminUnit, Delivery, User
from landdb.models.territory import InTerritory


class HandDeliveryQuerySet(InTerritory["HandDelivery"]):
    def standing(self) -> HandDeliveryQuerySet:
        """Not taken back."""
        return self.filter(taken_back_at__isnull=True)


@audited()
class HandDelivery(models.Model):
    """A source of a commune that was delivered without an importer: somebody says so, with day and note.

    A mistaken one is taken back: one person asks with a reason, another agrees.
    """

    #: The sources for which there may be no importer; the others come with their files.
    SOURCES = (Delivery.Source.MAP, Delivery.Source.SCANS, Delivery.Source.REGISTRATIONS)

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="hand_deliveries")
    source = models.CharField(max_length=14, choices=Delivery.Source)
    delivered_on = models.DateField(_("ngày giao"))
    note = models.CharField(_("ghi chú"), max_length=300)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deliveries_recorded")
    recorded_at = models.DateTimeField(help_text="the `last_at` that it gave the delivery")
    was_delivered = models.BooleanField(help_text="the source had come in another way before")
    last_before = models.DateTimeField(null=True, blank=True, help_text="the `last_at` before this record")
    asked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries_doubted"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    taken_back_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries_taken_back"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = HandDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["commune", "source"], name="handdelivery_of_commune")]
        constraints = [
            models.CheckConstraint(
                name="handdelivery_by_another",
                condition=Q(taken_back_by__isnull=True)
                | (Q(asked_by__isnull=False) & ~Q(taken_back_by=F("asked_by"))),
            )
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.source} {self.delivered_on:%Y-%m-%d}"

    @property
    def is_doubted(self) -> bool:
        """Somebody has asked to take it back, and nobody has answered yet."""
        return self.asked_by_id is not None and self.taken_back_at is None


class UnjudgedCount(models.Model):
    """Plots of a commune on which a rule is not judged since its source is missing, kept by difference."""

    commune = models.ForeignKey(AdminUnit, on_delete=models.CASCADE)
    rule = models.CharField(max_length=40)
    plots = models.IntegerField(default=0)

    objects = InTerritory["UnjudgedCount"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commune", "rule"], name="unjudgedcount_once"),
            models.CheckConstraint(condition=Q(plots__gte=0), name="unjudgedcount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.rule}: {self.plots}"
