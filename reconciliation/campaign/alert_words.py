"""Alerts in words: what each says, and what the thresholds mean."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from landdb.templatetags.landdb import num, percent

from ..models import WorkItem
from ..rules import catalogue
from .alerts import (
    EXTRACT_DAYS,
    FEW_PLOTS,
    JUMP_PLOTS,
    JUMP_SHARE,
    PACE_TIMES,
    PACE_WEEKS,
    POINTS_BEHIND,
    WEEKS_LATE,
    Alert,
    Kind,
)

#: What each kind of alert means; the page and the panel show them beside the numbers.
_MEANINGS = {
    Kind.EXTRACT: gettext_lazy("Trích xuất dân cư mới nhất đã quá %(days)s ngày."),
    Kind.PACE: gettext_lazy(
        "Lần chốt gần nhất, nhóm 1 thấp hơn đường kế hoạch quá %(points)s điểm phần trăm của số được "
        "giao; hoặc theo nhịp trung bình của %(weeks)s tuần gần nhất, phần còn lại mất quá %(times)s lần "
        "thời gian còn đến hạn và xong trễ hạn quá %(late)s tuần; hoặc đã quá hạn. Nơi chỉ còn cần không quá "
        "%(few)s thửa mỗi tuần thì không cảnh báo trước hạn."
    ),
    Kind.JUMP: gettext_lazy(
        "Số thửa vướng một quy tắc tăng quá %(share)s và quá %(plots)s thửa so với lần chốt tuần trước."
    ),
    Kind.HANDOVER: gettext_lazy(
        "Hồ sơ đã chuyển công an, xã hoặc chờ người dân, đã quá ngày hẹn của từng hồ sơ mà chưa trả lại."
    ),
    Kind.POLICE: gettext_lazy(
        "Danh sách đã giao công an, đã quá hạn của cả danh sách mà còn người chưa được trả lời. Hồ sơ chuyển "
        "công an từng người một thì tính ở “Việc đã chuyển quá hạn”."
    ),
}


def meaning(kind: Kind) -> str:
    """The definition of a kind, with its thresholds."""
    return str(_MEANINGS[kind]) % {
        "days": EXTRACT_DAYS,
        "points": num(POINTS_BEHIND),
        "times": num(PACE_TIMES, 1),
        "weeks": PACE_WEEKS,
        "late": WEEKS_LATE,
        "few": FEW_PLOTS,
        "share": percent(JUMP_SHARE, 0),
        "plots": JUMP_PLOTS,
    }


def figure(alert: Alert) -> str:
    """The number of records in the list behind it; none where the alert is of a close and the list of now."""
    return "" if alert.kind in (Kind.PACE, Kind.JUMP) else num(int(alert.size))


def unit(alert: Alert) -> str:
    """What the list behind it holds."""
    n = int(alert.size)
    if alert.kind == Kind.PACE:
        return _("thửa nhóm 2, 3 lúc này")
    if alert.kind == Kind.JUMP:
        return _("thửa đang vướng lúc này")
    if alert.kind == Kind.HANDOVER:
        return ngettext("hồ sơ quá hạn", "hồ sơ quá hạn", n)
    if alert.kind == Kind.POLICE:
        return ngettext("người chưa có trả lời", "người chưa có trả lời", n)
    return ngettext("ngày tuổi", "ngày tuổi", n)


def sentence(alert: Alert) -> str:
    """What alarms, without the commune."""
    return _SENTENCES[alert.kind](alert.facts)


def _pace(facts: dict[str, Any]) -> str:
    parts = []
    if facts["needed"] is None:
        parts.append(_("đã quá hạn %(due)s") % {"due": _day(facts["due"])})
    if facts["points"]:
        told = {"points": num(abs(facts["points"]), 1), "day": _day(facts["day"])}
        if facts["points"] > 0:
            parts.append(_("lúc chốt %(day)s dưới đường kế hoạch %(points)s điểm") % told)
        else:
            parts.append(_("lúc chốt %(day)s trên đường kế hoạch %(points)s điểm") % told)
    if facts["needed"] is not None and facts["pace"] is not None:
        pace = num(facts["pace"], 0 if float(facts["pace"]).is_integer() else 1)
        told = {"needed": num(facts["needed"]), "pace": pace, "due": _day(facts["due"])}
        parts.append(
            _("cần %(needed)s thửa mỗi tuần để kịp %(due)s, ba tuần qua trung bình mỗi tuần được %(pace)s")
            % told
        )
    return "; ".join(parts)


def _jump(facts: dict[str, Any]) -> str:
    rule = facts["rule"]
    told = {
        "rule": catalogue.by_id(rule).name if catalogue.knows(rule) else rule,
        "before": num(facts["before"]),
        "after": num(facts["after"]),
    }
    words = _("%(rule)s: từ %(before)s lên %(after)s thửa") % told
    return f"{words}; {_('bộ quy tắc đã đổi trong tuần')}" if facts["changed"] else words


def _handover(facts: dict[str, Any]) -> str:
    held = facts["held"].items()
    return "; ".join(
        ngettext("%(holder)s: %(n)s hồ sơ quá ngày hẹn", "%(holder)s: %(n)s hồ sơ quá ngày hẹn", items)
        % {"holder": WorkItem.With(holder).label, "n": num(items)}
        for holder, items in sorted(held)
    )


def _police(facts: dict[str, Any]) -> str:
    told = {"number": facts["number"], "days": num(facts["days"])}
    return (
        ngettext("%(number)s quá hạn %(days)s ngày", "%(number)s quá hạn %(days)s ngày", facts["days"]) % told
    )


def _extract(facts: dict[str, Any]) -> str:
    words = _("dữ liệu ngày %(dated)s") % {"dated": _day(facts["dated"])}
    if facts["holds"] is None:
        return words
    return f"{words}; " + _("từ %(day)s kết quả xác thực bị coi là cũ") % {"day": _day(facts["holds"])}


_SENTENCES = {
    Kind.PACE: _pace,
    Kind.JUMP: _jump,
    Kind.HANDOVER: _handover,
    Kind.POLICE: _police,
    Kind.EXTRACT: _extract,
}


def _day(text: str) -> str:
    return f"{dt.date.fromisoformat(text):%d/%m/%Y}"
