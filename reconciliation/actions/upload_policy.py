"""What a workbook may change: without anybody's yes, by a yes for all of a kind, row by row, or never."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from citizens.models import Resident
from landdb.intake.outcome import Difference
from parcels.models import Certificate, Holding, LandUse, LandUser, Plot

from ..models import CorrectionRow
from ..models.uploads import CorrectionRows
from . import edits


class Policy(IntEnum):
    """Who has to say yes; the larger, the stricter."""

    FREE = 1
    KIND = 2
    ROW = 3
    DESK = 4


POLICY_WORDS: dict[Policy, Promise] = {
    Policy.FREE: _("tự áp dụng"),
    Policy.KIND: _("duyệt cả loại"),
    Policy.ROW: _("duyệt từng dòng"),
    Policy.DESK: _("chỉ ở bàn xét duyệt"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of change, as the office approves it."""

    key: str
    title: Promise
    policy: Policy
    note: str | Promise = ""
    #: Bears on papers and land alone: the office's page offers it ticked. What bears on a person, or brings a
    #: record, is for the office to tick.
    is_plain: bool = False


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("phone_added", _("Thêm số điện thoại"), Policy.FREE, _("không cần duyệt")),
        # Before the others: a row that brings a record is told by that, whatever else it changes.
        Kind("new", _("Dòng mới, bản ghi mới"), Policy.KIND),
        Kind("phone", _("Đổi số điện thoại"), Policy.KIND),
        Kind("serial", _("Số phát hành"), Policy.KIND, is_plain=True),
        Kind("papers", _("Ngày cấp, số vào sổ, loại giấy"), Policy.KIND, is_plain=True),
        Kind("certificate_new", _("Ghi giấy chứng nhận chưa có"), Policy.KIND),
        Kind("plot_address", _("Địa chỉ thửa"), Policy.KIND, is_plain=True),
        Kind("plot_area", _("Diện tích thửa"), Policy.KIND, is_plain=True),
        Kind("plot_code", _("Mã định danh thửa"), Policy.KIND, is_plain=True),
        Kind("uses", _("Loại đất, nguồn gốc, thời hạn"), Policy.KIND, is_plain=True),
        Kind("details", _("Ghi thêm tài sản, tên bản quét"), Policy.KIND),
        Kind("address", _("Địa chỉ thường trú"), Policy.KIND),
        Kind("sex", _("Giới tính"), Policy.KIND),
        Kind("holding", _("Pháp nhân, vai trò, số ghi trên giấy"), Policy.KIND),
        Kind("uncollectable", _("Chưa thu được giấy tờ"), Policy.KIND),
        Kind(
            "reopens",
            _("Mở lại kết luận đã có"),
            Policy.ROW,
            _("chứng cứ đổi: bàn xét duyệt phải xét lại người này"),
        ),
        Kind(
            "holder_more",
            _("Thêm người vào thửa đã có người sử dụng đất"),
            Policy.ROW,
            _("xem giấy tờ: cùng sử dụng, hay đổi chủ"),
        ),
        Kind("birth", _("Ngày, năm sinh"), Policy.ROW),
        Kind("id_number", _("Số định danh"), Policy.ROW),
        Kind("name", _("Cách viết tên"), Policy.ROW),
        Kind("plot_number", _("Số tờ, số thửa"), Policy.ROW),
        Kind(
            "current_user", _("Người sử dụng hiện nay"), Policy.ROW, _("cần giấy tờ thừa kế, chuyển nhượng")
        ),
        Kind("certificate_other", _("Chuyển sang giấy chứng nhận khác"), Policy.ROW),
        Kind("holder_first", _("Ghi người sử dụng đất chưa có"), Policy.ROW),
        Kind("cleared", _("Xoá giá trị"), Policy.ROW),
        Kind("holder", _("Đổi người sử dụng đất"), Policy.DESK, _("không làm bằng biểu")),
    )
}
#: Field → kind, for what needs no further look.
FIELDS: dict[str, dict[str, str]] = {
    LandUser._meta.label_lower: {
        "name_raw": "name",
        "birth_raw": "birth",
        "sex_raw": "sex",
        "id_number_raw": "id_number",
        "address_raw": "address",
        "village": "address",
        "phone": "phone",
    },
    Plot._meta.label_lower: {
        "sheet": "plot_number",
        "number": "plot_number",
        "code": "plot_code",
        "legal_area": "plot_area",
        "address": "plot_address",
    },
    Certificate._meta.label_lower: {"serial": "serial", "serial_raw": "serial"},
}
#: Cell of the form → kind; the five columns of a line of use are told by their beginning.
_CELLS: dict[str, str] = {
    "phone": "phone", "serial": "serial", "issued": "papers", "book_number": "papers",
    "certificate_kind": "papers", "plot_address": "plot_address", "legal_area": "plot_area",
    "plot_code": "plot_code", "address": "address", "sex": "sex", "legal_form": "holding", "role": "holding",
    "certificate_sheet": "holding", "certificate_plot": "holding", "uncollectable": "uncollectable",
    "birth": "birth", "id_number": "id_number", "name": "name", "sheet": "plot_number",
    "number": "plot_number", "current_user_name": "current_user", "current_user_number": "current_user",
    "current_user_address": "current_user", "change_reason": "current_user",
}  # fmt: skip
_USE_LINE = re.compile(r"use\d_")
_CURRENT = frozenset({"current_user_name", "current_user_number", "current_user_address", "change_reason"})
_BLANK = (None, "")
_BEARER = ("name_fold", "id_number", "former_number")


