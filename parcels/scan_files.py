"""What a scanned file is by its content: its name promises nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from landdb.intake.archives import DAMAGED
from landdb.intake.outcome import Refused

#: Bytes of one scan, and of a ZIP of them; files in a ZIP, and bytes of all of them.
MOST_BYTES = 30 * 2**20
MOST_ZIP = 400 * 2**20
MOST_FILES = 5_000
MOST_INFLATED = 2 * 2**30
_BLOCK = 2**20
#: First bytes → suffix and media type.
_TYPES = (
    (b"%PDF-", ".pdf", "application/pdf"),
    (b"\xff\xd8\xff", ".jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", ".png", "image/png"),
    (b"II*\x00", ".tif", "image/tiff"),
    (b"MM\x00*", ".tif", "image/tiff"),
)
_SPELLINGS = {".jpeg": ".jpg", ".tiff": ".tif"}
MEDIA = {suffix: media for _head, suffix, media in _TYPES}


def suffix_of(name: str, head: bytes) -> str:
    """The suffix of the content; '' where it is no scan, or other than its name says."""
    found = next((suffix for start, suffix, _media in _TYPES if head.startswith(start)), "")
    said = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    return found if found and _SPELLINGS.get(said, said) == found else ""


def is_signed(path: Path) -> bool:
    """Does the PDF carry a digital signature? Whether it is valid is not asked."""
    if path.suffix != ".pdf":
        return False
    content = path.read_bytes()
    return b"/ByteRange" in content and (b"/Type/Sig" in content or b"/Type /Sig" in content)


class Members:
    """The files of a ZIP, under limits; Refused where it is none, or a bomb."""

    def __init__(self, path: Path) -> None:
        try:
            self.archive = zipfile.ZipFile(path)
            found = self.archive.infolist()
        except DAMAGED:
            raise Refused(_("Tệp ZIP bị hỏng hoặc chưa tải xong; hãy nén lại rồi gửi lại.")) from None
        self.parts = [part for part in found if not part.is_dir()]
        if any(part.flag_bits & 0x1 for part in self.parts):
            raise Refused(_("Tệp ZIP có mật khẩu; hãy bỏ mật khẩu rồi gửi lại."))
        if len(self.parts) > MOST_FILES:
            raise Refused(_("Tệp ZIP có hơn %(most)d tệp; hãy chia nhỏ.") % {"most": MOST_FILES})
        if sum(part.file_size for part in self.parts) > MOST_INFLATED:
            raise Refused(_("Tệp ZIP phình ra quá lớn khi mở; hãy chia nhỏ."))

    def blocks(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """The content, at most MOST_BYTES of it; ValueError where it is more, or cannot be read."""
        total = 0
        try:
            with self.archive.open(part) as stream:
                while block := stream.read(_BLOCK):
                    total += len(block)
                    if total > MOST_BYTES:
                        raise ValueError("too large")
                    yield block
        except DAMAGED as error:
            raise ValueError("unreadable") from error


def name_of(part: zipfile.ZipInfo) -> str:
    """The name as it was typed: programs of Windows write UTF-8 without saying so."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return part.filename


def is_zip(stream: IO[bytes]) -> bool:
    """By its first bytes; the stream is rewound."""
    head = stream.read(4)
    stream.seek(0)
    return head in (b"PK\x03\x04", b"PK\x05\x06")
