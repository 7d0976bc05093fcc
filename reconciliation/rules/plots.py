"""Rules on plots: where they lie and what they are called."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..models import Dimension, Effect
from . import geohash
from .base import Rule, Source, Who
from .plot_facts import PlotFacts


class Unlocatable(Rule):
    """Neither sheet and plot number, on the map or in print, nor a geometry: nobody knows where it lies."""

    id = "unlocatable"
    version = 2
    name = _("Không xác định được vị trí")
    dimension, effect = Dimension.SUFFICIENT, Effect.REBUILD
    subject = PlotFacts
    when = (Q(sheet=None) | Q(number=None)) & Q(is_drawn=False, has_printed_numbers=False)
    is_for_bare_plots = True
    mend = _("Tìm thửa trên bản đồ địa chính hoặc đo đạc lại")
    who = Who.OFFICE
    basis = "515/KH-BCA-BNNMT"


class PlotNumberMissing(Rule):
    """Drawn, or numbered on the certificate, but without sheet or plot number of today's map."""

    id = "plot_number_missing"
    version = 2
    name = _("Thiếu số tờ hoặc số thửa")
    dimension = Dimension.SUFFICIENT
    subject = PlotFacts
    when = (Q(sheet=None) | Q(number=None)) & (Q(is_drawn=True) | Q(has_printed_numbers=True))
    mend = _("Ghi số tờ, số thửa theo bản đồ địa chính hiện nay")
    who = Who.OFFICE
    basis = "TT 09/2024/TT-BTNMT"


class PlotDuplicated(Rule):
    """Another live plot of the commune has the same sheet and plot number."""

    id = "plot_duplicated"
    name = _("Trùng số tờ, số thửa")
    dimension = Dimension.CLEAN
    subject = PlotFacts
    text = _("Trong xã còn thửa khác cùng số {number}, tờ {sheet}")
    when = Q(number_is_shared=True)
    mend = _("Xác định thửa đúng, huỷ số thửa trùng")
    who = Who.OFFICE
    basis = "TT 09/2024/TT-BTNMT"


class PlotAddressMissing(Rule):
    """No address of the plot, or only filling signs."""

    id = "plot_address_missing"
    name = _("Thiếu địa chỉ thửa đất")
    dimension = Dimension.SUFFICIENT
    subject = PlotFacts
    when = Q(address__iregex=r"^[\s.\-–_\\/0?*xX]*$")
    mend = _("Ghi địa chỉ thửa theo đơn vị hành chính hai cấp")
    who = Who.COMMUNE
    basis = "VBDLIS: diaChi"


class AreaMissing(Rule):
    """No legal area of the plot, or none of one of its lines of use."""

    id = "area_missing"
    name = _("Thiếu diện tích")
    dimension = Dimension.SUFFICIENT
    subject = PlotFacts
    when = Q(legal_area=None) | Q(legal_area__lte=0) | Q(unsized_lines__gt=0)
    mend = _("Ghi diện tích theo giấy chứng nhận")
    who = Who.COMMUNE
    basis = "VBDLIS: dienTich"


class PlotCodeMissing(Rule):
    """No identification code of the plot."""

    id = "plot_code_missing"
    name = _("Thiếu mã định danh thửa đất")
    dimension = Dimension.SUFFICIENT
    subject = PlotFacts
    when = Q(code="")
    mend = _("Cấp mã định danh thửa từ dữ liệu không gian")
    who = Who.OFFICE
    basis = "TT 09/2024/TT-BTNMT"


class PlotCodeWrong(Rule):
    """A code of the wrong length or alphabet, or whose point lies outside the plot beyond the tolerance.

    It never compares the code with one of our own computing: two right programs may differ by metres.
    """

    id = "plot_code_wrong"
    name = _("Mã định danh thửa đất sai")
    dimension = Dimension.CORRECT
    subject = PlotFacts
    text = _("Mã định danh {code} sai dạng hoặc chỉ đến nơi ngoài thửa")
    tolerance, tolerance_unit = 5.0, "m"
    mend = _("Kiểm tra mã với hình thể thửa")
    who = Who.OFFICE
    basis = "TT 09/2024/TT-BTNMT"

    def condition(self, tolerance: float) -> Q:
        malformed = ~Q(code="") & ~Q(code__regex=geohash.PATTERN)
        return malformed | Q(code_distance__gt=F("reach") + tolerance)


class PlotCodeShared(Rule):
    """Another live plot carries the same code."""

    id = "plot_code_shared"
    name = _("Trùng mã định danh thửa đất")
    dimension = Dimension.CLEAN
    subject = PlotFacts
    text = _("Mã {code} còn gắn với thửa khác")
    when = Q(code_is_shared=True)
    mend = _("Xác định thửa đúng của mã, tìm hình vẽ trùng")
    who = Who.OFFICE
    basis = "TT 09/2024/TT-BTNMT"


class UnitObsolete(Rule):
    """The plot still stands in a commune or on a sheet of before the merger of 2025-07-01."""

    id = "unit_obsolete"
    name = _("Đơn vị hoặc tờ bản đồ trước sắp xếp")
    dimension = Dimension.ALIVE
    subject = PlotFacts
    when = Q(unit_is_succeeded=True) | Q(unit_ends_on__lt=F("today")) | Q(sheet_is_old=True)
    witness = ("sheet",)
    mend = _("Chuyển theo bảng tham chiếu trước và sau sắp xếp (Bảng số 01)")
    who = Who.OFFICE
    basis = "NQ 1658/NQ-UBTVQH15"


class RegistrationPending(Rule):
    """A change has been handed in and is not yet registered."""

    id = "registration_pending"
    name = _("Biến động đang giải quyết")
    dimension = Dimension.ALIVE
    subject = PlotFacts
    needs = (Source.REGISTRATIONS,)
    when = Q(has_pending_registration=True)
    mend = _("Chờ hoặc hoàn tất thủ tục đăng ký biến động")
    who = Who.OFFICE
    basis = "Luật Đất đai 2024, Điều 133"
