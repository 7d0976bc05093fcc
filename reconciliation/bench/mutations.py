"""Workbooks as they should not come: damaged, hostile, or filled in by somebody in a hurry.

Each is made of a good workbook and a seed, so that one that does harm can be made again.
"""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import NamedTuple

_TEXT = re.compile(rb"<t(?: [^>]*)?>([^<]*)</t>")
_ROW = re.compile(rb"<row .*?</row>", re.DOTALL)
_SHEET = "xl/worksheets/sheet1.xml"
_CONTENT_TYPES = "[Content_Types].xml"
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    "<manifest:file-entry"
    ' manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    "</manifest:manifest>"
)
#: What people and machines leave in cells.
NASTY = (
    "=1+1", "=HYPERLINK(&quot;http://x&quot;)", "#REF!", "#N/A", "", " ", "\u200b", "NaN", "1e309", "-1", "0",
    "00000000000000000000", "31/02/2020", "29/02/1900", "99/99/9999", "1.234.567,89", "12;13", "x" * 3000,
    "A\u0300\u0301" * 40, "Ông Nguyễn Văn A và vợ là B", "[xoá]", "[XÓA]", "TRUE", "&lt;script&gt;",
    "'; DROP TABLE x; --", "\U0001f600", "Hµ Néi", "024075000001024075000002", "CHUACOGIAY_09187_5_12",
    "CD 123456; CD 654321", "không", "-", "Tổng cộng", "\u0661\u0662\u0663", "\u33a1",
)  # fmt: skip


class Mutated(NamedTuple):
    """A file to be uploaded: what was done to it, its name, its bytes."""

    what: str
    name: str
    content: bytes


def workbooks(good: bytes, seed: int, count: int) -> Iterator[Mutated]:
    """So many mutated workbooks, made of a good one."""
    names = list(_WAYS)
    for n in range(count):
        chance = random.Random(f"{seed}-{n}")
        name = names[n % len(names)] if n < len(names) else chance.choice(names)
        yield _WAYS[name](good, chance)._replace(what=f"{name} {seed}-{n}")


def _parts(good: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: dict[str, bytes], name: str = "bieu.xlsx") -> Mutated:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return Mutated("", name, packed.getvalue())


def _cells(good: bytes, chance: random.Random) -> Mutated:
    """Some cells of the data hold what cells should not hold."""
    parts = _parts(good)
    data = parts[_SHEET].index(_ROW.findall(parts[_SHEET])[4])
    share = chance.choice([0.001, 0.01, 0.1])

    def other(found: re.Match[bytes]) -> bytes:
        if chance.random() > share:
            return found[0]
        return f'<t xml:space="preserve">{chance.choice(NASTY)}</t>'.encode("utf-8", "replace")

    parts[_SHEET] = parts[_SHEET][:data] + _TEXT.sub(other, parts[_SHEET][data:])
    return _packed(parts)


def _rows(good: bytes, chance: random.Random) -> Mutated:
    """Rows in another order, some gone, some twice; where they stand is no longer said."""
    parts = _parts(good)
    rows = _ROW.findall(parts[_SHEET])
    heads, data = rows[:4], rows[4:]
    chance.shuffle(data)
    data = data[: chance.randrange(len(data) + 1)] + data[: chance.randrange(3)]
    bare = [re.sub(rb' r="[A-Z]*[0-9]+"', b"", row) for row in [*heads, *data]]
    start, end = parts[_SHEET].index(b"<sheetData>"), parts[_SHEET].index(b"</sheetData>")
    parts[_SHEET] = parts[_SHEET][: start + 11] + b"".join(bare) + parts[_SHEET][end:]
    return _packed(parts)


def _truncated(good: bytes, chance: random.Random) -> Mutated:
    return Mutated("", "bieu.xlsx", good[: chance.randrange(len(good))])


def _flipped(good: bytes, chance: random.Random) -> Mutated:
    content = bytearray(good)
    for _n in range(chance.choice([1, 8, 64])):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return Mutated("", "bieu.xlsx", bytes(content))


