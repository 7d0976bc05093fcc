"""Why an outline is invalid, in words for people."""

from __future__ import annotations

import re

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_noop

#: What GEOS says (IsValidOp) and what `parcels.geometry.outlines` adds, without the place.
_WORDS = {
    "Self-intersection": gettext_noop("ranh giới tự cắt"),
    "Ring Self-intersection": gettext_noop("ranh giới tự chạm"),
    "Hole lies outside shell": gettext_noop("lỗ nằm ngoài ranh giới"),
    "Holes are nested": gettext_noop("lỗ nằm trong lỗ"),
    "Interior is disconnected": gettext_noop("phần trong bị chia cắt"),
    "Nested shells": gettext_noop("các phần nằm trong nhau"),
    "Duplicate Rings": gettext_noop("ranh giới lặp lại"),
    "Too few points in geometry component": gettext_noop("quá ít đỉnh"),
    "Invalid Coordinate": gettext_noop("toạ độ không phải là số"),
    "Ring is not closed": gettext_noop("ranh giới không khép kín"),
    "Unreadable": gettext_noop("không đọc được, thường do ranh giới không khép kín"),
    "Empty": gettext_noop("hình rỗng"),
    "Not a polygon": gettext_noop("không phải là vùng"),
    "No area": gettext_noop("không có diện tích"),
}
_PLACE = re.compile(r"^(?P<what>[^\[]*)(?:\[(?P<x>-?[\d.]+) (?P<y>-?[\d.]+)\])?")


def words(reason: str) -> str:
    """A stored reason in the reader's language, with the place in the map's metres; empty for none."""
    if not reason:
        return ""
    found = _PLACE.match(reason)
    what = found["what"].strip() if found else reason
    said = gettext(_WORDS[what]) if what in _WORDS else what
    if not found or not found["x"]:
        return said
    place = {name: number_format(float(found[name]), 1, force_grouping=False) for name in ("x", "y")}
    return gettext("%(reason)s (Đông %(x)s; Bắc %(y)s)") % {"reason": said, **place}
