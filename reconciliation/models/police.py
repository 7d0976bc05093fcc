"""Lists of people whom the police shall verify: frozen, handed out, answered line by line."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, Job, User
from landdb.models.people import Sex
from landdb.models.territory import InTerritory
from parcels.models import LandUser

from .changes import ChangeSet
from .matches import Verification


class PoliceWord(models.TextChoices):
    """What the police say of a person they were asked about."""

    CONFIRMED = "confirmed", _("Đúng")
    CORRECTED = "corrected", _("Sai, đã sửa")
    NO_SUCH = "no_such", _("Không có người này")
    DECEASED = "deceased", _("Đã mất")
    SEVERAL = "several", _("Có nhiều người")
    UNDETERMINED = "undetermined", _("Chưa xác định được")

    @classmethod
    def fullest(cls, words: Iterable[str]) -> str:
        """The word that says most of one person, '' where there is none: that they died, before that they are
        known as corrected or as asked, before that they are several or nobody."""
        return max(words, key=_SAYS_MOST.index, default="")

    @classmethod
    def disagree(cls, words: Iterable[str]) -> bool:
        """Can these not all be said of one person? One entry right and another one corrected can be."""
        said = {*words} - {"", cls.UNDETERMINED}
        return len(said) > 1 and said != {cls.CONFIRMED, cls.CORRECTED}


#: The least first.
_SAYS_MOST = (
    "",
    PoliceWord.UNDETERMINED,
    PoliceWord.NO_SUCH,
    PoliceWord.SEVERAL,
    PoliceWord.CONFIRMED,
    PoliceWord.CORRECTED,
    PoliceWord.DECEASED,
)


class PoliceUnit(models.Model):
    """A police unit that answers for some communes, where lists are not split by commune."""

    name = models.CharField(_("tên đơn vị"), max_length=120, unique=True)
    communes = models.ManyToManyField(AdminUnit, related_name="police_units", blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class VerificationBatchQuerySet(models.QuerySet["VerificationBatch"]):
    def visible_to(self, user: User) -> VerificationBatchQuerySet:
        """Batches with a line in the user's territory; of a province-wide user all."""
        within = user.commune_ids()
        if within is None:
            return self
        lines = VerificationLine.objects.filter(batch=OuterRef("pk"), commune__in=within)
        return self.filter(Exists(lines) | Q(by=user))


