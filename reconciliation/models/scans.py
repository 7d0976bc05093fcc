"""Scans as they arrive: a ZIP or several files, and what became of each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, Job, ReceivedFile, User
from landdb.models.territory import InTerritory
from parcels.models import Scan


class ScanArrival(models.Model):
    """Scans that came together, for one commune."""

    class State(models.TextChoices):
        READING = "reading", _("Đang xếp")
        UNREADABLE = "unreadable", _("Không đọc được")
        DONE = "done", _("Đã xếp")
        UNDONE = "undone", _("Đã hoàn tác")

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT)
    file = models.OneToOneField(ReceivedFile, on_delete=models.PROTECT, related_name="scan_arrival")
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    message = models.CharField(max_length=300, blank=True)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = InTerritory["ScanArrival"].as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.file)


class ArrivedScan(models.Model):
    """One file of an arrival: kept under its hash, and what it was matched to."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Chờ xếp")
        LINKED = "linked", _("Đã gắn với giấy chứng nhận")
        TWICE = "twice", _("Đã có từ trước")
        NO_SERIAL = "no_serial", _("Tên tệp không có số phát hành")
        NO_CERTIFICATE = "no_certificate", _("Không có giấy chứng nhận số này")
        SEVERAL = "several", _("Nhiều giấy chứng nhận cùng số này")
        NO_PAPER = "no_paper", _("Thửa chưa có giấy chứng nhận")
        ELSEWHERE = "elsewhere", _("Tệp này đã gắn với giấy khác")
        NO_SCAN = "no_scan", _("Không phải PDF, JPEG, PNG, TIFF, hoặc khác với tên tệp")
        TOO_LARGE = "too_large", _("Lớn hơn 30 MB, hoặc không đọc được")
        EMPTY = "empty", _("Tệp rỗng")
        BROKEN = "broken", _("Không mở được: tệp hỏng hoặc chưa tải xong")
        LOCKED = "locked", _("PDF có mật khẩu")
        NO_PAGE = "no_page", _("PDF không có trang nào có nội dung")
        TOO_SMALL = "too_small", _("Ảnh quá nhỏ, không đọc được chữ")
        HUGE = "huge", _("Ảnh quá lớn khi mở")

    #: Kept but not linked: somebody has to say which certificate is meant.
    UNKNOWN = (
        Outcome.NO_SERIAL,
        Outcome.NO_CERTIFICATE,
        Outcome.SEVERAL,
        Outcome.NO_PAPER,
        Outcome.ELSEWHERE,
    )
    REFUSED = (
        Outcome.NO_SCAN,
        Outcome.TOO_LARGE,
        Outcome.EMPTY,
        Outcome.BROKEN,
        Outcome.LOCKED,
        Outcome.NO_PAGE,
        Outcome.TOO_SMALL,
        Outcome.HUGE,
    )
    #: What the sender does about a file that was refused.
    MENDS = {
        Outcome.NO_SCAN: _("quét lại thành PDF hoặc JPEG; đuôi tên tệp phải đúng loại tệp"),
        Outcome.TOO_LARGE: _("quét lại ở 200–300 dpi, hoặc chia thành nhiều tệp"),
        Outcome.EMPTY: _("chép lại tệp từ máy quét"),
        Outcome.BROKEN: _("mở thử trên máy mình; không mở được thì quét lại"),
        Outcome.LOCKED: _("bỏ mật khẩu rồi gửi lại"),
        Outcome.NO_PAGE: _("quét lại giấy rồi gửi tệp mới"),
        Outcome.TOO_SMALL: _("quét lại ở 200–300 dpi, hoặc gửi ảnh gốc"),
        Outcome.HUGE: _("quét lại ở 200–300 dpi"),
    }

    arrival = models.ForeignKey(ScanArrival, on_delete=models.CASCADE, related_name="scans")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, blank=True)
    stored = models.CharField(max_length=80, blank=True)
    size = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=14, choices=Outcome, default=Outcome.WAITING)
    scan = models.ForeignKey(Scan, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_new = models.BooleanField(default=False, help_text="the scan was made for it; else it was filled in")
    was_linked = models.BooleanField(default=False, help_text="the scan was linked before it was filled in")
    was_signed = models.BooleanField(default=False, help_text="and signed")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome}"

    @property
    def is_placed(self) -> bool:
        """It was unknown when it came, and a person said since what it is."""
        if self.outcome not in self.UNKNOWN or self.scan is None or self.outcome == self.Outcome.ELSEWHERE:
            return False
        return self.scan.certificate_id is not None or bool(self.scan.set_aside)

    @property
    def mend(self) -> str:
        """What to do about a refused file; '' where it was taken."""
        return str(self.MENDS.get(self.Outcome(self.outcome), ""))
