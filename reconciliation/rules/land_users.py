"""Rules on what the register says of land users."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..models import Dimension, Effect
from .base import Rule, Source, Who
from .facts import LandUserFacts

PERSON = Q(kind="individual")
GARBLED = ["name.tcvn3", "name.vni", "name.mojibake", "name.lost"]


class IdNumberMissing(Rule):
    """Without a number, or a person known only by an old one for which no twelve-digit one is known."""

    id = "id_number_missing"
    name = _("Thiếu số định danh")
    dimension = Dimension.SUFFICIENT
    subject = LandUserFacts
    when = (~Q(kind="community") & Q(id_kind__in=["", "empty"])) | (
        PERSON & Q(id_kind="cmnd") & (Q(resident_number=None) | Q(resident_number=""))
    )
    mend = _("Thu căn cước công dân và ghi số định danh 12 số")
    who = Who.CITIZEN
    basis = "VBDLIS: maSoDinhDanh"


class IdNumberMalformed(Rule):
    """A number that no paper carries: wrong length, letters, several in a cell, no such province."""

    id = "id_number_malformed"
    name = _("Số định danh sai dạng")
    dimension = Dimension.CORRECT
    subject = LandUserFacts
    when = PERSON & (
        Q(id_kind__in=["malformed", "several"])
        | Q(warnings__overlap=["id_number.unknown_province", "id_number.future_birth"])
    )
    witness = ("id_number_raw",)
    mend = _("Đối chiếu với căn cước công dân")
    who = Who.COMMUNE
    basis = "TT 07/2016/TT-BCA"


class IdNumberContradicts(Rule):
    """The year, century or sex in the number is not that of the record."""

    id = "id_number_contradicts"
    name = _("Số định danh mâu thuẫn với năm sinh hoặc giới tính")
    dimension = Dimension.CORRECT
    subject = LandUserFacts
    text = _(
        "Theo số định danh: sinh {number_year}, giới tính {sex_in_number}; "
        "sổ ghi: sinh {birth_year}, giới tính {sex_said}"
    )
    when = PERSON & (
        (Q(birth_year__isnull=False, number_year__isnull=False) & ~Q(birth_year=F("number_year")))
        | (Q(sex__in=["M", "F"], number_sex__isnull=False) & ~Q(sex=F("number_sex")))
    )
    witness = ("id_number",)
    mend = _("Đối chiếu với căn cước công dân")
    who = Who.COMMUNE
    basis = "TT 07/2016/TT-BCA"


class IdNumberShared(Rule):
    """The same number stands with somebody of another name: often the head's number copied to the members."""

    id = "id_number_shared"
    name = _("Số định danh dùng cho nhiều người")
    dimension = Dimension.CLEAN
    subject = LandUserFacts
    when = PERSON & Q(number_is_shared=True)
    witness = ("id_number",)
    mend = _("Ghi đúng số của từng người, không chép số của chủ hộ")
    who = Who.COMMUNE
    basis = "Luật Căn cước 2023, Điều 12"


class IdNumberOutdated(Rule):
    """An old nine-digit number, though the registry knows the twelve-digit one."""

    id = "id_number_outdated"
    needs = (Source.REGISTER, Source.RESIDENTS)
    name = _("Còn ghi số CMND, dân cư đã có số định danh")
    dimension = Dimension.ALIVE
    subject = LandUserFacts
    when = PERSON & Q(id_kind="cmnd", resident_number__regex=r"^[0-9]{12}$")
    witness = ("id_number",)
    mend = _("Cập nhật số định danh từ kết quả đối chiếu")
    who = Who.OFFICE
    basis = "Luật Căn cước 2023, Điều 46"


class BirthMissing(Rule):
    """Neither a day nor a year of birth."""

    id = "birth_missing"
    name = _("Thiếu ngày, năm sinh")
    dimension = Dimension.SUFFICIENT
    subject = LandUserFacts
    when = PERSON & Q(birth_on=None, birth_year=None)
    mend = _("Ghi năm sinh theo giấy tờ tuỳ thân")
    who = Who.COMMUNE
    basis = "VBDLIS: ngaySinh, namSinh"


class SexMissing(Rule):
    """No sex of a person."""

    id = "sex_missing"
    name = _("Thiếu giới tính")
    dimension = Dimension.SUFFICIENT
    subject = LandUserFacts
    when = PERSON & Q(sex="")
    mend = _("Ghi giới tính theo giấy tờ tuỳ thân")
    who = Who.COMMUNE
    basis = "VBDLIS: gioiTinh"


class HolderAddressMissing(Rule):
    """No permanent address, or only filling signs."""

    id = "holder_address_missing"
    name = _("Thiếu địa chỉ thường trú")
    dimension = Dimension.SUFFICIENT
    subject = LandUserFacts
    when = Q(address_raw__iregex=r"^[\s.\-–_\\/0?*xX]*$")
    mend = _("Ghi địa chỉ thường trú theo đơn vị hành chính hai cấp")
    who = Who.COMMUNE
    basis = "VBDLIS: DIACHI"


class PhoneMissing(Rule):
    """No telephone number of a person: useful, not required."""

    id = "phone_missing"
    name = _("Chưa có số điện thoại")
    dimension, effect = Dimension.SUFFICIENT, Effect.NOTE
    subject = LandUserFacts
    when = PERSON & Q(phone="")
    mend = _("Hỏi khi tiếp xúc với người sử dụng đất")
    who = Who.CITIZEN
    basis = "515/KH-BCA-BNNMT"


class NameGarbled(Rule):
    """The name came in an old font or with lost letters; what we read out of it is a proposal."""

    id = "name_garbled"
    name = _("Tên bị lỗi phông chữ")
    dimension = Dimension.CORRECT
    subject = LandUserFacts
    text = _("Tên đọc được là “{name}”, cần xác nhận")
    when = Q(warnings__overlap=GARBLED) | (PERSON & Q(name__regex="[?\ufffd0-9]"))
    mend = _("Xác nhận hoặc gõ lại tên bằng Unicode")
    who = Who.OFFICE
    basis = "TCVN 6909:2001"


class HolderPlaceholder(Rule):
    """A name or number that only fills the cell: a filled cell is not a true one."""

    id = "placeholder_value"
    name = _("Tên hoặc số điền cho có")
    dimension = Dimension.CORRECT
    subject = LandUserFacts
    when = Q(warnings__overlap=["name.placeholder", "id_number.placeholder"]) | Q(id_kind="placeholder")
    witness = ("name", "id_number_raw")
    mend = _("Ghi giá trị thật theo giấy tờ")
    who = Who.COMMUNE
    basis = "515/KH-BCA-BNNMT"


class TaxCodeInvalid(Rule):
    """An organisation whose identifier is no tax code: ten digits with a check, or ten and three."""

    id = "tax_code_invalid"
    name = _("Mã số thuế của tổ chức không hợp lệ")
    dimension = Dimension.CORRECT
    subject = LandUserFacts
    when = Q(kind="organisation") & ~Q(id_kind__in=["", "empty", "tax", "placeholder"])
    witness = ("id_number_raw",)
    mend = _("Đối chiếu với đăng ký doanh nghiệp hoặc quyết định thành lập")
    who = Who.COMMUNE
    basis = "TT 86/2024/TT-BTC"
