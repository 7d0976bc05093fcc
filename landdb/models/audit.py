"""Who looked at, revealed, searched or exported what, and why."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .accounts import User
from .territory import InTerritory
from .units import AdminUnit


class AccessLog(models.Model):
    """One look at personal data. Holds the record's kind and id, never a name or a number."""

    class Action(models.TextChoices):
        VIEW = "view", _("Xem")
        REVEAL = "reveal", _("Hiện số")
        SEARCH = "search", _("Tìm")
        EXPORT = "export", _("Xuất")
        UPLOAD = "upload", _("Nộp tệp")
        SIGN_IN = "sign_in", _("Đăng nhập")
        ACCOUNT = "account", _("Tài khoản")

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="accesses")
    action = models.CharField(max_length=8, choices=Action)
    subject = models.CharField(max_length=24)
    subject_id = models.BigIntegerField(null=True, blank=True)
    commune = models.ForeignKey(AdminUnit, null=True, blank=True, on_delete=models.PROTECT)
    reason = models.CharField(max_length=300, blank=True)

    objects = InTerritory["AccessLog"].as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="accesslog_of_user"),
            models.Index(fields=["subject", "subject_id", "-id"], name="accesslog_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.action} {self.subject} {self.subject_id or ''}".rstrip()
