"""Formulas in a commune's own workbook, and how they are found in each format."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from landdb.intake.outcome import Refused
from landdb.models import AdminUnit
from parcels.importers import form01
from parcels.importers.form01 import archive, formulas
from parcels.importers.form01.workbook import sheets
from parcels.importers.formula_cells import CellError, Kind, Unsaved
from parcels.importers.other_makes import biff, open_document
from parcels.models import Certificate, LandUser
from tests.form01.conftest import Write, row

SHEET = "xl/worksheets/sheet1.xml"
HEAD = (
    '<?xml version="1.0"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    "<manifest:file-entry"
    ' manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    "</manifest:manifest>"
)
TAIL = "</office:spreadsheet></office:body></office:document-content>"


def calculating(path: Path, **cells: str) -> Path:
    """The workbook with formulas that no program has calculated."""
    book = openpyxl.load_workbook(path)
    for place, text in cells.items():
        book["Sheet1"][place] = text
    book.save(path)
    return path


@pytest.mark.django_db
def test_an_unsaved_formula_is_fatal_where_it_says_whose_row_it_is(
    commune: AdminUnit, workbook: Write
) -> None:
    path = calculating(workbook([row(1), row(2), row(3)]), C6='="BK "&A6', K5="=UPPER(B1)", A7="=ROW()")
    outcome = form01.import_register(path)

    assert [(p.level, p.row, p.code, p.value) for p in outcome.problems] == [
        ("warning", 5, "cell_unsaved", "=UPPER(B1)"),
        ("rejected", 6, "identity_unsaved", '="BK "&A6'),
    ]
    assert list(LandUser.objects.order_by("pk").values_list("sex", flat=True)) == ["", "M"]
    assert Certificate.objects.count() == 2


@pytest.mark.django_db
def test_a_formula_that_a_cell_of_text_kept_as_it_was_typed_is_no_value(
    commune: AdminUnit, workbook: Write
) -> None:
    path = workbook([row(1), row(2)])
    book = openpyxl.load_workbook(path)
    for place, text in {"C6": "=TRIM(C5)", "K5": "=$K$6"}.items():
        book["Sheet1"][place].value = text
        book["Sheet1"][place].data_type = "s"
    book.save(path)
    outcome = form01.import_register(path)

    assert [(p.level, p.row, p.code, p.value) for p in outcome.problems] == [
        ("warning", 5, "cell_unsaved", "=$K$6"),
        ("rejected", 6, "identity_unsaved", "=TRIM(C5)"),
    ]


@pytest.mark.django_db
def test_a_row_of_unsaved_formulas_alone_is_not_a_blank_row(commune: AdminUnit, workbook: Write) -> None:
    path = calculating(workbook([row(1)]), C6="=C5", Q6="=Q5")
    outcome = form01.import_register(path)

    assert (outcome.file.rows, outcome.file.rejected, outcome.file.ignored) == (2, 1, 0)


def packed(rows: str) -> tuple[bytes, bytes]:
    """A workbook whose sheet has these rows of XML, and the sheet's whole XML."""
    openpyxl.Workbook().save(empty := io.BytesIO())
    with zipfile.ZipFile(empty) as source, zipfile.ZipFile(made := io.BytesIO(), "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == SHEET:
                part, done = re.subn(
                    rb"<sheetData ?/>|<sheetData></sheetData>",
                    b"<sheetData>%b</sheetData>" % rows.encode(),
                    part,
                )
                assert done == 1
                sheet = part
            target.writestr(name, part)
    return made.getvalue(), sheet


def book_of(rows: str, tmp_path: Path) -> Path:
    path = tmp_path / "so.xlsx"
    path.write_bytes(packed(rows)[0])
    return path


def test_what_an_xlsx_keeps_of_its_formulas(tmp_path: Path) -> None:
    cells = (
        '<row r="1"><c r="A1"><f>B1</f><v>5</v></c><c r="B1" t="str"><f>"a"</f><v></v></c>'
        '<c r="C1"><f>D1 &amp; "&lt;"</f><v/></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="E1" t="inlineStr"><f>B1</f><is><t>x</t></is></c></row>'
        '<row r="3"><c r="F3" t="n"><f>1</f></c></row>'
    )
    (sheet,) = sheets(book_of(cells, tmp_path), archive.Limits())
    assert sheet.rows[0] == [5.0, "", '=D1 & "<"', "#DIV/0!", "x", ""]
    assert [type(sheet.rows[0][2]), type(sheet.rows[2][5])] == [Unsaved, Unsaved]
    assert sheet.formulas == {0: frozenset(range(5)), 2: frozenset({5})}


def test_formulas_outside_of_cells_are_none() -> None:
    more = (
        '<extLst xmlns:xm="x"><xm:f>Sheet!A1</xm:f><f>A1</f></extLst><row r="2"><c r="A2"><f>B1</f></c></row>'
    )
    sheet = packed(f'<row r="1"><c r="A1"><v>1</v></c></row>{more}')[1]
    assert [(cell.row, cell.column) for cell in formulas.in_sheet(sheet)] == [(1, 0)]


STEP = st.tuples(st.sampled_from(["", "c", "r", "row", "row r"]), st.integers(1, 12), st.integers(1, 12))


@given(st.lists(STEP, min_size=1, max_size=30))
@settings(max_examples=60)
def test_formulas_stand_where_the_reader_of_values_finds_them(steps: list[tuple[str, int, int]]) -> None:
    """Cells and rows may say where they stand or leave it out."""
    rows, number = [["<row>"]], 0
    for kind, down, right in steps:
        if kind.startswith("row"):
            rows.append([f'<row r="{down}">' if kind == "row r" else "<row>"])
        elif kind == "c":
            rows[-1].append("<c/>")
        else:
            number += 1
            where = f' r="{openpyxl.utils.get_column_letter(right)}{down}"' if kind == "r" else ""
            rows[-1].append(f"<c{where}><f>X{number}</f><v>{number}</v></c>")
    xml = "".join("".join(each) + "</row>" for each in rows)
    book, sheet = packed(xml)
    grid = (
        CalamineWorkbook.from_filelike(io.BytesIO(book))
        .get_sheet_by_index(0)
        .to_python(skip_empty_area=False)
    )
    found = {(cell.row, cell.column) for cell in formulas.in_sheet(sheet)}
    filled = {
        (top, left) for top, values in enumerate(grid) for left, value in enumerate(values) if value != ""
    }
    assert found == filled


def test_more_formulas_than_a_workbook_may_have_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formulas, "MOST", 3)
    cells = '<row r="1">' + "".join(f'<c r="{letter}1"><f>1</f></c>' for letter in "ABCD") + "</row>"
    with pytest.raises(Refused, match="ô công thức"):
        sheets(book_of(cells, tmp_path), archive.Limits())


