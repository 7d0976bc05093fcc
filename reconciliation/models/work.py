"""What waits for a person, and what a person did."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, Role, User
from landdb.models.territory import InTerritory
from parcels.models import LandUser

from .changes import ChangeSet
from .duplicates import Duplicate


class WorkItemQuerySet(InTerritory["WorkItem"]):
    def open(self) -> WorkItemQuerySet:
        return self.filter(state=WorkItem.State.OPEN)


class WorkItem(models.Model):
    """One land user to judge, on whom `plots` live plots wait."""

    class State(models.TextChoices):
        OPEN = "open", _("Chờ xét")
        DONE = "done", _("Đã xong")

    # As with matches: no foreign keys in the database, whose checks would take half as long as the rows.
    land_user = models.OneToOneField(
        LandUser, on_delete=models.CASCADE, related_name="work_item", db_constraint=False
    )
    commune = models.ForeignKey(
        AdminUnit, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    state = models.CharField(max_length=4, choices=State, default=State.OPEN)
    plots = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["commune", "-plots", "id"], condition=Q(state="open"), name="workitem_queue")
        ]

    def __str__(self) -> str:
        return f"{self.land_user_id} ({self.plots})"


class Decision(models.Model):
    """What a person decided, with the reason; what it changed stands in its change set."""

    class Kind(models.TextChoices):
        SAME = "same", _("Cùng người")
        DIFFERENT = "different", _("Khác người")
        UNSURE = "unsure", _("Chưa rõ")
        NOT_IN_REGISTRY = "not_in_registry", _("Không có trong dân cư")
        WAIVE = "waive", _("Bỏ qua vướng mắc")
        END_WAIVER = "end_waiver", _("Thôi bỏ qua")
        CONFIRM_REBUILD = "confirm_rebuild", _("Xác nhận nhóm 3")
        APPLY_UPLOAD = "apply_upload", _("Áp dụng tệp")
        MERGE = "merge", _("Gộp bản ghi")
        APART = "apart", _("Khác người")
        SPLIT = "split", _("Tách số")

    kind = models.CharField(max_length=16, choices=Kind)
    change_set = models.OneToOneField(ChangeSet, on_delete=models.PROTECT, related_name="decision")
    land_user = models.ForeignKey(LandUser, null=True, blank=True, on_delete=models.SET_NULL)
    duplicate = models.ForeignKey(Duplicate, null=True, blank=True, on_delete=models.SET_NULL)
    commune = models.ForeignKey(AdminUnit, null=True, on_delete=models.PROTECT, db_index=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = InTerritory["Decision"].as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "-id"], name="decision_last_ones")]

    def __str__(self) -> str:
        return f"{self.kind} {self.land_user_id or ''}".strip()

    def is_undoable_by(self, user: User) -> bool:
        """Applied, not taken back yet; by who decided or a senior reviewer. Uploads go back as a whole."""
        is_theirs = self.by_id == user.pk or user.has_role(Role.SENIOR_REVIEWER)
        is_applied = self.change_set.state == ChangeSet.State.APPLIED
        return is_applied and user.may_review and is_theirs and self.kind != self.Kind.APPLY_UPLOAD
