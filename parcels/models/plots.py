"""Plots and the lines of their use."""

from __future__ import annotations

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from landdb.history import audited
from landdb.models import AdminUnit, ReceivedFile
from landdb.models.box import BoxField
from landdb.models.territory import InTerritory

from .. import plot_numbers


class LandUseCode(models.Model):
    """A land-use purpose code with the sets it belongs to (TT 08/2024, TT 28/2014, older)."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True)
    land_group = models.CharField(max_length=20)
    is_leaf = models.BooleanField(default=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    successors = models.CharField(max_length=40, blank=True, help_text="codes of 2024, joined by |")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code}, {self.name}"


class OriginCode(models.Model):
    """How the right to use the land came about (nguồn gốc sử dụng đất)."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    is_transfer = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code}, {self.name}"


class PlotQuerySet(InTerritory["Plot"]):
    def live(self) -> PlotQuerySet:
        return self.filter(state=Plot.State.LIVE)


@audited(exclude=["geometry", "box"])
class Plot(models.Model):
    """A plot of land: commune, sheet and plot number of today's cadastral map.

    Numbers as printed on a certificate stand in the Holding. `geometry` is WKB in the system `srid`; `box` is
    its bounding box in the same metres; `lon`, `lat` its representative point in WGS 84 (degrees).
    Areas in m².
    """

    class State(models.TextChoices):
        LIVE = "live", _("Đang có")
        RETIRED = "retired", _("Đã huỷ số")

    class MapSource(models.TextChoices):
        UNKNOWN = "", _("Chưa rõ")
        CADASTRAL = "cadastral", _("Bản đồ địa chính")
        MAP_299 = "299", _("Bản đồ 299")
        MAP_1994 = "1994", _("Bản đồ 1994")

    class GeometryFault(models.TextChoices):
        NONE = "", _("Không lỗi")
        INVALID = "invalid", _("Hình không hợp lệ")
        OUTSIDE = "outside", _("Ngoài địa bàn tỉnh")
        NO_SYSTEM = "no_system", _("Không rõ hệ toạ độ")

    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False)
    sheet = models.IntegerField(_("tờ"), null=True, blank=True)
    number = models.IntegerField(_("thửa"), null=True, blank=True)
    source_key = models.CharField(max_length=40, blank=True)
    code = models.CharField(_("mã định danh thửa"), max_length=20, blank=True)
    legal_area = models.DecimalField(_("diện tích"), max_digits=14, decimal_places=2, null=True, blank=True)
    measured_area = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    address = models.CharField(_("địa chỉ thửa"), max_length=300, blank=True)
    geometry = models.BinaryField(null=True, blank=True)
    srid = models.IntegerField(null=True, blank=True)
    box = BoxField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    geometry_fault = models.CharField(max_length=10, choices=GeometryFault, blank=True)
    overlap_area = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    map_source = models.CharField(max_length=10, choices=MapSource, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.LIVE)
    version = models.SmallIntegerField(default=1)
    file = models.ForeignKey(ReceivedFile, null=True, blank=True, on_delete=models.PROTECT, db_index=False)

    objects = PlotQuerySet.as_manager()

    class Meta:
        indexes = [
            # the few that are gone, for the question which certificates still name one
            models.Index(fields=["id"], condition=Q(state="retired"), name="plot_retired"),
            models.Index(fields=["commune", "sheet", "number"], name="plot_by_number"),
            models.Index(fields=["code"], condition=~Q(code=""), name="plot_by_code"),
            models.Index(fields=["source_key"], condition=~Q(source_key=""), name="plot_by_source_key"),
            models.Index(fields=["file"], condition=Q(file__isnull=False), name="plot_of_file"),
            GistIndex(fields=["box"], name="plot_neighbours"),
        ]

    def __str__(self) -> str:
        return self.short_number

    @property
    def short_number(self) -> str:
        """ "5/12": sheet and plot."""
        return plot_numbers.short(self.sheet, self.number)

    @property
    def long_number(self) -> str:
        """ "Thửa 12, tờ 5"."""
        return plot_numbers.long(self.sheet, self.number)


@audited()
class LandUse(models.Model):
    """A line of use of a plot: purpose, area (m²), origin, form, term; as written and as read."""

    class Form(models.TextChoices):
        UNKNOWN = "", _("Chưa rõ")
        PRIVATE = "private", _("Riêng")
        COMMON = "common", _("Chung")

    plot = models.ForeignKey(Plot, on_delete=models.CASCADE, related_name="land_uses")
    commune = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, db_index=False)
    line = models.SmallIntegerField(default=1)
    purpose_raw = models.CharField(max_length=120, blank=True)
    purpose = models.CharField(_("mục đích"), max_length=3, blank=True)
    area = models.DecimalField(_("diện tích"), max_digits=14, decimal_places=2, null=True, blank=True)
    origin_raw = models.CharField(max_length=300, blank=True)
    origin = models.CharField(_("nguồn gốc"), max_length=12, blank=True)
    transfer_origin = models.CharField(max_length=12, blank=True)
    form = models.CharField(_("hình thức"), max_length=8, choices=Form, blank=True)
    term_raw = models.CharField(max_length=120, blank=True)
    term_kind = models.CharField(max_length=8, blank=True)
    term_until = models.DateField(null=True, blank=True)

    objects = InTerritory["LandUse"].as_manager()

    class Meta:
        ordering = ["plot", "line"]

    def __str__(self) -> str:
        return f"{self.purpose or self.purpose_raw} {self.area or ''}".strip()
