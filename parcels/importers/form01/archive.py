"""Safety before reading: an .xlsx is a zip of XML, and both can be made to burst a server.

Parts are inflated here, block by block, under limits; only what has passed is handed on, in an archive of our
own making. What a second program would find elsewhere in the received bytes therefore does not matter.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from landdb.intake.archives import DAMAGED
from landdb.intake.outcome import Refused

#: Bytes of a commune's upload.
MAX_BYTES = 20 * 1024 * 1024
#: Rows of data in one workbook.
MAX_ROWS = 200_000

#: Inflated bytes for each byte that a file may have, and at most in all.
_INFLATED_PER_BYTE, _MOST_INFLATED = 25, 2 * 1024**3
#: Sheets of repeated values inflate some 40 times; a bomb a thousand times.
_MOST_RATIO, _RATIO_COUNTS_FROM = 200, 16 * 1024 * 1024
_MOST_PARTS = 2_000
#: Of a sheet, for each row that it may have and in all; columns.
_CELLS_PER_ROW = 160
_MOST_CELLS, _MOST_COLUMNS = 30_000_000, 1_024
#: Characters that repeated long texts unfold to.
_MOST_TEXT, _LONG_TEXT = 512 * 1024 * 1024, 300
_BLOCK = 1024 * 1024
#: Rows beside those of the data: headers, sums, blanks between.
_SPARE_ROWS = 2_000

#: Parts that run programs, or fetch what stands elsewhere.
_MACROS = ("vbaproject.bin", "/macrosheets/", "/activex/", "basic/", "scripts/")
_FETCHING = ("/externallinks/", "xl/connections.xml", "/querytables/", "/embeddings/")
_EXTERNAL = re.compile(rb"<Relationship\b[^>]*\bTargetMode\s*=\s*[\"']External[\"'][^>]*>")
_FETCHED = re.compile(
    rb"<table:table-source\b|<text:database-|\bof:=[^<>\"]*'(?:file|https?):", re.IGNORECASE
)
_OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_OLE_LOCKED = "EncryptedPackage".encode("utf-16-le")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_BLANK_CELL = re.compile(rb"<(?:\w+:)?c\b[^<>]*/>|<(?:\w+:)?c\b[^<>]*>\s*</(?:\w+:)?c>")
_BLANK_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*/>|<(?:\w+:)?row\b[^<>]*>\s*</(?:\w+:)?row>")
_ERROR_CELL = re.compile(rb"(<(?:\w+:)?c\b[^<>]*\bt=)([\"'])e\2")
#: A cell in column CA or beyond, or row 100,000 or beyond, or one that does not begin with its place as all
#: common programs write it. That the pattern begins with plain letters makes it six times as fast.
_FAR_OR_NOWHERE = re.compile(
    rb'<c(?: r="(?:[A-Za-z]{3}[0-9]|[C-Zc-z][A-Za-z][0-9]|[A-Za-z]{0,3}[0-9]{6})|(?! r="[A-Za-z]|[A-Za-z]))'
)
_FAR_ROW = re.compile(rb"<row\b[^<>]*?\br\s*=\s*[\"'][0-9]{6}")
_COLUMN = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,3})[0-9]+[\"']")
_ROW = re.compile(rb"\br\s*=\s*[\"'][A-Za-z]{0,3}([0-9]{1,9})[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_INDEX = re.compile(rb"<(?:\w+:)?v[^<>]*>\s*([0-9]+)\s*<")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workbook may be: bytes as received, rows of data in a sheet, bytes once inflated."""

    max_bytes: int = MAX_BYTES
    max_rows: int = MAX_ROWS
    max_inflated: int = _MOST_INFLATED

    @property
    def cells(self) -> int:
        """Cells of the rectangle from A1 to the last filled cell, which a reader holds in memory whole."""
        return min(self.max_rows * _CELLS_PER_ROW, _MOST_CELLS)

    @property
    def inflated(self) -> int:
        return min(self.max_bytes * _INFLATED_PER_BYTE, self.max_inflated)


