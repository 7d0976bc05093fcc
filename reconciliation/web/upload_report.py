"""What a workbook's report shows: the equation of its rows, the steps it has to go, what it proposes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from landdb.normalise import id_numbers

from ..models import CorrectionBatch

State = CorrectionBatch.State
WIDTH = 1000.0
DIFFERENCES_SHOWN = 60
_NUMBER = re.compile(r"\d{9,12}")

_STEPS = (_("Tải lên"), _("Chạy thử"), _("Văn phòng duyệt"), _("Áp dụng"))
#: How many steps are done in each state; the one after them is at work or waits.
_DONE = {
    State.READING: 1,
    State.UNREADABLE: 1,
    State.ASKING: 1,
    State.WAITING: 2,
    State.SENT_BACK: 2,
    State.APPLYING: 3,
    State.APPLIED: 4,
    State.UNDONE: 2,
}
FIELD_WORDS = {
    "name_raw": _("Họ và tên"),
    "birth_raw": _("Ngày sinh"),
    "sex_raw": _("Giới tính"),
    "id_number_raw": _("Số giấy tờ"),
    "address_raw": _("Nơi thường trú"),
    "commune_raw": _("Xã, phường thường trú"),
    "district_raw": _("Huyện thường trú"),
    "phone": _("Điện thoại"),
    "village": _("Thôn, khu phố"),
    "sheet": _("Tờ bản đồ"),
    "number": _("Số thửa"),
    "code": _("Mã định danh thửa"),
    "legal_area": _("Diện tích"),
    "address": _("Địa chỉ thửa"),
    "purpose_raw": _("Loại đất, như ghi"),
    "purpose": _("Loại đất"),
    "area": _("Diện tích loại đất"),
    "origin_raw": _("Nguồn gốc, như ghi"),
    "origin": _("Nguồn gốc"),
    "transfer_origin": _("Nguồn gốc chuyển quyền"),
    "form": _("Hình thức sử dụng"),
    "term_raw": _("Thời hạn, như ghi"),
    "term_kind": _("Loại thời hạn"),
    "term_until": _("Thời hạn đến"),
    "serial_raw": _("Số phát hành, như ghi"),
    "serial": _("Số phát hành"),
    "kind": _("Loại giấy"),
    "issued_raw": _("Ngày cấp, như ghi"),
    "issued_on": _("Ngày cấp"),
    "book_number_raw": _("Số vào sổ, như ghi"),
    "book_number": _("Số vào sổ"),
    "legal_form": _("Pháp nhân"),
    "role": _("Vai trò"),
    "certificate_sheet": _("Tờ ghi trên giấy"),
    "certificate_plot": _("Thửa ghi trên giấy"),
    "current_user_name": _("Người đang sử dụng"),
    "current_user_number": _("Số giấy tờ người đang sử dụng"),
    "current_user_address": _("Địa chỉ người đang sử dụng"),
    "change_reason": _("Lý do thay đổi"),
    "plot_class": _("Phân loại"),
    "land_user_id": _("Người sử dụng đất"),
    "certificate_id": _("Giấy chứng nhận"),
}
#: Fields that keep a key for which the model has the words.
_CHOICES = {"form", "kind", "legal_form", "role"}
_TERM_KINDS = {
    "long": _("Lâu dài"),
    "until": _("Đến ngày"),
    "years": _("Số năm"),
    "unknown": _("Không rõ"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the equation "rows in = …", and its stretch of the bar below."""

    label: Any
    count: int
    colour: str
    x: str
    width: str


def parts(batch: CorrectionBatch) -> list[Part]:
    """What became of the rows; the parts always add up to the rows."""
    file = batch.file
    is_in = batch.state == State.APPLIED
    told = (
        (_("đã ghi mới") if is_in else _("ghi mới"), file.applied, "f-g1"),
        (_("không đổi"), file.unchanged, "f-line"),
        (_("đã sửa theo biểu") if is_in else _("đề nghị sửa"), file.proposed, "f-act"),
        (_("bị trả"), file.rejected, "f-bad"),
        (_("bỏ qua"), file.ignored, "f-sunk"),
    )
    drawn, x = [], 0.0
    for label, count, colour in told:
        width = WIDTH * count / file.rows if file.rows else 0.0
        drawn.append(Part(label, count, colour, f"{x:.1f}", f"{max(width - 1.5, 0):.1f}"))
        x += width
    return drawn


def steps(batch: CorrectionBatch) -> list[tuple[Any, str]]:
    """Each step with "done", "now" or nothing."""
    done = _DONE[State(batch.state)]
    return [
        (step, "done" if place < done else "now" if place == done else "")
        for place, step in enumerate(_STEPS)
    ]


def differences(batch: CorrectionBatch) -> list[tuple[Any, Any, str, str]]:
    """Row, field in words, what the register has, what the workbook says; in the order of the rows."""
    told = sorted(batch.report.get("differences", []), key=lambda line: line[4] or 0)
    return [
        (row, FIELD_WORDS.get(field, field), _in_words(model, field, old), _in_words(model, field, new))
        for model, field, old, new, row in told[:DIFFERENCES_SHOWN]
    ]


def _in_words(model: str, field: str, value: str) -> str:
    """A stored value as a person reads it: the words of a choice, numbers masked."""
    if field == "term_kind":
        return str(_TERM_KINDS.get(value, value))
    if field not in _CHOICES:
        return without_numbers(value)
    choices = apps.get_model(model)._meta.get_field(field).choices
    return str(dict(choices or ()).get(value, value))


def without_numbers(value: str) -> str:
    """A cell's text with identity numbers masked."""
    return _NUMBER.sub(lambda found: id_numbers.mask(found[0]), value)
