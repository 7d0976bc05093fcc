"""What matching has learnt from the data at hand, and how sure an office wants to be."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from landdb.models import Job, RegistrationOffice, User


class MatchingFit(models.Model):
    """The weights of a version as a run has fitted them to the land users and the registry that it found.

    `weights` is a `matching.weights.Weights` as text, `curves` the `matching.bands.Curve` of every office.
    Nothing is changed afterwards: the newest is in force, and older ones tell what earlier runs went by.
    """

    version = models.CharField(max_length=20)
    made_at = models.DateTimeField(auto_now_add=True)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL)
    land_users = models.IntegerField()
    residents = models.IntegerField()
    places = models.IntegerField()
    weights = models.TextField()
    curves = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.version} ({self.made_at:%d/%m/%Y})"


class Frequency(models.Model):
    """How many residents share something: part of a name, a year, a commune, a village."""

    kind = models.CharField(max_length=20)
    key = models.BigIntegerField(help_text="the hash of kind and value, by which DuckDB finds it")
    residents = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="frequency_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.residents}"


class MatchingBand(models.Model):
    """How right the links must be that are accepted by themselves; of an office, or of all others (no
    office)."""

    office = models.OneToOneField(RegistrationOffice, null=True, blank=True, on_delete=models.CASCADE)
    target = models.FloatField(
        _("tỷ lệ đúng mong muốn"), validators=[MinValueValidator(0.9), MaxValueValidator(0.99999)]
    )
    set_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office"], nulls_distinct=False, name="matching_band_once")
        ]

    def __str__(self) -> str:
        return f"{self.office or ''} {self.target}"