def ods(body: str, tmp_path: Path) -> Path:
    path = tmp_path / "so.ods"
    with zipfile.ZipFile(path, "w") as archive_:
        archive_.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive_.writestr("META-INF/manifest.xml", MANIFEST)
        archive_.writestr("content.xml", HEAD + body + TAIL)
    return path


def test_what_an_ods_keeps_of_its_formulas(tmp_path: Path) -> None:
    body = (
        '<table:table table:name="S"><table:table-row><table:table-cell office:value-type="float"'
        ' office:value="1" table:number-columns-repeated="2"><text:p>1</text:p></table:table-cell>'
        '<table:table-cell table:formula="of:=SUM([.A1:.B1])" table:number-columns-repeated="2"/>'
        '<table:table-cell table:formula="of:=&quot;&quot;"><text:p/></table:table-cell></table:table-row>'
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/><table:covered-table-cell'
        ' table:formula="of:=1/0" office:value-type="string" office:string-value=""'
        ' calcext:value-type="error">'
        "<office:annotation><text:p>lời</text:p></office:annotation><text:p><text:span>Err:</text:span>502</text:p>"
        '</table:covered-table-cell><table:table-cell table:formula="of:=2" office:value-type="float"'
        ' office:value="2"><text:p>2</text:p></table:table-cell></table:table-row></table:table>'
    )
    (sheet,) = sheets(ods(body, tmp_path), archive.Limits())
    assert sheet.rows == [
        [1.0, 1.0, "=SUM(A1:B1)", "=SUM(A1:B1)"],
        ["", "Err:502", 2.0, ""],
        ["", "Err:502", 2.0, ""],
    ]
    assert [type(sheet.rows[0][3]), type(sheet.rows[2][1])] == [Unsaved, CellError]
    assert sheet.formulas == {0: frozenset({2, 3, 4}), 1: frozenset({2}), 2: frozenset({2})}


@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 10**7), (1_048_576, 1), (1_048_576, 16_384), (99_999_999,) * 2]
)
def test_a_formula_repeated_a_million_times_is_refused_before_it_is_unfolded(
    tmp_path: Path, rows: int, columns: int
) -> None:
    body = (
        f'<table:table table:name="S"><table:table-row table:number-rows-repeated="{rows}"><table:table-cell'
        f' table:formula="of:=1" table:number-columns-repeated="{columns}"/></table:table-row></table:table>'
    )
    with pytest.raises(Refused):
        sheets(ods(body, tmp_path), archive.Limits())