def _bomb(good: bytes, chance: random.Random) -> Mutated:
    parts = _parts(good)
    parts[chance.choice([_SHEET, "xl/sharedStrings.xml", "xl/media/a.xml"])] = b" " * (80 * 2**20)
    return _packed(parts)


def _far_away(good: bytes, chance: random.Random) -> Mutated:
    """A single cell a million rows below."""
    parts = _parts(good)
    cell = f'<row r="1048576"><c r="{chance.choice(["XFD", "A", "BI"])}1048576" t="n"><v>1</v></c></row>'
    parts[_SHEET] = parts[_SHEET].replace(b"</sheetData>", cell.encode() + b"</sheetData>")
    return _packed(parts)


def _many_rows(good: bytes, chance: random.Random) -> Mutated:
    """More rows than anybody may send."""
    parts = _parts(good)
    short = b'<row><c t="inlineStr"><is><t>a</t></is></c></row>'
    parts[_SHEET] = parts[_SHEET].replace(b"</sheetData>", short * 60_000 + b"</sheetData>")
    return _packed(parts)


def _macros(good: bytes, chance: random.Random) -> Mutated:
    parts = _parts(good)
    parts["xl/vbaProject.bin"] = chance.randbytes(200)
    return _packed(parts, chance.choice(["bieu.xlsx", "bieu.xlsm.xlsx"]))


def _links(good: bytes, chance: random.Random) -> Mutated:
    parts = _parts(good)
    if chance.random() < 0.5:
        parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    else:
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
            b'<Relationships><Relationship Id="r1" Type="oleObject" Target="file:///etc/passwd"'
            b' TargetMode="External"/></Relationships>'
        )
    return _packed(parts)


def _entities(good: bytes, chance: random.Random) -> Mutated:
    parts = _parts(good)
    parts[_SHEET] = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>' + parts[_SHEET]
    return _packed(parts)


def _missing_part(good: bytes, chance: random.Random) -> Mutated:
    parts = _parts(good)
    del parts[chance.choice([_SHEET, _CONTENT_TYPES, "xl/workbook.xml", "xl/styles.xml"])]
    return _packed(parts)


def _merged(good: bytes, chance: random.Random) -> Mutated:
    parts = _parts(good)
    spans = b"".join(f'<mergeCell ref="A{n}:BI{n + chance.randrange(3)}"/>'.encode() for n in range(1, 9, 2))
    parts[_SHEET] = parts[_SHEET].replace(b"</mergeCells>", spans + b"</mergeCells>")
    return _packed(parts)


def _headers(good: bytes, chance: random.Random) -> Mutated:
    """Headers in other words, in each other's places, or gone."""
    parts = _parts(good)
    rows = _ROW.findall(parts[_SHEET])[:3]
    texts = [text for row in rows for text in _TEXT.findall(row)]
    sheet = parts[_SHEET]
    for _n in range(chance.choice([1, 3, 20])):
        one, other = chance.choice(texts), chance.choice([*texts, b"", "Cột lạ".encode()])
        sheet = sheet.replace(b">" + one + b"</t>", b">" + other + b"</t>", 1)
    parts[_SHEET] = sheet
    return _packed(parts)


#: Cells that calculate: saved with a result, with an error, without either, shared, broken off.
_FORMULAS = (
    b' t="str"><f>SUM(A1:A9)</f><v>5</v>', b' t="e"><f>1/0</f><v>#DIV/0!</v>', b' t="str"><f>""</f><v></v>',
    b"><f>TRIM(B5)</f><v/>", b"><f>TRIM(B5)</f>", b'><f t="shared" si="0"/>', b"><f/><v/>", b"><f",
    b'><f t="shared" ref="A1:ZZZ9999999" si="0">A1&amp;"&lt;"</f>', b"><f>" + b"(" * 9000 + b"</f>",
    b' t="n"><f><![CDATA[A1]]></f><v><![CDATA[5]]></v>', b"><x:f>A1</x:f>", b"><f>A1</f><f>A2</f><f>A3</f>",
)  # fmt: skip


