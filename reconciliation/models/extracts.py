"""Whom of the land users a registry extract bears on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from citizens.models import RegistryExtract, ResidentChange
from landdb.models import AdminUnit
from landdb.models.territory import InTerritory
from parcels.models import LandUser


class ExtractTouch(models.Model):
    """A land user on whom a change of an extract bears, as it stood when the extract came in.

    `standing` is what the changed resident was to the land user. A namesake is no candidate yet, but has the
    name or a number in common; `change` is empty where several such residents changed.
    """

    class Standing(models.TextChoices):
        ACCEPTED = "accepted", _("Kết luận cùng người")
        LINKED = "linked", _("Máy đã nối")
        PROPOSED = "proposed", _("Đang đề xuất")
        UNSURE = "unsure", _("Kết luận chưa rõ")
        REJECTED = "rejected", _("Kết luận khác người")
        NAMESAKE = "namesake", _("Trùng tên hoặc số")

    extract = models.ForeignKey(
        RegistryExtract, on_delete=models.CASCADE, db_index=False, related_name="touches"
    )
    change = models.ForeignKey(ResidentChange, null=True, on_delete=models.CASCADE, db_index=False)
    land_user = models.ForeignKey(LandUser, on_delete=models.CASCADE, db_index=False)
    commune = models.ForeignKey(AdminUnit, null=True, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=14, choices=ResidentChange.Kind)
    standing = models.CharField(max_length=8, choices=Standing)

    objects = InTerritory["ExtractTouch"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["extract", "land_user"], name="extracttouch_list"),
            models.Index(fields=["extract", "commune", "kind"], name="extracttouch_counts"),
            models.Index(fields=["land_user"], name="extracttouch_of_land_user"),
        ]

    def __str__(self) -> str:
        return f"{self.land_user_id}: {self.kind}"
