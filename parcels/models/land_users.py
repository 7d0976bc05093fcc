"""Land users, as the register spells them and as we read it."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from landdb.history import audited
from landdb.models import AdminUnit, ReceivedFile
from landdb.models.people import PersonKeys
from landdb.models.territory import InTerritory


class LandUserQuerySet(InTerritory["LandUser"]):
    def live(self) -> LandUserQuerySet:
        """Those that stand for themselves; what was merged into another takes part in nothing."""
        return self.filter(merged_into__isnull=True)


@audited()
class LandUser(PersonKeys):
    """A person, organisation or community that the register names.

    Every raw value stays as it came; the columns of PersonKeys are read out of them. "A và vợ là B" keeps B
    in `second_name`. `commune` is that of the permanent address, or the one that the file names beside it;
    empty where the written name is ambiguous. One that was found to be another's second entry is kept,
    `merged_into` the live one.
    """

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", _("Cá nhân")
        ORGANISATION = "organisation", _("Tổ chức")
        COMMUNITY = "community", _("Cộng đồng")

    source_key = models.CharField(max_length=60, blank=True)
    commune = models.ForeignKey(AdminUnit, null=True, blank=True, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INDIVIDUAL)
    second_name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(_("điện thoại"), max_length=20, blank=True)
    name_raw = models.CharField(max_length=400)
    birth_raw = models.CharField(max_length=60, blank=True)
    sex_raw = models.CharField(max_length=20, blank=True)
    id_number_raw = models.CharField(max_length=60, blank=True)
    address_raw = models.CharField(max_length=300, blank=True)
    commune_raw = models.CharField(max_length=120, blank=True)
    district_raw = models.CharField(max_length=120, blank=True)
    file = models.ForeignKey(ReceivedFile, null=True, blank=True, on_delete=models.PROTECT, db_index=False)

    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="merged"
    )

    objects = LandUserQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_key"], condition=~Q(source_key=""), name="landuser_source_key_once"
            )
        ]
        indexes = [
            models.Index(fields=["id_number"], condition=~Q(id_number=""), name="landuser_by_number"),
            models.Index(fields=["former_number"], condition=~Q(former_number=""), name="landuser_by_former"),
            models.Index(fields=["file"], condition=Q(file__isnull=False), name="landuser_of_file"),
            models.Index(fields=["name_fold", "birth_year", "commune"], name="landuser_namesakes"),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="landuser_merged"
            ),
            GinIndex(fields=["name_fold"], opclasses=["gin_trgm_ops"], name="landuser_search"),
        ]

    def __str__(self) -> str:
        return self.name
