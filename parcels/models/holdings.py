"""Holdings: one row of Form 01 each; and what stands on the plot."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from landdb.history import audited
from landdb.models import AdminUnit, ReceivedFile
from landdb.models.territory import InTerritory

from .. import plot_numbers
from .certificates import Certificate
from .land_users import LandUser
from .plots import Plot


class HoldingQuerySet(InTerritory["Holding"]):
    def beside(self, land_user: Any) -> HoldingQuerySet:
        """Of others who stand on the same certificates as a land user, or as the one of a key."""
        own = Holding.objects.filter(land_user=land_user, certificate__isnull=False)
        certificates = own.values("certificate")
        return self.filter(certificate__in=certificates, land_user__isnull=False).exclude(land_user=land_user)


@audited()
class Holding(models.Model):
    """Certificate × plot × land user. A certificate may be missing; numbers printed on it stand here."""

    class LegalForm(models.TextChoices):
        UNKNOWN = "", _("Chưa rõ")
        INDIVIDUAL = "individual", _("Cá nhân")
        HOUSEHOLD = "household", _("Hộ gia đình")
        COUPLE = "couple", _("Vợ chồng")
        CO_USERS = "co_users", _("Đồng sử dụng")
        COMMUNITY = "community", _("Cộng đồng dân cư")
        ORGANISATION = "organisation", _("Tổ chức")

    class Role(models.TextChoices):
        UNKNOWN = "", _("Chưa rõ")
        HOLDER = "holder", _("Cá nhân")
        HEAD = "head", _("Chủ hộ")
        HUSBAND = "husband", _("Chồng")
        WIFE = "wife", _("Vợ")
        MEMBER = "member", _("Thành viên")
        REPRESENTATIVE = "representative", _("Người đại diện")

    plot = models.ForeignKey(Plot, on_delete=models.CASCADE, related_name="holdings")
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT)
    certificate = models.ForeignKey(
        Certificate, null=True, blank=True, on_delete=models.PROTECT, related_name="holdings"
    )
    land_user = models.ForeignKey(
        LandUser, null=True, blank=True, on_delete=models.PROTECT, related_name="holdings"
    )
    guid = models.CharField(max_length=40, blank=True)
    legal_form = models.CharField(_("pháp nhân"), max_length=12, choices=LegalForm, blank=True)
    role = models.CharField(_("vai trò"), max_length=14, choices=Role, blank=True)
    certificate_sheet = models.CharField(_("tờ ghi trên giấy"), max_length=20, blank=True)
    certificate_plot = models.CharField(_("thửa ghi trên giấy"), max_length=20, blank=True)
    current_user_name = models.CharField(_("người đang sử dụng"), max_length=200, blank=True)
    current_user_number = models.CharField(max_length=40, blank=True)
    current_user_address = models.CharField(max_length=300, blank=True)
    change_reason = models.CharField(_("lý do thay đổi"), max_length=200, blank=True)
    plot_class = models.CharField(_("phân loại"), max_length=40, blank=True)
    file = models.ForeignKey(ReceivedFile, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    row = models.IntegerField(null=True, blank=True)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["guid"], condition=~Q(guid=""), name="holding_by_guid"),
            models.Index(fields=["file"], condition=Q(file__isnull=False), name="holding_of_file"),
            # who searches by an old paper knows only the numbers printed on it
            models.Index(
                fields=["certificate_plot", "certificate_sheet"],
                condition=~Q(certificate_plot=""),
                name="holding_by_printed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plot_id} × {self.land_user_id or '–'} × {self.certificate_id or '–'}"

    @property
    def printed_number(self) -> str:
        """The numbers printed on the certificate as "5/12": sheet and plot."""
        return plot_numbers.short(self.certificate_sheet, self.certificate_plot)


@audited()
class Asset(models.Model):
    """A house, flat or works on a plot (items 40 to 48 of Form 01). Areas in m²."""

    plot = models.ForeignKey(Plot, on_delete=models.CASCADE, related_name="assets")
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=80, blank=True)
    estate = models.CharField(max_length=160, blank=True)
    building = models.CharField(max_length=160, blank=True)
    flat_number = models.CharField(max_length=40, blank=True)
    built_area = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    floor_area = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    ownership_form = models.CharField(max_length=80, blank=True)
    ownership_term = models.CharField(max_length=80, blank=True)
    grade = models.CharField(max_length=40, blank=True)

    objects = InTerritory["Asset"].as_manager()

    def __str__(self) -> str:
        return self.kind
