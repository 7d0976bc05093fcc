"""What a problem code means: why a value cannot be used, and what mends it."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _


class Words(NamedTuple):
    """The reason and the mend, in the reader's language once they are shown.

    `taken`: what is taken in place of the cell where its row goes in nevertheless.
    """

    reason: str | Promise
    mend: str | Promise
    taken: str | Promise = ""

    def said(self, *, goes_in: bool, about: str = "") -> str:
        """The reason, with the row that it is `about`, and with what is taken of a row that goes in."""
        row = _now("(dòng %(row)s)") % {"row": about} if about else ""
        reason = " ".join(filter(None, (str(self.reason), row)))
        return f"{reason}, {self.taken}" if goes_in and self.taken else reason


_words: dict[str, Words] = {}


def declare(code: str, reason: str | Promise, mend: str | Promise, taken: str | Promise = "") -> str:
    """Make a code known; the code. ValueError where it is taken already, or over 40 characters."""
    if len(code) > 40 or code in _words:
        raise ValueError(f"problem code {code!r} is too long or declared twice")
    _words[code] = Words(reason, mend, taken)
    return code


def text(code: str) -> Words:
    """The words to a code; a code of an older version that nobody declares any more stands for itself."""
    return _words.get(code) or Words(code, "")


def codes() -> tuple[str, ...]:
    """All declared codes, in order."""
    return tuple(sorted(_words))


ROW_LENGTH = declare(
    "row_length",
    _("số ô của dòng khác số cột của tiêu đề"),
    _("xem lại dấu phân cách và dấu ngoặc kép của dòng"),
)
ROW_BLANK = declare("row_blank", _("dòng trống"), _("không cần làm gì"))
CELL_TOO_LONG = declare(
    "cell_too_long", _("ô dài hơn mức cho phép"), _("rút gọn nội dung ô, bỏ phần không thuộc cột này")
)
CONTROL_CHARACTER = declare("control_character", _("ô có ký tự điều khiển (NUL)"), _("gõ lại nội dung ô"))
KEY_MISSING = declare("key_missing", _("thiếu mã bản ghi"), _("ghi mã của bản ghi ở hệ thống nguồn"))
KEY_REPEATED = declare(
    "key_repeated", _("mã bản ghi đã có ở dòng trước của tệp"), _("giữ một dòng cho mỗi mã, bỏ dòng thừa")
)
NAME_MISSING = declare("name_missing", _("thiếu họ và tên"), _("ghi họ và tên"))
COMMUNE_UNKNOWN = declare(
    "commune_unknown",
    _("không tìm thấy xã, phường này"),
    _("ghi tên xã, phường hiện nay, hoặc tên cũ kèm huyện cũ"),
)
COMMUNE_AMBIGUOUS = declare(
    "commune_ambiguous",
    _("tên này chỉ nhiều xã, phường"),
    _("ghi thêm huyện cũ, hoặc ghi tên xã, phường hiện nay"),
)
COMMUNE_CONTRADICTED = declare(
    "commune_contradicted",
    _("ô xã và địa chỉ chỉ hai xã, phường khác nhau"),
    _("xem nơi thường trú, sửa ô sai; địa chỉ ghi rõ xã, phường thì tạm lấy theo địa chỉ"),
)
