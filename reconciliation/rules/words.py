"""The facts that rules look at, in words for a page: what each is called and how its value is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from citizens.models import Resident
from landdb.models.people import Sex
from landdb.normalise import id_numbers
from parcels.models import Holding, LandUser, Plot

from ..models import Verification
from .base import Facts, Words, shown
from .book import Ruling
from .frozen import looked_at

FACTS: dict[str, Words] = {
    "address": _("địa chỉ thửa"),
    "address_raw": _("địa chỉ thường trú"),
    "birth_on": _("ngày sinh trong sổ"),
    "birth_year": _("năm sinh trong sổ"),
    "book_number": _("số vào sổ đọc được"),
    "book_number_raw": _("số vào sổ như ghi"),
    "certificates": _("số dòng có giấy chứng nhận"),
    "code": _("mã định danh thửa"),
    "code_distance": _("mã chỉ cách điểm giữa thửa (m)"),
    "code_is_shared": _("mã còn ở thửa khác"),
    "evidence_on": _("ngày trích xuất dân cư"),
    "form": _("mẫu số phát hành (chữ + số)"),
    "geometry_fault": _("lỗi hình thể"),
    "has_attributes": _("có thông tin ngoài bản đồ"),
    "has_pending_registration": _("có biến động đang giải quyết"),
    "has_printed_numbers": _("giấy có in số tờ, số thửa"),
    "holders": _("số người sử dụng đất"),
    "id_kind": _("loại số giấy tờ"),
    "is_drawn": _("có trên bản đồ"),
    "is_on_retired_plot": _("giấy gắn với thửa đã huỷ số"),
    "issued_on": _("ngày cấp đọc được"),
    "issued_raw": _("ngày cấp như ghi"),
    "kind": _("loại người sử dụng đất"),
    "legal_area": _("diện tích trên giấy (m²)"),
    "legal_form": _("pháp nhân trên giấy"),
    "lines": _("số dòng mục đích"),
    "lines_area": _("các mục đích cộng lại (m²)"),
    "linked": _("bản quét đã liên kết"),
    "map_source": _("nguồn bản đồ"),
    "measured_area": _("diện tích trên bản đồ (m²)"),
    "name": _("tên trong sổ"),
    "number": _("số thửa"),
    "number_is_shared": _("số này còn ở nơi khác"),
    "number_sex": _("giới tính theo số định danh"),
    "number_year": _("năm sinh theo số định danh"),
    "origin": _("mã nguồn gốc"),
    "outcome": _("kết quả đối chiếu dân cư"),
    "overlap_area": _("phần chồng lên thửa khác (m²)"),
    "person_is_doubled": _("người khác cùng một người dân cư"),
    "phone": _("số điện thoại"),
    "plot_is_unnumbered": _("thửa thiếu số tờ hoặc số thửa"),
    "purpose_ended_on": _("mã mục đích hết hiệu lực ngày"),
    "purpose_is_known": _("mã mục đích có trong bảng mã"),
    "reach": _("đường chéo khung thửa (m)"),
    "resident_number": _("số trong dân cư"),
    "resident_status": _("tình trạng trong dân cư"),
    "rival_holders": _("nhóm người khác nhau trên các giấy"),
    "scans": _("số bản quét"),
    "serial": _("số phát hành đọc được"),
    "serial_is_shared": _("số phát hành còn ở giấy khác"),
    "serial_raw": _("số phát hành như ghi"),
    "serials": _("số dòng có số phát hành"),
    "sex": _("giới tính trong sổ"),
    "sheet": _("số tờ"),
    "sheet_is_old": _("tờ trước sắp xếp"),
    "sheet_targets": _("số tờ hiện nay ứng với tờ cũ"),
    "signed": _("bản quét đã ký số"),
    "term_kind": _("loại thời hạn"),
    "term_until": _("thời hạn đến ngày"),
    "today": _("ngày xét"),
    "unit_ends_on": _("đơn vị hết hiệu lực ngày"),
    "unit_is_succeeded": _("đơn vị đã sáp nhập vào đơn vị khác"),
    "unsized_lines": _("dòng mục đích thiếu diện tích"),
    "user_differs": _("người đang dùng khác người trên giấy"),
    "valid_certificates": _("số dòng có giấy còn hiệu lực"),
    "warnings": _("điều cần xem khi đọc tên và số"),
}

_CODES: dict[str, Mapping[str, Words]] = {
    "geometry_fault": dict(Plot.GeometryFault.choices),
    "id_kind": {
        id_numbers.Kind.CITIZEN: _("số định danh"),
        id_numbers.Kind.CMND: _("CMND"),
        id_numbers.Kind.PASSPORT: _("hộ chiếu"),
        id_numbers.Kind.MILITARY: _("giấy tờ quân nhân"),
        id_numbers.Kind.TAX: _("mã số thuế"),
        id_numbers.Kind.SEVERAL: _("nhiều số trong một ô"),
        id_numbers.Kind.MALFORMED: _("sai dạng"),
        id_numbers.Kind.EMPTY: _("trống"),
        id_numbers.Kind.PLACEHOLDER: _("điền cho có"),
    },
    "kind": dict(LandUser.Kind.choices),
    "legal_form": dict(Holding.LegalForm.choices),
    "map_source": dict(Plot.MapSource.choices),
    "number_sex": dict(Sex.choices),
    "outcome": dict(Verification.Outcome.choices),
    "resident_status": dict(Resident.Status.choices),
    "sex": dict(Sex.choices),
    "term_kind": {
        "long": _("lâu dài"),
        "until": _("đến ngày"),
        "years": _("số năm"),
        "unknown": _("không đọc được"),
    },
    "warnings": {
        "name.tcvn3": _("tên theo phông TCVN3"),
        "name.vni": _("tên theo phông VNI"),
        "name.mojibake": _("tên sai bảng mã"),
        "name.lost": _("tên mất chữ"),
        "name.placeholder": _("tên điền cho có"),
        "id_number.placeholder": _("số điền cho có"),
        "id_number.unknown_province": _("số có mã tỉnh không tồn tại"),
        "id_number.future_birth": _("số có năm sinh ở tương lai"),
    },
}

#: Shown with all but their last digits hidden, as pages do until somebody asks for them and it is logged.
_MASKED = {"id_number", "id_number_raw", "resident_number", "phone"}


def values(ruling: Ruling, facts: Facts) -> list[tuple[str, str]]:
    """What a rule looked at, as (name, value) in words; numbers of people and telephones are masked."""
    return [(str(FACTS.get(name, name)), _value(name, getattr(facts, name))) for name in looked_at(ruling)]


def _value(name: str, value: Any) -> str:
    codes = _CODES.get(name, {})
    if isinstance(value, list):
        return ", ".join(str(codes.get(one, one)) for one in value) or "–"
    if isinstance(value, bool):
        return _now("có") if value else _now("không")
    if name in _MASKED and value:
        return id_numbers.mask(value)
    if isinstance(value, str):
        return str(codes.get(value, value)) or "–"
    return shown(value)
