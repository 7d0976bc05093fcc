"""Rules on what the map shows of a plot."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..models import Dimension, Effect, Finding
from . import outline_reasons
from .base import Facts, Rule, Source, Who
from .plot_facts import PlotFacts
from .tolerances import beyond


class MapOnly(Rule):
    """A plot drawn on the map of which the register says nothing at all."""

    id = "map_only"
    name = _("Chỉ có trên bản đồ, chưa có thuộc tính")
    dimension, effect = Dimension.SUFFICIENT, Effect.REBUILD
    subject = PlotFacts
    when = Q(has_attributes=False, is_drawn=True)
    is_for_bare_plots = True
    hides_others = True
    mend = _("Thu thập giấy chứng nhận và giấy tờ của người sử dụng đất, nhập theo Biểu mẫu 01")
    who = Who.COMMUNE
    basis = "515/KH-BCA-BNNMT"


class ObsoleteMap(Rule):
    """The plot comes from a 299 or 1994 map that nobody has converted."""

    id = "obsolete_map"
    name = _("Lập theo bản đồ 299 hoặc 1994, chưa chuyển đổi")
    dimension, effect = Dimension.ALIVE, Effect.REBUILD
    subject = PlotFacts
    when = Q(map_source__in=["299", "1994"])
    text = _("Thửa lập theo bản đồ {map_source}, chưa chuyển sang bản đồ địa chính")
    mend = _("Chuyển đổi sang bản đồ địa chính chính quy")
    who = Who.OFFICE
    basis = "515/KH-BCA-BNNMT"


class CoordinatesImpossible(Rule):
    """The geometry lies outside the province, or in no known coordinate system."""

    id = "coordinates_impossible"
    name = _("Toạ độ ngoài địa bàn hoặc không rõ hệ toạ độ")
    dimension, effect = Dimension.CORRECT, Effect.REBUILD
    subject = PlotFacts
    needs = ()
    when = Q(geometry_fault__in=["outside", "no_system"])
    is_for_bare_plots = True
    witness = ("measured_area",)
    mend = _("Xác định lại hệ toạ độ của tờ bản đồ")
    who = Who.OFFICE
    basis = "TT 09/2024/TT-BTNMT"


class GeometryMissing(Rule):
    """Attributes without a plot on the map."""

    id = "geometry_missing"
    name = _("Chưa có hình thể trên bản đồ")
    dimension = Dimension.SUFFICIENT
    subject = PlotFacts
    needs = (Source.REGISTER, Source.MAP)
    when = Q(is_drawn=False)
    mend = _("Bổ sung dữ liệu không gian của thửa")
    who = Who.OFFICE
    basis = "2959/KH-BNNMT-BCA"


class GeometryInvalid(Rule):
    """The outline crosses itself, is not closed or has no area."""

    id = "geometry_invalid"
    name = _("Hình thể không hợp lệ")
    dimension = Dimension.CORRECT
    subject = PlotFacts
    needs = (Source.MAP,)
    when = Q(geometry_fault="invalid")
    witness = ("measured_area",)
    mend = _("Sửa ranh giới thửa trên bản đồ")
    who = Who.OFFICE
    basis = "TT 09/2024/TT-BTNMT"

    def sentence(self, finding: Finding | None = None, facts: Facts | None = None) -> str:
        """Says what is wrong with the outline, and where, once it has been looked at."""
        said = super().sentence(finding, facts)
        reason = outline_reasons.words(facts.geometry_reason) if isinstance(facts, PlotFacts) else ""
        return f"{said}: {reason}" if reason else said


class PlotOverlaps(Rule):
    """The outline lies over other plots by more than the tolerance."""

    id = "plot_overlaps"
    name = _("Chồng lên thửa khác")
    dimension = Dimension.CORRECT
    subject = PlotFacts
    needs = (Source.MAP,)
    text = _("Chồng lên thửa khác {overlap_area} m²")
    tolerance, tolerance_unit = 0.5, "m²"
    mend = _("Kiểm tra ranh giới với thửa liền kề")
    who = Who.OFFICE
    basis = "TT 09/2024/TT-BTNMT"

    def condition(self, tolerance: float) -> Q:
        return Q(overlap_area__gt=tolerance)

    def sentence(self, finding: Finding | None = None, facts: Facts | None = None) -> str:
        """Names the other plots, the widest overlap first, where they are known."""
        said = super().sentence(finding, facts)
        if not isinstance(facts, PlotFacts) or not facts.overlapped:
            return said
        return gettext("%(said)s: tờ/thửa %(plots)s") % {"said": said, "plots": facts.overlapped}


class AreaDiffersFromMap(Rule):
    """The legal area and the area on the map differ by more than the tolerance and 2 m²."""

    id = "area_differs_from_map"
    name = _("Diện tích khác bản đồ")
    dimension = Dimension.CORRECT
    subject = PlotFacts
    needs = (Source.REGISTER, Source.MAP)
    text = _("Diện tích pháp lý {legal_area} m², trên bản đồ {measured_area} m²")
    tolerance, tolerance_unit = 5.0, "%"
    mend = _("Đối chiếu giấy chứng nhận với bản đồ, đo lại nếu cần")
    who = Who.OFFICE
    basis = "TT 26/2024/TT-BTNMT"

    def condition(self, tolerance: float) -> Q:
        return self.nearly(tolerance, 1)

    def nearly(self, tolerance: float, share: float) -> Q:
        return beyond("legal_area", "measured_area", at_least=2, percent=tolerance, share=share)