def _formulas(good: bytes, chance: random.Random) -> Mutated:
    """Cells that calculate, where they stand or without saying where."""
    parts = _parts(good)
    says_where = chance.random() < 0.7

    def formula(found: re.Match[bytes]) -> bytes:
        if chance.random() > 0.02:
            return found[0]
        where = found[1] if says_where else b""
        return b"<c" + where + chance.choice(_FORMULAS) + b"</c>"

    parts[_SHEET] = re.sub(
        rb"<c( r=\"\w+\")?[^>]*t=\"inlineStr\".*?</c>", formula, parts[_SHEET], flags=re.DOTALL
    )
    return _packed(parts)


def _many_formulas(good: bytes, chance: random.Random) -> Mutated:
    """More formulas than anybody reads."""
    parts = _parts(good)
    row = b"<row>" + b"<c><f>1</f></c>" * 60 + b"</row>"
    parts[_SHEET] = parts[_SHEET].replace(
        b"</sheetData>", row * chance.choice([9_000, 12_000]) + b"</sheetData>"
    )
    return _packed(parts)


def _text(good: bytes, chance: random.Random) -> Mutated:
    """Saved as CSV, in whatever encoding, with whatever between."""
    rows = [
        [text.decode("utf-8", "replace") for text in _TEXT.findall(row)]
        for row in _ROW.findall(_parts(good)[_SHEET])
    ]
    for _n in range(3):
        chance.choice(rows).append(chance.choice(NASTY))
    told = io.StringIO()
    csv.writer(told, delimiter=chance.choice(",;\t|")).writerows(rows)
    text = told.getvalue() + chance.choice(["", '"', "\x00", "\r\r\n"])
    coded = text.encode(chance.choice(["utf-8", "utf-8-sig", "utf-16", "cp1258", "latin-1"]), "replace")
    return Mutated("", "bieu.csv", coded)


def _old(good: bytes, chance: random.Random) -> Mutated:
    """Says that it is an .xls, and is none."""
    tail = chance.choice([b"", "_VBA_PROJECT".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")])
    return Mutated("", "bieu.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + chance.randbytes(4000) + tail)


def _open_document(good: bytes, chance: random.Random) -> Mutated:
    """An .ods that says in a few bytes that it is huge."""
    cells = chance.choice([1, 1000, 16384])
    rows = chance.choice([1, 1000, 1_048_576])
    formula = chance.choice(["", ' table:formula="of:=[.A1]"', ' table:formula="of:=[.A1"'])
    text = chance.choice([f"<text:p>{'a' * 100}</text:p>", ""])
    kind = ' office:value-type="string"' if text else ""
    content = (
        '<?xml version="1.0"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="S"><table:table-row table:number-rows-repeated="{rows}"><table:table-cell'
        f'{formula}{kind} table:number-columns-repeated="{cells}">{text}'
        "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", content)
    return Mutated("", "bieu.ods", packed.getvalue())


def _nothing(good: bytes, chance: random.Random) -> Mutated:
    size = chance.choice([0, 1, 100, 21 * 2**20])
    return Mutated("", chance.choice(["bieu.xlsx", "bieu.csv", "bieu.ods"]), bytes(size))


_WAYS: dict[str, Callable[[bytes, random.Random], Mutated]] = {
    "cells": _cells,
    "rows": _rows,
    "truncated": _truncated,
    "flipped": _flipped,
    "bomb": _bomb,
    "far away": _far_away,
    "many rows": _many_rows,
    "macros": _macros,
    "links": _links,
    "entities": _entities,
    "missing part": _missing_part,
    "merged": _merged,
    "headers": _headers,
    "formulas": _formulas,
    "many formulas": _many_formulas,
    "text": _text,
    "old": _old,
    "open document": _open_document,
    "nothing": _nothing,
}
