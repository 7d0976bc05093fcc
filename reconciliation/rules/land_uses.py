"""Rules on land use: purpose, origin, term, and how the lines add up."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..models import Dimension, Effect
from .base import Rule, Who
from .facts import LandUseFacts
from .plot_facts import PlotFacts
from .tolerances import beyond

#: The term that some tools write by themselves: fifty years after the Land Law 2024 came into force.
FILLED_TERM = dt.date(2074, 8, 1)


class LandUseMissing(Rule):
    """No line of use at all."""

    id = "land_use_missing"
    name = _("Thiếu mục đích sử dụng đất")
    dimension = Dimension.SUFFICIENT
    subject = PlotFacts
    when = Q(lines=0)
    mend = _("Ghi mục đích sử dụng theo giấy chứng nhận")
    who = Who.COMMUNE
    basis = "VBDLIS: mucDichSuDung"


class LandUseAreaDiffers(Rule):
    """The areas of the purposes do not add up to the plot's: beyond the tolerance and beyond 1 %."""

    id = "land_use_area_differs"
    name = _("Tổng diện tích các mục đích khác diện tích thửa")
    dimension = Dimension.CORRECT
    subject = PlotFacts
    text = _("Các mục đích cộng lại {lines_area} m², thửa {legal_area} m²")
    tolerance, tolerance_unit = 0.5, "m²"
    mend = _("Sửa diện tích từng mục đích theo giấy chứng nhận")
    who = Who.COMMUNE
    basis = "TT 09/2024/TT-BTNMT"

    def condition(self, tolerance: float) -> Q:
        return self.nearly(tolerance, 1)

    def nearly(self, tolerance: float, share: float) -> Q:
        apart = beyond("lines_area", "legal_area", at_least=tolerance, percent=1, share=share)
        return apart & Q(unsized_lines=0)


class LandUseCodeUnknown(Rule):
    """A purpose that stands in no table of codes, or could not be read."""

    id = "land_use_code_unknown"
    name = _("Mã mục đích sử dụng không có trong bảng mã")
    dimension = Dimension.CORRECT
    subject = LandUseFacts
    text = _("Mục đích “{purpose_raw}” không có trong bảng mã")
    when = Q(purpose_is_known=False)
    mend = _("Chọn mã mục đích theo TT 08/2024/TT-BTNMT")
    who = Who.COMMUNE
    basis = "TT 08/2024/TT-BTNMT"


class LandUseCodeOutdated(Rule):
    """A code whose period has ended: the circular of 2024 knows another."""

    id = "land_use_code_outdated"
    name = _("Mã mục đích sử dụng đã hết hiệu lực")
    dimension = Dimension.CORRECT
    subject = LandUseFacts
    text = _("Mã {purpose} hết hiệu lực ngày {purpose_ended_on}, nay là {successors}")
    when = Q(purpose_ended_on__lt=F("today"))
    mend = _("Chuyển sang mã của TT 08/2024/TT-BTNMT")
    who = Who.OFFICE
    basis = "TT 08/2024/TT-BTNMT"


class OriginMissing(Rule):
    """No origin of use, or one that could not be read."""

    id = "origin_missing"
    name = _("Thiếu nguồn gốc sử dụng đất")
    dimension = Dimension.SUFFICIENT
    subject = LandUseFacts
    when = Q(origin="")
    mend = _("Ghi nguồn gốc sử dụng theo giấy chứng nhận")
    who = Who.COMMUNE
    basis = "VBDLIS: nguonGocSuDung"


class TermMissing(Rule):
    """No term of use, or one that could not be read."""

    id = "term_missing"
    name = _("Thiếu thời hạn sử dụng đất")
    dimension = Dimension.SUFFICIENT
    subject = LandUseFacts
    when = Q(term_kind__in=["", "unknown"])
    mend = _("Ghi thời hạn: lâu dài, hoặc đến ngày")
    who = Who.COMMUNE
    basis = "VBDLIS: thoiHanSuDung"


class TermFilled(Rule):
    """The term ends on 2074-08-01, the day that some tools write where nothing is known."""

    id = "term_placeholder"
    name = _("Thời hạn 01/8/2074 có thể do máy tự điền")
    dimension, effect = Dimension.CORRECT, Effect.NOTE
    subject = LandUseFacts
    when = Q(term_until=FILLED_TERM)
    mend = _("Đối chiếu thời hạn với giấy chứng nhận")
    who = Who.COMMUNE
    basis = "VBDLIS: thoiHanSuDung"


class TermEnded(Rule):
    """The term of use is over. Households that farm go on by law, so this is a note."""

    id = "term_ended"
    name = _("Đã hết thời hạn sử dụng đất")
    dimension, effect = Dimension.ALIVE, Effect.NOTE
    subject = LandUseFacts
    text = _("Thời hạn sử dụng đến {term_until} đã qua")
    when = Q(term_until__lt=F("today"))
    mend = _("Xác nhận tiếp tục sử dụng hoặc gia hạn")
    who = Who.CITIZEN
    basis = "Luật Đất đai 2024, Điều 172"
