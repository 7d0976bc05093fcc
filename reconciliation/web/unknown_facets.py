"""What an address asks for and nobody could tell, in sentences; and the work that is not done by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..filters import address
from ..unknown_facets import Unknown, without


def named(facet: str) -> str:
    """A facet as its list calls it."""
    names = {
        "outcome": _("Loại việc"),
        "stage": _("Tìm thấy bằng"),
        "group": _("Nhóm"),
        "dimension": _("Chiều chất lượng"),
        "rule": _("Quy tắc"),
        "commune": _("Xã, phường"),
        "with": _("Đang chờ ai"),
        "mine": _("Giao cho tôi"),
        "given": _("Giao cho"),
        "again": _("Kết luận mở lại"),
        "waited": _("Đã chờ"),
        "age": _("Đã chờ"),
        "confirmed": _("Nhóm 3 chưa xác nhận"),
        "alone": _("Chỉ vướng một quy tắc"),
    }
    return names[facet]


def told(unknown: Sequence[Unknown]) -> list[str]:
    """A sentence for each. A commune elsewhere is as unknown as one that is not there; what was typed stands
    in no address, and so cannot be told."""
    return [
        _("Không còn giữ chữ đã gõ để tìm mà địa chỉ này nhắc đến: hãy gõ lại.")
        if each.facet == "q"
        else _("Bộ lọc “%(facet)s” không có giá trị “%(value)s” trong phạm vi của bạn.")
        % {"facet": named(each.facet), "value": each.value[:60]}
        for each in unknown
    ]


def alert(unknown: Sequence[Unknown], base: Mapping[str, list[str]]) -> dict[str, Any] | None:
    """For a page under facets: the sentences, and the address without what they are about."""
    return {"sentences": told(unknown), "query": address(without(base, unknown))} if unknown else None


def is_refused(request: HttpRequest, unknown: Sequence[Unknown]) -> bool:
    """Whether to do nothing for a whole filter, which would be wider than its address: that is said, too."""
    if not unknown:
        return False
    sentences = " ".join(told(unknown))
    messages.error(
        request, _("%(sentences)s Chưa làm gì: bộ lọc sẽ rộng hơn địa chỉ.") % {"sentences": sentences}
    )
    return True
