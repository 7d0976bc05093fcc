"""What jobs counted and noted, in words: they write keys, which are the same in every language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

#: What a chunk counted under a key; a key that is not here is shown as it is.
_COUNTED: dict[str, Any] = {
    "plots": gettext_lazy("thửa"),
    "moves": gettext_lazy("lượt chuyển nhóm"),
    "changed": gettext_lazy("đã đổi"),
    "opened": gettext_lazy("vướng mắc mới mở"),
    "closed": gettext_lazy("vướng mắc đã đóng"),
    "reopened": gettext_lazy("mở lại"),
    "judged": gettext_lazy("thửa được xét lại"),
    "boxes": gettext_lazy("khung thửa"),
    "rows": gettext_lazy("dòng"),
    "applied": gettext_lazy("dòng được ghi"),
    "unchanged": gettext_lazy("dòng như cũ"),
    "rejected": gettext_lazy("dòng bị từ chối"),
    "ignored": gettext_lazy("dòng bỏ qua"),
    "warnings": gettext_lazy("cảnh báo"),
    "people": gettext_lazy("người"),
    "land_users": gettext_lazy("người sử dụng đất"),
    "residents": gettext_lazy("người trong dữ liệu dân cư"),
    "accept": gettext_lazy("tự nhận"),
    "review": gettext_lazy("phải xét"),
    "none": gettext_lazy("không có ai khớp"),
    "items": gettext_lazy("việc"),
    "skipped": gettext_lazy("bỏ qua"),
    "kept": gettext_lazy("giữ nguyên"),
    "lines": gettext_lazy("dòng"),
    "left_out": gettext_lazy("không đưa vào"),
    "answers": gettext_lazy("trả lời"),
    "set_apart": gettext_lazy("để riêng"),
    "judgements": gettext_lazy("kết luận"),
    "parts": gettext_lazy("phần"),
    "revised": gettext_lazy("bản chốt xã sửa lại"),
}
_LINE = re.compile(r"(\w+): (\d+)")


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """What was counted, by its name."""
    return [(str(_COUNTED.get(key, key)), count) for key, count in counts.items()]


def line(text: str, titles: Mapping[str, Any]) -> str:
    """A line of the log; that a phase began, with its parts, by the title of the phase."""
    begun = _LINE.fullmatch(text)
    if begun is None or begun[1] not in titles:
        return text
    n = int(begun[2])
    parts = ngettext("%(n)s phần", "%(n)s phần", n) % {"n": n}
    return _("%(phase)s: %(parts)s") % {"phase": titles[begun[1]], "parts": parts}


def titles(phases: Iterable[Any]) -> dict[str, Any]:
    """Phase → title."""
    return {phase.key: phase.title for phase in phases}
