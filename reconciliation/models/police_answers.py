"""What came back from the police: files, the answers in them, and what contradicts."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from landdb.models import Job, ReceivedFile, User
from landdb.models.people import Sex

from .changes import ChangeSet
from .police import PoliceWord, VerificationLine


class AnswerFileQuerySet(models.QuerySet["AnswerFile"]):
    def visible_to(self, user: User) -> AnswerFileQuerySet:
        """One's own, and those all of whose answers are about people of the user's territory."""
        within = user.commune_ids()
        if within is None:
            return self
        outside = PoliceAnswer.objects.filter(file=OuterRef("pk")).exclude(line__commune__in=within)
        theirs = Exists(PoliceAnswer.objects.filter(file=OuterRef("pk")))
        return self.filter(Q(uploaded_by=user) | (theirs & ~Exists(outside)))


class AnswerFile(models.Model):
    """A file with answers on its way: read, shown, applied by another person's word, taken back whole.

    One without an answer that can be used ends at once: nobody is asked to approve nothing.
    """

    class State(models.TextChoices):
        READING = "reading", _("Đang đọc")
        UNREADABLE = "unreadable", _("Không đọc được")
        EMPTY = "empty", _("Không có gì mới")
        WAITING = "waiting", _("Chờ duyệt")
        APPLYING = "applying", _("Đang áp dụng")
        APPLIED = "applied", _("Đã áp dụng")
        SENT_BACK = "sent_back", _("Trả lại")
        UNDO_ASKED = "undo_asked", _("Chờ đồng ý hoàn tác")
        UNDOING = "undoing", _("Đang hoàn tác")
        UNDONE = "undone", _("Đã hoàn tác")

    file = models.OneToOneField(ReceivedFile, on_delete=models.PROTECT, related_name="answers")
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    undo_asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    message = models.CharField(max_length=300, blank=True)
    change_set = models.OneToOneField(
        ChangeSet, null=True, blank=True, on_delete=models.PROTECT, related_name="answer_file"
    )
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = AnswerFileQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.file)


class PoliceAnswer(models.Model):
    """A row of an answer file that names a line. Values are as typed, but for the days.

    What becomes of it stands in `state`; `conflict` says what it contradicts.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Sẽ áp dụng")
        SAME = "same", _("Đã biết, không đổi")
        CONFLICT = "conflict", _("Mâu thuẫn, chờ xét")
        APPLIED = "applied", _("Đã áp dụng")
        KEPT_OUT = "kept_out", _("Đã xét, giữ như cũ")
        REPLACED = "replaced", _("Đã thay bằng trả lời khác")
        UNDONE = "undone", _("Đã hoàn tác")
        DROPPED = "dropped", _("Đã bỏ cùng tệp")

    class Conflict(models.TextChoices):
        NO = "", _("Không")
        EARLIER = "earlier", _("Trái với trả lời trước của công an")
        SAME_FILE = "same_file", _("Hai dòng của tệp trả lời trái nhau")
        DECISION = "decision", _("Trái với kết luận của cán bộ")
        OTHER_PERSON = "other_person", _("Số này trong dân cư là của người tên khác")
        WHO = "who", _("Làm cho người sử dụng đất thành người khác")
        GONE = "gone", _("Đang chờ người thứ hai xét một đề nghị sửa người này")

    file = models.ForeignKey(AnswerFile, on_delete=models.CASCADE, related_name="rows", db_index=False)
    row = models.IntegerField()
    line = models.ForeignKey(VerificationLine, on_delete=models.CASCADE, related_name="answers")
    word = models.CharField(max_length=12, choices=PoliceWord)
    name = models.CharField(max_length=400, blank=True)
    birth = models.CharField(max_length=60, blank=True)
    sex = models.CharField(max_length=1, choices=Sex, blank=True)
    id_number = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=300, blank=True)
    died_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    said_by = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    conflict = models.CharField(max_length=12, choices=Conflict, default=Conflict.NO, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["file", "row"]
        indexes = [
            models.Index(fields=["file", "state", "id"], name="policeanswer_portions"),
            models.Index(fields=["-id"], condition=Q(state="conflict"), name="policeanswer_conflicts"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}!{self.row}: {self.word}"