@dataclass(frozen=True, slots=True)
class Checked:
    """A workbook as an archive in memory, and whether a cell may be longer than Excel allows."""

    archive: io.BytesIO
    may_hold_long_cells: bool


def checked(path: Path, limits: Limits) -> Checked:
    """The workbook's parts, inflated and checked; Refused with one sentence."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _repacked(archive, path.stat().st_size, limits)
    except DAMAGED:
        raise Refused(_broken()) from None


def check_sheet_of_other_make(path: Path, limits: Limits) -> bool:
    """An .ods or .xls before it is read by a process of its own: may it have formulas?

    Refused with one sentence.
    """
    content = path.read_bytes()
    if not content.startswith(b"PK"):
        if _OLE_LOCKED in content:
            raise Refused(_("Tệp có mật khẩu; hãy bỏ mật khẩu rồi gửi lại."))
        if _OLE_MACROS in content:
            raise Refused(_has_macros())
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _check_directory(parts, len(content), limits, "content.xml")
            text = _inflated(archive, archive.getinfo("content.xml"), limits.inflated)
    except DAMAGED:
        raise Refused(_broken()) from None
    if _DOCTYPE.search(text):
        raise Refused(_("Tệp chứa khai báo XML không được phép; hãy lưu lại từ Excel ở dạng .xlsx."))
    if _FETCHED.search(text):
        raise Refused(_has_links())
    return b":formula" in text


def _broken() -> str:
    return _("Tệp bị hỏng hoặc chưa tải xong; hãy mở bằng Excel, lưu lại rồi gửi lại.")


def _has_macros() -> str:
    return _("Tệp có macro; hãy lưu lại dạng .xlsx không có macro rồi gửi lại.")


def _has_links() -> str:
    return _("Tệp có liên kết ra ngoài; hãy ngắt liên kết (Dữ liệu → Sửa liên kết), lưu lại rồi gửi lại.")


def _repacked(archive: zipfile.ZipFile, size: int, limits: Limits) -> Checked:
    parts = archive.infolist()
    _check_directory(parts, size, limits, "xl/workbook.xml")
    left, texts, indexes = limits.inflated, b"", []
    packed, is_long = io.BytesIO(), False
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as target:
        for part in parts:
            if not part.filename.lower().endswith((".xml", ".rels")):
                continue
            content = _inflated(archive, part, left)
            left -= len(content)
            is_long = is_long or _has_long_text(content)
            if b"<!" in content and _DOCTYPE.search(content):
                raise Refused(_("Tệp chứa khai báo XML không được phép; hãy lưu lại từ Excel ở dạng .xlsx."))
            if part.filename.endswith(".rels") and any(
                b"hyperlink" not in found for found in _EXTERNAL.findall(content)
            ):
                raise Refused(_has_links())
            if "/worksheets/" in part.filename and not part.filename.endswith(".rels"):
                content = _tidied(_not_too_long(content, limits), limits)
                indexes.append(content)
            elif part.filename.lower().endswith("/sharedstrings.xml"):
                texts = content
            target.writestr(part.filename, content)
    _check_repeated_texts(texts, indexes)
    packed.seek(0)
    return Checked(packed, is_long)


def _check_directory(parts: list[zipfile.ZipInfo], size: int, limits: Limits, needed: str) -> None:
    """What the archive says of itself; `needed` is the part without which it is no workbook."""
    names = [part.filename for part in parts]
    if any(part.flag_bits & 0x1 for part in parts):
        raise Refused(_("Tệp có mật khẩu; hãy bỏ mật khẩu rồi gửi lại."))
    if needed not in names:
        raise Refused(_("Tệp không phải là sổ Excel .xlsx; hãy lưu lại từ Excel ở dạng .xlsx."))
    lowered = [name.lower() for name in names]
    if any(mark in name for name in lowered for mark in _MACROS):
        raise Refused(_has_macros())
    if any(mark in name for name in lowered for mark in _FETCHING):
        raise Refused(_has_links())
    total = sum(part.file_size for part in parts)
    is_bomb = total > _RATIO_COUNTS_FROM and total > size * _MOST_RATIO
    if is_bomb or total > limits.inflated or len(parts) > _MOST_PARTS or len(set(names)) < len(names):
        raise Refused(_too_large())


def _too_large() -> str:
    return _("Tệp nén phình ra quá lớn khi mở; hãy xoá các dòng, cột trống đã định dạng rồi lưu lại.")


def too_wide() -> str:
    return _("Trang tính trải quá rộng hoặc quá dài; hãy xoá các ô nằm xa bảng rồi lưu lại.")


def _inflated(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> bytes:
    """One part, never more than `left` bytes of it."""
    blocks, total = [], 0
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            total += len(block)
            if total > left or (total > _RATIO_COUNTS_FROM and total > part.compress_size * _MOST_RATIO):
                raise Refused(_too_large())
            blocks.append(block)
    return b"".join(blocks)


def _has_long_text(content: bytes) -> bool:
    """May a text be longer than 32,767 characters? Every text of that size fills one of these blocks."""
    return any(content.find(b"<", start, start + 16_384) < 0 for start in range(0, len(content), 16_384))


def _not_too_long(content: bytes, limits: Limits) -> bytes:
    """The sheet, without rows that only have formats where there are many; Refused where it is too long."""
    most = limits.max_rows + _SPARE_ROWS
    if content.count(b"<row") + content.count(b":row") > most:
        content = _BLANK_ROW.sub(b"", _BLANK_CELL.sub(b"", content))
        rows = content.count(b"<row") + content.count(b":row")
        if rows > most:
            raise Refused(
                _("Tệp có %(rows)s dòng, nhiều hơn mức %(limit)s; hãy chia thành nhiều tệp.")
                % {"rows": rows, "limit": limits.max_rows}
            )
    return content


def _tidied(content: bytes, limits: Limits) -> bytes:
    """A sheet that fits into memory, its errors as the texts they show; Refused where it does not fit."""
    if _is_too_wide(content, limits.cells):
        # Often only formats reach so far.
        content = _BLANK_ROW.sub(b"", _BLANK_CELL.sub(b"", content))
        if _is_too_wide(content, limits.cells):
            raise Refused(too_wide())
    # The reader drops error cells silently; as text, "#REF!" can be reported.
    has_errors = b't="e"' in content or b"t='e'" in content
    return _ERROR_CELL.sub(rb"\1\2str\2", content) if has_errors else content


def _is_too_wide(content: bytes, most: int) -> bool:
    """The reader lays a sheet out as a full rectangle: two cells far apart would fill the memory."""
    has_far = _FAR_OR_NOWHERE.search(content) or _FAR_ROW.search(content)
    if not has_far and b":c" not in content:
        return False
    columns = _COLUMN.findall(content)
    width = max((_place(letters) for letters in set(columns)), default=0)
    height = max(map(int, set(_ROW.findall(content))), default=0)
    if len(_CELL.findall(content)) > len(columns):
        # Cells may leave out where they stand: each is then one further to the right.
        rows = content.split(b"<row")
        width += max(len(_CELL.findall(row)) for row in rows)
        height += len(rows)
    return width > _MOST_COLUMNS or width * height > most


def _place(letters: bytes) -> int:
    """A is 1, Z 26, AA 27."""
    place = 0
    for letter in letters.upper():
        place = place * 26 + letter - 64
    return place


def _check_repeated_texts(texts: bytes, sheets: list[bytes]) -> None:
    """A text stored once can stand in a million cells."""
    sizes = [len(text) for text in re.split(rb"<(?:\w+:)?si[\s>]", texts)[1:]]
    long = {str(index).encode(): size for index, size in enumerate(sizes) if size > _LONG_TEXT}
    if not long:
        return
    total = sum(long.get(index, 0) for sheet in sheets for index in _INDEX.findall(sheet))
    if total > _MOST_TEXT:
        raise Refused(_too_large())
