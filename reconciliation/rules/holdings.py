"""Rules on holdings: who holds a plot, in which form, and who uses it now."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..models import Dimension, Effect
from .base import Rule, Who
from .holding_facts import HoldingFacts
from .plot_facts import PlotFacts


class Unidentifiable(Rule):
    """No holder, no serial: the record cannot be tied to anybody."""

    id = "unidentifiable"
    name = _("Không rõ người sử dụng và giấy chứng nhận")
    dimension, effect = Dimension.SUFFICIENT, Effect.REBUILD
    subject = PlotFacts
    when = Q(holders=0, serials=0) & (Q(has_attributes=True) | Q(is_drawn=False))
    is_for_bare_plots = True
    mend = _("Tra hồ sơ gốc, xác định người sử dụng đất")
    who = Who.COMMUNE
    basis = "515/KH-BCA-BNNMT"


class HolderMissing(Rule):
    """A certificate without anybody who holds it."""

    id = "holder_missing"
    name = _("Thiếu người sử dụng đất")
    dimension = Dimension.SUFFICIENT
    subject = PlotFacts
    when = Q(holders=0, serials__gt=0)
    mend = _("Ghi người sử dụng đất theo giấy chứng nhận")
    who = Who.COMMUNE
    basis = "2959/KH-BNNMT-BCA"


class CurrentUserDiffers(Rule):
    """The form names somebody else as today's user: a transfer or an inheritance that nobody registered."""

    id = "current_user_differs"
    name = _("Người đang sử dụng khác người trên giấy")
    dimension = Dimension.ALIVE
    subject = HoldingFacts
    text = _("Đang sử dụng: {current_user_name}, trên giấy: {holder_name}. Lý do: {change_reason}")
    when = Q(user_differs=True)
    mend = _("Làm thủ tục đăng ký biến động cho người đang sử dụng")
    who = Who.CITIZEN
    basis = "Luật Đất đai 2024, Điều 133"


class SheetAmbiguous(Rule):
    """The sheet printed on the certificate leads to several of today's sheets; landdb does not guess."""

    id = "sheet_ambiguous"
    name = _("Tờ bản đồ cũ ứng với nhiều tờ mới")
    dimension = Dimension.ALIVE
    subject = HoldingFacts
    text = _("Tờ {certificate_sheet} trên giấy ứng với {sheet_targets} tờ hiện nay")
    when = Q(plot_is_unnumbered=True, sheet_targets__gt=1)
    mend = _("Chọn tờ đúng theo vị trí thửa")
    who = Who.OFFICE
    basis = "NQ 1658/NQ-UBTVQH15"


class LegalFormMissing(Rule):
    """The form does not say whether a person, a household, a couple or an organisation holds the plot."""

    id = "legal_form_missing"
    name = _("Thiếu pháp nhân trên giấy")
    dimension, effect = Dimension.SUFFICIENT, Effect.NOTE
    subject = HoldingFacts
    when = Q(legal_form="")
    mend = _("Ghi cá nhân, hộ gia đình, vợ chồng, đồng sử dụng, cộng đồng hoặc tổ chức")
    who = Who.COMMUNE
    basis = "515/KH-BCA-BNNMT, Biểu mẫu 01"


class SpouseMissing(Rule):
    """Held by a couple, but only one of the two is recorded."""

    id = "spouse_missing"
    name = _("Giấy của vợ chồng chỉ ghi một người")
    dimension, effect = Dimension.SUFFICIENT, Effect.NOTE
    subject = HoldingFacts
    when = Q(legal_form="couple", holders=1)
    mend = _("Bổ sung vợ hoặc chồng theo giấy chứng nhận")
    who = Who.COMMUNE
    basis = "515/KH-BCA-BNNMT, Biểu mẫu 01"


class HouseholdMembersMissing(Rule):
    """Held by a household of which only the head is recorded."""

    id = "members_missing"
    name = _("Hộ gia đình chưa ghi thành viên")
    dimension, effect = Dimension.SUFFICIENT, Effect.NOTE
    subject = HoldingFacts
    when = Q(legal_form="household", holders=1)
    mend = _("Bổ sung thành viên hộ có chung quyền sử dụng đất")
    who = Who.CITIZEN
    basis = "Luật Đất đai 2024, Điều 3"
