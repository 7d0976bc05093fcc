"""What waits for a person, and what a person did."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, Role, User
from landdb.models.territory import InTerritory
from parcels.models import LandUser

from .changes import ChangeSet
from .duplicates import Duplicate
from .handover_codes import AskedField, told
from .matches import Match, Verification
from .plot_facets import LONGEST, keeping
from .police import PoliceWord
from .work_counts import counting

#: The stage of who has no candidate, beside those of matches.
NO_CANDIDATE = "none"
STAGES = {**dict(Match.Stage.choices), NO_CANDIDATE: _("Không có ứng viên")}


class WorkItemQuerySet(InTerritory["WorkItem"]):
    def open(self) -> WorkItemQuerySet:
        return self.filter(state=WorkItem.State.OPEN)

    def at_desk(self) -> WorkItemQuerySet:
        """Open, and not handed on; what was put off until a day comes back on that day."""
        back = Q(waits_with=WorkItem.With.LATER, waits_until__lte=timezone.localdate())
        return self.open().filter(Q(waits_with=WorkItem.With.DESK) | back)


#: Kept in both orders of the list: what a filter passes over, hundreds before a place, is not looked up.
_OF_FACETS = ("commune", "outcome", "stage", "waits_with", "waits_until", "land_user", "assigned_to")


class WorkItem(models.Model):
    """One land user to judge, on whom `plots` live plots wait; `outcome` is what the registry says by now.

    `stage` tells how its best candidate was found: one whom a person accepted, else the likeliest of those
    who were not turned down. `plot_groups` are the groups in which its plots are ("23"), `plot_facets` the
    rules and dimensions that hold any of them back: of an open one alone, and a moment behind the judgement
    (`classification.plot_facets`).
    Who holds it on goes by `waits_with`; it stays so until somebody takes it back, whatever `state` it is in.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Chờ xét")
        DONE = "done", _("Đã xong")

    class With(models.TextChoices):
        DESK = "", _("Bàn xét duyệt")
        POLICE = "police", _("Công an")
        COMMUNE = "commune", _("Xã, phường")
        CITIZEN = "citizen", _("Chưa thu được")
        LATER = "later", _("Để sau")

    # As with matches: no foreign keys in the database, whose checks would take half as long as the rows.
    land_user = models.OneToOneField(
        LandUser, on_delete=models.CASCADE, related_name="work_item", db_constraint=False
    )
    commune = models.ForeignKey(
        AdminUnit, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    state = models.CharField(max_length=4, choices=State, default=State.OPEN)
    plots = models.IntegerField(default=0)
    outcome = models.CharField(max_length=14, choices=Verification.Outcome, default="", db_default="")
    stage = models.CharField(max_length=14, choices=STAGES, default=NO_CANDIDATE, db_default=NO_CANDIDATE)
    plot_groups = models.CharField(max_length=3, default="", db_default="", blank=True)
    plot_facets = ArrayField(models.CharField(max_length=LONGEST), default=list, db_default=[])
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    waits_with = models.CharField(max_length=7, choices=With, default=With.DESK, db_default="", blank=True)
    waits_why = models.CharField(max_length=20, default="", db_default="", blank=True)
    #: Which fields are to be looked at, in the order of `AskedField`.
    waits_fields = ArrayField(
        models.CharField(max_length=11, choices=AskedField), default=list, db_default=[], blank=True
    )
    waits_note = models.CharField(max_length=300, default="", db_default="", blank=True)
    waits_since = models.DateTimeField(null=True, blank=True)
    waits_until = models.DateField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="assigned_work", db_index=False
    )
    #: What the police have said of the land user; the verification goes by it where no match says more.
    police_word = models.CharField(max_length=12, choices=PoliceWord, default="", db_default="", blank=True)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        triggers = [*counting(), *keeping()]
        indexes = [
            models.Index(
                fields=["commune", "-plots", "id"], condition=Q(state="open"), name="workitem_queue"
            ),
            models.Index(
                fields=["-plots", "id"],
                include=_OF_FACETS,
                condition=Q(state="open"),
                name="workitem_impact",
            ),
            # a stage may be that of a few in a hundred thousand
            models.Index(fields=["stage", "-plots", "id"], condition=Q(state="open"), name="workitem_stage"),
            models.Index(
                fields=["opened_at", "id"], include=_OF_FACETS, condition=Q(state="open"), name="workitem_age"
            ),
            # the facets are counted from this one alone, where WorkCount does not know the filter
            models.Index(
                fields=["commune", "outcome", "stage", "waits_with", "waits_until", "plots"],
                # how long somebody waits, in no order: counted without a look at the items themselves
                include=["opened_at"],
                condition=Q(state="open"),
                name="workitem_facets",
            ),
            # a rule may be that of a few, too
            GinIndex(fields=["plot_facets"], condition=Q(state="open"), name="workitem_plot_facets"),
            models.Index(
                fields=["waits_with", "waits_until"], condition=~Q(waits_with=""), name="workitem_waits"
            ),
            models.Index(
                fields=["assigned_to", "-plots", "id"],
                condition=Q(assigned_to__isnull=False),
                name="workitem_assigned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.land_user_id} ({self.plots})"

    @property
    def is_handed_on(self) -> bool:
        """It waits with somebody else than the desk, and not only until a day that has come."""
        return is_with_others(self.waits_with, self.waits_until)

    @property
    def is_overdue(self) -> bool:
        """Others have it, and had until a day that is over."""
        return self.is_handed_on and self.waits_until is not None and self.waits_until < timezone.localdate()

    @property
    def waits_told(self) -> str:
        """Why somebody else has it, with the fields to look at; empty where no reason is kept."""
        return told(self.waits_why, self.waits_fields)


def is_with_others(waits_with: str, until: dt.date | None) -> bool:
    """Whether an item waits with somebody else than the desk; see `WorkItem.is_handed_on`."""
    if waits_with == WorkItem.With.LATER:
        return until is None or until > timezone.localdate()
    return waits_with != WorkItem.With.DESK


class Lease(models.Model):
    """Who has a record open on the desk, and until when; others read it and decide on the next one."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Người sử dụng đất")
        PLOT = "plot", _("Thửa đất")
        DUPLICATE = "duplicate", _("Bản ghi trùng")

    kind = models.CharField(max_length=9, choices=Kind)
    record_id = models.BigIntegerField()
    holder = models.ForeignKey(User, on_delete=models.CASCADE, related_name="leases")
    taken_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "record_id"], name="lease_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"


class TakenOver(models.Model):
    """A record that a supervisor took over from whoever had it open, until that person has been told.

    Not of the lease: it ends with the supervisor's word, mostly before the other opens a page again.
    """

    kind = models.CharField(max_length=9, choices=Lease.Kind)
    record_id = models.BigIntegerField()
    holder = models.ForeignKey(User, on_delete=models.CASCADE, related_name="leases_lost")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"


class Decision(models.Model):
    """What a person decided, with the reason; what it changed stands in its change set."""

    class Kind(models.TextChoices):
        SAME = "same", _("Cùng người")
        DIFFERENT = "different", _("Khác người")
        UNSURE = "unsure", _("Chưa rõ")
        NOT_IN_REGISTRY = "not_in_registry", _("Không có trong dân cư")
        WAIVE = "waive", _("Bỏ qua vướng mắc")
        END_WAIVER = "end_waiver", _("Thôi bỏ qua")
        CONFIRM_REBUILD = "confirm_rebuild", _("Xác nhận nhóm 3")
        APPLY_UPLOAD = "apply_upload", _("Áp dụng tệp")
        MERGE = "merge", _("Gộp bản ghi")
        APART = "apart", _("Khác người")
        SPLIT = "split", _("Tách số")
        DECEASED = "deceased", _("Đã mất")
        POLICE = "police", _("Chuyển công an")
        COMMUNE = "commune", _("Trả về xã")
        CITIZEN = "citizen", _("Chưa thu được giấy")
        LATER = "later", _("Để sau")
        BACK = "back", _("Lấy lại bàn xét duyệt")
        CORRECT = "correct", _("Sửa thông tin")
        PICK = "pick", _("Đưa vào ứng viên")

    kind = models.CharField(max_length=16, choices=Kind)
    change_set = models.OneToOneField(ChangeSet, on_delete=models.PROTECT, related_name="decision")
    land_user = models.ForeignKey(LandUser, null=True, blank=True, on_delete=models.SET_NULL)
    duplicate = models.ForeignKey(Duplicate, null=True, blank=True, on_delete=models.SET_NULL)
    commune = models.ForeignKey(AdminUnit, null=True, on_delete=models.PROTECT, db_index=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = InTerritory["Decision"].as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["by", "-id"], name="decision_last_ones"),
            # the figures of a week
            models.Index(fields=["kind", "at"], name="decision_of_week"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.land_user_id or ''}".strip()

    def is_undoable_by(self, user: User) -> bool:
        """Applied, not taken back yet; by who decided or a senior reviewer. Uploads go back as a whole."""
        is_theirs = self.by_id == user.pk or user.has_role(Role.SENIOR_REVIEWER)
        is_applied = self.change_set.state == ChangeSet.State.APPLIED
        return is_applied and user.may_review and is_theirs and self.kind != self.Kind.APPLY_UPLOAD