def kind_of(each: Difference, new: Mapping[str, Collection[int]], others: Collection[int]) -> str:
    """The kind of one change. `new`: ids that the file brought; `others`: who would become another person."""
    if each.field == "land_user_id":
        return "holder" if each.old is not None else "holder_first"
    if each.field == "certificate_id":
        is_first = each.old is None and each.new in new.get(Certificate._meta.label_lower, ())
        return "certificate_new" if is_first else "certificate_other"
    is_person = each.model == LandUser._meta.label_lower
    if is_person and each.record_id in others and each.field in ("name_raw", "id_number_raw"):
        return "holder"
    if each.new in _BLANK and each.old not in _BLANK:
        return "cleared"
    if is_person and each.field == "phone" and each.old in _BLANK:
        return "phone_added"
    if each.model == LandUse._meta.label_lower:
        return "uses"
    if each.model == Holding._meta.label_lower:
        return "current_user" if each.field in _CURRENT else "holding"
    return FIELDS.get(each.model, {}).get(each.field, "papers")


def kind_of_cell(name: str) -> str:
    """The kind that a cell of the form makes where nothing stricter comes of it; '' where it makes none."""
    return "uses" if _USE_LINE.match(name) else _CELLS.get(name, "")


def strictest(kinds: Iterable[str]) -> str:
    """The kind under which a row is approved; of equally strict ones the first in the list."""
    order = list(KINDS)
    return max(kinds, key=lambda key: (KINDS[key].policy, -order.index(key)), default="")


def under(rows: CorrectionRows, key: str) -> CorrectionRows:
    """The rows that need a yes to this kind: it is among theirs, and none of theirs is stricter."""
    same = [other for other, kind in KINDS.items() if kind.policy == KINDS[key].policy]
    return rows.filter(kinds__contains=[key], kind__in=same)


def going(rows: CorrectionRows, kinds: Collection[str] | None) -> CorrectionRows:
    """The waiting rows that a yes to these kinds lets in (None: to all that may be approved as a kind).

    What needs no yes goes along, and so does what was approved row by row. A row that changes more than its
    kind says waits for a yes to all of that.
    """
    free = {key for key, kind in KINDS.items() if kind.policy == Policy.FREE}
    whole = {key for key, kind in KINDS.items() if kind.policy == Policy.KIND}
    wanted = sorted(free | (whole if kinds is None else whole & set(kinds)))
    waiting = rows.filter(state=CorrectionRow.State.PROPOSED, why="")
    return waiting.filter(Q(is_approved=True) | Q(kind__in=wanted, kinds__contained_by=wanted))


def others(differences: Iterable[Difference]) -> set[int]:
    """Land users whom their new values would make another person: a name beyond its spelling, or a number
    that somebody of another name bears, in the register or in the registry."""
    wanted: dict[int, dict[str, Any]] = defaultdict(dict)
    for each in differences:
        if each.model == LandUser._meta.label_lower and each.field in ("name_raw", "id_number_raw"):
            wanted[each.record_id][each.field] = each.new
    people = LandUser.objects.in_bulk(wanted)
    after = {pk: edits.preview(people[pk], values) for pk, values in wanted.items() if pk in people}
    found = {
        pk
        for pk, person in after.items()
        if "name_raw" in wanted[pk] and not edits.is_spelling(people[pk], person)
    }
    numbers = {
        pk: person.id_number
        for pk, person in after.items()
        if "id_number_raw" in wanted[pk] and person.id_number
    }
    bearers = _bearers(set(numbers.values()))
    for pk, number in numbers.items():
        names = {name for other, name in bearers.get(number, ()) if other != pk}
        if names - {after[pk].name_fold}:
            found.add(pk)
    return found


def _bearers(numbers: set[str]) -> dict[str, list[tuple[int, str]]]:
    """Number → who bears it: a land user's id (0: a resident) and the folded name."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    wanted = sorted(numbers)
    for start in range(0, len(wanted), 5000):
        chunk = wanted[start : start + 5000]
        bears = Q(id_number__in=chunk) | Q(former_number__in=chunk)
        told = [
            *LandUser.objects.live().filter(bears).values_list("pk", *_BEARER),
            *((0, *each) for each in Resident.objects.filter(bears).values_list(*_BEARER)),
        ]
        for pk, name, number, former in told:
            for each in {number, former} - {""}:
                found[each].append((pk, name))
    return found
