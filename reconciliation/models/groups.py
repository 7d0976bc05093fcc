"""The group of every plot, the ledger of moves, and the counters that pages read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, Job, User
from landdb.models.territory import InTerritory
from parcels.models import Plot

from .changes import ChangeSet
from .findings import Dimension, RuleSet


class Group(models.IntegerChoices):
    """The three groups of plan 515/KH-BCA-BNNMT."""

    READY = 1, _("đúng, đủ, sạch, sống")
    SUPPLEMENT = 2, _("cần bổ sung, xác minh")
    REBUILD = 3, _("phải xây dựng lại")


class PlotStatusQuerySet(InTerritory["PlotStatus"]):
    def flagged(self) -> PlotStatusQuerySet:
        """Plots that wait for somebody: groups 2 and 3."""
        return self.filter(group__in=[Group.SUPPLEMENT, Group.REBUILD])

    def held_back_in(self, dimension: str) -> PlotStatusQuerySet:
        """Plots with an open finding that counts in a dimension."""
        return self.filter(**{f"{PlotStatus.OPEN[Dimension(dimension)]}__gt": 0})


class PlotStatus(models.Model):
    """The group of a live plot and why; written only when it changes. Plots themselves are never rewritten.

    `rules` are the open rules that count, `unjudged` those whose source nobody delivered; the four counts are
    open findings of the former per dimension, as it was when the plot was judged.
    """

    plot = models.OneToOneField(
        Plot, primary_key=True, on_delete=models.CASCADE, related_name="status", db_constraint=False
    )
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    group = models.SmallIntegerField(choices=Group)
    rules = ArrayField(models.CharField(max_length=40), default=list)
    unjudged = ArrayField(models.CharField(max_length=40), default=list)
    open_correct = models.SmallIntegerField(default=0)
    open_sufficient = models.SmallIntegerField(default=0)
    open_clean = models.SmallIntegerField(default=0)
    open_alive = models.SmallIntegerField(default=0)
    since = models.DateTimeField()
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    #: The count of each dimension.
    OPEN = {dimension: f"open_{dimension.value}" for dimension in Dimension}

    objects = PlotStatusQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["commune", "group", "plot"], name="plotstatus_queue"),
            models.Index(
                fields=["commune"], condition=Q(confirmed_at__isnull=False), name="plotstatus_confirmed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plot_id}: {self.group}"

    def counted_under(self, facet: str) -> Iterable[Any]:
        """Under what the plot is counted by a facet: all its rules or dimensions, its group or commune."""
        if facet == "rule":
            return self.rules
        if facet == "dimension":
            return [dimension.value for dimension, name in self.OPEN.items() if getattr(self, name)]
        return [getattr(self, facet)]


class GroupMove(models.Model):
    """A line of the ledger: opening stock + in − out = closing stock, always."""

    class Cause(models.TextChoices):
        FIRST = "first", _("Phân loại lần đầu")
        IMPORT = "import", _("Nhập dữ liệu")
        MATCH = "match", _("Kết luận đối chiếu")
        CORRECTION = "correction", _("Sửa thông tin")
        WAIVER = "waiver", _("Bỏ qua vướng mắc")
        UNDO = "undo", _("Hoàn tác")
        RUN = "run", _("Chạy lại toàn bộ")
        RULES = "rules", _("Đổi quy tắc")
        RETIRED = "retired", _("Huỷ số thửa")
        TIME = "time", _("Đến hạn")
        GEOMETRY = "geometry", _("Hình thể trên bản đồ")
        POLICE = "police", _("Công an xác minh")

    plot = models.ForeignKey(Plot, on_delete=models.CASCADE, related_name="moves", db_constraint=False)
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    from_group = models.SmallIntegerField(null=True)
    to_group = models.SmallIntegerField(null=True)
    at = models.DateTimeField()
    cause = models.CharField(max_length=10, choices=Cause)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, db_constraint=False)
    change_set = models.ForeignKey(
        ChangeSet, null=True, blank=True, on_delete=models.SET_NULL, db_constraint=False
    )

    objects = InTerritory["GroupMove"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["commune", "at"], name="groupmove_ledger"),
            # who left a group since a week closed
            models.Index(
                fields=["commune", "from_group", "plot"],
                include=["at"],
                condition=Q(from_group__isnull=False),
                name="groupmove_left",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plot_id}: {self.from_group or '–'} → {self.to_group or '–'}"


class Tally(models.Model):
    """How many live plots a commune has per group and open rule (`rule` empty: all), kept by difference.

    `alone`: those of them that nothing but this rule keeps out of group 1. Under CONFIRMED in place of a
    rule: those of group 3 that staff have confirmed.
    """

    CONFIRMED = "+confirmed"

    commune = models.ForeignKey(AdminUnit, on_delete=models.CASCADE)
    group = models.SmallIntegerField(choices=Group)
    rule = models.CharField(max_length=40, blank=True)
    plots = models.IntegerField(default=0)
    alone = models.IntegerField(default=0, db_default=0)

    objects = InTerritory["Tally"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commune", "group", "rule"], name="tally_once"),
            models.CheckConstraint(condition=Q(plots__gte=0), name="tally_not_negative"),
            models.CheckConstraint(
                condition=Q(alone__gte=0, alone__lte=F("plots")), name="tally_alone_among_plots"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.group} {self.rule or '*'}: {self.plots}"


class DimensionCount(models.Model):
    """How many live plots of a commune and group are held back in a dimension, kept by difference.

    A plot is under each dimension of which its status counts an open finding, once.
    """

    commune = models.ForeignKey(AdminUnit, on_delete=models.CASCADE)
    group = models.SmallIntegerField(choices=Group)
    dimension = models.CharField(max_length=10, choices=Dimension)
    plots = models.IntegerField(default=0)

    objects = InTerritory["DimensionCount"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commune", "group", "dimension"], name="dimensioncount_once"),
            models.CheckConstraint(condition=Q(plots__gte=0), name="dimensioncount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.group} {self.dimension}: {self.plots}"
