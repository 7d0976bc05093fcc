"""The pages of a scan: whether it opens at all, and what the first one looks like."""

from __future__ import annotations

import io
import warnings
from enum import StrEnum
from pathlib import Path
from typing import IO

import pypdf
from PIL import Image, TiffImagePlugin
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

#: Pixels of a picture at most: more than A3 at 600 dots an inch; what is larger only fills the memory.
MOST_PIXELS = 100_000_000
#: Pixels of the shorter side from which writing can be read at all.
LEAST_SIDE = 200
#: Pages of a PDF that are looked at for something on them.
_LOOKED_AT = 20
#: Pixels of a preview on its longer side.
_PREVIEW = 1_400
#: Bytes that a picture of a PDF may fill while it is unpacked, and bits of a colour that a scanner writes.
_MOST_UNPACKED, _BITS = 75_000_000, (1, 2, 4, 8, 16)
_FORMATS = {".jpg": "JPEG", ".png": "PNG", ".tif": "TIFF"}
_OFFSETS = ((273, 279), (324, 325))  # of strips and of tiles: where each begins, and how long it is
#: What the two libraries raise of a file that is none of theirs, is cut off, or goes beyond a limit.
_BROKEN = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    SyntaxError,
    EOFError,
    RecursionError,
    NotImplementedError,
    MemoryError,
    ImportError,
    PyPdfError,
    Image.DecompressionBombError,
)


class Fault(StrEnum):
    """Why a file cannot be used as a scan."""

    NO = ""
    BROKEN = "broken"
    LOCKED = "locked"
    NO_PAGE = "no_page"
    TOO_SMALL = "too_small"
    HUGE = "huge"


def fault_of(content: bytes, suffix: str) -> Fault:
    """What keeps a file from being opened; `suffix` is that of its content (`scan_files.suffix_of`).

    Cheap, and safe from bombs: nothing is unpacked but a JPEG at an eighth of its size and what a PDF says of
    its pages, which the library keeps within bounds.
    """
    try:
        if suffix == ".pdf":
            return _fault_of_pdf(content)
        return _fault_of_picture(content, _FORMATS[suffix])
    except _BROKEN:
        return Fault.BROKEN


def _fault_of_picture(content: bytes, kind: str) -> Fault:
    with _opened(io.BytesIO(content), kind) as picture:
        if _is_huge(picture):
            return Fault.HUGE
        if min(picture.size) < LEAST_SIDE:
            return Fault.TOO_SMALL
        if isinstance(picture, TiffImagePlugin.TiffImageFile):
            return Fault.NO if _is_whole(picture, len(content)) else Fault.BROKEN
        if kind == "PNG":
            picture.verify()  # every block and its checksum
        else:
            picture.draft("L", (1, 1))
            picture.load()  # raises where it is cut off
    return Fault.NO