def record(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def cell(column: int, result: bytes) -> bytes:
    return record(0x06, struct.pack("<HHH", 4, column, 0) + result + bytes(8))


BEGIN, END = record(0x809, bytes(16)), record(0x0A)
WORDS, BLANK = (bytes((kind, 0, 0, 0, 0, 0, 255, 255)) for kind in (0, 3))


def test_what_an_xls_keeps_of_its_formulas() -> None:
    text, chart = record(0x207, b"\x01\x00\x00a"), BEGIN + cell(9, bytes(8)) + END
    lost = bytes((2, 0, 0x2A, 0, 0, 0, 255, 255))
    book = (
        BEGIN + cell(0, struct.pack("<d", 2.5)) + chart + cell(1, WORDS) + record(0x4BC, bytes(9)) + text
        + cell(2, WORDS) + cell(3, lost) + cell(4, BLANK)
        + record(0x205, struct.pack("<HHHBB", 4, 5, 0, 0x07, 1))
        + record(0x205, struct.pack("<HHHBB", 4, 6, 0, 1, 0)) + END + cell(7, bytes(8))
    )  # fmt: skip
    assert [(found.column, found.kind, found.text) for found in biff.formula_cells(book, 0)] == [
        (0, Kind.SAVED, ""), (1, Kind.SAVED, ""), (2, Kind.UNSAVED, "=…"), (3, Kind.ERROR, "#N/A"),
        (4, Kind.SAVED, ""), (5, Kind.ERROR, "#DIV/0!"),
    ]  # fmt: skip


def test_nothing_of_a_sheet_that_says_it_was_not_calculated_is_taken_for_blank() -> None:
    book = BEGIN + record(0x5E, bytes(2)) + cell(0, BLANK) + END
    assert [found.kind for found in biff.formula_cells(book, 0)] == [Kind.UNSAVED]


RECORDS = st.builds(
    record,
    st.sampled_from([0x06, 0x0A, 0x5E, 0x85, 0x205, 0x207, 0x4BC, 0x809, 0x3C]),
    st.binary(max_size=24),
)


@given(st.lists(RECORDS | st.binary(max_size=9), max_size=40), st.integers(0, 2**32 - 1))
@settings(max_examples=300)
def test_any_records_are_read_to_their_end(parts: list[bytes], begin: int) -> None:
    book = BEGIN + b"".join(parts)
    for start in (0, begin, *biff.sheets(book)):
        for found in biff.formula_cells(book, start):
            assert found.row >= 0
            assert found.column >= 0


TAGS = st.sampled_from([
    b"<row>", b'<row r="2">', b"</row>", b"<c>", b'<c r="B2">', b'<c r="A0">', b'<c t="str">', b"</c>",
    b"<f>", b"</f>", b"<f/>", b"<f", b"<v>", b"</v>", b"<v/>", b"<is>", b"1", b"&#0;&amp", b">", b"<",
    b"<x:f>", b" ", b"]]>",
])  # fmt: skip


@given(st.lists(TAGS, max_size=60))
@settings(max_examples=300)
def test_any_tags_of_a_sheet_are_walked_to_their_end(tags: list[bytes]) -> None:
    for found in formulas.in_sheet(b"<sheetData>" + b"".join(tags)):
        assert found.text == "" or found.text.startswith("=")
        assert len(found.text) <= 201


ODS_TAGS = st.sampled_from([
    b"<table:table>", b"<table:table-row>", b'<table:table-row table:number-rows-repeated="3">',
    b"<table:table-cell/>", b'<table:table-cell table:formula="of:=[.A1]&gt;1">', b"</table:table-cell>",
    b'<table:covered-table-cell table:formula=\'of:="a>b"\' table:number-columns-repeated="2"/>', b"<text:p>",
    b"</text:p>", b"<table:table-cell table:formula=\"", b"'", b">", b"<", b"&#0;", b"</office:annotation>",
])  # fmt: skip


@given(st.lists(ODS_TAGS, max_size=60))
@settings(max_examples=200)
def test_any_tags_of_an_ods_are_walked_to_their_end(tags: list[bytes]) -> None:
    for sheet in open_document.formula_cells(b"".join(tags)):
        for found in sheet:
            assert found.row >= 0
            assert found.kind != Kind.UNSAVED or found.text.startswith("=")


def test_a_formula_of_an_ods_may_hold_a_sign_that_ends_tags() -> None:
    content = b"<table:table><table:table-row><table:table-cell table:formula='of:=IF([.A1]>\"x\";1;2)'/>"
    content += (
        b'<table:table-cell table:formula="of:=[.A1]>5" office:value-type="boolean"><text:p>TRUE</text:p>'
    )
    ((first, second),) = open_document.formula_cells(content)
    assert (first.kind, first.text) == (Kind.UNSAVED, '=IF(A1>"x";1;2)')
    assert (second.column, second.kind) == (1, Kind.SAVED)
