"""The report as a Word document in the form of Decree 30/2020/NĐ-CP, annex I."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Mm, Pt

from .report_ink import TEXT_WIDTH, png
from .report_pack import fixed
from .report_parts import Picture, Report, Table
from .report_word import (
    Notes,
    bordered,
    cell_margins,
    cell_style,
    fixed_widths,
    page_number,
    plain_fonts,
    repeated,
    ruled,
)

#: Sizes of the decree: the text, motto and bodies, tables and what is small.
_TEXT, _HEAD, _BODY, _SMALL = Pt(14), Pt(13), Pt(12), Pt(11)
_DOTS = "." * 104
#: The styles of a table's cells: of numbers or not, bold or not, and of its head.
_CELLS = {
    (False, False): ("landdb text", ALIGN.LEFT, False),
    (False, True): ("landdb text bold", ALIGN.LEFT, True),
    (True, False): ("landdb number", ALIGN.RIGHT, False),
    (True, True): ("landdb number bold", ALIGN.RIGHT, True),
    "head": ("landdb head", ALIGN.CENTER, True),
}
_LETTER_WIDTHS = (Mm(64), Mm(98))


def docx(report: Report) -> bytes:
    """The same report gives the same bytes."""
    document = Document()
    _page(document)
    _properties(document, report)
    notes = Notes(document)
    _letterhead(document, report)
    _title(document, report)
    for block, held, number in report.parts:
        match held:
            case Table():
                _table(document, held, number, report.note, notes)
            case Picture():
                _picture(document, held, number)
            case _:
                _words(document, block.kind, block.text)
    _sign(document, report)
    notes.close()
    packed = io.BytesIO()
    document.save(packed)
    return fixed(packed.getvalue(), f"{report.letter.day:%Y-%m-%d}T00:00:00Z")


def _page(document: Any) -> None:
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.header_distance = Mm(10)
    # The first page bears no number.
    section.different_first_page_header_footer = True
    page_number(section.header.paragraphs[0], _HEAD)
    plain_fonts(document, "Times New Roman", _TEXT)
    for name, align, bold in _CELLS.values():
        cell_style(document, name, _SMALL, align, bold=bold)


def _properties(document: Any, report: Report) -> None:
    made = dt.datetime.combine(report.letter.day, dt.time.min)
    told = document.core_properties
    told.author = told.last_modified_by = "landdb"
    told.title, told.comments, told.language = report.letter.subject, report.note, "vi-VN"
    told.created = told.modified = made
    told.revision = 1


def _letterhead(document: Any, report: Report) -> None:
    letter = report.letter
    table = document.add_table(rows=2, cols=2)
    fixed_widths(table, _LETTER_WIDTHS)
    cell_margins(table, Mm(0))
    left, right = table.rows[0].cells
    if letter.above:
        _line(left, letter.above, size=_BODY, first=True)
    for place, name in enumerate(letter.issuer):
        _line(left, name, bold=True, size=_BODY, first=not place and not letter.above)
    ruled(left.add_paragraph(), Mm(23))
    _line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True, size=_BODY, first=True)
    _line(right, "Độc lập - Tự do - Hạnh phúc", bold=True)
    ruled(right.add_paragraph(), Mm(24))
    left, right = table.rows[1].cells
    # The number is given by the records office.
    _line(left, f"Số:        /{letter.number}", first=True)
    _line(right, letter.placed, italic=True, first=True)


def _line(
    cell: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: Any = _HEAD,
    first: bool = False,
    align: Any = ALIGN.CENTER,
) -> Any:
    """A line of a cell: its own first paragraph, or a further one."""
    paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(0)
    paragraph.paragraph_format.line_spacing = 1.0
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, size
    return paragraph


def _title(document: Any, report: Report) -> None:
    for text, before, after in (("BÁO CÁO", 14, 0), (report.letter.subject, 0, 0)):
        paragraph = document.add_paragraph()
        paragraph.alignment = ALIGN.CENTER
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = (
            Pt(before),
            Pt(after),
        )
        paragraph.add_run(text).bold = True
    ruled(document.add_paragraph(), Mm(58))
    to = report.letter.addressees
    if len(to) == 1:
        _paragraph(document, f"Kính gửi: {to[0]}.", ALIGN.CENTER, before=10)
        return
    _paragraph(document, "Kính gửi:", ALIGN.LEFT, before=10, indent=Mm(30))
    for place, name in enumerate(to, 1):
        end = "." if place == len(to) else ";"
        _paragraph(document, f"- {name}{end}", ALIGN.LEFT, indent=Mm(42))


def _paragraph(
    document: Any, text: str, align: Any = ALIGN.JUSTIFY, *, before: float = 0, indent: Any = None
) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(6), 1.15
    if indent is not None:
        shape.left_indent = indent
    paragraph.add_run(text)
    return paragraph


def _words(document: Any, kind: str, text: str) -> None:
    if kind in ("part", "head"):
        paragraph = _paragraph(document, "", ALIGN.LEFT, before=6)
        paragraph.paragraph_format.first_line_indent = Mm(12.7)
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run(text).bold = True
        return
    paragraph = _paragraph(document, f"- {text}" if kind == "item" else text)
    paragraph.paragraph_format.first_line_indent = Mm(12.7)
    if kind == "fill":
        for _n in range(2):
            _paragraph(document, _DOTS, ALIGN.LEFT).paragraph_format.space_after = Pt(2)


def _table(document: Any, table: Table, number: int, note: str, notes: Notes) -> None:
    caption = _paragraph(document, f"Bảng {number}. {table.caption}", ALIGN.LEFT, before=4)
    caption.runs[0].italic, caption.runs[0].font.size = True, Pt(13)
    caption.paragraph_format.keep_with_next, caption.paragraph_format.space_after = True, Pt(3)
    notes.add(caption, f"{table.note} {note}".strip() if table.key != "groups" else table.note)
    laid = document.add_table(rows=1, cols=len(table.columns))
    laid.alignment = WD_TABLE_ALIGNMENT.CENTER
    bordered(laid)
    cell_margins(laid, Mm(1.2))
    fixed_widths(laid, _widths(table))
    styles = {key: document.styles[name] for key, (name, _align, _bold) in _CELLS.items()}
    _fill(laid.rows[0], [(column.title, styles["head"]) for column in table.columns])
    repeated(laid.rows[0])
    for row, bold in [
        *((row, False) for row in table.shown_rows),
        *([(table.shown_foot, True)] if table.foot else []),
    ]:
        looks = [styles[column.is_number, bold] for column in table.columns]
        _fill(laid.add_row(), list(zip(row, looks, strict=True)))
    _paragraph(document, "").paragraph_format.space_after = Pt(0)


def _fill(row: Any, told: Sequence[tuple[str, Any]]) -> None:
    for cell, (text, style) in zip(row.cells, told, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.style = style
        paragraph.add_run(text)


def _widths(table: Table) -> list[Any]:
    """The width of the text shared out by what stands in the columns."""
    longest = []
    for place, column in enumerate(table.columns):
        cells = [row[place] for row in [*table.shown_rows, *([table.shown_foot] if table.foot else [])]]
        words = max((len(word) for word in column.title.split()), default=1)
        body = max((len(cell) for cell in cells), default=1)
        longest.append(max(words + 1.5, body + 1.0 if column.is_number else min(body, 30) * 0.85 + 1.5))
    whole = sum(longest)
    return [Mm(TEXT_WIDTH * share / whole) for share in longest]


def _picture(document: Any, picture: Picture, number: int) -> None:
    holder = _paragraph(document, "", ALIGN.CENTER, before=2)
    holder.paragraph_format.keep_with_next, holder.paragraph_format.first_line_indent = True, Mm(0)
    shape = holder.add_run().add_picture(io.BytesIO(png(picture.drawing)), width=Mm(TEXT_WIDTH))
    shape._inline.docPr.set("descr", picture.drawing.alt)
    caption = _paragraph(document, f"Hình {number}. {picture.caption}", ALIGN.CENTER)
    caption.runs[0].italic, caption.runs[0].font.size = True, Pt(13)


def _sign(document: Any, report: Report) -> None:
    letter = report.letter
    table = document.add_table(rows=1, cols=2)
    fixed_widths(table, (Mm(80), Mm(80)))
    left, right = table.rows[0].cells
    title = _line(left, "Nơi nhận:", bold=True, italic=True, size=Pt(12), first=True, align=ALIGN.LEFT)
    title.paragraph_format.keep_with_next = True
    for place, name in enumerate(letter.recipients, 1):
        end = "." if place == len(letter.recipients) else ";"
        _line(left, f"- {name}{end}", size=Pt(11), align=ALIGN.LEFT)
    for place, words in enumerate(letter.signs):
        _line(right, words, bold=True, size=Pt(14), first=not place)
    # Signature and seal are placed here by the records office.
    for _n in range(5):
        _line(right, "", size=Pt(14))
