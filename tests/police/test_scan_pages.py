"""A scan is taken only where it opens; what does not is named with the reason and the mend."""

from __future__ import annotations

import io
import tracemalloc
import zlib

import pypdf
import pytest
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, NumberObject, StreamObject

from parcels import scan_pages
from parcels.scan_pages import Fault, fault_of
from reconciliation.demo import scanned
from reconciliation.models import ArrivedScan
from tests import factories

from .test_scans import outcomes, take

KINDS = [("JPEG", ".jpg"), ("PNG", ".png"), ("TIFF", ".tif"), ("PDF", ".pdf")]


def packed(writer: pypdf.PdfWriter) -> bytes:
    found = io.BytesIO()
    writer.write(found)
    return found.getvalue()


def blank(pages: int) -> bytes:
    writer = pypdf.PdfWriter()
    for _n in range(pages):
        writer.add_blank_page(595, 842)
    return packed(writer)


def locked() -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(scanned.picture("PDF")))
    writer.encrypt("mật khẩu")
    return packed(writer)


@pytest.mark.parametrize(("kind", "suffix"), KINDS)
def test_what_a_scanner_makes_opens_and_half_of_it_does_not(kind: str, suffix: str) -> None:
    whole = noise(kind)
    assert fault_of(whole, suffix) == Fault.NO
    for broken in (whole[: len(whole) // 2], whole[:10], whole[:192]):
        assert fault_of(broken, suffix) == Fault.BROKEN


def noise(kind: str) -> bytes:
    found = io.BytesIO()
    Image.effect_noise((400, 500), 60).convert("RGB").save(found, kind)
    return found.getvalue()


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "jpeg"])
def test_a_packed_tiff_opens_too(compression: str) -> None:
    found = io.BytesIO()
    Image.effect_noise((400, 500), 60).save(found, "TIFF", compression=compression)
    assert fault_of(found.getvalue(), ".tif") == Fault.NO


@pytest.mark.parametrize(
    ("content", "suffix", "fault"),
    [
        (blank(0), ".pdf", Fault.NO_PAGE),
        (blank(1), ".pdf", Fault.NO_PAGE),
        (locked(), ".pdf", Fault.LOCKED),
        (scanned.picture("JPEG", (40, 900)), ".jpg", Fault.TOO_SMALL),
        (b"%PDF-1.7\n%%EOF", ".pdf", Fault.BROKEN),
        (scanned.pdf(), ".pdf", Fault.NO),
    ],
)
def test_each_fault_has_its_word(content: bytes, suffix: str, fault: Fault) -> None:
    assert fault_of(content, suffix) == fault


def test_a_picture_that_would_fill_the_memory_is_not_unpacked(monkeypatch) -> None:
    large = [(noise(kind), suffix) for kind, suffix in KINDS[:3]]
    monkeypatch.setattr(scan_pages, "MOST_PIXELS", 300 * 300)
    monkeypatch.setattr(Image.Image, "load", None)
    for content, suffix in large:
        assert fault_of(content, suffix) == Fault.HUGE


def test_what_a_pdf_packs_is_not_unpacked_to_see_whether_a_page_is_there(monkeypatch) -> None:
    monkeypatch.setattr(zlib, "decompressobj", None)
    monkeypatch.setattr(zlib, "decompress", None)
    drawn = zlib.compress(b" " * 10_000_000)
    content = scanned.pdf().replace(b"null", b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn))
    assert fault_of(content, ".pdf") == Fault.NO


def page_of(*pictures: tuple[str, int, int, bytes]) -> bytes:
    """A PDF whose page draws packed grey pictures; each may lie about its size."""
    writer = pypdf.PdfWriter()
    drawn = DictionaryObject()
    for name, width, height, packed_ in pictures:
        stream = StreamObject()
        stream._data = packed_
        stream.update(
            {
                NameObject("/Subtype"): NameObject("/Image"),
                NameObject("/Width"): NumberObject(width),
                NameObject("/Height"): NumberObject(height),
                NameObject("/BitsPerComponent"): NumberObject(8),
                NameObject("/ColorSpace"): NameObject("/DeviceGray"),
                NameObject("/Filter"): NameObject("/FlateDecode"),
            }
        )
        drawn[NameObject(name)] = writer._add_object(stream)
    page = writer.add_blank_page(595, 842)
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): drawn})
    return packed(writer)


def grey(width: int, height: int) -> bytes:
    return zlib.compress(b"\x80" * (width * height))


def test_only_the_largest_picture_that_fits_is_unpacked(tmp_path, monkeypatch) -> None:
    unpacked, whole = [], StreamObject.decode_as_image

    def noted(self, *given):
        unpacked.append((self["/Width"], self["/Height"]))
        return whole(self, *given)

    monkeypatch.setattr(StreamObject, "decode_as_image", noted)
    path = tmp_path / "scan.pdf"
    path.write_bytes(
        page_of(
            ("/Stamp", 50, 50, grey(50, 50)),
            ("/Page", 400, 500, grey(400, 500)),
            ("/Bomb", 60_000, 60_000, grey(10, 10)),
            ("/Nothing", 0, 900, b""),
        )
    )
    with Image.open(io.BytesIO(scan_pages.preview(path) or b"")) as shown:
        assert shown.size == (400, 500)
    assert unpacked == [(400, 500)]


def test_a_picture_that_unpacks_to_more_than_it_says_is_left_packed(tmp_path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(page_of(("/Page", 400, 500, grey(10_000, 6_000))))
    tracemalloc.start()
    try:
        assert scan_pages.preview(path) is None
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.django_db
def test_the_report_names_each_with_the_reason_and_the_mend(visit) -> None:
    commune = factories.make_commune()
    factories.make_certificate(commune, serial="CD 123456", scanned=False)
    arrival = take(
        commune,
        ("CD 123456.jpg", b"\xff\xd8\xff" + b"1234567"),
        ("CD 123456.pdf", blank(1)),
        ("CD 123456-GT.pdf", locked()),
        ("CD 123456-GCN.jpg", scanned.picture("JPEG", (30, 30))),
    )
    told = outcomes(arrival)
    assert set(told.values()) == {"broken", "no_page", "locked", "too_small"}
    assert (arrival.file.rows, arrival.file.rejected) == (4, 4)
    assert not arrival.scans.exclude(stored="").exists()
    page = visit(arrival.uploaded_by).get(f"/scans/{arrival.pk}/").content.decode()
    for outcome in told.values():
        assert str(ArrivedScan.Outcome(outcome).label) in page
    for words in ("bỏ mật khẩu", "quét lại ở 200–300 dpi", "mở thử trên máy mình"):
        assert words in page


def test_every_refusal_has_a_mend() -> None:
    assert set(ArrivedScan.MENDS) == set(ArrivedScan.REFUSED)
