"""Land users that are held to be one person, numbers that stand with several, and what people said of it."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from landdb.history import audited
from landdb.models import User
from landdb.prepared import Slot
from parcels.models import LandUser


class DuplicateQuerySet(models.QuerySet["Duplicate"]):
    def open(self) -> DuplicateQuerySet:
        return self.filter(state=Duplicate.State.OPEN)

    def visible_to(self, user: User) -> DuplicateQuerySet:
        """Those with an entry kept, or a plot held, in the user's territory."""
        return self.within(user.commune_ids())

    def within(self, commune_ids: Any) -> DuplicateQuerySet:
        """As `InTerritory.within`."""
        if commune_ids is None:
            return self
        ids = commune_ids if isinstance(commune_ids, Slot) else list(commune_ids)
        return self.filter(communes__overlap=ids)

    def strongest_first(self) -> DuplicateQuerySet:
        return self.order_by("-strength", "-plots", "pk")


class Duplicate(models.Model):
    """Entries of the register to be seen side by side: one person, or several people under one number.

    Derived from land users and verifications, written by difference. `why` is the weakest link that holds the
    entries together, `strength` its rank; `communes` those that keep an entry or hold a plot of one. What
    became of one that a person decided stays on record; others go when nothing holds them together any more.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("Một người, nhiều bản ghi")
        NUMBER = "number", _("Một số, nhiều người")

    class Why(models.TextChoices):
        NUMBER = "number", _("Cùng số định danh và tên")
        RESIDENT = "resident", _("Cùng một người trong dân cư")
        BIRTH = "birth", _("Cùng tên, ngày sinh, xã")
        LIKELY = "likely", _("Có lẽ cùng một người trong dân cư")
        VILLAGE = "village", _("Cùng tên, năm sinh, thôn")
        NAMES = "names", _("Một số, khác tên")

    class State(models.TextChoices):
        OPEN = "open", _("Chờ xét")
        MERGED = "merged", _("Đã gộp")
        APART = "apart", _("Khác người")
        SPLIT = "split", _("Đã tách số")
        GONE = "gone", _("Không còn trùng")

    key = models.CharField(max_length=32, unique=True, help_text="digest of kind and members")
    kind = models.CharField(max_length=6, choices=Kind)
    why = models.CharField(max_length=8, choices=Why)
    strength = models.SmallIntegerField()
    members = ArrayField(models.BigIntegerField())
    communes = ArrayField(models.SmallIntegerField(), default=list)
    plots = models.IntegerField(default=0)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    since = models.DateTimeField()

    objects = DuplicateQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["kind", "-strength", "-plots", "id"],
                condition=Q(state="open"),
                name="duplicate_list",
            ),
            GinIndex(fields=["communes"], condition=Q(state="open"), name="duplicate_communes"),
            GinIndex(fields=["members"], name="duplicate_members"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.members}"

    @property
    def is_weak(self) -> bool:
        """Too little to go by for more than a look."""
        return self.why in (self.Why.LIKELY, self.Why.VILLAGE)


@audited()
class PairWord(models.Model):
    """A person's word on two entries: not the same person. It stands until something new speaks for them.

    `evidence` holds digests of what the two had in common when it was said.
    """

    class State(models.TextChoices):
        NONE = "none", _("Chưa có ý kiến")
        APART = "apart", _("Khác người")

    first = models.ForeignKey(LandUser, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(LandUser, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=5, choices=State, default=State.NONE)
    evidence = ArrayField(models.CharField(max_length=32), default=list)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pairword_once"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="pairword_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}: {self.state}"


class LaidBy(models.Model):
    """What was derived for a land user when it was merged into another, for an undo to bring back."""

    land_user = models.OneToOneField(LandUser, primary_key=True, on_delete=models.CASCADE)
    verification = models.JSONField(null=True)
    work_item = models.JSONField(null=True)

    def __str__(self) -> str:
        return str(self.land_user_id)
