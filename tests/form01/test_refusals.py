"""Files that cannot be used: one clear sentence each, nothing changed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from landdb.intake.outcome import Refused
from landdb.models import AdminUnit, Delivery, ReceivedFile
from parcels.importers import form01
from parcels.models import Plot
from tests.form01.conftest import Write, row

pytestmark = pytest.mark.django_db

SHEET = "xl/worksheets/sheet1.xml"


def refused(path: Path, **options: object) -> str:
    with pytest.raises(Refused) as word:
        form01.import_register(path, **options)  # type: ignore[arg-type]
    text = str(word.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert not ReceivedFile.objects.exists()
    assert not Plot.objects.exists()
    assert not Delivery.objects.exists()
    return text


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The workbook with other parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "rỗng"),
        (b"\x00\xff rubbish " * 999, "không phải là sổ Excel"),
        ("Mã xã;Họ tên\n07210;Nguyễn Văn Mẫu\n".encode(), "không phải là sổ Excel"),
        ("Mã xã;Họ tên\n07210;Hộ Đặng\n".encode("cp1258", "replace"), "không phải là sổ Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "mật khẩu"),
        (b"PK\x03\x04" + bytes(500), "hỏng"),
    ],
)
def test_what_is_no_workbook(commune: AdminUnit, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "tep.xlsx"
    path.write_bytes(content)

    assert words in refused(path)


def test_a_missing_file_and_a_folder(commune: AdminUnit, tmp_path: Path) -> None:
    assert "Không đọc được" in refused(tmp_path / "khong-co.xlsx")
    refused(tmp_path)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_a_file_cut_short(commune: AdminUnit, workbook: Write, share: float) -> None:
    path = workbook([row(n) for n in range(1, 50)])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])

    assert "hỏng" in refused(path)


def test_broken_bytes_inside(commune: AdminUnit, workbook: Write) -> None:
    path = workbook([row(n) for n in range(1, 50)])
    content = bytearray(path.read_bytes())
    start = content.find(SHEET.encode()) + 200
    content[start : start + 40] = bytes(40)
    path.write_bytes(bytes(content))

    assert "hỏng" in refused(path)


def test_another_zip(commune: AdminUnit, tmp_path: Path) -> None:
    path = tmp_path / "van-ban.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    assert "không phải là sổ Excel" in refused(path)


def test_a_bomb_by_its_own_word(commune: AdminUnit, workbook: Write) -> None:
    path = repacked(workbook([row()]), lambda name, part: part + b" " * 40_000_000 if name == SHEET else part)

    assert path.stat().st_size < 200_000
    assert "phình" in refused(path)


def test_a_bomb_that_understates_itself(commune: AdminUnit, workbook: Write) -> None:
    path = repacked(workbook([row()]), lambda name, part: part + b" " * 40_000_000 if name == SHEET else part)
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = content.find(mark)
        while place >= 0:
            if struct.unpack_from("<I", content, place + offset)[0] > 1_000_000:
                struct.pack_into("<I", content, place + offset, 5_000)
            place = content.find(mark, place + 4)
    path.write_bytes(bytes(content))

    assert "hỏng" in refused(path)


def test_a_file_over_the_limit(commune: AdminUnit, workbook: Write) -> None:
    assert "MB" in refused(workbook([row()]), max_bytes=1000)


def test_too_many_rows(commune: AdminUnit, workbook: Write) -> None:
    assert "4 dòng" in refused(workbook([row(n) for n in range(1, 5)]), max_rows=3)


def test_a_locked_part(commune: AdminUnit, workbook: Write) -> None:
    path = workbook([row()])
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))

    assert "mật khẩu" in refused(path)


def test_a_cell_of_a_million_characters(commune: AdminUnit, workbook: Write) -> None:
    def stretch(name: str, part: bytes) -> bytes:
        return part.replace(b"Thon Dong", b"a" * 1_000_000) if name == SHEET else part

    # Letters of ASCII alone: others may stand in the file as references.
    text = refused(repacked(workbook([row(plot_address="Thon Dong")]), stretch))
    assert "X5" in text
    assert "32.767" in text


def test_a_million_blank_rows_are_no_rows(commune: AdminUnit, workbook: Write) -> None:
    blanks = b"".join(b'<row r="%d"><c r="C%d" s="0"/></row>' % (n, n) for n in range(1_000_000, 1_048_577))

    def stretch(name: str, part: bytes) -> bytes:
        return part.replace(b"</sheetData>", blanks + b"</sheetData>") if name == SHEET else part

    path = repacked(workbook([]), stretch)
    assert refused(path)


def test_two_cells_far_apart_do_not_fill_the_memory(commune: AdminUnit, workbook: Write) -> None:
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'

    def stretch(name: str, part: bytes) -> bytes:
        return part.replace(b"</sheetData>", far) if name == SHEET else part

    assert "quá rộng" in refused(repacked(workbook([row()]), stretch))


def with_shared_text(path: Path, text: str, cells: int) -> Path:
    """The workbook as Excel writes it: a text stored once, and cells that point to it."""
    points = b"".join(
        b'<row r="%d"><c r="X%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(6, 6 + cells)
    )
    shared = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'
    repacked(path, lambda name, part: part.replace(b"</sheetData>", points + b"</sheetData>"))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", shared % text)
    return path


def test_shared_texts_are_read(commune: AdminUnit, workbook: Write) -> None:
    outcome = form01.import_register(with_shared_text(workbook([row()]), "thôn Đông", 2))

    assert (outcome.file.applied, outcome.file.rejected) == (1, 2)


def test_one_long_text_in_many_cells_does_not_fill_the_memory(commune: AdminUnit, workbook: Write) -> None:
    assert "phình" in refused(with_shared_text(workbook([row()]), "a" * 32_000, 20_000))


def test_a_workbook_that_declares_entities(commune: AdminUnit, workbook: Write) -> None:
    def declare(name: str, part: bytes) -> bytes:
        entity = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
        return part.replace(b"<worksheet", entity + b"<worksheet", 1) if name == SHEET else part

    assert "XML" in refused(repacked(workbook([row()]), declare))


def test_a_workbook_of_something_else(commune: AdminUnit, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Ngày", "Thu", "Chi"])
    book.active.append(["01/02/2026", 5, 6])
    path = tmp_path / "so-quy.xlsx"
    book.save(path)

    assert "tiêu đề" in refused(path)


def test_an_empty_workbook(commune: AdminUnit, tmp_path: Path) -> None:
    path = tmp_path / "trong.xlsx"
    openpyxl.Workbook().save(path)

    assert "tiêu đề" in refused(path)


def test_headers_without_rows(commune: AdminUnit, workbook: Write) -> None:
    assert "không có dòng" in refused(workbook([]))


def test_no_usable_row_says_why_the_first_was_sent_back(commune: AdminUnit, workbook: Write) -> None:
    text = refused(workbook([row(1, commune_code="99999"), row(2, commune_code="99999")]))

    assert "2 dòng" in text
    assert "dòng 5" in text


def test_strict_refuses_the_file_for_one_row(commune: AdminUnit, workbook: Write) -> None:
    path = workbook([row(1), row(2, serial="BK 000001; BK 000002")])

    assert "dòng 6" in refused(path, strict=True)


def test_any_bytes_after_a_zip_head_never_break_it(commune: AdminUnit, tmp_path: Path) -> None:
    good = io.BytesIO()
    with zipfile.ZipFile(good, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("[Content_Types].xml", "<Types/>")
    path = tmp_path / "tep.xlsx"
    content = good.getvalue()
    for place in range(0, len(content), 7):
        path.write_bytes(content[:place] + zlib.compress(content[place : place + 5]) + content[place + 9 :])
        refused(path)
