"""Rules on what the population registry says of a land user. They need a registry extract of the commune."""

from __future__ import annotations

import datetime as dt

from django.db.models import DateTimeField, ExpressionWrapper, F, Q, Value
from django.utils.translation import gettext_lazy as _

from ..models import Dimension
from .base import Rule, Source, Who
from .facts import LandUserFacts
from .land_users import PERSON

_REGISTRY = (Source.RESIDENTS,)
#: What a land user is looked for by.
_PERSON = ("name", "birth_on", "birth_year", "id_number")


class HolderNotFound(Rule):
    """Nobody in the registry is likely to be this land user."""

    id = "holder_not_found"
    name = _("Không tìm thấy trong dân cư")
    dimension = Dimension.CLEAN
    subject = LandUserFacts
    needs = _REGISTRY
    when = Q(outcome="not_found")
    witness = _PERSON
    mend = _("Chuyển danh sách cho công an xác minh")
    who = Who.POLICE
    basis = "515/KH-BCA-BNNMT"


class HolderAmbiguous(Rule):
    """Several residents may be this land user."""

    id = "holder_ambiguous"
    name = _("Chưa rõ là ai trong dân cư")
    dimension = Dimension.CLEAN
    subject = LandUserFacts
    needs = _REGISTRY
    when = Q(outcome="ambiguous")
    witness = _PERSON
    mend = _("Kết luận trên trang đối chiếu")
    who = Who.OFFICE
    basis = "515/KH-BCA-BNNMT"


class HolderDiffers(Rule):
    """Found in the registry, but name, birth, sex or number differ."""

    id = "holder_differs"
    name = _("Thông tin khác dân cư")
    dimension = Dimension.CLEAN
    subject = LandUserFacts
    needs = _REGISTRY
    when = Q(outcome="mismatch")
    witness = (*_PERSON, "differs", "resident_number")
    mend = _("Sửa theo dân cư, hoặc đính chính nếu giấy chứng nhận sai")
    who = Who.OFFICE
    basis = "515/KH-BCA-BNNMT"


class HolderUnverified(Rule):
    """Not compared with the registry yet, too little to go by, or waiting for the police."""

    id = "holder_unverified"
    name = _("Chưa xác thực với dân cư")
    dimension = Dimension.CLEAN
    subject = LandUserFacts
    needs = _REGISTRY
    when = Q(outcome__in=["unverifiable", "with_police"]) | (PERSON & Q(outcome=None))
    witness = _PERSON
    mend = _("Bổ sung số định danh hoặc ngày sinh rồi đối chiếu lại")
    who = Who.CITIZEN
    basis = "515/KH-BCA-BNNMT"


class HolderDuplicated(Rule):
    """Two land users of the register are one resident: recorded twice, to be looked at and joined."""

    id = "holder_duplicated"
    name = _("Một người ghi thành nhiều người sử dụng đất")
    dimension = Dimension.CLEAN
    subject = LandUserFacts
    needs = _REGISTRY
    when = PERSON & Q(person_is_doubled=True)
    witness = ("resident_number",)
    mend = _("Xem hai bản ghi cạnh nhau, gộp nếu cùng người")
    who = Who.OFFICE
    basis = "515/KH-BCA-BNNMT"


class HolderDeceased(Rule):
    """The registry says that the land user has died."""

    id = "holder_deceased"
    name = _("Người sử dụng đất đã mất")
    dimension = Dimension.ALIVE
    subject = LandUserFacts
    needs = _REGISTRY
    text = _("Dân cư ghi đã mất ngày {died_on}")
    when = Q(outcome="deceased")
    witness = ("resident_number",)
    mend = _("Hướng dẫn gia đình làm thủ tục thừa kế")
    who = Who.CITIZEN
    basis = "Luật Đất đai 2024, Điều 133"


class HolderStruckOff(Rule):
    """The registry has cancelled the resident's number or notes that the resident lives abroad."""

    id = "holder_struck_off"
    name = _("Số định danh đã huỷ hoặc đã định cư nước ngoài")
    dimension = Dimension.ALIVE
    subject = LandUserFacts
    needs = _REGISTRY
    when = Q(resident_status__in=["cancelled", "abroad"])
    witness = ("resident_number",)
    mend = _("Xác minh tình trạng cư trú với công an")
    who = Who.POLICE
    basis = "Luật Căn cước 2023"


class EvidenceStale(Rule):
    """The registry extract behind the verification is older than the tolerance."""

    id = "evidence_stale"
    name = _("Kết quả xác thực đã cũ")
    dimension = Dimension.ALIVE
    subject = LandUserFacts
    needs = _REGISTRY
    text = _("Trích xuất dân cư đã {evidence_days} ngày")
    tolerance, tolerance_unit = 365.0, _("ngày")
    witness = ("resident_number",)
    mend = _("Nhập trích xuất dân cư mới rồi đối chiếu lại")
    who = Who.POLICE
    basis = "NĐ 278/2025/NĐ-CP"

    def condition(self, tolerance: float) -> Q:
        oldest = F("today") - Value(dt.timedelta(days=tolerance))
        return Q(evidence_on__lt=ExpressionWrapper(oldest, output_field=DateTimeField()))

    def nearly(self, tolerance: float, share: float) -> Q | None:
        """Days pass by themselves: the calendar tells when it is near, not a share of the tolerance."""
        return None
