"""What others say of our plots: the ministry's own table of plan 2959, and counts of it beside our groups."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, ReceivedFile
from landdb.models.territory import InTerritory
from parcels.models import Plot

from .groups import Group


class OutsideOpinion(models.Model):
    """What MPLIS says of a plot in the classification table of plan 2959/KH-BNNMT-BCA (its columns 4 to 14).

    A question that the table leaves open is null, or empty. Written by imports alone, by difference.
    """

    class Says(models.IntegerChoices):
        """Their group; no group is an answer too: such plots wait to be collected."""

        UNSORTED = 0, _("MPLIS chưa phân loại")
        READY = 1, _("NHÓM 1")
        SUPPLEMENT = 2, _("NHÓM 2")

    class Population(models.TextChoices):
        UNSAID = "", _("không nói")
        MATCHED = "matched", _("khớp dân cư")
        DIFFERS = "differs", _("chưa khớp dân cư")
        NOT_FOUND = "not_found", _("không xác định được trong dân cư")

    plot = models.OneToOneField(
        Plot, primary_key=True, on_delete=models.CASCADE, related_name="opinion", db_constraint=False
    )
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    group = models.SmallIntegerField(choices=Says)
    has_book = models.BooleanField(null=True)
    is_in_step = models.BooleanField(null=True)
    is_attributes_only = models.BooleanField(default=False)
    population = models.CharField(max_length=9, choices=Population, blank=True)
    is_always_on = models.BooleanField(null=True)
    file = models.ForeignKey(ReceivedFile, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    since = models.DateTimeField(help_text="when MPLIS began to say this")

    objects = InTerritory["OutsideOpinion"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["commune", "group", "plot"], name="outsideopinion_list")]

    def __str__(self) -> str:
        return f"{self.plot_id}: {self.group}"


class TheirCause(models.TextChoices):
    """Why they keep a plot out of group 1: the marks that speak against it, in the order of their table."""

    NO_BOOK = "mplis:no_book", _("chưa xuất sổ địa chính điện tử")
    NOT_IN_STEP = "mplis:not_in_step", _("không đồng bộ ba khối thông tin")
    ATTRIBUTES_ONLY = "mplis:attributes_only", _("chỉ có thuộc tính, thiếu không gian")
    DIFFERS = "mplis:differs", _("chưa khớp với dân cư")
    NOT_FOUND = "mplis:not_found", _("không xác định được trong dân cư")
    NOT_ALWAYS_ON = "mplis:not_always_on", _("không vận hành 24/7")
    UNSAID = "mplis:unsaid", _("không nêu lý do")


#: The cause on our side that is no rule: a source has not been delivered.
UNJUDGED = "unjudged"

#: The plots of a cause, as a condition on opinions. None of them holds for UNSAID.
OF_CAUSE: dict[str, Q] = {
    TheirCause.NO_BOOK: Q(has_book=False),
    TheirCause.NOT_IN_STEP: Q(is_in_step=False),
    TheirCause.ATTRIBUTES_ONLY: Q(is_attributes_only=True),
    TheirCause.DIFFERS: Q(population=OutsideOpinion.Population.DIFFERS),
    TheirCause.NOT_FOUND: Q(population=OutsideOpinion.Population.NOT_FOUND),
    TheirCause.NOT_ALWAYS_ON: Q(is_always_on=False),
}


def causes_of(opinion: OutsideOpinion) -> list[TheirCause]:
    """The marks of an opinion that speak against group 1."""
    says = OutsideOpinion.Population
    holds = {
        TheirCause.NO_BOOK: opinion.has_book is False,
        TheirCause.NOT_IN_STEP: opinion.is_in_step is False,
        TheirCause.ATTRIBUTES_ONLY: opinion.is_attributes_only,
        TheirCause.DIFFERS: opinion.population == says.DIFFERS,
        TheirCause.NOT_FOUND: opinion.population == says.NOT_FOUND,
        TheirCause.NOT_ALWAYS_ON: opinion.is_always_on is False,
    }
    found = [cause for cause, is_so in holds.items() if is_so]
    return found or ([TheirCause.UNSAID] if opinion.group == OutsideOpinion.Says.SUPPLEMENT else [])


class OpinionCount(models.Model):
    """Classified plots of a commune by our group and theirs, and by cause (empty: all), kept by difference.

    A cause is one of TheirCause, an open rule of ours, or UNJUDGED; a plot has several.
    """

    commune = models.ForeignKey(AdminUnit, on_delete=models.CASCADE)
    ours = models.SmallIntegerField(choices=Group)
    theirs = models.SmallIntegerField(choices=OutsideOpinion.Says)
    cause = models.CharField(max_length=40, blank=True)
    plots = models.IntegerField(default=0)

    objects = InTerritory["OpinionCount"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commune", "ours", "theirs", "cause"], name="opinioncount_once"),
            models.CheckConstraint(condition=Q(plots__gte=0), name="opinioncount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.ours}/{self.theirs} {self.cause or '*'}: {self.plots}"
