"""What the rules say of a plot, and how the rules are set."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from landdb.history import audited
from landdb.models import AdminUnit, User
from landdb.models.territory import InTerritory
from parcels.models import Plot


class Dimension(models.TextChoices):
    """The four words of the campaign."""

    CORRECT = "correct", _("Đúng")
    SUFFICIENT = "sufficient", _("Đủ")
    CLEAN = "clean", _("Sạch")
    ALIVE = "alive", _("Sống")


class Effect(models.TextChoices):
    REBUILD = "rebuild", _("Nhóm 3: xây dựng lại")
    SUPPLEMENT = "supplement", _("Nhóm 2: bổ sung, xác minh")
    NOTE = "note", _("Ghi chú")


@audited()
class RuleSetting(models.Model):
    """How the province has set one rule; a rule without a row runs as its class says."""

    rule = models.CharField(max_length=40, unique=True)
    is_on = models.BooleanField(default=True)
    effect = models.CharField(max_length=10, choices=Effect, blank=True)
    tolerance = models.FloatField(null=True, blank=True)
    active_from = models.DateField(null=True, blank=True)
    active_to = models.DateField(null=True, blank=True)
    legal_basis = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.rule


class RuleSet(models.Model):
    """The catalogue with its settings as they stood: a fingerprint gets a number when it is first used."""

    fingerprint = models.CharField(max_length=64, unique=True)
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)


class FindingQuerySet(InTerritory["Finding"]):
    def open(self) -> FindingQuerySet:
        return self.filter(state=Finding.State.OPEN)

    def waived(self) -> FindingQuerySet:
        return self.filter(state=Finding.State.WAIVED)

    def standing(self) -> FindingQuerySet:
        """Open or waived: what the rules still see."""
        return self.exclude(state=Finding.State.CLOSED)


class Finding(models.Model):
    """One rule's word on one plot and subject. The rule's name and text come from its class.

    Plots and communes are not checked row by row by the database: a third of the time of a run went there.
    """

    class Subject(models.TextChoices):
        PLOT = "plot", _("Thửa đất")
        LAND_USE = "land_use", _("Mục đích sử dụng")
        LAND_USER = "land_user", _("Người sử dụng đất")
        CERTIFICATE = "certificate", _("Giấy chứng nhận")
        HOLDING = "holding", _("Quyền sử dụng")

    class State(models.TextChoices):
        OPEN = "open", _("Đang vướng")
        WAIVED = "waived", _("Bỏ qua")
        CLOSED = "closed", _("Đã xong")

    plot = models.ForeignKey(Plot, on_delete=models.CASCADE, related_name="findings", db_constraint=False)
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    rule = models.CharField(max_length=40)
    subject = models.CharField(max_length=12, choices=Subject)
    subject_id = models.BigIntegerField()
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    waived_until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    # What the rule saw when the waiver was asked for: the waiver stands as long as it sees the same.
    waived_facts = models.JSONField(null=True, blank=True)
    # One person may waive what does not decide the group; the waiver gives way as soon as it would.
    waived_alone = models.BooleanField(default=False, db_default=False)
    # When the last waiver gave way by itself; what a person ended stands among the changes.
    waiver_ended_at = models.DateTimeField(null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plot", "rule", "subject", "subject_id"],
                condition=~Q(state="closed"),
                name="finding_stands_once",
            ),
        ]
        indexes = [
            models.Index(fields=["rule", "commune", "plot"], condition=Q(state="open"), name="finding_queue"),
            models.Index(
                fields=["commune", "rule", "plot"], condition=Q(state="waived"), name="finding_waived"
            ),
            # what was still open when a week closed
            models.Index(
                fields=["rule", "commune", "plot"],
                include=["opened_at", "closed_at"],
                condition=Q(state="closed"),
                name="finding_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.plot_id}"


class NoteCount(models.Model):
    """Plots of a commune on which a rule that only notes stands, open or waived; kept by difference.

    A commune has a row of each such rule that was counted in it, also where it finds nothing, and none of
    rules that hold plots back: those are in the Tally.
    """

    commune = models.ForeignKey(AdminUnit, on_delete=models.CASCADE)
    rule = models.CharField(max_length=40)
    plots = models.IntegerField(default=0)

    objects = InTerritory["NoteCount"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commune", "rule"], name="notecount_once"),
            models.CheckConstraint(condition=Q(plots__gte=0), name="notecount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.rule}: {self.plots}"
