"""A drawing as a PNG for the Word document: 200 dots an inch, black, white and grey."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .report_drawing import WIDTH, Drawing, Label, Mark, Point

DPI = 200
#: The width of the text on the page, in millimetres.
TEXT_WIDTH = 160
#: What is drawn larger and made smaller has smooth edges.
_FINER = 2
#: Few shades make a small file.
_SHADES = [round(shade / 17) * 17 for shade in range(256)]
_SCALE = TEXT_WIDTH / 25.4 * DPI / WIDTH * _FINER
#: Where fonts with all Vietnamese letters lie; the first one that is there is taken.
_FOLDERS = (
    "/usr/share/fonts/truetype/msttcorefonts/Times_New_Roman{}.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-{}.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationSerif-{}.ttf",
    "/usr/share/fonts/liberation-serif/LiberationSerif-{}.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSerif{}.ttf",
    "/usr/share/fonts/dejavu-serif-fonts/DejaVuSerif{}.ttf",
    "/System/Library/Fonts/Supplemental/Times New Roman{}.ttf",
    "C:/Windows/Fonts/times{}.ttf",
)
_STYLES = {False: ("Regular", ""), True: ("Bold", "-Bold", "_Bold", " Bold", "bd")}
_SIZE = 12.5
_INK, _GREY = 0, 150
#: Style → width, shade, and the lengths of dash and gap.
_PENS = {
    "grid": (0.6, 205, ()),
    "axis": (0.8, 90, ()),
    "cut": (0.8, 90, (2, 3)),
    "plan": (1.5, 0, (6, 4)),
    "actual": (2.6, 0, ()),
    "pace": (1.5, 0, (1.6, 3)),
}


def png(drawing: Drawing) -> bytes:
    """The same drawing gives the same bytes."""
    size = (round(WIDTH * _SCALE), round(drawing.height * _SCALE))
    image = Image.new("L", size, 255)
    pen = ImageDraw.Draw(image)
    for mark in drawing.marks:
        _draw(pen, mark)
    for label in drawing.labels:
        _write(pen, label)
    packed = io.BytesIO()
    small = image.resize((size[0] // _FINER, size[1] // _FINER), Image.Resampling.LANCZOS)
    small.point(_SHADES).save(packed, "PNG", dpi=(DPI, DPI), optimize=True)
    return packed.getvalue()


def _draw(pen: ImageDraw.ImageDraw, mark: Mark) -> None:
    points = [(x * _SCALE, y * _SCALE) for x, y in mark.points]
    match mark.shape:
        case "line":
            width, shade, dash = _PENS[mark.style]
            for piece in _dashed(points, *(length * _SCALE for length in dash)) if dash else [points]:
                pen.line(piece, fill=shade, width=max(1, round(width * _SCALE)), joint="curve")
        case "fan":
            pen.polygon(points, fill=225)
            for piece in _dashed([*points, points[0]], 2 * _SCALE, 2 * _SCALE):
                pen.line(piece, fill=120, width=max(1, round(0.8 * _SCALE)))
        case "bar":
            pen.rectangle([points[0], points[1]], fill=_GREY, outline=50, width=round(0.7 * _SCALE))
        case "dot":
            ((x, y),), radius = points, 3.6 * _SCALE
            pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=_INK)


def _dashed(points: list[Point], dash: float, gap: float) -> Iterator[list[Point]]:
    """The pieces of a broken line that are drawn; the rhythm goes on around corners."""
    at = 0.0
    for (x1, y1), (x2, y2) in pairwise(points):
        length, done = math.hypot(x2 - x1, y2 - y1), 0.0
        while done < length:
            left = (dash - at) if at < dash else (dash + gap - at)
            step = min(left, length - done)
            if at < dash:
                a, b = done / length, (done + step) / length
                yield [(x1 + (x2 - x1) * a, y1 + (y2 - y1) * a), (x1 + (x2 - x1) * b, y1 + (y2 - y1) * b)]
            done += step
            at = (at + step) % (dash + gap) if step < left else (dash if at < dash else 0.0)


def _write(pen: ImageDraw.ImageDraw, label: Label) -> None:
    anchor = {"start": "ls", "mid": "ms", "end": "rs"}[label.anchor]
    place = (label.x * _SCALE, label.y * _SCALE)
    halo = round(1.6 * _SCALE)
    pen.text(
        place,
        label.text,
        fill=_INK,
        font=font(round(_SIZE * _SCALE), is_strong=label.is_strong),
        anchor=anchor,
        stroke_width=halo,
        stroke_fill=255,
    )


@cache
def font(size: int, *, is_strong: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The first font with all Vietnamese letters that is there."""
    for folder in _FOLDERS:
        for style in _STYLES[is_strong]:
            if (path := Path(folder.format(style))).is_file():
                found = ImageFont.truetype(path, size)
                if _is_vietnamese(found):
                    return found
    return ImageFont.load_default(size)


def _is_vietnamese(font: ImageFont.FreeTypeFont) -> bool:
    """Is a letter that only Vietnamese has another picture than that for what a font does not have?"""
    return bytes(font.getmask("ữ")) != bytes(font.getmask("\U0010fffd"))
