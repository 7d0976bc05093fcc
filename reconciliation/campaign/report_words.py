"""What the report's figures are called and what they are: in Vietnamese, which is the language of the report,
and in that of whoever reads the page about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _noop

_LINE = _noop("Đường thẳng từ số thửa nhóm 1 lúc kế hoạch bắt đầu đến số được giao vào ngày hạn.")
_OTHER_LINE = _noop(
    "Đường thẳng từ số đã làm lúc kế hoạch bắt đầu (không bản chốt nào ghi thì từ 0) đến số được giao vào "
    "ngày hạn."
)
_PACE = _noop("Theo nhịp các tuần gần nhất; khoảng đúng 8 trên 10 lần.")
_ALL = _noop("Trên tổng số thửa.")

#: What is told of → its name and its definition. Of each group, outcome, task, word and holder the same.
TOLD = {
    "week": (
        _noop("Tuần của chiến dịch"),
        _noop("Từ tuần kế hoạch làm sạch của toàn tỉnh bắt đầu; không có kế hoạch thì từ bản chốt đầu."),
    ),
    "week_first": (_noop("Từ ngày"), _noop("Thứ hai của tuần.")),
    "week_last": (_noop("Đến hết ngày"), _noop("Chủ nhật; số liệu chốt lúc 24 giờ.")),
    "revision": (_noop("Bản chốt"), _noop("1 là bản đầu; bản sau sửa bản trước, có nêu lý do.")),
    "rule_set": (_noop("Bộ quy tắc"), _noop("Số của bộ quy tắc mà thửa được phân loại theo.")),
    "plots": (_noop("Tổng số thửa"), _noop("Thửa đang có trong sổ lúc chốt.")),
    "group_opening": (_noop("%(group)s, đầu tuần"), _noop("Thửa trong nhóm lúc tuần bắt đầu, theo sổ.")),
    "group_came": (_noop("%(group)s, vào"), _noop("Lượt thửa vào nhóm trong tuần.")),
    "group_went": (_noop("%(group)s, ra"), _noop("Lượt thửa ra khỏi nhóm trong tuần.")),
    "group_closing": (_noop("%(group)s, cuối tuần"), _noop("Thửa trong nhóm lúc chốt.")),
    "group_change": (_noop("%(group)s, tăng giảm"), _noop("Vào trừ ra.")),
    "group_share": (_noop("%(group)s, tỷ lệ"), _noop("Trên tổng số thửa lúc chốt.")),
    "people": (_noop("Người sử dụng đất"), _noop("Người đứng tên ở các thửa, cả cơ quan, tổ chức.")),
    "people_asked": (_noop("Người phải đối chiếu"), _noop("Không kể cơ quan, tổ chức.")),
    "people_of": (_noop("Người: %(outcome)s"), _noop("Người có kết quả này lúc chốt: %(small)s.")),
    "people_matched_share": (_noop("Người khớp, tỷ lệ"), _noop("Trên số người phải đối chiếu.")),
    "people_matched_change": (_noop("Người khớp, tăng giảm"), _noop("So với bản chốt tuần trước.")),
    "people_wrong": (
        _noop("Người sai lệch, chưa rõ"),
        _noop("Khác thông tin, chưa rõ là ai, không thấy, thiếu."),
    ),
    "task_assigned": (_noop("%(task)s: được giao"), _noop("Số %(unit)s trong kế hoạch lúc chốt.")),
    "task_excluded": (_noop("%(task)s: chưa làm được"), _noop("Có lý do đã ghi: thế chấp, mất giấy…")),
    "task_collectable": (_noop("%(task)s: có thể làm"), _noop("Được giao trừ chưa làm được.")),
    "task_done": (_noop("%(task)s: đã làm"), _noop("Số %(unit)s đạt lúc chốt, %(where)s.")),
    "task_rate": (_noop("%(task)s: trên số được giao"), _noop("Đã làm trên được giao.")),
    "task_rest": (_noop("%(task)s: trên số có thể làm"), _noop("Đã làm trên có thể làm.")),
    "task_planned": (_noop("%(task)s: kế hoạch"), _OTHER_LINE),
    "clean_planned": (_noop("%(task)s: kế hoạch"), _LINE),
    "task_gap": (_noop("%(task)s: so kế hoạch"), _noop("Đã làm trừ kế hoạch.")),
    "task_needed": (_noop("%(task)s: cần mỗi tuần"), _noop("Số còn lại chia đều cho các tuần đến hạn.")),
    "task_starts": (_noop("%(task)s: bắt đầu"), _noop("Ngày sớm nhất trong kế hoạch.")),
    "task_due": (_noop("%(task)s: hạn"), _noop("Ngày muộn nhất trong kế hoạch.")),
    "coded": (_noop("Thửa có mã định danh"), _noop("Thửa đang có trong sổ và đã có mã.")),
    "coded_share": (_noop("Thửa có mã, tỷ lệ"), _ALL),
    "drawn": (_noop("Thửa có trên bản đồ"), _noop("Thửa không vướng quy tắc “chưa có hình thể”.")),
    "drawn_share": (_noop("Thửa có trên bản đồ, tỷ lệ"), _ALL),
    "communes": (_noop("Số xã, phường"), _noop("Xã, phường có số liệu của tuần.")),
    "communes_ranked": (_noop("Số xã, phường được xếp"), _noop("Có chỉ tiêu làm sạch thửa đất.")),
    "communes_late": (
        _noop("Số xã, phường chậm kế hoạch"),
        _noop("Đã làm ít hơn kế hoạch đến ngày chốt."),
    ),
    "communes_far": (
        _noop("Số xã, phường chậm trên 10 điểm %"),
        _noop("Chậm kế hoạch quá 10 điểm phần trăm."),
    ),
    "open": (
        _noop("Thửa vướng chữ “%(word)s”"),
        _noop("Thửa còn vướng ít nhất một quy tắc của chữ “%(word)s”."),
    ),
    "waiting": (_noop("Chờ %(holder)s"), _noop("Người sử dụng đất đang chờ: %(holder)s.")),
    "waiting_old": (_noop("Chờ %(holder)s, trên 30 ngày"), _noop("Trong số đó, chờ quá 30 ngày.")),
    "forecast_pace": (_noop("Nhịp gần đây"), _noop("Thửa lên nhóm 1 mỗi tuần, vài tuần gần nhất.")),
    "forecast_likely": (_noop("Dự kiến xong"), _PACE),
    "forecast_earliest": (_noop("Dự kiến sớm nhất"), _PACE),
    "forecast_latest": (_noop("Dự kiến muộn nhất"), _PACE),
    "forecast_late": (_noop("Dự kiến chậm (ngày)"), _noop("Từ hạn đến ngày dự kiến xong.")),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence that is marked for translation, with others in its places.

    `is_small`: it stands within a sentence.
    """

    text: str
    parts: tuple[tuple[str, Words], ...] = ()
    is_small: bool = False

    def __str__(self) -> str:
        return self._said(str)

    @property
    def here(self) -> str:
        """In the language of the page."""
        return self._said(gettext)

    @property
    def small(self) -> Words:
        return replace(self, is_small=True)

    def _said(self, say: Callable[[str], str]) -> str:
        told = say(self.text)
        if self.parts:
            told %= {name: part._said(say) for name, part in self.parts}
        return f"{told[0].lower()}{told[1:]}" if self.is_small else told


def told_of(what: str, **parts: str | Words) -> tuple[Words, Words]:
    """Name and definition of what is told, with the words that both have places for."""
    held = tuple((name, part if isinstance(part, Words) else Words(part)) for name, part in parts.items())
    name, definition = TOLD[what]
    return Words(name, held), Words(definition, held)
