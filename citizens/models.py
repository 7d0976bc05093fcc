"""What the population registry says."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from landdb.history import audited
from landdb.models import AdminUnit, ReceivedFile
from landdb.models.people import PersonKeys
from landdb.models.territory import InTerritory


class RegistryExtract(models.Model):
    """A registry file as received: the day of its data and what it may be used for."""

    file = models.OneToOneField(ReceivedFile, on_delete=models.PROTECT, related_name="extract")
    extracted_on = models.DateField(_("ngày trích xuất"), null=True, blank=True)
    purpose = models.CharField(_("mục đích"), max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.file)


@audited()
class Resident(PersonKeys):
    """A person of the population registry (CSDLQG về dân cư)."""

    class Status(models.TextChoices):
        ALIVE = "alive", _("Đang sống")
        DECEASED = "deceased", _("Đã mất")
        CANCELLED = "cancelled", _("Đã huỷ số")
        ABROAD = "abroad", _("Định cư nước ngoài")

    resident_key = models.CharField(max_length=40, unique=True)
    commune = models.ForeignKey(AdminUnit, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    commune_raw = models.CharField(max_length=120, blank=True)
    former_commune_raw = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ALIVE)
    died_on = models.DateField(null=True, blank=True)
    extract = models.ForeignKey(RegistryExtract, on_delete=models.PROTECT)

    objects = InTerritory["Resident"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["id_number"], condition=~Q(id_number=""), name="resident_by_number"),
            models.Index(fields=["former_number"], condition=~Q(former_number=""), name="resident_by_former"),
            models.Index(fields=["name_fold", "birth_year", "commune"], name="resident_by_name"),
            models.Index(fields=["commune", "birth_year"], name="resident_by_commune"),
        ]

    def __str__(self) -> str:
        return self.name
