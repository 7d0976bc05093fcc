"""Certificates of land use rights, their scans, and the changes registered to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from landdb.history import audited
from landdb.models import AdminUnit, ReceivedFile
from landdb.models.territory import InTerritory


@audited()
class Certificate(models.Model):
    """A certificate (giấy chứng nhận): identity is its normalised serial, else the source's own key."""

    class State(models.TextChoices):
        VALID = "valid", _("Còn hiệu lực")
        SUPERSEDED = "superseded", _("Đã cấp đổi")
        REVOKED = "revoked", _("Đã thu hồi")

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT)
    source_key = models.CharField(max_length=60, blank=True)
    serial_raw = models.CharField(max_length=120, blank=True)
    serial = models.CharField(_("số phát hành"), max_length=20, blank=True)
    kind = models.CharField(max_length=80, blank=True)
    issued_raw = models.CharField(max_length=40, blank=True)
    issued_on = models.DateField(_("ngày cấp"), null=True, blank=True)
    book_number_raw = models.CharField(max_length=60, blank=True)
    book_number = models.CharField(_("số vào sổ"), max_length=40, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.VALID)
    file = models.ForeignKey(ReceivedFile, null=True, blank=True, on_delete=models.PROTECT, db_index=False)

    objects = InTerritory["Certificate"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["serial"], condition=~Q(serial=""), name="certificate_by_serial"),
            models.Index(fields=["book_number"], condition=~Q(book_number=""), name="certificate_by_book"),
            models.Index(
                fields=["source_key"], condition=~Q(source_key=""), name="certificate_by_source_key"
            ),
            models.Index(fields=["file"], condition=Q(file__isnull=False), name="certificate_of_file"),
        ]

    def __str__(self) -> str:
        return self.serial or self.serial_raw or f"#{self.pk}"


@audited()
class Scan(models.Model):
    """A scanned paper: which certificate it belongs to, whether it is linked and digitally signed.

    `set_aside` is why somebody said that it belongs to none.
    """

    class Kind(models.TextChoices):
        CERTIFICATE = "GCN", _("Giấy chứng nhận")
        IDENTITY = "GT", _("Giấy tờ tuỳ thân")
        APPLICATION = "DDK", _("Đơn đăng ký")
        NOTICE = "TBXN", _("Thông báo xác nhận")
        OTHER = "", _("Khác")

    certificate = models.ForeignKey(
        Certificate, null=True, blank=True, on_delete=models.CASCADE, related_name="scans"
    )
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False)
    file_name = models.CharField(max_length=160)
    sha256 = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=4, choices=Kind, blank=True)
    is_linked = models.BooleanField(default=False)
    is_signed = models.BooleanField(default=False)
    #: Where the file is kept, outside the web root; empty for one that is only known by its name.
    stored = models.CharField(max_length=80, blank=True, default="", db_default="")
    size = models.BigIntegerField(default=0, db_default=0)
    set_aside = models.CharField(_("để riêng vì"), max_length=300, blank=True, default="", db_default="")

    objects = InTerritory["Scan"].as_manager()

    class Meta:
        indexes = [
            # those of a commune of which nobody knows whose they are
            models.Index(
                fields=["commune", "id"],
                condition=Q(certificate=None, set_aside="") & ~Q(stored=""),
                name="scan_unknown",
            ),
            # whether a file came before
            models.Index(fields=["sha256"], condition=~Q(sha256=""), name="scan_by_hash"),
        ]

    def __str__(self) -> str:
        return self.file_name


@audited()
class Registration(models.Model):
    """A change registered on a plot: kind (code of domain 3.7), date, state."""

    class State(models.TextChoices):
        PENDING = "pending", _("Đang giải quyết")
        DONE = "done", _("Đã xong")

    plot = models.ForeignKey("parcels.Plot", on_delete=models.CASCADE, related_name="registrations")
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=4)
    registered_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.DONE)

    objects = InTerritory["Registration"].as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.registered_on or ''}".strip()
