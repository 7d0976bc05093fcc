"""A change of rules before it is made: what it would move, who agreed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, Job, User
from landdb.models.territory import InTerritory
from parcels.models import Plot

from .findings import Effect, RuleSet, RuleSetting
from .groups import Group


class RuleDraft(models.Model):
    """Changes of one or more rules: drafted, counted, put before a second person, made or thrown away.

    `base` and `fingerprint` are the rules in force and the drafted ones as they were counted; `judgements`
    is the sum of `CommuneJudgement.times` at that moment. `run` is the job that classifies under the new
    rules: a move of the ledger leads from its job to the draft.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Đang soạn")
        COUNTED = "counted", _("Đã đếm thử")
        ASKED = "asked", _("Chờ đồng ý")
        ACTIVE = "active", _("Đã áp dụng")
        THROWN_AWAY = "thrown", _("Đã bỏ")

    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    reason = models.CharField(max_length=300)
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="rule_drafts")
    drafted_at = models.DateTimeField(auto_now_add=True)
    count_job = models.OneToOneField(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="counted_draft"
    )
    counted_at = models.DateTimeField(null=True, blank=True)
    base = models.CharField(max_length=64, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    judgements = models.BigIntegerField(null=True, blank=True)
    asked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="rule_drafts_asked"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="rule_drafts_settled"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_reason = models.CharField(max_length=300, blank=True)
    rule_set = models.ForeignKey(RuleSet, null=True, blank=True, on_delete=models.PROTECT)
    run = models.OneToOneField(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="rule_draft"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="active")
                | (Q(asked_by__isnull=False, settled_by__isnull=False) & ~Q(settled_by=F("asked_by"))),
                name="rule_draft_active_by_another",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_open(self) -> bool:
        """Neither made nor thrown away."""
        return self.state not in (self.State.ACTIVE, self.State.THROWN_AWAY)

    @property
    def is_counting(self) -> bool:
        return self.state == self.State.DRAFT and self.count_job is not None and self.count_job.is_open


class RuleChange(models.Model):
    """How a draft sets one rule: whole, as `RuleSetting` will hold it."""

    draft = models.ForeignKey(RuleDraft, on_delete=models.CASCADE, related_name="changes")
    rule = models.CharField(max_length=40)
    is_on = models.BooleanField(default=True)
    effect = models.CharField(max_length=10, choices=Effect, blank=True)
    tolerance = models.FloatField(null=True, blank=True)
    active_from = models.DateField(null=True, blank=True)
    active_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["draft", "rule"], name="rule_change_once")]

    def __str__(self) -> str:
        return self.rule

    @property
    def values(self) -> dict[str, object]:
        """The fields of the setting that it sets."""
        names = ("is_on", "effect", "tolerance", "active_from", "active_to")
        return {name: getattr(self, name) for name in names}

    def setting(self) -> RuleSetting:
        """The setting as it would stand; not saved."""
        return RuleSetting(rule=self.rule, **self.values)


class DraftMove(models.Model):
    """A plot that a draft would move, with the changed rules that bear on it.

    Millions at a time, written by one statement per commune and removed when the draft ends: the key is the
    only index, in the order in which pages are read. Nobody looks here when a plot is deleted.
    """

    pk = models.CompositePrimaryKey("draft_id", "commune_id", "from_group", "to_group", "plot_id")
    draft = models.ForeignKey(
        RuleDraft, on_delete=models.CASCADE, related_name="moves", db_index=False, db_constraint=False
    )
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    from_group = models.SmallIntegerField(choices=Group)
    to_group = models.SmallIntegerField(choices=Group)
    plot = models.ForeignKey(Plot, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False)
    rules = ArrayField(models.CharField(max_length=40), default=list)

    objects = InTerritory["DraftMove"].as_manager()

    def __str__(self) -> str:
        return f"{self.plot_id}: {self.from_group} → {self.to_group}"


class DraftCount(models.Model):
    """How many plots a draft would move, per commune, groups and changed rule (`rule` empty: all)."""

    draft = models.ForeignKey(RuleDraft, on_delete=models.CASCADE, related_name="counts")
    commune = models.ForeignKey(AdminUnit, on_delete=models.CASCADE)
    from_group = models.SmallIntegerField(choices=Group)
    to_group = models.SmallIntegerField(choices=Group)
    rule = models.CharField(max_length=40, blank=True)
    plots = models.IntegerField()

    objects = InTerritory["DraftCount"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "commune", "from_group", "to_group", "rule"], name="draft_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.from_group} → {self.to_group} {self.rule or '*'}: {self.plots}"


class CommuneJudgement(models.Model):
    """Under which rules a commune was last classified whole, and how often its plots were judged since ever.

    `fingerprint` is that of the rule book; `times` rises with every judgement that may have changed what
    stands.
    """

    commune = models.OneToOneField(AdminUnit, primary_key=True, on_delete=models.CASCADE)
    fingerprint = models.CharField(max_length=64, blank=True)
    times = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.commune_id}: {self.times}"