class VerificationBatch(models.Model):
    """Whom the police shall verify, from a filter, frozen: purpose, legal basis, due day, checksum.

    `outcomes` and `communes` (ids; none: the whole territory) are the filter; `report` counts what it found
    and what was left out, by reason. `checksum` is that of the whole list as CSV. Each person stands in it
    once, however many plots and register entries wait on the answer. `reissue_of` is the batch whose
    unanswered lines are asked again.
    """

    class State(models.TextChoices):
        FREEZING = "freezing", _("Đang chốt danh sách")
        SHOWN = "shown", _("Xem trước")
        ASKED = "asked", _("Chờ người thứ hai đồng ý")
        ISSUING = "issuing", _("Đang giao")
        ISSUED = "issued", _("Đã giao công an")
        REFUSED = "refused", _("Không được đồng ý")
        DROPPED = "dropped", _("Đã bỏ")
        BACK_ASKED = "back_asked", _("Chờ đồng ý thu hồi")
        WITHDRAWING = "withdrawing", _("Đang thu hồi")
        WITHDRAWN = "withdrawn", _("Đã thu hồi")

    class Split(models.TextChoices):
        WHOLE = "whole", _("Một danh sách")
        COMMUNE = "commune", _("Theo xã, phường")
        UNIT = "unit", _("Theo đơn vị công an")

    state = models.CharField(max_length=11, choices=State, default=State.FREEZING)
    split = models.CharField(_("chia"), max_length=7, choices=Split, default=Split.COMMUNE)
    purpose = models.CharField(_("mục đích"), max_length=300)
    legal_basis = models.CharField(_("căn cứ pháp lý"), max_length=300)
    due_on = models.DateField(_("trả lời trước ngày"))
    outcomes = ArrayField(models.CharField(max_length=14), default=list)
    communes = ArrayField(models.IntegerField(), default=list, blank=True)
    report = models.JSONField(default=dict, blank=True)
    checksum = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="verification_batches")
    at = models.DateTimeField(auto_now_add=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    back_asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reissue_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reissues"
    )
    change_set = models.OneToOneField(
        ChangeSet, null=True, blank=True, on_delete=models.PROTECT, related_name="verification_batch"
    )
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = VerificationBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that stands on the list and in letters about it."""
        return f"XM-{timezone.localtime(self.at).year}-{self.pk:04d}"

    @property
    def is_late(self) -> bool:
        """Handed out, and its day is over; lines may be unanswered."""
        return self.state in (self.State.ISSUED, self.State.BACK_ASKED) and self.due_on < timezone.localdate()


class VerificationLine(models.Model):
    """One person asked about, as the register spelt them when the batch was frozen.

    `key` is opaque, with a check character; it must come back. `reissued_as` is the line that asks again.
    `answer` is what the police say by now.
    """

    class State(models.TextChoices):
        FROZEN = "frozen", _("Chốt, chưa giao")
        WAITING = "waiting", _("Chờ trả lời")
        ANSWERED = "answered", _("Đã trả lời")
        REISSUED = "reissued", _("Đã hỏi lại ở danh sách khác")
        LEFT_OUT = "left_out", _("Không giao: đã đổi từ khi chốt")
        WITHDRAWN = "withdrawn", _("Đã thu hồi")

    batch = models.ForeignKey(
        VerificationBatch, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    number = models.IntegerField(help_text="its place in the batch, from 1")
    key = models.CharField(max_length=12, unique=True)
    state = models.CharField(max_length=9, choices=State, default=State.FROZEN)
    commune = models.ForeignKey(
        AdminUnit, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    unit = models.ForeignKey(
        PoliceUnit, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    name = models.CharField(max_length=400)
    birth = models.CharField(max_length=60, blank=True)
    sex = models.CharField(max_length=1, choices=Sex, blank=True)
    id_number = models.CharField(max_length=60, blank=True)
    former_number = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=14, choices=Verification.Outcome)
    reissued_as = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="asked_before", db_index=False
    )
    answer = models.ForeignKey(
        "PoliceAnswer", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    objects = InTerritory["VerificationLine"].as_manager()

    class Meta:
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="verificationline_once")]
        indexes = [
            # the statistics of a batch, and its unanswered lines
            models.Index(fields=["batch", "state", "commune"], name="verificationline_counts"),
            models.Index(
                fields=["reissued_as"],
                condition=Q(reissued_as__isnull=False),
                name="verificationline_before",
            ),
            models.Index(fields=["commune", "batch"], name="verificationline_where"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.number}"


class VerificationEntry(models.Model):
    """A register entry that a line asks about. Two entries that say the very same are asked about once."""

    line = models.ForeignKey(VerificationLine, on_delete=models.CASCADE, related_name="entries")
    # As with the work items: they are many, and none is ever taken away under them.
    land_user = models.ForeignKey(
        LandUser, on_delete=models.CASCADE, related_name="police_entries", db_constraint=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "land_user"], name="verificationentry_once")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.land_user_id}"


class VerificationPart(models.Model):
    """What one receiver of a batch gets: a workbook and the same as CSV, kept under their hash."""

    batch = models.ForeignKey(VerificationBatch, on_delete=models.CASCADE, related_name="parts")
    commune = models.ForeignKey(AdminUnit, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(PoliceUnit, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    lines = models.IntegerField()
    checksum = models.CharField(max_length=64)
    workbook = models.CharField(max_length=80)
    csv = models.CharField(max_length=80)

    objects = InTerritory["VerificationPart"].as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
