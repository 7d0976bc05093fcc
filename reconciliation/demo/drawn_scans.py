"""A drawn page that stands for the scan of a certificate: nobody can take it for a real one."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from ..campaign.report_ink import font
from . import scanned

#: Pixels of a page: enough to read, few enough for a hundred thousand bytes.
SIZE = (700, 990)
_INK, _PALE, _PAPER, _MARGIN = 30, 214, 250, 40


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written on a certificate."""

    serial: str
    holders: str
    place: str
    land: str


def draw(paper: Paper, *, is_signed: bool = False) -> bytes:
    """The PDF of a scanner; the same paper gives the same bytes."""
    page = Image.new("L", SIZE, _PAPER)
    _watermark(page)
    pen = ImageDraw.Draw(page)
    for gap in (0, 6):
        edge = _MARGIN // 2 + gap
        pen.rectangle([edge, edge, SIZE[0] - edge, SIZE[1] - edge], outline=110, width=2)
    middle = SIZE[0] // 2
    pen.text((middle, 110), "GIẤY CHỨNG NHẬN", fill=_INK, font=font(38, is_strong=True), anchor="mm")
    pen.text((middle, 160), "quyền sử dụng đất", fill=_INK, font=font(26, is_strong=False), anchor="mm")
    lines = (
        ("Người sử dụng đất", paper.holders),
        ("Xã, phường", paper.place),
        ("Thửa đất", paper.land),
        ("Số phát hành", paper.serial),
    )
    for n, (label, text) in enumerate(lines):
        top = 260 + n * 120
        pen.text((_MARGIN + 20, top), label, fill=90, font=font(20, is_strong=False))
        pen.text((_MARGIN + 20, top + 32), text[:52], fill=_INK, font=font(25, is_strong=True))
    pen.text((middle, 880), "MẪU - dữ liệu giả", fill=_INK, font=font(26, is_strong=True), anchor="mm")
    packed = io.BytesIO()
    page.save(packed, "JPEG", quality=60)
    return scanned.pdf_of(packed.getvalue(), SIZE, is_signed=is_signed)


def _watermark(page: Image.Image) -> None:
    """Across the whole page, in grey."""
    across = Image.new("L", SIZE, 0)
    pen = ImageDraw.Draw(across)
    place = (SIZE[0] // 2, SIZE[1] // 2)
    pen.text(place, "MẪU - dữ liệu giả", fill=255, font=font(76, is_strong=True), anchor="mm")
    page.paste(_PALE, mask=across.rotate(52))
