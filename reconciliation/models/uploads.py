"""A commune's workbook on its way: read, reported, applied or sent back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, Job, ReceivedFile, User
from landdb.models.territory import InTerritory

from .changes import ChangeSet


class CorrectionBatch(models.Model):
    """An uploaded Form 01 workbook. It writes nothing to the register until a reviewer applies it."""

    class State(models.TextChoices):
        READING = "reading", _("Đang đọc")
        UNREADABLE = "unreadable", _("Không đọc được")
        ASKING = "asking", _("Chờ chỉ cột")
        WAITING = "waiting", _("Chờ duyệt")
        APPLYING = "applying", _("Đang áp dụng")
        APPLIED = "applied", _("Đã áp dụng")
        SENT_BACK = "sent_back", _("Trả lại xã")
        UNDONE = "undone", _("Đã hoàn tác")

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT)
    file = models.OneToOneField(ReceivedFile, on_delete=models.PROTECT, related_name="batch")
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="uploads")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    message = models.CharField(max_length=300, blank=True)
    report = models.JSONField(default=dict, blank=True)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL)
    change_set = models.OneToOneField(ChangeSet, null=True, blank=True, on_delete=models.SET_NULL)

    objects = InTerritory["CorrectionBatch"].as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.file)
