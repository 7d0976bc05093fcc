"""Accepted matches drawn for a second, blind look; how big a share; and the figures of a week."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, User
from landdb.models.territory import InTerritory
from parcels.models import LandUser

from .matches import Match


class SecondLookQuerySet(InTerritory["SecondLook"]):
    def waiting(self) -> SecondLookQuerySet:
        return self.filter(state=SecondLook.State.WAITING)

    def disputed(self) -> SecondLookQuerySet:
        return self.filter(state=SecondLook.State.DISPUTED)

    def looked_at(self) -> SecondLookQuerySet:
        """Those on which a second person has said something."""
        return self.filter(second_word__gt="")


class SecondLook(models.Model):
    """One accepted match of a week, drawn for somebody else's look without the first word.

    `first_by` said "same"; empty where the engine accepted by itself. `stage` is the kind of case: how the
    match was found. `match_id` may outlive its match, which a later run may have dropped.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Chờ người thứ hai")
        AGREED = "agreed", _("Hai người cùng ý")
        DISPUTED = "disputed", _("Chờ soát xét chính")
        UPHELD = "upheld", _("Giữ kết luận đầu")
        OVERTURNED = "overturned", _("Đã bác kết luận đầu")
        VOID = "void", _("Không còn gì để xem lại")

    class Word(models.TextChoices):
        SAME = "same", _("Cùng người")
        DIFFERENT = "different", _("Khác người")
        UNSURE = "unsure", _("Chưa rõ")

    match_id = models.BigIntegerField()
    land_user = models.ForeignKey(LandUser, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    commune = models.ForeignKey(AdminUnit, null=True, on_delete=models.PROTECT, db_index=False)
    week = models.DateField(help_text=_("thứ hai của tuần"))
    stage = models.CharField(max_length=14, choices=Match.Stage)
    first_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="first_looks", db_index=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    drawn_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    second_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="second_looks", db_index=False
    )
    second_at = models.DateTimeField(null=True, blank=True)
    second_word = models.CharField(max_length=9, choices=Word, blank=True, default="")
    second_reason = models.CharField(max_length=300, blank=True)
    senior_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    senior_at = models.DateTimeField(null=True, blank=True)
    senior_word = models.CharField(max_length=9, choices=Word, blank=True, default="")
    senior_reason = models.CharField(max_length=300, blank=True)

    objects = SecondLookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["match_id", "week"], name="secondlook_once"),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True)
                | Q(first_by__isnull=True)
                | ~Q(second_by=models.F("first_by")),
                name="secondlook_by_another",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "id"], condition=Q(state__in=["waiting", "disputed"]), name="secondlook_open"
            ),
            models.Index(fields=["week", "stage"], name="secondlook_of_week"),
        ]

    def __str__(self) -> str:
        return f"{self.match_id} {self.week}"

    @property
    def is_by_engine(self) -> bool:
        return self.first_by_id is None


class SecondEyesShare(models.Model):
    """Which share of accepted matches is looked at twice, from when on, who set it; the last one holds."""

    people = models.FloatField(help_text=_("phần của kết luận do người"))
    engine = models.FloatField(help_text=_("phần của kết luận do máy"))
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=0, people__lte=1, engine__gte=0, engine__lte=1),
                name="secondeyesshare_is_a_share",
            )
        ]

    def __str__(self) -> str:
        return f"{self.people} {self.engine}"


class ReviewWeek(models.Model):
    """How many "same person" a commune had in a week, by how the match was found; pages add the rows up.

    `undone`: taken back by a person; `reopened`: open again since the evidence changed.
    """

    commune = models.ForeignKey(AdminUnit, null=True, on_delete=models.CASCADE, db_index=False)
    week = models.DateField(help_text=_("thứ hai của tuần"))
    stage = models.CharField(max_length=14, choices=Match.Stage)
    decided = models.IntegerField(default=0)
    undone = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)

    objects = InTerritory["ReviewWeek"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["week", "commune", "stage"], name="reviewweek_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.commune_id} {self.stage}"
