"""What kind of file this is, before a row of it is read."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.utils.translation import gettext as _

from .outcome import Refused

_BLOCK = 2**20  # bytes
_HEAD = 2**16  # bytes
_LONGEST_LINE = 2**26  # bytes; more is no table


class Kind(StrEnum):
    """The forms of an interchange file; workbooks are opened by the importers that take them."""

    CSV = "csv"
    PARQUET = "parquet"
    WORKBOOK = "xlsx"


@dataclass(frozen=True, slots=True)
class Source:
    """A readable file: its form, SHA-256 and size in bytes."""

    path: Path
    kind: Kind
    sha256: str
    size: int


def examine(path: Path | str) -> Source:
    """Read the file once, for its hash, form and encoding; Refused where it is of no use."""
    path = Path(path)
    shown = _name(path)
    try:
        if path.is_dir():
            raise Refused(_("%(name)s là một thư mục, không phải tệp.") % {"name": shown})
        if not path.is_file():
            raise Refused(_("Không tìm thấy tệp %(name)s.") % {"name": shown})
        with path.open("rb") as file:
            head = file.read(_HEAD)
        kind = _kind(path, head)
        return _read_through(path, kind)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise Refused(
            _("Không mở được tệp %(name)s (%(reason)s).") % {"name": shown, "reason": reason}
        ) from None


def _name(path: Path) -> str:
    """The file's name on one line, cut."""
    return "".join(c if c.isprintable() else "?" for c in path.name)[:120] or "."


def _kind(path: Path, head: bytes) -> Kind:
    name = {"name": _name(path)}
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise Refused(_("Tệp %(name)s trống.") % name)
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    if path.suffix.lower() in (".parquet", ".pq"):
        raise Refused(_("Tệp %(name)s không phải tệp Parquet đọc được.") % name)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or path.suffix.lower() in (".xlsx", ".xls"):
        raise Refused(
            _("Tệp %(name)s là sổ Excel hay tệp nén; hãy lưu thành CSV UTF-8 (hoặc Parquet) rồi nhập lại.")
            % name
        )
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused(
            _("Tệp %(name)s ở mã UTF-16; trong Excel chọn “Lưu thành” → “CSV UTF-8” rồi nhập lại.") % name
        )
    if _is_binary(head):
        raise Refused(_("Tệp %(name)s không phải văn bản CSV, cũng không phải Parquet.") % name)
    return Kind.CSV


def _is_binary(head: bytes) -> bool:
    """Text of any encoding holds few control bytes; anything else holds about one in nine."""
    strange = sum(head.count(bytes([code])) for code in range(32) if code not in (9, 10, 11, 12, 13))
    return strange * 20 > len(head)


def _read_through(path: Path, kind: Kind) -> Source:
    digest, size, lines, unbroken = hashlib.sha256(), 0, 1, 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
            if kind == Kind.CSV:
                _check_encoding(decoder, block, lines, path)
                lines += block.count(b"\n")
                unbroken = 0 if b"\n" in block or b"\r" in block else unbroken + len(block)
                if unbroken > _LONGEST_LINE:
                    raise Refused(
                        _("Tệp %(name)s có dòng quá dài, không phải bảng CSV.") % {"name": _name(path)}
                    )
    if kind == Kind.CSV:
        _check_encoding(decoder, b"", lines, path)
    return Source(path, kind, digest.hexdigest(), size)


def _check_encoding(decoder: codecs.IncrementalDecoder, block: bytes, lines: int, path: Path) -> None:
    """An empty block says that the file has ended."""
    try:
        decoder.decode(block, final=not block)
    except UnicodeDecodeError as error:
        held = len(error.object) - len(block)  # bytes kept from the block before
        line = lines + block[: max(error.start - held, 0)].count(b"\n")
        raise Refused(
            _(
                "Tệp %(name)s không ở mã UTF-8 (dòng %(line)s); trong Excel chọn “Lưu thành” → “CSV UTF-8”"
                " rồi nhập lại."
            )
            % {"name": _name(path), "line": line}
        ) from None
