"""A workbook saved as CSV: one sheet, every cell as text."""

from __future__ import annotations

import codecs
import csv
from io import StringIO
from pathlib import Path

from django.utils.translation import gettext as _

from landdb.intake.outcome import Refused

_DELIMITERS = ",;\t"
_HEAD_LINES = 6
_MOST_COLUMNS, _LONGEST_CELL = 1_024, 32_767
#: Rows beside those of the data: headers, sums, blanks between.
_SPARE_ROWS = 2_000


def rows(path: Path, max_rows: int) -> list[list[str]]:
    """The rows, all of one width; Refused with one sentence where the file is no table of text."""
    text = _text(path.read_bytes())
    head = text.split("\n", _HEAD_LINES)[:_HEAD_LINES]
    delimiter = max(_DELIMITERS, key=lambda each: sum(line.count(each) for line in head))
    found: list[list[str]] = []
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            found.append(row)
            if len(found) > max_rows + _SPARE_ROWS:
                raise Refused(_("Tệp có hơn %(limit)s dòng; hãy chia thành nhiều tệp.") % {"limit": max_rows})
            if len(row) > _MOST_COLUMNS:
                raise Refused(_("Dòng %(row)s có quá nhiều ô.") % {"row": len(found)})
    except csv.Error:
        raise Refused(
            _("Tệp CSV hỏng ở khoảng dòng %(line)s: có lẽ thiếu một dấu ngoặc kép đóng.")
            % {"line": len(found) + 1}
        ) from None
    finally:
        csv.field_size_limit(before)
    width = max(map(len, found), default=0)
    return [row + [""] * (width - len(row)) for row in found]


def _text(content: bytes) -> str:
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            _("Tệp CSV không ở mã UTF-8; trong Excel chọn “Lưu thành” → “CSV UTF-8”, hoặc lưu dạng .xlsx.")
        ) from None
    if "\x00" in text:
        raise Refused(_("Tệp không phải là bảng CSV; hãy lưu lại từ Excel ở dạng .xlsx."))
    return text
