"""Fields and values in the words of the land office: names for keys, numbers masked, dates as written."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from landdb.models import AdminUnit
from landdb.normalise import id_numbers
from landdb.templatetags.landdb import num
from parcels.models import Certificate, LandUser

from ..actions.records import EDITABLE
from ..models import Change, ChangeSet, Finding, Match, Why
from ..models.handover_codes import fields_told
from ..rules import catalogue
from .timeline_subject import FINDING, HOLDING, ITEM, LAND_USER, MATCH, PAIR

#: Fields of change sets that are told; the others are their own bookkeeping.
NAMES: dict[str, Any] = {
    "name_raw": _lazy("Họ và tên"),
    "birth_raw": _lazy("Ngày sinh"),
    "sex_raw": _lazy("Giới tính"),
    "id_number_raw": _lazy("Số định danh"),
    "former_number": _lazy("Số CMND"),
    "address_raw": _lazy("Địa chỉ thường trú"),
    "commune_raw": _lazy("Xã, phường như ghi"),
    "district_raw": _lazy("Huyện như ghi"),
    "phone": _lazy("Điện thoại"),
    "commune_id": _lazy("Xã, phường"),
    "village": _lazy("Thôn, khu phố"),
    "merged_into_id": _lazy("Gộp vào"),
    "sheet": _lazy("Tờ bản đồ"),
    "number": _lazy("Số thửa"),
    "code": _lazy("Mã định danh thửa"),
    "legal_area": _lazy("Diện tích trên giấy, m²"),
    "address": _lazy("Địa chỉ thửa"),
    "state": _lazy("Tình trạng"),
    "purpose_raw": _lazy("Mục đích như ghi"),
    "purpose": _lazy("Mục đích sử dụng"),
    "area": _lazy("Diện tích, m²"),
    "origin_raw": _lazy("Nguồn gốc như ghi"),
    "origin": _lazy("Nguồn gốc"),
    "transfer_origin": _lazy("Nguồn gốc nhận chuyển quyền"),
    "form": _lazy("Hình thức sử dụng"),
    "term_raw": _lazy("Thời hạn như ghi"),
    "term_until": _lazy("Thời hạn đến"),
    "serial_raw": _lazy("Số phát hành như ghi"),
    "serial": _lazy("Số phát hành"),
    "kind": _lazy("Loại giấy"),
    "issued_raw": _lazy("Ngày cấp như ghi"),
    "issued_on": _lazy("Ngày cấp"),
    "book_number_raw": _lazy("Số vào sổ như ghi"),
    "book_number": _lazy("Số vào sổ"),
    "legal_form": _lazy("Pháp nhân"),
    "role": _lazy("Vai trò"),
    "certificate_sheet": _lazy("Tờ ghi trên giấy"),
    "certificate_plot": _lazy("Thửa ghi trên giấy"),
    "current_user_name": _lazy("Người đang sử dụng"),
    "current_user_number": _lazy("Số giấy tờ người đang sử dụng"),
    "current_user_address": _lazy("Địa chỉ người đang sử dụng"),
    "change_reason": _lazy("Lý do thay đổi"),
    "plot_class": _lazy("Phân loại"),
    "land_user_id": _lazy("Người sử dụng đất"),
    "certificate_id": _lazy("Giấy chứng nhận"),
    "waits_with": _lazy("Đang ở"),
    "waits_why": _lazy("Lý do chuyển"),
    "waits_fields": _lazy("Ô cần xem lại"),
    "waits_note": _lazy("Ghi chú"),
    "waits_until": _lazy("Đến ngày"),
    "police_word": _lazy("Công an trả lời"),
    "waived_until": _lazy("Bỏ qua đến ngày"),
    "confirmed_by_id": _lazy("Xác nhận nhóm 3"),
    "outcome": _lazy("Ý kiến của máy"),
    "picked_by_id": _lazy("Ứng viên tự tìm"),
}
_SHOWN = {
    MATCH: {"state", "outcome", "picked_by_id"},
    FINDING: {"state", "waived_until"},
    ITEM: {"waits_with", "waits_why", "waits_fields", "waits_note", "waits_until", "police_word"},
    PAIR: {"state"},
}
_NUMBERS = {"id_number_raw", "former_number", "current_user_number", "phone"}
#: Told only to those who may read of people.
_PERSONAL = {"birth_raw", "address_raw", "village", "current_user_address", "current_user_name"}
_AREAS = {"legal_area", "area"}


@dataclass
class Words:
    """Names for the keys that a page of changes holds, read once for all of them."""

    may_see_people: bool
    communes: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    certificates: dict[int, str] = field(default_factory=dict)
    residents: dict[int, str] = field(default_factory=dict)
    rules: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Iterable[tuple[str, int, str, Any, Any]], *, may_see_people: bool) -> Words:
        """For (model, record, field, old, new)."""
        asked: dict[str, set[int]] = defaultdict(set)
        for label, record_id, name, old, new in told:
            asked[label].add(record_id)
            asked[name] |= {value for value in (old, new) if isinstance(value, int)}
        words = cls(may_see_people)
        if ids := asked["commune_id"]:
            words.communes = dict(AdminUnit.objects.filter(pk__in=ids).values_list("pk", "name"))
        if ids := asked["land_user_id"] | asked["merged_into_id"] | asked[LAND_USER]:
            words.people = dict(LandUser.objects.filter(pk__in=ids).values_list("pk", "name"))
        if ids := asked["certificate_id"]:
            words.certificates = {
                one.pk: str(one) for one in Certificate.objects.filter(pk__in=ids).defer("file")
            }
        if ids := asked[MATCH]:
            words.residents = dict(Match.objects.filter(pk__in=ids).values_list("pk", "resident__name"))
        if ids := asked[FINDING]:
            found = Finding.objects.filter(pk__in=ids).values_list("pk", "rule")
            words.rules = {pk: rule_name(rule) for pk, rule in found}
        return words

    def title(self, label: str, record_id: int, name: str) -> str:
        """The field, with whose it is where that is not plain."""
        if label == MATCH:
            return self.residents.get(record_id, _("Ứng viên"))
        if label == FINDING and name == "state":
            return self.rules.get(record_id, str(NAMES[name]))
        return str(NAMES[name])

    def value(self, label: str, name: str, value: Any) -> str:
        """A value as people read it; empty where there is none."""
        if value in (None, "", []):
            return ""
        if name in _NUMBERS:
            return id_numbers.mask(str(value))
        if name in _PERSONAL and not self.may_see_people:
            return _("(đã che)")
        names = {
            "commune_id": self.communes,
            "land_user_id": self.people,
            "merged_into_id": self.people,
            "certificate_id": self.certificates,
        }.get(name)
        if names is not None:
            return names.get(value, f"#{value}")
        if name in ("picked_by_id", "confirmed_by_id"):
            return _("có")
        if name == "waits_why":
            return str(Why(value).label) if value in Why.values else str(value)
        if name == "waits_fields":
            return fields_told(value)
        if name in _AREAS:
            return num(Decimal(str(value)), 1)
        return _plain(label, name, value)


def _plain(label: str, name: str, value: Any) -> str:
    column = EDITABLE[label].model._meta.get_field(name) if name != "outcome" else Match._meta.get_field(name)
    choices = dict(getattr(column, "flatchoices", None) or ())
    if value in choices:
        return str(choices[value])
    if column.get_internal_type() == "DateField":
        return f"{dt.date.fromisoformat(value):%d/%m/%Y}"
    return str(value)


def is_shown(label: str, name: str) -> bool:
    """Whether a field of a model is told at all."""
    return name in NAMES and name in _SHOWN.get(label, NAMES)


def waiver_end(kind: str, state: str, changes: Iterable[Change]) -> str:
    """Until when a waiver holds, or held; empty for sets of another kind, and for the end of a waiver."""
    if kind != ChangeSet.Kind.WAIVER:
        return ""
    told = {change.field: change.new for change in changes if change.model == FINDING}
    if told.get("state") != Finding.State.WAIVED:
        return ""
    if not told.get("waived_until"):
        return _("bỏ qua không hạn")
    until = dt.date.fromisoformat(str(told["waived_until"]))
    is_over = state == ChangeSet.State.APPLIED and until < timezone.localdate()
    words = _("đã hết hạn, bỏ qua đến hết %(day)s") if is_over else _("bỏ qua đến hết %(day)s")
    return words % {"day": f"{until:%d/%m/%Y}"}


def rule_name(rule: str) -> str:
    return str(catalogue.by_id(rule).name) if catalogue.knows(rule) else rule


def whose(label: str, words: Words, record_id: int, own: int | None) -> str:
    """Whose value it is, where the history is another's."""
    if label == LAND_USER and record_id != own:
        return words.people.get(record_id, "")
    return _("quyền sử dụng") if label == HOLDING else ""
