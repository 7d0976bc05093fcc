"""What a Word document needs and python-docx has no word for: rules, borders, fields, footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

_NOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_FONT_KINDS = ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia")


def _element(tag: str, **attributes: object) -> Any:
    found = OxmlElement(tag)
    for name, value in attributes.items():
        found.set(qn(f"w:{name}"), str(value))
    return found


def plain_fonts(document: Any, name: str, size: Any) -> None:
    """One font for everything; no font is put into the file."""
    style = document.styles["Normal"]
    style.font.name, style.font.size = name, size
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in _FONT_KINDS:
        fonts.set(qn(kind), name)
    style.element.get_or_add_rPr().append(_element("w:lang", val="vi-VN", eastAsia="vi-VN"))


def cell_style(document: Any, name: str, size: Any, align: Any, *, bold: bool) -> None:
    """A paragraph of a table's cell: tight, and in no need of further words."""
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.font.size, style.font.bold = size, bold
    shape = style.paragraph_format
    shape.alignment, shape.line_spacing = align, 1.0
    shape.space_before = shape.space_after = Pt(1)
    # Rows stay on one page; the tables are short.
    shape.keep_with_next = True


def ruled(paragraph: Any, indent: Any) -> None:
    """A paragraph that is nothing but a rule, as long as its two indents leave."""
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = indent
    shape.space_before, shape.space_after, shape.line_spacing = Pt(1), Pt(0), Pt(6)
    borders = _element("w:pBdr")
    borders.append(_element("w:top", val="single", sz=6, space=1, color="000000"))
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def page_number(paragraph: Any, size: Any) -> None:
    """The number of the page, in the middle of a header."""
    paragraph.alignment = 1
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = size
        if kind:
            run._r.append(_element("w:fldChar", fldCharType=kind))
        else:
            code = _element("w:instrText")
            code.text = text
            run._r.append(code)


def bordered(table: Any) -> None:
    """Thin black lines around all cells."""
    borders = _element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_element(f"w:{side}", val="single", sz=4, space=0, color="000000"))
    table._tbl.tblPr.append(borders)


def cell_margins(table: Any, width: Any) -> None:
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", w=round(width.twips), type="dxa"))
    table._tbl.tblPr.append(margins)


def fixed_widths(table: Any, widths: Sequence[Any]) -> None:
    """The columns are as wide as told, in every program."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def repeated(row: Any) -> None:
    """A head that stands again on the next page; its rows are not torn."""
    shape = row._tr.get_or_add_trPr()
    shape.append(_element("w:cantSplit"))
    shape.append(_element("w:tblHeader"))


class Notes:
    """Footnotes: a part of its own in the package, its notes numbered from 1."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.texts: list[str] = []

    def add(self, paragraph: Any, text: str) -> None:
        """A mark at the end of a paragraph, and its words at the foot of the page."""
        if not text:
            return
        if text in self.texts:
            return
        self.texts.append(text)
        run = paragraph.add_run()
        run.font.superscript = True
        run._r.append(_element("w:footnoteReference", id=len(self.texts)))

    def close(self) -> None:
        """Put the notes into the package."""
        if not self.texts:
            return
        root = parse_xml(f"<w:footnotes {nsdecls('w')}/>")
        for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
            note = _element("w:footnote", type=kind, id=number)
            note.append(self._paragraph(_element(f"w:{kind}")))
            root.append(note)
        for number, text in enumerate(self.texts, 1):
            note = _element("w:footnote", id=number)
            words = _element("w:t")
            words.text = f" {text}"
            words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            note.append(self._paragraph(_element("w:footnoteRef"), words))
            root.append(note)
        package = self.document.part.package
        part = Part(PackURI("/word/footnotes.xml"), _NOTES_TYPE, serialize_part_xml(root), package)
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    def _paragraph(self, *pieces: Any) -> Any:
        paragraph = _element("w:p")
        shape = _element("w:pPr")
        shape.append(_element("w:spacing", before=0, after=0, line=240, lineRule="auto"))
        paragraph.append(shape)
        for piece in pieces:
            run, look = _element("w:r"), _element("w:rPr")
            if piece.tag == qn("w:footnoteRef"):
                look.append(_element("w:vertAlign", val="superscript"))
            look.append(_element("w:sz", val=20))
            run.append(look)
            run.append(piece)
            paragraph.append(run)
        return paragraph
