"""What the population registry says."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from landdb.history import audited
from landdb.models import AdminUnit, ReceivedFile
from landdb.models.people import PersonKeys
from landdb.models.territory import InTerritory


class RegistryExtract(models.Model):
    """A registry file as received: the day of its data, what it may be used for, what it changed.

    A whole extract names everybody of its communes: who is not in it is marked absent. `changes` counts the
    changes by their kind; the first extract has nothing to be compared with and counts its residents only.
    """

    file = models.OneToOneField(ReceivedFile, on_delete=models.PROTECT, related_name="extract")
    extracted_on = models.DateField(_("ngày trích xuất"), null=True, blank=True)
    purpose = models.CharField(_("mục đích"), max_length=200, blank=True)
    is_whole = models.BooleanField(_("trích toàn bộ"), default=False)
    changes = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.file)

    @property
    def dated(self) -> date:
        """The day of its data; where nobody has told it, the day it was received."""
        return self.extracted_on or timezone.localdate(self.file.received_at)

    @property
    def dated_text(self) -> str:
        """`dated` in words, which say so where it is only the day of receipt."""
        if self.extracted_on:
            return gettext("ngày %(on)s") % {"on": f"{self.extracted_on:%d/%m/%Y}"}
        return gettext("nhận ngày %(on)s") % {"on": f"{self.dated:%d/%m/%Y}"}

    @property
    def changed(self) -> int:
        """All changes that it brought."""
        return sum(self.changes.values())


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
    #: The whole extract in which this person was missed first; empty while they are in the registry's files.
    absent_since = models.ForeignKey(
        RegistryExtract,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="missed",
        db_index=False,
    )

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


class ResidentChange(models.Model):
    """One thing that an extract says of a resident other than the registry said before, as people read it.

    `commune` is where the resident lives by this extract. Numbers stand in full and are masked where shown.
    """

    class Kind(models.TextChoices):
        NEW = "new", _("Người mới")
        DIED = "died", _("Đã mất")
        CANCELLED = "cancelled", _("Huỷ số")
        ABROAD = "abroad", _("Ra nước ngoài")
        RESTORED = "restored", _("Ghi lại là đang sống")
        NUMBER_ISSUED = "number_issued", _("Được cấp số")
        NUMBER = "number", _("Đổi số định danh")
        FORMER_NUMBER = "former_number", _("Đổi số CMND")
        NAME = "name", _("Đổi họ tên")
        BIRTH = "birth", _("Đổi ngày sinh")
        SEX = "sex", _("Đổi giới tính")
        MOVED = "moved", _("Chuyển nơi ở")
        ABSENT = "absent", _("Không còn trong bản trích")
        BACK = "back", _("Có lại trong bản trích")

    extract = models.ForeignKey(
        RegistryExtract, on_delete=models.CASCADE, db_index=False, related_name="resident_changes"
    )
    resident = models.ForeignKey(
        Resident, on_delete=models.CASCADE, db_index=False, related_name="registry_changes"
    )
    commune = models.ForeignKey(AdminUnit, null=True, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=14, choices=Kind)
    old = models.CharField(max_length=300, blank=True)
    new = models.CharField(max_length=300, blank=True)

    objects = InTerritory["ResidentChange"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident", "extract", "kind"], name="residentchange_once")
        ]
        indexes = [models.Index(fields=["extract", "commune", "kind"], name="residentchange_counts")]

    def __str__(self) -> str:
        return f"{self.resident_id}: {self.kind}"
