"""The normalised columns that a land user and a resident share, so that the two can be compared."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Sex(models.TextChoices):
    MALE = "M", _("Nam")
    FEMALE = "F", _("Nữ")
    UNKNOWN = "", _("Chưa rõ")


class PersonKeys(models.Model):
    """What `landdb.normalise.people.person` reads out of a person's raw values.

    `name` is for people, `name_key` equal but for spelling habits, `name_fold` without diacritics. `birth_on`
    is empty where only the year is known; `id_number` holds 12 digits, or what else `id_kind` says.
    """

    name = models.CharField(_("họ và tên"), max_length=200)
    name_key = models.CharField(max_length=200)
    name_fold = models.CharField(max_length=200)
    birth_on = models.DateField(_("ngày sinh"), null=True, blank=True)
    birth_year = models.SmallIntegerField(_("năm sinh"), null=True, blank=True)
    sex = models.CharField(_("giới tính"), max_length=1, choices=Sex, blank=True)
    id_number = models.CharField(_("số định danh"), max_length=20, blank=True)
    id_kind = models.CharField(max_length=12, blank=True)
    former_number = models.CharField(_("số CMND"), max_length=12, blank=True)
    village = models.CharField(_("thôn, khu phố"), max_length=160, blank=True)
    village_fold = models.CharField(max_length=160, blank=True)
    former_commune = models.CharField(
        max_length=5,
        blank=True,
        help_text="code of the commune of before the merger, where the record says it",
    )
    warnings = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        abstract = True

    @property
    def birth_text(self) -> str:
        """The birth as far as it is known: dd/mm/yyyy, or the year."""
        if self.birth_on:
            return f"{self.birth_on:%d/%m/%Y}"
        return str(self.birth_year or "")
