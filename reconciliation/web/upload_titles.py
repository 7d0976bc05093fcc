"""The columns of Form 01 in few words, by the part of the form where they stand: to be chosen from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from parcels.importers.form01.fields import FIELDS

_USE = {
    "purpose": _("Loại đất"),
    "area": _("Diện tích loại đất"),
    "origin": _("Nguồn gốc"),
    "form": _("Hình thức sử dụng"),
    "term": _("Thời hạn"),
}


def _line(line: int) -> dict[str, Any]:
    return {f"use{line}_{name}": title for name, title in _USE.items()}


#: Part of the form → field → short title.
PARTS: Sequence[tuple[Any, dict[str, Any]]] = (
    (
        _("Chủ sử dụng, người đại diện"),
        {
            "name": _("Họ và tên"),
            "id_number": _("Số định danh, CCCD"),
            "birth": _("Ngày sinh"),
            "sex": _("Giới tính"),
            "address": _("Nơi thường trú"),
            "phone": _("Điện thoại"),
            "legal_form": _("Pháp nhân"),
            "role": _("Vai trò"),
            "paper1_number": _("Số giấy tờ 1"),
            "paper1_kind": _("Loại giấy tờ 1"),
            "paper2_number": _("Số giấy tờ 2"),
            "paper2_kind": _("Loại giấy tờ 2"),
        },
    ),
    (
        _("Giấy chứng nhận"),
        {
            "serial": _("Số phát hành"),
            "issued": _("Ngày cấp"),
            "book_number": _("Số vào sổ"),
            "certificate_kind": _("Loại giấy"),
            "certificate_sheet": _("Tờ ghi trên giấy"),
            "certificate_plot": _("Thửa ghi trên giấy"),
        },
    ),
    (
        _("Thửa đất"),
        {
            "sheet": _("Tờ bản đồ"),
            "number": _("Số thửa"),
            "plot_address": _("Địa chỉ thửa"),
            "legal_area": _("Diện tích thửa"),
            "plot_code": _("Mã định danh thửa"),
            "plot_class": _("Phân loại"),
            "commune_code": _("Mã xã, phường"),
        },
    ),
    (_("Loại đất 1"), _line(1)),
    (_("Loại đất 2"), _line(2)),
    (_("Loại đất 3"), _line(3)),
    (
        _("Người đang sử dụng"),
        {
            "current_user_name": _("Họ và tên"),
            "current_user_number": _("Số định danh, CCCD"),
            "current_user_address": _("Nơi thường trú"),
            "change_reason": _("Lý do thay đổi"),
        },
    ),
    (
        _("Tổ chức"),
        {"organisation_name": _("Tên tổ chức"), "organisation_number": _("Số định danh tổ chức")},
    ),
    (
        _("Nhà, tài sản gắn liền với đất"),
        {
            "asset_kind": _("Loại tài sản"),
            "estate": _("Khu nhà chung cư"),
            "building": _("Nhà chung cư"),
            "flat_number": _("Số căn hộ"),
            "built_area": _("Diện tích xây dựng"),
            "floor_area": _("Diện tích sàn"),
            "ownership_form": _("Hình thức sở hữu"),
            "ownership_term": _("Thời hạn sở hữu"),
            "grade": _("Cấp hạng"),
        },
    ),
    (
        _("Bản quét, mã của biểu"),
        {
            "scans": _("Tên tệp quét"),
            "uncollectable": _("Lý do chưa thu được"),
            "row_key": _("Mã dòng"),
            "guid": _("Mã Guid"),
        },
    ),
)
_PLACES = {name: (part, title) for part, titles in PARTS for name, title in titles.items()}


def title(name: str) -> str:
    """A field with its part: "Số phát hành · Giấy chứng nhận"; of one that is not used its header."""
    if name in _PLACES:
        part, own = _PLACES[name]
        return f"{own} · {part}"
    return FIELDS[name].header if name in FIELDS else name


def choices(likely: Sequence[str], unfit: Collection[str]) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The parts with their fields, each once: what is likely first, nothing that the content contradicts."""
    first = [(name, title(name)) for name in likely if name in _PLACES]
    parts = [
        (
            part,
            [(name, str(own)) for name, own in titles.items() if name not in unfit and name not in likely],
        )
        for part, titles in PARTS
    ]
    return [(label, fields) for label, fields in [(_("Có thể là"), first), *parts] if fields]
