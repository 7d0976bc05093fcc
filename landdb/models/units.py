"""Communes, what they were before the merger, and the registration offices that serve them."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RegistrationOffice(models.Model):
    """A land registration office (văn phòng đăng ký đất đai)."""

    code = models.CharField(_("mã"), max_length=8, unique=True)
    name = models.CharField(_("tên"), max_length=120)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class AdminUnitQuerySet(models.QuerySet["AdminUnit"]):
    def in_force(self, on: dt.date | None = None) -> AdminUnitQuerySet:
        """Communes in force on a day (today unless told)."""
        day = on or dt.date.today()
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )

    def former(self) -> AdminUnitQuerySet:
        """Units that were merged into one of today's communes."""
        return self.filter(successor__isnull=False)


class AdminUnit(models.Model):
    """A commune-level unit (xã, phường, thị trấn) between two dates.

    A five-digit code was given again to another unit after the merger of 2025-07-01, so a unit is found by
    code and date, or by code and name; never by its code alone.
    """

    class Kind(models.TextChoices):
        WARD = "ward", _("Phường")
        COMMUNE = "commune", _("Xã")
        TOWN = "town", _("Thị trấn")

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(_("mã ĐVHC"), max_length=5)
    name = models.CharField(_("tên"), max_length=80)
    short_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind)
    district = models.CharField(_("huyện cũ"), max_length=80, blank=True)
    province = models.CharField(max_length=80)
    province_code = models.CharField(max_length=2)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    office = models.ForeignKey(
        RegistrationOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="communes"
    )
    sort_key = models.CharField(max_length=160, db_collation="C")
    map_lon = models.FloatField(null=True, blank=True)
    map_lat = models.FloatField(null=True, blank=True)
    population = models.IntegerField(null=True, blank=True)
    area_km2 = models.FloatField(null=True, blank=True)

    objects = AdminUnitQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(
                "code", "name", "district", "valid_from", name="adminunit_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tight_name(self) -> str:
        """The name with its kind shortened, for tight tables: "P. Kinh Bắc"."""
        prefix = {"ward": "P.", "commune": "X.", "town": "TT."}[self.kind]
        return f"{prefix} {self.short_name}"


class AdminUnitName(models.Model):
    """A name that a unit carried between two dates: twelve communes became wards on 2026-09-20."""

    unit = models.ForeignKey(AdminUnit, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=AdminUnit.Kind)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="adminunitname_once")]

    def __str__(self) -> str:
        return self.name
