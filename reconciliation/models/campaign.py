"""The campaign as managers see it: what was assigned, and what each commune's figures were at every close."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from landdb.history import audited
from landdb.models import AdminUnit
from landdb.models.territory import InTerritory

from .findings import RuleSet


class Task(models.TextChoices):
    """What a commune is given to do, and what is counted of it."""

    CLEAN = "clean", _("Làm sạch thửa đất")
    COLLECT = "collect", _("Thu giấy chứng nhận")
    VERIFY = "verify", _("Xác minh người sử dụng đất")
    CODE = "code", _("Gán mã định danh thửa")
    SCAN = "scan", _("Gắn bản quét giấy chứng nhận")


@audited(first=True)
class Target(models.Model):
    """How much of a task a commune was assigned, who answers for it, and from when until when.

    `assigned` is counted in plots (clean, code), certificates (collect, scan) or land users (verify).
    """

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="targets")
    task = models.CharField(_("việc"), max_length=7, choices=Task)
    assigned = models.IntegerField(_("số được giao"))
    unit = models.CharField(_("đơn vị chịu trách nhiệm"), max_length=120, blank=True)
    leader = models.CharField(_("người phụ trách"), max_length=120, blank=True)
    starts_on = models.DateField(_("bắt đầu"))
    due_on = models.DateField(_("hạn"))

    objects = InTerritory["Target"].as_manager()

    class Meta:
        ordering = ["commune", "task"]
        constraints = [
            models.UniqueConstraint(fields=["commune", "task"], name="target_once"),
            models.CheckConstraint(condition=Q(assigned__gte=0), name="target_not_negative"),
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="target_due_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.task}: {self.assigned}"


class CommuneFigures(models.Model):
    """A commune's figures at the end of a day; what cannot be told of that moment is missing, not nought.

    `verification`: outcome → land users, "" for those of whom the registry said something else later on.
    `rules`: rule → plots in which it is open. `alone`: rule → those that nothing else keeps out of group 1,
    None where that cannot be told. `dimensions`: word → plots with something open under it.
    `waiting`: with whom ("desk", "police", …) → `items`, `plots`, `since`, by `ages`: up to 7 days, 14, 30,
    more, and `late`: how many they had longer than until the day that was set.
    `tasks`: task → `done`, `excluded` (reason → how many), and of the target `assigned`, `starts`, `due`.
    """

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT)
    group_1 = models.IntegerField()
    group_2 = models.IntegerField()
    group_3 = models.IntegerField()
    verification = models.JSONField(default=dict)
    rules = models.JSONField(default=dict)
    alone = models.JSONField(null=True)
    dimensions = models.JSONField(default=dict)
    waiting = models.JSONField(default=dict)
    tasks = models.JSONField(default=dict)
    rule_set = models.ForeignKey(RuleSet, null=True, on_delete=models.PROTECT)

    class Meta:
        abstract = True

    @property
    def plots(self) -> int:
        return self.group_1 + self.group_2 + self.group_3


class WeeklySnapshot(CommuneFigures):
    """What a commune's figures were at the end of a week; written once, never rewritten.

    A correction is a further revision with its reason. `is_rebuilt`: written down long after the cut-off,
    from what is dated.
    """

    week = models.DateField(help_text=_("thứ hai của tuần"))
    revision = models.SmallIntegerField(default=1)
    reason = models.CharField(max_length=300, blank=True)
    is_rebuilt = models.BooleanField(default=False)
    #: Of which kinds of figures it is kept whom they counted: kinds of `KeptList`.
    lists = ArrayField(models.CharField(max_length=8), default=list)
    taken_at = models.DateTimeField(auto_now_add=True)

    objects = InTerritory["WeeklySnapshot"].as_manager()

    class Meta:
        ordering = ["-week", "commune"]
        constraints = [models.UniqueConstraint(fields=["commune", "week", "revision"], name="snapshot_once")]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.week}"


class DayFigures(CommuneFigures):
    """What a commune's figures were at the end of a day: the days of the week that is not closed yet."""

    day = models.DateField()

    objects = InTerritory["DayFigures"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commune", "day"], name="dayfigures_once")]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.day}"
