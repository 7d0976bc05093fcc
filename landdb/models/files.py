"""Files that came in, what was wrong in their rows, and which sources a commune has delivered."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .accounts import User
from .territory import InTerritory
from .units import AdminUnit


class ReceivedFile(models.Model):
    """A file as it was received: hash, size, who, when, and what became of its rows.

    `rows = applied + unchanged + proposed + rejected + ignored`, always.
    """

    class Kind(models.TextChoices):
        RESIDENTS = "residents", _("Trích xuất dân cư")
        LAND_USERS = "land_users", _("Người sử dụng đất")
        REGISTER = "register", _("Biểu mẫu 01")
        MAP = "map", _("Bản đồ địa chính")
        OPINIONS = "opinions", _("Bảng phân loại của MPLIS")
        ANSWERS = "answers", _("Trả lời của công an")
        SCANS = "scans", _("Bản quét")
        PLAN = "plan", _("Kế hoạch")
        DEMO = "demo", _("Tỉnh giả lập")

    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(_("tên tệp"), max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    path = models.CharField(max_length=255, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    received_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    commune = models.ForeignKey(AdminUnit, null=True, blank=True, on_delete=models.PROTECT)
    rows = models.IntegerField(default=0)
    applied = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    proposed = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    ignored = models.IntegerField(default=0)
    unknown_headers = models.JSONField(default=list, blank=True)

    objects = InTerritory["ReceivedFile"].as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="receivedfile_rows_add_up",
                condition=models.Q(
                    rows=models.F("applied")
                    + models.F("unchanged")
                    + models.F("proposed")
                    + models.F("rejected")
                    + models.F("ignored")
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name


class RowProblem(models.Model):
    """What is wrong with a cell of a received file, where it stands, and how to mend it."""

    class Level(models.TextChoices):
        REJECTED = "rejected", _("Bị trả")
        WARNING = "warning", _("Cần xem")
        IGNORED = "ignored", _("Bỏ qua")

    file = models.ForeignKey(ReceivedFile, on_delete=models.CASCADE, related_name="problems")
    level = models.CharField(max_length=8, choices=Level)
    sheet = models.CharField(max_length=60, blank=True)
    row = models.IntegerField()
    column = models.CharField(max_length=160, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    #: The row that this one does not go together with, with its sheet where that is another.
    about = models.CharField(max_length=80, blank=True, default="", db_default="")

    class Meta:
        ordering = ["file", "row", "id"]
        indexes = [models.Index(fields=["file", "level", "row"], name="rowproblem_of_file")]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row} {self.column}: {self.code}"


class Delivery(models.Model):
    """A source that has been delivered for a commune: what no source delivered is unknown, not missing."""

    class Source(models.TextChoices):
        REGISTER = "register", _("Sổ địa chính")
        MAP = "map", _("Bản đồ")
        SCANS = "scans", _("Bản quét")
        REGISTRATIONS = "registrations", _("Biến động")
        RESIDENTS = "residents", _("Dân cư")

    commune = models.ForeignKey(AdminUnit, on_delete=models.CASCADE, related_name="deliveries")
    source = models.CharField(max_length=14, choices=Source)
    first_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField(auto_now=True)

    objects = InTerritory["Delivery"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commune", "source"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.source}"
