"""A typed PDF shows how its first page begins, to who may see the scan; a hostile one ends a child alone."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, StreamObject

from landdb.models import AccessLog, Role
from parcels import scan_pages, typed_pages
from parcels.models import Scan
from reconciliation.demo import scanned
from tests import factories

from .test_unknown_scans import arrived

NUMBER = "024175123456"
LINES = ["CONG HOA XA HOI CHU NGHIA VIET NAM", "So phat hanh CD 123456", f"Ong Le Van Mau, so {NUMBER}"]


def drawn(lines: list[str]) -> bytes:
    told = "".join(f"({line}) Tj 0 -20 Td\n" for line in lines)
    return f"BT /F1 12 Tf 72 760 Td\n{told}ET".encode()


def packed(content: StreamObject, **more: DictionaryObject) -> bytes:
    """A PDF of one page in a plain font; `more` are the forms that it may draw."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(595, 842)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    plain = DictionaryObject({NameObject(name): NameObject(value) for name, value in font.items()})
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(plain)})
    resources = DictionaryObject({NameObject("/Font"): fonts})
    forms = {NameObject(f"/{name}"): writer._add_object(form) for name, form in more.items()}
    resources[NameObject("/XObject")] = DictionaryObject(forms)
    page[NameObject("/Resources")] = resources
    page[NameObject("/Contents")] = writer._add_object(content)
    found = io.BytesIO()
    writer.write(found)
    return found.getvalue()


def stream(content: bytes) -> DecodedStreamObject:
    made = DecodedStreamObject()
    made.set_data(content)
    return made


def typed(lines: list[str]) -> bytes:
    return packed(stream(drawn(lines)))


def beginning(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "scan.pdf"
    path.write_bytes(content)
    assert scan_pages.is_typed(path)
    return typed_pages.beginning(path)


def test_it_reads_lines_of_words_as_they_stand(tmp_path: Path) -> None:
    assert beginning(tmp_path, typed(LINES)).splitlines() == LINES


def test_it_stops_between_words_so_that_no_number_is_halved(tmp_path: Path) -> None:
    told = beginning(tmp_path, typed([NUMBER + "a"] * 39 + [" ".join([NUMBER] * 200)]))
    assert typed_pages.MOST_LETTERS - len(NUMBER) <= len(told) <= typed_pages.MOST_LETTERS
    assert set(told.split()) == {NUMBER, NUMBER + "a"}


def test_a_page_with_a_picture_or_no_letter_has_no_words(tmp_path: Path) -> None:
    path = tmp_path / "anh.pdf"
    path.write_bytes(scanned.picture("PDF"))
    assert not scan_pages.is_typed(path)
    assert beginning(tmp_path, scanned.pdf("1")) == ""


def bomb() -> bytes:
    """Two hundred million blanks, packed twice into some hundred bytes."""
    once = zlib.compress(zlib.compress(b" " * 200_000_000, 9), 9)
    content = StreamObject()
    content._data = once
    both = pypdf.generic.ArrayObject([NameObject("/FlateDecode"), NameObject("/FlateDecode")])
    content[NameObject("/Filter")] = both
    return packed(content)


def echo() -> bytes:
    """Forms that each draw the next one twice: thirty of them draw a thousand million."""
    forms: dict[str, DictionaryObject] = {}
    for n in range(30):
        form = stream(f"/X{n + 1} Do /X{n + 1} Do".encode() if n < 29 else drawn(LINES))
        form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
        forms[f"X{n}"] = form
    whole = packed(stream(b"/X0 Do"), **forms)
    writer = pypdf.PdfWriter(io.BytesIO(whole))
    resources = writer.pages[0]["/Resources"]
    for each in resources["/XObject"].values():
        each.get_object()[NameObject("/Resources")] = resources
    found = io.BytesIO()
    writer.write(found)
    return found.getvalue()


@pytest.mark.parametrize("content", [bomb(), typed(LINES)[:400]], ids=["bomb", "half"])
def test_what_swells_beyond_the_limits_or_is_broken_has_no_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(content)
    assert typed_pages.beginning(path) == ""


def test_forms_that_draw_each_other_endlessly_are_left_off(tmp_path: Path) -> None:
    told = beginning(tmp_path, echo())
    assert told.startswith(LINES[0])
    assert len(told) <= typed_pages.MOST_LETTERS


def test_who_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(typed(LINES))
    monkeypatch.setattr(typed_pages, "_SECONDS", 0.001)
    assert typed_pages.beginning(path) == ""


@pytest.fixture
def official(db):
    return factories.make_user(Role.COMMUNE_OFFICIAL, commune=factories.make_ready_plot().commune)


@pytest.fixture
def scan(official) -> Scan:
    return arrived(official.commune, official, "danh may.pdf", typed(LINES))


def test_its_words_stand_beside_the_search_with_numbers_masked_and_the_look_is_logged(
    visit, official, scan
) -> None:
    client, address = visit(official), f"/scans/files/{scan.pk}/words/"
    page = client.get(f"/scans/unknown/{scan.pk}/").content.decode()
    assert f'hx-get="{address}"' in page
    assert "/preview/" not in page
    answer = client.get(address)
    words = answer.content.decode()
    assert "So phat hanh CD 123456" in words
    assert NUMBER not in words
    assert "•••• •••• 3456" in words
    assert answer["Cache-Control"] == "private, no-store"
    log = AccessLog.objects.get(subject="scan", subject_id=scan.pk)
    assert (log.user, log.action) == (official, AccessLog.Action.VIEW)


def test_where_nothing_can_be_read_the_file_is_offered(visit, official) -> None:
    bare = arrived(official.commune, official, "net ve.pdf")
    assert "mở tệp để xem" in visit(official).get(f"/scans/files/{bare.pk}/words/").content.decode()


def test_nobody_of_another_commune_reads_them(visit, scan) -> None:
    outsider = factories.make_user(Role.COMMUNE_OFFICIAL, commune=factories.make_commune())
    assert visit(outsider).get(f"/scans/files/{scan.pk}/words/").status_code == 404
    assert visit(factories.make_user(Role.MANAGER)).get(f"/scans/files/{scan.pk}/words/").status_code == 403
    assert not AccessLog.objects.filter(subject="scan", subject_id=scan.pk).exists()
