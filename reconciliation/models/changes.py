"""Plan, apply, undo: the one machinery for everything reversible."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, ReceivedFile, User
from landdb.models.territory import InTerritory


class ChangeSetQuerySet(InTerritory["ChangeSet"]):
    def awaiting_consent(self) -> ChangeSetQuerySet:
        return self.filter(
            state=ChangeSet.State.PLANNED, consent__isnull=False, consent__given_at__isnull=True
        )


class ChangeSet(models.Model):
    """Changes that belong together: planned, shown, applied, undone where nothing else touched them since."""

    class Kind(models.TextChoices):
        IMPORT = "import", _("Nhập tệp")
        MATCH = "match", _("Kết luận đối chiếu")
        CORRECTION = "correction", _("Sửa thông tin")
        WAIVER = "waiver", _("Bỏ qua vướng mắc")
        CONFIRM = "confirm", _("Xác nhận nhóm 3")
        MERGE = "merge", _("Gộp, tách bản ghi")
        HANDOVER = "handover", _("Chuyển việc")
        POLICE = "police", _("Công an trả lời")
        SCAN = "scan", _("Xếp bản quét")

    class State(models.TextChoices):
        PLANNED = "planned", _("Dự kiến")
        APPLIED = "applied", _("Đã áp dụng")
        UNDONE = "undone", _("Đã hoàn tác")
        DISCARDED = "discarded", _("Đã bỏ")

    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    commune = models.ForeignKey(AdminUnit, null=True, blank=True, on_delete=models.PROTECT)
    file = models.ForeignKey(ReceivedFile, null=True, blank=True, on_delete=models.PROTECT)
    planned_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="planned"
    )
    planned_at = models.DateTimeField(auto_now_add=True)
    applied_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="applied"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="undone"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = ChangeSetQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Change(models.Model):
    """One field of one record: what it was when planned, what it shall be, and what became of the change."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Dự kiến")
        APPLIED = "applied", _("Đã áp dụng")
        SKIPPED = "skipped", _("Bỏ qua: bản ghi đã đổi")
        UNDONE = "undone", _("Đã hoàn tác")
        KEPT = "kept", _("Không hoàn tác: bản ghi đã đổi tiếp")
        REFUSED = "refused", _("Không nhận")

    change_set = models.ForeignKey(ChangeSet, on_delete=models.CASCADE, related_name="changes")
    model = models.CharField(max_length=60, help_text="app_label.model_name")
    record_id = models.BigIntegerField()
    field = models.CharField(max_length=40)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    row = models.IntegerField(null=True, blank=True, help_text="row of the file it came from")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["model", "record_id"], name="change_of_record")]

    def __str__(self) -> str:
        return f"{self.model} {self.record_id} {self.field}"

    @classmethod
    def of(
        cls,
        change_set_id: int,
        model: str,
        record_id: int,
        field: str,
        old: Any,
        new: Any,
        *,
        row: int | None = None,
        state: State = State.PLANNED,
    ) -> Change:
        """Not yet saved. A file brings thousands, and by position Django makes one in a third of the time."""
        values: tuple[Any, ...] = (None, change_set_id, model, record_id, field, old, new, state.value, row)
        return cls(*values)


class Consent(models.Model):
    """The second person's yes (or no) to a change set that needs one."""

    change_set = models.OneToOneField(ChangeSet, on_delete=models.CASCADE, related_name="consent")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents_asked")
    asked_at = models.DateTimeField(auto_now_add=True)
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="consents_given")
    given_at = models.DateTimeField(null=True, blank=True)
    is_yes = models.BooleanField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(given_by__isnull=True) | ~models.Q(given_by=models.F("asked_by")),
                name="consent_by_another",
            )
        ]

    def __str__(self) -> str:
        return f"{self.change_set_id}: {self.is_yes}"
