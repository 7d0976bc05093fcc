"""A land user and a resident who may be the same person, and what follows for the land user."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from citizens.models import Resident
from landdb.history import audited
from landdb.models import AdminUnit, User
from landdb.models.territory import InTerritory
from parcels.models import LandUser

from .outcome_counts import counting
from .past_outcomes import keeping


class MatchQuerySet(InTerritory["Match"]):
    def best_first(self) -> MatchQuerySet:
        """The likeliest first, those that somebody has turned down last."""
        turned_down = Case(When(state=Match.State.REJECTED, then=1), default=0)
        return self.order_by(turned_down, "-probability", "resident_id")

    def best_stages(self, people: Collection[int]) -> dict[int, str]:
        """Land user → the stage at which its best candidate was found, of those who have one.

        Who was turned down is no candidate, and whom a person accepted is the best.
        """
        accepted_first = Case(When(state=Match.State.ACCEPTED, then=0), default=1)
        standing = self.filter(land_user__in=people).exclude(state=Match.State.REJECTED)
        ordered = standing.order_by("land_user", accepted_first, "-probability", "resident_id")
        return dict(ordered.distinct("land_user").values_list("land_user", "stage"))

    def spoken_of(self) -> MatchQuerySet:
        """A person's word stands on it, or did until its evidence changed, or a person put it up."""
        said = ~Q(state=Match.State.PROPOSED) | Q(decided_evidence__isnull=False)
        return self.filter(said | Q(picked_by__isnull=False))

    def awaiting_review(self) -> MatchQuerySet:
        return self.filter(state=Match.State.PROPOSED, outcome=Match.Outcome.REVIEW)

    def reopened(self) -> MatchQuerySet:
        return self.filter(state=Match.State.PROPOSED, decided_evidence__isnull=False)


@audited()
class Match(models.Model):
    """A land user × a resident: found at which stage, how strongly, decided by whom on which evidence.

    `score` is the unrounded posterior log-odds (natural logarithm) over all of the land user's candidates and
    "not in the registry"; `probability` the same as a share. `levels` and `weights` hold per ladder the step
    reached and what it weighs (`matching.evidence` spells them out). `decided_evidence` is the evidence that
    a person saw, spelt out: the decision re-opens when it changes. `picked_by` found the resident by hand:
    the pair stays a candidate whatever a run would find by itself.
    """

    class Stage(models.TextChoices):
        NUMBER = "number", _("Số định danh và tên")
        FORMER_NUMBER = "former_number", _("Số CMND và tên")
        NAME_BIRTH = "name_birth", _("Tên, ngày sinh, giới tính")
        NAME_VILLAGE = "name_village", _("Tên, năm sinh, thôn")
        SCORED = "scored", _("Tính điểm")

    class Outcome(models.TextChoices):
        ACCEPT = "accept", _("Nhận")
        REVIEW = "review", _("Cần xét")
        NONE = "none", _("Không")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Đề xuất")
        ACCEPTED = "accepted", _("Cùng người")
        REJECTED = "rejected", _("Khác người")
        UNSURE = "unsure", _("Chưa rõ")

    # No foreign keys in the database: they would cost a third of a first run, and only runs write here.
    land_user = models.ForeignKey(
        LandUser, on_delete=models.CASCADE, related_name="matches", db_constraint=False, db_index=False
    )
    # Nobody asks by the resident but who lays a new extract beside all matches, and reads them all.
    resident = models.ForeignKey(
        Resident, on_delete=models.CASCADE, related_name="matches", db_constraint=False, db_index=False
    )
    commune = models.ForeignKey(
        AdminUnit, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    stage = models.CharField(max_length=14, choices=Stage)
    score = models.FloatField()
    probability = models.FloatField()
    levels = models.CharField(
        max_length=16, blank=True, default="", help_text="one letter per ladder: how far the two agree"
    )
    weights = ArrayField(
        models.SmallIntegerField(),
        default=list,
        help_text="hundredths of a bit per ladder, then the start",
    )
    outcome = models.CharField(max_length=6, choices=Outcome)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    # Users are never deleted; that nobody is named here is not worth a look per row of a first run.
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_evidence = models.JSONField(null=True, blank=True)
    picked_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    objects = MatchQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["land_user", "resident"], name="match_once")]
        indexes = [
            models.Index(fields=["commune"], condition=~Q(state="proposed"), name="match_decided"),
            models.Index(
                fields=["decided_by"], condition=Q(decided_by__isnull=False), name="match_decided_by"
            ),
            # the worklist's facet, and whether a land user of it is open again
            models.Index(
                fields=["land_user"],
                condition=Q(state="proposed", decided_evidence__isnull=False),
                name="match_reopened",
            ),
            models.Index(fields=["land_user"], condition=Q(picked_by__isnull=False), name="match_picked"),
            # what is drawn for second eyes: the accepts of a week
            models.Index(fields=["decided_at"], condition=Q(state="accepted"), name="match_accepted_at"),
        ]

    def __str__(self) -> str:
        return f"{self.land_user_id} = {self.resident_id}? {self.probability:.3f}"

    @property
    def is_decided(self) -> bool:
        """A person's word (accept, reject, unsure) stands on this match."""
        return self.decided_by_id is not None

    @property
    def is_reopened(self) -> bool:
        """A person's word stood here until its evidence changed; `decided_evidence` is what they saw."""
        return self.state == self.State.PROPOSED and self.decided_evidence is not None


class Verification(models.Model):
    """What the registry says of a land user, derived from the matches: a row each."""

    class Outcome(models.TextChoices):
        MATCHED = "matched", _("Khớp")
        MISMATCH = "mismatch", _("Thấy nhưng khác thông tin")
        AMBIGUOUS = "ambiguous", _("Chưa rõ là ai")
        NOT_FOUND = "not_found", _("Không tìm thấy")
        DECEASED = "deceased", _("Đã mất")
        WITH_POLICE = "with_police", _("Chờ công an")
        UNVERIFIABLE = "unverifiable", _("Thiếu căn cứ để đối chiếu")
        NOT_APPLICABLE = "not_applicable", _("Không áp dụng")

    land_user = models.OneToOneField(
        LandUser, primary_key=True, on_delete=models.CASCADE, db_constraint=False
    )
    commune = models.ForeignKey(
        AdminUnit, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    outcome = models.CharField(max_length=14, choices=Outcome)
    resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False
    )
    probability = models.FloatField(null=True, blank=True)
    absent_probability = models.FloatField(null=True, blank=True)
    differs = models.CharField(max_length=40, blank=True, help_text="fields that differ, joined by commas")
    since = models.DateTimeField()

    objects = InTerritory["Verification"].as_manager()

    class Meta:
        triggers = [*counting(), *keeping()]
        # the list of land users by outcome
        indexes = [models.Index(fields=["commune", "outcome", "land_user"], name="verification_list")]

    def __str__(self) -> str:
        return f"{self.land_user_id}: {self.outcome}"
