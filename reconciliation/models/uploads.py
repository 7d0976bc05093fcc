"""A commune's workbook on its way: read, compared, sent, approved row by row, applied or sent back."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, Job, ReceivedFile, Role, RowProblem, User
from landdb.models.territory import InTerritory

from .changes import ChangeSet
from .workbooks import Workbook


class Uploads(InTerritory["CorrectionBatch"]):
    """Uploaded workbooks; what a commune has not sent is nobody else's business yet."""

    def visible_to(self, user: User) -> Self:
        """Those of the territory; unsent ones only for its commune's officials, and for who uploaded them."""
        found = super().visible_to(user)
        if user.has_role(Role.COMMUNE_OFFICIAL):
            return found
        return found.filter(~_UNSENT | Q(uploaded_by=user))

    def unsent(self) -> Self:
        """Read or still being read, and never put before the office."""
        return self.filter(_UNSENT)


class CorrectionBatch(models.Model):
    """An uploaded workbook. It writes nothing to the register until a reviewer applies it.

    `clears`: an empty cell takes the value away (`clear_reason` says why); else it says nothing.
    """

    class State(models.TextChoices):
        READING = "reading", _("Đang đọc")
        UNREADABLE = "unreadable", _("Không đọc được")
        ASKING = "asking", _("Chờ chỉ cột")
        CHECKED = "checked", _("Đã chạy thử")
        WAITING = "waiting", _("Chờ duyệt")
        APPLYING = "applying", _("Đang áp dụng")
        APPLIED = "applied", _("Đã áp dụng")
        SENT_BACK = "sent_back", _("Trả lại xã")
        DROPPED = "dropped", _("Xã đã bỏ")
        UNDOING = "undoing", _("Đang hoàn tác")
        UNDONE = "undone", _("Đã hoàn tác")
        CLOSED = "closed", _("Tự đóng, quá hạn gửi")

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT)
    file = models.OneToOneField(ReceivedFile, on_delete=models.PROTECT, related_name="batch")
    workbook = models.ForeignKey(Workbook, null=True, blank=True, on_delete=models.SET_NULL)
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    clears = models.BooleanField(default=False)
    clear_reason = models.CharField(max_length=300, blank=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="uploads")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    message = models.CharField(max_length=300, blank=True)
    report = models.JSONField(default=dict, blank=True)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL)
    annotated_path = models.CharField(max_length=80, blank=True)
    annotated_job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    change_set = models.OneToOneField(ChangeSet, null=True, blank=True, on_delete=models.SET_NULL)

    objects = Uploads.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.file)


_UNSENT = Q(
    sent_at__isnull=True,
    state__in=[
        CorrectionBatch.State.READING,
        CorrectionBatch.State.UNREADABLE,
        CorrectionBatch.State.ASKING,
        CorrectionBatch.State.CHECKED,
        CorrectionBatch.State.DROPPED,
        CorrectionBatch.State.CLOSED,
    ],
)


class CorrectionRows(models.QuerySet["CorrectionRow"]):
    """Rows of uploaded workbooks."""

    def undecided(self) -> Self:
        """Would do something, and nobody has said yes or no to the row."""
        return self.filter(state=CorrectionRow.State.PROPOSED, is_approved=False, why="")

    def refused(self) -> Self:
        """Turned away, or about to be by a person's word."""
        state = CorrectionRow.State
        return self.filter(Q(state=state.REJECTED) | Q(state=state.PROPOSED) & ~Q(why=""))

    def without_bad_cell(self) -> Self:
        """No cell of the row was turned away: what is said of it is said of the whole row."""
        bad = RowProblem.objects.filter(
            file=OuterRef("batch__file"),
            sheet=OuterRef("sheet"),
            row=OuterRef("row"),
            level=RowProblem.Level.REJECTED,
        )
        return self.exclude(Exists(bad))


class CorrectionRow(models.Model):
    """What a row of an uploaded workbook would do, or why it does nothing.

    `rows in = applied + unchanged + rejected + ignored`: PROPOSED and CONFLICT are on their way to applied or
    rejected. `changes` tell the register's side: [model, record, field, old, new]; `cells` the form's side:
    [field, given out, in the register, in the workbook]. `picks` say for the cells of a conflict which side
    counts ("register" or "workbook") against which value of the register. `effect` marks what the row was
    shown to do: where it would do something else by now, it is left out. A PROPOSED row with a `why` was
    refused: the coded reason, with the `note` of who refused it.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Chờ áp dụng")
        CONFLICT = "conflict", _("Xung đột")
        APPLIED = "applied", _("Đã áp dụng")
        UNCHANGED = "unchanged", _("Không đổi")
        REJECTED = "rejected", _("Bị trả")
        IGNORED = "ignored", _("Bỏ qua")

    batch = models.ForeignKey(CorrectionBatch, on_delete=models.CASCADE, related_name="lines")
    sheet = models.CharField(max_length=60, blank=True)
    row = models.IntegerField()
    state = models.CharField(max_length=9, choices=State)
    why = models.CharField(max_length=40, blank=True, help_text="code of landdb.intake.problems")
    kinds = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    kind = models.CharField(max_length=24, blank=True, help_text="the strictest of its kinds")
    plot = models.BigIntegerField(null=True)
    land_user = models.BigIntegerField(null=True)
    group_before = models.SmallIntegerField(null=True)
    group_after = models.SmallIntegerField(null=True)
    is_backed = models.BooleanField(default=False, help_text="the registry or the map says the same")
    is_approved = models.BooleanField(default=False)
    cells = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    picks = models.JSONField(default=dict)
    effect = models.CharField(max_length=32, blank=True)
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    judged_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    objects = CorrectionRows.as_manager()

    class Meta:
        ordering = ["batch", "id"]
        indexes = [
            models.Index(fields=["batch", "state", "kind", "id"], name="correctionrow_shown"),
            models.Index(
                fields=["batch", "kind"], condition=Q(is_approved=True), name="correctionrow_approved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}: {self.state}"

    @property
    def is_refused(self) -> bool:
        return self.state == self.State.PROPOSED and bool(self.why)

    @property
    def seen(self) -> str:
        """The mark of what was last said of the row, which a word on it has to have seen."""
        return self.judged_at.isoformat() if self.judged_at else ""
