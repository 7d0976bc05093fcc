"""The cells and columns that a workbook changes, in words; numbers of people masked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from landdb.normalise import id_numbers
from parcels.importers.form01.fields import FIELDS

from ..actions import upload_policy
from ..models import CorrectionRow
from . import letters
from .letters import Piece

_NUMBER = re.compile(r"\d{9,12}")
_PHONE = ("phone",)
_BIRTHS = ("birth", "birth_raw")
_NUMBERS = ("id_number", "organisation_number", "current_user_number", "paper1_number", "paper2_number")
#: Columns that keep a key for which the model has the words.
_CHOICES = {"form", "kind", "legal_form", "role"}
_TERM_KINDS = {
    "long": _("Lâu dài"),
    "until": _("Đến ngày"),
    "years": _("Số năm"),
    "unknown": _("Không rõ"),
}
FIELD_WORDS = {
    "name_raw": _("Họ và tên"),
    "birth_raw": _("Ngày sinh"),
    "sex_raw": _("Giới tính"),
    "id_number_raw": _("Số giấy tờ"),
    "address_raw": _("Nơi thường trú"),
    "phone": _("Điện thoại"),
    "village": _("Thôn, khu phố"),
    "sheet": _("Tờ bản đồ"),
    "number": _("Số thửa"),
    "code": _("Mã định danh thửa"),
    "legal_area": _("Diện tích"),
    "address": _("Địa chỉ thửa"),
    "purpose": _("Loại đất"),
    "purpose_raw": _("Loại đất, như ghi"),
    "area": _("Diện tích loại đất"),
    "origin": _("Nguồn gốc"),
    "origin_raw": _("Nguồn gốc, như ghi"),
    "transfer_origin": _("Nguồn gốc chuyển quyền"),
    "form": _("Hình thức sử dụng"),
    "term_raw": _("Thời hạn, như ghi"),
    "term_kind": _("Loại thời hạn"),
    "term_until": _("Thời hạn đến"),
    "serial": _("Số phát hành"),
    "kind": _("Loại giấy"),
    "issued_on": _("Ngày cấp"),
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


@dataclass(frozen=True, slots=True)
class Change:
    """What a row does to a field: before and after as they may be shown, and where the two differ.

    `masks` are both as they will be hidden again, where numbers are shown in full.
    """

    title: Any
    old: str
    new: str
    before: Sequence[Piece]
    after: Sequence[Piece]
    masks: tuple[str, str] | None = None


def shown_changes(line: CorrectionRow, *, is_revealed: bool = False) -> list[Change]:
    """What a row does, cell by cell: title, before, after. Of a new one first what it brings."""
    if line.cells:
        return [
            of_cell(name, register, typed, is_revealed=is_revealed)
            for name, _given, register, typed in line.cells
        ]
    return [
        _of_column(model, name, old, new, is_revealed=is_revealed)
        if model
        else of_cell(name, old, new, is_revealed=is_revealed)
        for model, _pk, name, old, new in line.changes
        if name in FIELD_WORDS or not model
    ]


def sample(line: CorrectionRow, kind: str) -> Change | None:
    """What a row does of one kind; where that cannot be told by the field, the first of what it does."""
    cells = [
        of_cell(name, register, typed)
        for name, _given, register, typed in line.cells
        if upload_policy.kind_of_cell(name) == kind
    ]
    columns = [
        _of_column(model, name, old, new)
        for model, _pk, name, old, new in line.changes
        if upload_policy.FIELDS.get(model, {}).get(name) == kind and name in FIELD_WORDS
    ]
    return next(iter(cells or columns or shown_changes(line)), None)


def of_cell(name: str, old: str, new: str, *, is_revealed: bool = False) -> Change:
    """A cell of the form, as the register has it and as the workbook does; nothing is told as cleared."""
    is_number = name in _PHONE or (name in _NUMBERS and any(map(str.isdigit, old + new)))
    told = _change(name, title(name), old, new, is_number=is_number, is_revealed=is_revealed)
    return told if new else replace(told, new=_now("(xoá)"), after=[Piece(_now("(xoá)"), False)])


def _of_column(model: str, name: str, old: str, new: str, *, is_revealed: bool = False) -> Change:
    """A column of a record."""
    if name == "term_kind" or name in _CHOICES:
        old, new = in_words(model, name, old), in_words(model, name, new)
    is_number = name in (*_PHONE, "id_number_raw", "current_user_number")
    return _change(name, FIELD_WORDS[name], old, new, is_number=is_number, is_revealed=is_revealed)


def _change(name: str, title: Any, old: str, new: str, *, is_number: bool, is_revealed: bool) -> Change:
    hide = _number_hidden if is_number else without_numbers
    hidden = hide(old), hide(new)
    if is_number and not is_revealed:
        return Change(title, *hidden, *letters.masked(old, new))
    shown = (old, new) if is_revealed else hidden
    of_text = letters.births if name in _BIRTHS else letters.names
    compare = letters.numbers if is_number else of_text
    masks = hidden if is_revealed and hidden != shown else None
    return Change(title, *shown, *compare(*shown), masks)


def _number_hidden(value: str) -> str:
    return id_numbers.mask(value) if any(map(str.isdigit, value)) else value


def title(name: str) -> str:
    """A cell by its header; of a line of use with the line."""
    field = FIELDS.get(name)
    if field is None:
        return name
    line = f" {name[3]}" if name.startswith("use") else ""
    return field.header.split("\n")[0].rstrip("/") + line


def hidden(name: str, value: str) -> str:
    """A cell's text with numbers of people masked."""
    if value and name in _PHONE:
        return id_numbers.mask(value)
    if value and name in _NUMBERS:
        return id_numbers.mask(value) if any(map(str.isdigit, value)) else value
    return without_numbers(value)


def without_numbers(value: str) -> str:
    """A cell's text with identity numbers masked."""
    return _NUMBER.sub(lambda found: id_numbers.mask(found[0]), value)


def in_words(model: str, name: str, value: str) -> str:
    """A stored value as a person reads it: the words of a choice, numbers masked."""
    if name == "term_kind":
        return str(_TERM_KINDS.get(value, value))
    if name in _CHOICES:
        choices = apps.get_model(model)._meta.get_field(name).choices
        return str(dict(choices or ()).get(value, value))
    return id_numbers.mask(value) if name == "phone" and value else without_numbers(value)
