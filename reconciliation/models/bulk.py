"""One decision about many work items: shown first, then done by a job, taken back as a whole."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from landdb.models import Job, User

from .changes import ChangeSet
from .handover_codes import AskedField
from .work import WorkItem


class BulkDecision(models.Model):
    """What somebody wants done with many land users alike, and how far it is.

    `fields` are what a commune is asked to look at; `officers` are those who get the work of an assignment,
    in turn; `least` is the probability that a candidate must have; `query` the facets of the list where it
    was a whole filter. The rows say which items.
    """

    class Act(models.TextChoices):
        POLICE = "police", _("Chuyển công an")
        COMMUNE = "commune", _("Trả về xã")
        CITIZEN = "citizen", _("Chưa thu được giấy")
        LATER = "later", _("Để sau")
        BACK = "back", _("Lấy lại bàn xét duyệt")
        ASSIGN = "assign", _("Giao việc")
        FREE = "free", _("Bỏ giao")
        SAME = "same", _("Cùng người")

    class State(models.TextChoices):
        SHOWN = "shown", _("Xem trước")
        ASKED = "asked", _("Chờ người thứ hai đồng ý")
        RUNNING = "running", _("Đang ghi")
        DONE = "done", _("Đã ghi")
        REFUSED = "refused", _("Không được đồng ý")
        WITHDRAWN = "withdrawn", _("Người đề nghị đã rút lại")
        UNDO_ASKED = "undo_asked", _("Chờ đồng ý hoàn tác")
        UNDOING = "undoing", _("Đang hoàn tác")
        UNDONE = "undone", _("Đã hoàn tác")

    act = models.CharField(max_length=7, choices=Act)
    state = models.CharField(max_length=10, choices=State, default=State.SHOWN)
    why = models.CharField(max_length=20, blank=True)
    fields = ArrayField(
        models.CharField(max_length=11, choices=AskedField), default=list, db_default=[], blank=True
    )
    note = models.CharField(max_length=300, blank=True)
    until = models.DateField(null=True, blank=True)
    least = models.FloatField(null=True, blank=True)
    officers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    query = models.CharField(max_length=2000, blank=True)
    change_set = models.OneToOneField(
        ChangeSet, null=True, blank=True, on_delete=models.PROTECT, related_name="bulk"
    )
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="bulk_decisions")
    at = models.DateTimeField(auto_now_add=True)
    undo_asked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="bulk_undos_asked"
    )
    undo_agreed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="bulk_undos_agreed"
    )

    class Meta:
        ordering = ["-id"]
        indexes = [
            # asked on each list of a senior reviewer
            models.Index(
                fields=["by"], condition=Q(state__in=["asked", "undo_asked"]), name="bulkdecision_asked"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(undo_agreed_by__isnull=True) | ~Q(undo_agreed_by=F("undo_asked_by")),
                name="bulk_undo_by_another",
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"


class BulkItem(models.Model):
    """A work item of a bulk decision: the mark of what the preview showed, and why it is left out."""

    class Skip(models.TextChoices):
        NO = "", _("Sẽ ghi")
        HELD = "held", _("Người khác đang mở")
        GIVEN = "given", _("Đã giao cho người khác")
        CHANGED = "changed", _("Đã đổi từ khi xem")
        AWAY = "away", _("Đã chuyển đi rồi")
        HERE = "here", _("Đang ở bàn xét duyệt")
        MERGED = "merged", _("Đã gộp vào bản ghi khác")
        CLOSED = "closed", _("Không còn chờ xét")
        EQUAL = "equal", _("Đã giao cho chính người này")
        FREE = "free", _("Vốn chưa giao ai")
        OUTSIDE = "outside", _("Ngoài địa bàn của người nhận")
        NOBODY = "nobody", _("Không có ứng viên")
        WEAK = "weak", _("Không ứng viên nào đủ khả năng")
        CLASH = "clash", _("Có thông tin trái nhau")
        SPOKEN = "spoken", _("Đã có kết luận của người")

    bulk = models.ForeignKey(BulkDecision, on_delete=models.CASCADE, related_name="items", db_index=False)
    # As with the work items: they may be many, and none is ever taken away under them.
    item = models.ForeignKey(
        WorkItem, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    officer = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    seen = models.CharField(max_length=32, blank=True)
    skip = models.CharField(max_length=7, choices=Skip, default=Skip.NO, blank=True)
    is_done = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["bulk", "skip", "id"], name="bulkitem_portions")]

    def __str__(self) -> str:
        return f"{self.bulk_id}: {self.item_id}"
