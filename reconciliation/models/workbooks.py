"""Workbooks that communes take away to be mended: which rows, under which keys, as they stood then."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, Job, User
from landdb.models.territory import InTerritory


class WorkbookQuerySet(InTerritory["Workbook"]):
    def at_hand(self) -> WorkbookQuerySet:
        """Made, and not expired: what may still be taken away."""
        return self.filter(state=Workbook.State.READY, expires_at__gt=timezone.now())

    def expired(self) -> WorkbookQuerySet:
        """Whose file lies here beyond its time."""
        return self.exclude(path="").filter(expires_at__lte=timezone.now())


class Workbook(models.Model):
    """A Form 01 workbook with the rows that a commune has to mend, made for one official and one purpose.

    The file goes when it expires. The rows stay as they were given out: what comes back is compared with
    them.
    `rules`, `village`, `who` are what it was narrowed to (empty: everything).
    """

    class State(models.TextChoices):
        MAKING = "making", _("Đang lập")
        READY = "ready", _("Tải được")
        FAILED = "failed", _("Không lập được")

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="workbooks")
    made_at = models.DateTimeField(auto_now_add=True)
    purpose = models.CharField(max_length=300)
    rules = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    village = models.CharField(max_length=160, blank=True)
    who = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=6, choices=State, default=State.MAKING)
    message = models.CharField(max_length=300, blank=True)
    rows = models.IntegerField(default=0)
    plots = models.IntegerField(null=True, help_text="on which the rows are; unknown of early ones")
    size = models.BigIntegerField(default=0)
    path = models.CharField(max_length=80, blank=True)
    expires_at = models.DateTimeField()
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL)

    objects = WorkbookQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["commune", "-id"], name="workbook_of_commune")]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.pk}"

    @property
    def is_at_hand(self) -> bool:
        """May it still be taken away?"""
        return self.state == self.State.READY and self.expires_at > timezone.now()


class WorkbookRow(models.Model):
    """A row as it was given out. `key` is drawn by lot: it names the row and tells nothing.

    `cells` are the texts of its cells (field → text), `asks` the marked ones (field → rule or reason).
    """

    workbook = models.ForeignKey(Workbook, on_delete=models.CASCADE, related_name="given")
    key = models.CharField(max_length=16, unique=True)
    holding = models.BigIntegerField(null=True)
    plot = models.BigIntegerField()
    cells = models.JSONField(default=dict)
    asks = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.key
