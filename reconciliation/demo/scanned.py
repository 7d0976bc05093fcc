"""Made-up scans: the smallest files that open as what they say they are."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

#: What tells a signed PDF from others; valid it is not.
_SIGNATURE = b"<</Type/Sig/ByteRange[0 1 2 3]>>"


def pdf(mark: str = "1", *, is_signed: bool = False) -> bytes:
    """A PDF of one page with a line on it; another mark, another file."""
    drawn = f"72 72 m 300 {72 + sum(map(ord, mark)) % 600} l S % {mark}\n".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%sendstream" % (len(drawn), drawn),
        _SIGNATURE if is_signed else b"null",
    ]
    return _packed(objects)


def pdf_of(jpeg: bytes, size: tuple[int, int], *, is_signed: bool = False) -> bytes:
    """A PDF of one page that a grey JPEG of so many pixels fills, as a scanner makes it, without a day."""
    drawn = b"q 595 0 0 842 0 0 cm /P Do Q\n"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%sendstream" % (len(drawn), drawn),
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/DCTDecode/Length %d>>stream\n%s\nendstream" % (*size, len(jpeg), jpeg),
        _SIGNATURE if is_signed else b"null",
    ]
    return _packed(objects)


def _packed(objects: Sequence[bytes]) -> bytes:
    packed, places = b"%PDF-1.7\n", list[int]()
    for number, each in enumerate(objects, 1):
        places.append(len(packed))
        packed += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(packed))
    return packed + head + table + tail


def picture(kind: str = "JPEG", size: tuple[int, int] = (600, 800), colour: str = "#d8c9a5") -> bytes:
    """A sheet of one colour, as JPEG, PNG, TIFF, or the only thing on the page of a PDF."""
    packed = io.BytesIO()
    Image.new("RGB", size, colour).save(packed, kind)
    return packed.getvalue()