def _opened(stream: IO[bytes], kind: str) -> Image.Image:
    """A picture whose head was read; how large it may be is weighed by us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(stream, formats=(kind,))


def _is_huge(picture: Image.Image) -> bool:
    return picture.width * picture.height > MOST_PIXELS


def _is_whole(picture: TiffImagePlugin.TiffImageFile, size: int) -> bool:
    """Everything that a TIFF says its picture is made of lies within the file."""
    tags = picture.tag_v2
    for begins, lengths in _OFFSETS:
        if begins in tags and lengths in tags:
            parts = list(zip(_numbers(tags[begins]), _numbers(tags[lengths]), strict=True))
            return bool(parts) and all(0 < start < start + n <= size for start, n in parts)
    return False


def _numbers(value: object) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, tuple) else (int(str(value)),)


def _fault_of_pdf(content: bytes) -> Fault:
    document = pypdf.PdfReader(io.BytesIO(content))
    if document.is_encrypted and not document.decrypt(""):
        return Fault.LOCKED
    shown = min(len(document.pages), _LOOKED_AT)
    return Fault.NO if any(_has_content(document.pages[n]) for n in range(shown)) else Fault.NO_PAGE


def _has_content(page: pypdf.PageObject) -> bool:
    """Does anything stand on a page? What it is, is not unpacked."""
    if "/Contents" not in page:
        return False
    found = page["/Contents"].get_object()
    streams = [each.get_object() for each in found] if isinstance(found, ArrayObject) else [found]
    return any(isinstance(each, StreamObject) and each._data.strip() for each in streams)


def preview(path: Path) -> bytes | None:
    """The first page as a JPEG to look at; None where there is none, as with a typed PDF."""
    try:
        picture = _picture_in_pdf(path) if path.suffix == ".pdf" else _picture(path)
        if picture is None or _is_huge(picture):
            return None
        picture.draft("RGB", (_PREVIEW, _PREVIEW))
        picture.thumbnail((_PREVIEW, _PREVIEW))
        packed = io.BytesIO()
        picture.convert("RGB").save(packed, "JPEG", quality=80)
    except _BROKEN:
        return None
    return packed.getvalue()


def is_typed(path: Path) -> bool:
    """A PDF whose first page holds no picture to look at: what stands there was typed."""
    try:
        return path.suffix == ".pdf" and not _fitting(path)
    except _BROKEN:
        return False


def _picture(path: Path) -> Image.Image | None:
    kind = _FORMATS.get(path.suffix)
    return _opened(io.BytesIO(path.read_bytes()), kind) if kind else None


def _picture_in_pdf(path: Path) -> Image.Image | None:
    """A scanner puts the whole page into the PDF as one picture: the largest one of the first page.

    Each is weighed by what the PDF says of it, and only that one is unpacked, to no more than it says.
    """
    fitting = _fitting(path)
    if not fitting:
        return None
    largest = max(fitting, key=_pixels)
    # Four colours of two bytes, what stands before each row, and some room for tables.
    most = min(_pixels(largest) * 9 + 1_000_000, _MOST_UNPACKED)
    with pypdf.apply_configuration(
        zlib_maximum_output_length=most,
        lzw_maximum_output_length=most,
        run_length_maximum_output_length=most,
        jbig2_maximum_output_length=most,
    ):
        picture = largest.decode_as_image()
    return picture if isinstance(picture, Image.Image) else None


def _fitting(path: Path) -> list[StreamObject]:
    page = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages[0]
    return [each for each in _pictures_of(page) if 0 < _pixels(each) <= MOST_PIXELS]


def _pictures_of(page: pypdf.PageObject) -> list[StreamObject]:
    """The pictures that a page names, and those of the forms on it; none is unpacked."""
    found, drawn = [], _drawn_by(page)
    for each in drawn[:_LOOKED_AT]:
        if each.get("/Subtype") == "/Form":
            drawn_by_form = _drawn_by(each)[:_LOOKED_AT]
            found += [inner for inner in drawn_by_form if inner.get("/Subtype") == "/Image"]
        elif each.get("/Subtype") == "/Image":
            found.append(each)
    return found


def _drawn_by(holder: DictionaryObject) -> list[StreamObject]:
    resources = holder.get("/Resources", DictionaryObject()).get_object()
    named = resources.get("/XObject", DictionaryObject()).get_object()
    objects = (named[name].get_object() for name in named)
    return [each for each in objects if isinstance(each, StreamObject)]


def _pixels(picture: StreamObject) -> int:
    """As the PDF says, with those of its mask; 0 where it does not say so, or says what no scanner makes."""
    width, height = picture.get("/Width"), picture.get("/Height")
    if not (isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0):
        return 0
    if picture.get("/BitsPerComponent", 8) not in _BITS:
        return 0
    mask = picture.get("/SMask")
    if not isinstance(mask, StreamObject):
        return width * height
    if "/SMask" in mask:
        return 0
    return width * height + _pixels(mask)
