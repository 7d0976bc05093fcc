"""Which kind of file a workbook came as, told by its first bytes, whatever its name says."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from django.utils.translation import gettext as _

from landdb.intake.outcome import Refused

SUFFIXES = (".xlsx", ".xls", ".ods", ".csv")
_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_HEAD = 512


class FileKind(StrEnum):
    """What a file is."""

    XLSX = "xlsx"
    ODS = "ods"
    XLS = "xls"
    CSV = "csv"


def kind_of(path: Path, max_bytes: int) -> FileKind:
    """The kind of a file of a size that may be read; Refused with one sentence where it is none."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        raise Refused(_("Không đọc được tệp “%(name)s”.") % {"name": path.name}) from None
    if size == 0:
        raise Refused(_("Tệp rỗng, không có nội dung nào."))
    if size > max_bytes:
        limit = max_bytes // 1024 // 1024
        raise Refused(_("Tệp lớn hơn %(limit)s MB; hãy chia thành nhiều tệp.") % {"limit": limit})
    if head.startswith(_OLE):
        return FileKind.XLS
    if head.startswith(_ZIP):
        return FileKind.ODS if _ODS in head else FileKind.XLSX
    if path.suffix.lower() == ".csv":
        return FileKind.CSV
    raise Refused(_("Tệp không phải là sổ Excel .xlsx; hãy lưu lại từ Excel ở dạng .xlsx."))
